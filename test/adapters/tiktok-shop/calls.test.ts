import { describe, expect, it } from 'vitest';
import type { OutgoingReply } from '../../../adapters/adapter.ts';
import { marketplaces } from '../../../adapters/index.ts';
import { conversationId, deliveryId } from '../../../src/core/ids.ts';

const conversation = conversationId('7494560109732334085');
const shop = { externalId: '7494', accessToken: 'token', extra: { shopCipher: 'ROW_x' }, signal: new AbortController().signal };

type Reply = (request: Request) => object | Response | Promise<object | Response>;

/** The adapter, with answers by method and path. A plain object is the `data` of a success. */
function adapterOver(routes: Readonly<Record<string, Reply>>) {
  const tiktok = marketplaces.find(({ name }) => name === 'tiktok-shop');
  if (!tiktok) throw new Error('tiktok-shop is not registered');
  const settings = tiktok.environment.parse({ TIKTOK_SHOP_APP_KEY: 'k', TIKTOK_SHOP_APP_SECRET: 's' });
  return tiktok.create(settings, {
    now: () => new Date('2026-11-24T08:00:00Z'),
    random: () => 0.5,
    log: { debug() {}, info() {}, warn() {}, error() {} },
    fetch: async (input, init) => {
      const request = new Request(input instanceof Request ? input : input.toString(), init);
      const route = routes[`${request.method} ${new URL(request.url).pathname}`];
      if (!route) return Response.json({ code: 36009009, message: 'Invalid path' }, { status: 404 });
      const answer = await route(request);
      return answer instanceof Response ? answer : Response.json({ code: 0, message: 'Success', request_id: 'r', data: answer });
    },
  });
}

const list = '/customer_service/202309/conversations';
const messages = `${list}/${conversation}/messages`;

describe('reading a conversation', () => {
  const listed = { id: conversation, can_send_message: false, participants: [{ role: 'BUYER', user_id: '9', nickname: 'Somchai' }] };
  const single = `GET /customer_service/202601/conversations/${conversation}`;

  it('takes the answer in either of its documented shapes', async () => {
    for (const data of [listed, { conversation: listed }]) {
      const info = await adapterOver({ [single]: () => data }).conversation?.(shop, conversation);
      expect(info).toEqual({ conversation, buyer: { externalId: '9', name: 'Somchai' }, canSend: false, latest: null });
    }
  });

  it('looks among the latest where the app is not entitled to the newer call', async () => {
    for (const code of [36009009, 105005]) {
      const adapter = adapterOver({
        [single]: () => Response.json({ code, message: '' }),
        [`GET ${list}`]: () => ({ conversations: [{ id: '1' }, listed], next_page_token: '' }),
      });
      expect(await adapter.conversation?.(shop, conversation)).toMatchObject({ conversation, canSend: false });
    }
  });

  it('says so where it is not among the latest either', async () => {
    const adapter = adapterOver({ [`GET ${list}`]: () => ({ conversations: [], next_page_token: '' }) });
    await expect(adapter.conversation?.(shop, conversation)).rejects.toMatchObject({ kind: 'rejected', code: 'conversation-not-listed' });
  });
});

describe('pictures of one reply', () => {
  const picture = (byte: number): OutgoingReply => ({
    deliveryId: deliveryId('reply-1'),
    body: { kind: 'image', bytes: Uint8Array.of(byte), mimeType: 'image/png', name: 'a.png' },
  });
  const since = new Date('2026-11-24T08:00:00Z');

  it('are told apart, and a picture that is tried again is not uploaded again', async () => {
    const uploads: number[] = [];
    const sent: string[] = [];
    const adapter = adapterOver({
      'POST /customer_service/202309/images/upload': async (request) => {
        const file = (await request.formData()).get('data');
        if (!(file instanceof Blob)) throw new Error('no file');
        const [byte = 0] = new Uint8Array(await file.arrayBuffer());
        uploads.push(byte);
        return { url: `https://p.example/tos/${byte}~origin.image`, width: 1, height: 1 };
      },
      [`POST ${messages}`]: async (request) => {
        const { content } = (await request.json()) as { content: string };
        sent.push((JSON.parse(content) as { url: string }).url);
        return sent.length === 1 ? new Response('gateway', { status: 502 }) : { message_id: String(sent.length) };
      },
      [`GET ${messages}`]: () => ({
        messages: [
          {
            id: '77',
            type: 'IMAGE',
            content: JSON.stringify({ url: 'https://q.example/tos/1~small.image?sig=2' }),
            create_time: since.getTime() / 1000,
            sender: { role: 'CUSTOMER_SERVICE' },
          },
        ],
        next_page_token: '',
      }),
    });
    await expect(adapter.sendReply(shop, conversation, picture(1))).rejects.toMatchObject({ kind: 'uncertain' });
    expect(await adapter.findSent?.(shop, conversation, picture(1), { since, alreadyLinked: new Set() })).toEqual({ messageId: '77' });
    expect(await adapter.findSent?.(shop, conversation, picture(1), { since, alreadyLinked: new Set(['77']) })).toBeNull();
    expect(await adapter.sendReply(shop, conversation, picture(2))).toEqual({ messageId: '2', requestId: 'r' });
    expect(await adapter.sendReply(shop, conversation, picture(1))).toEqual({ messageId: '3', requestId: 'r' });
    expect(sent.map((url) => url.at('https://p.example/tos/'.length))).toEqual(['1', '2', '1']);
    expect(uploads).toEqual([1, 2]);
  });
});

describe('looking for a sent text', () => {
  it('takes the oldest that fits, over pages, and stops at what is older than the attempt', async () => {
    const asked: (string | null)[] = [];
    const at = 1_795_507_200; // 2026-11-24T08:00:00Z
    const page = (from: number, text: string, role = 'CUSTOMER_SERVICE') =>
      Array.from({ length: 10 }, (_, index) => ({
        id: `${from - index}`,
        type: 'TEXT',
        content: JSON.stringify({ content: index === 4 ? text : 'hello' }),
        create_time: at + from - index,
        index: `${from - index}`,
        sender: { role },
      }));
    const pages: Readonly<Record<string, object>> = {
      '': { messages: page(30, 'Thank you!'), next_page_token: 'two' },
      two: { messages: page(20, 'Thank you!'), next_page_token: 'three' },
      three: { messages: page(10, 'Thank you!', 'SHOP'), next_page_token: 'four' },
      four: { messages: page(0, 'Thank you!').map((message) => ({ ...message, create_time: at - 60 })), next_page_token: 'five' },
    };
    const adapter = adapterOver({
      [`GET ${messages}`]: (request) => {
        const token = new URL(request.url).searchParams.get('page_token');
        asked.push(token);
        return pages[token ?? ''] ?? {};
      },
    });
    const reply: OutgoingReply = { deliveryId: deliveryId('reply-1'), body: { kind: 'text', text: 'Thank you!' } };
    const find = (alreadyLinked: string[]) =>
      adapter.findSent?.(shop, conversation, reply, { since: new Date(at * 1000), alreadyLinked: new Set(alreadyLinked) });
    expect(await find([])).toEqual({ messageId: '16' });
    expect(asked).toEqual([null, 'two', 'three', 'four']);
    expect(await find(['16'])).toEqual({ messageId: '26' });
    expect(await find(['16', '26'])).toBeNull();
  });
});
