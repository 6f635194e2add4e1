import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { onePixelPng } from '../pictures.ts';
import { startTikTokShopFake, type TikTokShopFake, type TikTokShopFakeOptions } from './fake.ts';
import { createLimits } from './limits.ts';
import { requestSign, webhookSign } from './signing.ts';
import type { FakeShop } from './world.ts';

const root = '/customer_service/202309';

interface CallOptions {
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly form?: FormData;
  readonly token?: string;
  readonly secret?: string;
  readonly atSeconds?: number;
}

describe('the TikTok Shop fake', () => {
  let nowMs = Date.UTC(2026, 2, 2, 8);
  let fake: TikTokShopFake;
  let shop: FakeShop;
  let token: string;
  let conversation: string;

  const start = async (options: TikTokShopFakeOptions = {}) => {
    fake = await startTikTokShopFake({ now: () => new Date(nowMs), random: () => 0.5, ...options });
    shop = fake.addShop();
    token = fake.grant({ shopIds: [shop.id] }).accessToken;
    conversation = fake.openConversation(shop.id);
  };

  async function call(method: string, path: string, options: CallOptions = {}): Promise<{ status: number; code: number; data: unknown }> {
    const body = options.body ? JSON.stringify(options.body) : '';
    const query: Record<string, string> = {
      app_key: fake.appKey,
      timestamp: String(options.atSeconds ?? Math.floor(nowMs / 1000)),
      shop_cipher: shop.cipher,
      ...options.query,
    };
    const contentType = options.form ? 'multipart/form-data' : 'application/json';
    const parts = { path, query: Object.entries(query), contentType, body: Buffer.from(body) };
    query['sign'] = requestSign(options.secret ?? fake.appSecret, parts);
    const headers: Record<string, string> = { 'x-tts-access-token': options.token ?? token };
    if (options.body) headers['content-type'] = 'application/json';
    const sent = options.form ?? (options.body ? body : null);
    const response = await fetch(`${fake.url}${path}?${new URLSearchParams(query)}`, { method, headers, body: sent });
    const { code, data } = (await response.json()) as { code: number; data: unknown };
    return { status: response.status, code, data };
  }

  const listed = (options: CallOptions = {}) =>
    call('GET', `${root}/conversations`, { ...options, query: { page_size: '20', ...options.query } });
  const send = (content: string) =>
    call('POST', `${root}/conversations/${conversation}/messages`, { body: { type: 'TEXT', content: JSON.stringify({ content }) } });

  beforeEach(async () => {
    nowMs = Date.UTC(2026, 2, 2, 8);
    await start();
  });
  afterEach(() => fake.close());

  it('answers a request that is in order', async () => {
    expect(await listed()).toMatchObject({ status: 200, code: 0, data: { conversations: [{ id: conversation, can_send_message: true }] } });
  });

  it.each<[string, CallOptions, number]>([
    ['another secret', { secret: 'other' }, 106001],
    ['a time 301 s back', { atSeconds: Date.UTC(2026, 2, 2, 8) / 1000 - 301 }, 36009004],
    ['a time 31 s ahead', { atSeconds: Date.UTC(2026, 2, 2, 8) / 1000 + 31 }, 36009004],
    ['an unknown token', { token: 'nobody' }, 36009004],
    ['no shop', { query: { shop_cipher: '' } }, 106013],
    ['an unknown shop', { query: { shop_cipher: 'ROW_x' } }, 36009004],
    ['a page over 20', { query: { page_size: '21' } }, 36009004],
  ])('refuses %s', async (_name, options, code) => {
    expect(await listed(options)).toMatchObject({ code });
  });

  it('accepts times from 300 s back to 30 s ahead', async () => {
    expect(await listed({ atSeconds: nowMs / 1000 - 300 })).toMatchObject({ code: 0 });
    expect(await listed({ atSeconds: nowMs / 1000 + 30 })).toMatchObject({ code: 0 });
  });

  it('refuses tokens that ended, that belong to another shop, or that lack the scope', async () => {
    const other = fake.grant({ shopIds: [fake.addShop().id] }).accessToken;
    const narrow = fake.grant({ shopIds: [shop.id], scopes: ['seller.order.info'] }).accessToken;
    expect(await listed({ token: other })).toMatchObject({ code: 101000 });
    expect(await listed({ token: narrow })).toMatchObject({ code: 105005 });
    nowMs += 7 * 86_400_000;
    expect(await listed()).toMatchObject({ code: 105002 });
  });

  it('refuses a shop where none is wanted', async () => {
    expect(await call('GET', '/authorization/202309/shops')).toMatchObject({ code: 36009004 });
  });

  it('allows 50 calls a second and endpoint, fifty times as many at scale 50', async () => {
    for (let made = 0; made < 50; made += 1) await listed();
    expect(await listed()).toMatchObject({ status: 429, code: 36009002 });
    expect(await send('another endpoint')).toMatchObject({ code: 0 });
    nowMs += 1000;
    expect(await listed()).toMatchObject({ code: 0 });
    await fake.close();
    await start({ timeScale: 50 });
    for (let made = 0; made < 50; made += 1) await listed();
    expect(await listed()).toMatchObject({ status: 429 });
    nowMs += 20;
    expect(await listed()).toMatchObject({ code: 0 });
  });

  it('allows 10,000 customer-service calls a day and shop', () => {
    const limits = createLimits({ now: () => new Date(nowMs), timeScale: 1 });
    for (let made = 0; made < 10_000; made += 1) limits.customerService('1');
    expect(() => limits.customerService('1')).toThrow(expect.objectContaining({ code: 45101004 }));
    limits.customerService('2');
    nowMs += 86_400_000;
    limits.customerService('1');
  });

  it('gives pictures of local sellers in Indonesia only to who may see them', async () => {
    const indonesian = fake.addShop({ region: 'ID' });
    const access = fake.grant({ shopIds: [indonesian.id] }).accessToken;
    const { message } = fake.buyerSendsImage(indonesian.id, fake.openConversation(indonesian.id), onePixelPng);
    const { url } = JSON.parse(message.content) as { url: string };
    expect((await fetch(url)).status).toBe(403);
    const allowed = await fetch(`${url}?shop_cipher=${indonesian.cipher}`, { headers: { 'x-tts-access-token': access } });
    expect(allowed.status).toBe(200);
  });

  it('sends a text to the buyer', async () => {
    const { data } = await send('hello');
    const { message_id: messageId } = data as { message_id: string };
    expect(fake.received).toEqual([
      { shopId: shop.id, conversationId: conversation, messageId, type: 'TEXT', text: 'hello', by: 'api', at: expect.any(Number) },
    ]);
  });

  it.each([
    ['x'.repeat(2001), 45101001],
    ['Counterfeit goods', 45101006],
  ])('refuses a text', async (content, code) => {
    expect(await send(content)).toMatchObject({ code });
    expect(fake.received).toEqual([]);
  });

  it('refuses to send where the rules forbid it, and to unknown conversations', async () => {
    nowMs += 31 * 86_400_000;
    token = fake.grant({ shopIds: [shop.id] }).accessToken;
    expect(await send('too late')).toMatchObject({ code: 45109001 });
    conversation = '7494560109732334999';
    expect(await send('nobody there')).toMatchObject({ code: 45101003 });
  });

  it('takes a picture and lets it be sent', async () => {
    const form = new FormData();
    form.set('data', new File([onePixelPng], 'lamp.png', { type: 'image/png' }));
    const uploaded = await call('POST', `${root}/images/upload`, { form });
    expect(uploaded).toMatchObject({ code: 0, data: { width: 1, height: 1 } });
    const content = JSON.stringify(uploaded.data);
    expect(await call('POST', `${root}/conversations/${conversation}/messages`, { body: { type: 'IMAGE', content } })).toMatchObject({
      code: 0,
    });
    const { url } = uploaded.data as { url: string };
    expect(new Uint8Array(await (await fetch(url)).arrayBuffer())).toEqual(onePixelPng);
    form.set('data', new File(['plain'], 'lamp.txt'));
    expect(await call('POST', `${root}/images/upload`, { form })).toMatchObject({ code: 36009022 });
  });

  it('pages through a conversation, newest first, while new messages arrive', async () => {
    for (let n = 0; n < 25; n += 1) fake.buyerWrites(shop.id, conversation, `message ${n}`);
    const seen: string[] = [];
    let next = '';
    do {
      const { data } = await call('GET', `${root}/conversations/${conversation}/messages`, {
        query: { page_size: '10', page_token: next },
      });
      const read = data as { messages: { content: string }[]; next_page_token: string };
      seen.push(...read.messages.map(({ content }) => (JSON.parse(content) as { content: string }).content));
      next = read.next_page_token;
      fake.buyerWrites(shop.id, conversation, 'later');
    } while (next !== '');
    expect(seen).toEqual(Array.from({ length: 25 }, (_, n) => `message ${24 - n}`));
  });

  it('gives tokens for a code once, and rotates refresh tokens', async () => {
    const app = `app_key=${fake.appKey}&app_secret=${fake.appSecret}`;
    const get = async (path: string) =>
      (await (await fetch(`${fake.url}${path}`)).json()) as { code: number; data: { refresh_token: string } };
    const code = fake.issueCode({ shopIds: [shop.id] });
    const exchange = () => get(`/api/v2/token/get?${app}&auth_code=${code}&grant_type=authorized_code`);
    const first = await exchange();
    expect(first).toMatchObject({ code: 0, data: { access_token_expire_in: nowMs / 1000 + 7 * 86_400, user_type: 0 } });
    expect(await exchange()).not.toMatchObject({ code: 0 });
    const refresh = () => get(`/api/v2/token/refresh?${app}&refresh_token=${first.data.refresh_token}&grant_type=refresh_token`);
    expect(await refresh()).toMatchObject({ code: 0 });
    expect(await refresh()).not.toMatchObject({ code: 0 });
  });

  it('redelivers what was not answered with 200, and duplicates on demand', async () => {
    const bodies: string[] = [];
    const statuses = [503, 401];
    const receiver = createServer((incoming, response) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const body = Buffer.concat(chunks);
        const genuine = incoming.headers.authorization === webhookSign(fake.appKey, fake.appSecret, body);
        bodies.push(genuine ? body.toString() : 'forged');
        response.writeHead(statuses.shift() ?? 200).end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const { port } = receiver.address() as AddressInfo;
    await fake.close();
    await start({ timeScale: 100_000, webhooks: { url: `http://127.0.0.1:${port}/hooks/tiktok-shop` } });
    const { webhook } = fake.buyerWrites(shop.id, conversation, 'hello');
    await fake.webhooks.settled();
    expect(bodies).toEqual(Array(3).fill(webhook.body.toString()));
    expect(fake.webhooks.log.map(({ outcome }) => outcome)).toEqual([503, 401, 200]);
    fake.webhooks.behave({ duplicated: 1 });
    fake.buyerWrites(shop.id, conversation, 'again');
    await fake.webhooks.settled();
    expect(bodies).toHaveLength(5);
    fake.webhooks.behave({ duplicated: 0, dropped: 1 });
    fake.buyerWrites(shop.id, conversation, 'never');
    await fake.webhooks.settled();
    expect(bodies).toHaveLength(5);
    expect(fake.webhooks.dropped).toHaveLength(1);
    await new Promise((resolve) => receiver.close(resolve));
  });
});
