import { describe, expect, it } from 'vitest';
import { createFeishuClient, type FeishuCall } from '../../../bots/feishu/client.ts';
import { loadSdk } from '../../../bots/feishu/sdk.ts';

const secret = 'the-secret-of-the-app-0123456789';
const json = (body: unknown, init: ResponseInit = {}) => Response.json(body, init);
const token = (value = 't-1234567890') => json({ code: 0, msg: 'ok', tenant_access_token: value, expire: 7200 });

interface Seen {
  readonly path: string;
  readonly authorization: string | null;
  readonly body: string;
}

/** A client over a platform that answers as it is told to; the answers of the token's address apart. */
async function stand(answers: { readonly tokens?: (() => Response)[]; readonly others?: (() => Response | Promise<Response>)[] }) {
  const seen: Seen[] = [];
  const lines: string[] = [];
  const log = (fields: object, sentence: string) => void lines.push(JSON.stringify({ ...fields, sentence }));
  const tokens = [...(answers.tokens ?? [])];
  const others = [...(answers.others ?? [])];
  let now = Date.parse('2026-11-28T00:00:00Z');
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const { pathname } = new URL(String(input));
    seen.push({ path: pathname, authorization: new Headers(init?.headers).get('authorization'), body: String(init?.body ?? '') });
    init?.signal?.throwIfAborted();
    const next = pathname.includes('/auth/') ? (tokens.shift() ?? token) : others.shift();
    return next ? next() : json({ code: 0, msg: 'success', data: {} });
  };
  const client = createFeishuClient(
    await loadSdk(),
    { appId: 'cli_0123456789abcdef', appSecret: secret, baseUrl: 'https://feishu.example' },
    { fetch, now: () => new Date(now), log: { debug: log, info: log, warn: log, error: log } },
  );
  return {
    client,
    seen,
    lines,
    pass(ms: number) {
      now += ms;
    },
    tokensAsked: () => seen.filter(({ path }) => path.includes('/auth/')).length,
  };
}

const post = (more: Partial<FeishuCall> = {}): FeishuCall => ({
  ...{ api: 'message.create', method: 'POST', path: '/open-apis/im/v1/messages', data: { content: 'secret words' } },
  ...{ signal: AbortSignal.timeout(5_000), effect: 'post', inChannel: true, ...more },
});

describe('the client', () => {
  it('asks for one token, however many calls wait for it, and keeps it until shortly before its end', async () => {
    const { client, seen, tokensAsked, pass } = await stand({});
    await Promise.all([client.call(post()), client.call(post()), client.call(post())]);
    expect(tokensAsked()).toBe(1);
    expect(seen.at(-1)).toMatchObject({ path: '/open-apis/im/v1/messages', authorization: 'Bearer t-1234567890' });
    expect(JSON.parse(seen.at(-1)?.body ?? '')).toEqual({ content: 'secret words' });
    pass(3 * 60 * 60_000);
    await client.call(post());
    expect(tokensAsked()).toBe(2);
  });

  it('shares no token with another client of the same app', async () => {
    const [one, other] = [await stand({}), await stand({})];
    await one.client.call(post());
    await other.client.call(post());
    expect([one.tokensAsked(), other.tokensAsked()]).toEqual([1, 1]);
  });

  it('takes HTTP 200 with a code for the failure that it is', async () => {
    const { client } = await stand({ others: [() => json({ code: 230002, msg: 'Bot can NOT be out of the chat.' })] });
    await expect(client.call(post())).rejects.toMatchObject({ kind: 'auth', code: '230002', localToChannel: true });
  });

  it('renews a token that is refused, once', async () => {
    const refused = () => json({ code: 99991663, msg: 'Invalid access token' }, { status: 400 });
    const one = await stand({ tokens: [() => token('t-old-token'), () => token('t-new-token')], others: [refused] });
    await one.client.call(post());
    expect(one.seen.map(({ authorization }) => authorization)).toEqual([null, 'Bearer t-old-token', null, 'Bearer t-new-token']);
    const other = await stand({ others: [refused, refused, refused] });
    await expect(other.client.call(post())).rejects.toMatchObject({ kind: 'auth', code: '99991663', localToChannel: false });
    expect(other.seen).toHaveLength(4);
  });

  it('repeats nothing else', async () => {
    const { client, seen } = await stand({ others: [() => new Response('busy', { status: 503 })] });
    await expect(client.call(post())).rejects.toMatchObject({ kind: 'uncertain', code: 'http_503' });
    expect(seen).toHaveLength(2);
  });

  it('calls a post without a token one that was never sent', async () => {
    const { client } = await stand({ tokens: [() => new Response('busy', { status: 503 })] });
    await expect(client.call(post())).rejects.toMatchObject({ kind: 'transient' });
    const wrong = await stand({ tokens: [() => json({ code: 10014, msg: 'app secret invalid' })] });
    await expect(wrong.client.call(post())).rejects.toMatchObject({ kind: 'auth', code: '10014' });
  });

  it('stops with its signal, and says whether anything was sent', async () => {
    const { client } = await stand({ others: [() => Promise.reject(new DOMException('aborted', 'AbortError'))] });
    await expect(client.call(post())).rejects.toMatchObject({ kind: 'uncertain' });
    await expect(client.call(post({ signal: AbortSignal.abort() }))).rejects.toMatchObject({ kind: 'transient', code: 'aborted' });
  });

  it('keeps secret and token out of its log and its errors, also where the token cannot be had', async () => {
    const answers = [
      () => json({ code: 10014, msg: `app secret ${secret} invalid` }),
      () => new Response('<html>', { status: 502 }),
      () => Promise.reject(new TypeError(`fetch failed: app_secret=${secret}`)) as never,
      () => json({ code: 0, msg: 'no token in it' }),
    ];
    const { client, lines } = await stand({ tokens: answers, others: [() => json({ code: 1, msg: 'of t-1234567890' })] });
    for (let call = 0; call < 5; call += 1) {
      const error: unknown = await client.call(post()).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ name: 'PlatformError' });
      expect(`${String(error)} ${JSON.stringify(error)}`).not.toMatch(/the-secret-of|t-1234567890|secret words/);
    }
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.join()).not.toMatch(/the-secret-of|t-1234567890|secret words/);
  });

  it('hands over a file, and what is no file as the failure that it is', async () => {
    const { client } = await stand({
      others: [
        () => new Response('bytes', { headers: { 'content-type': 'image/png' } }),
        () => json({ code: 234003, msg: 'File not in message' }),
      ],
    });
    const call = { api: 'resource.get', path: '/open-apis/im/v1/messages/om_1/resources/k', signal: AbortSignal.timeout(5_000) };
    expect(await (await client.download(call)).text()).toBe('bytes');
    await expect(client.download(call)).rejects.toMatchObject({ kind: 'rejected', code: '234003' });
  });
});
