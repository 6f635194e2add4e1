import * as webApi from '@slack/web-api';
import { describe, expect, it } from 'vitest';
import { createSlackClient } from '../../../bots/slack/client.ts';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const clientOver = (fetch: typeof globalThis.fetch) =>
  createSlackClient(
    webApi,
    { botToken: 'xoxb-1', apiUrl: 'https://slack.test/api/' },
    { fetch, now: () => new Date(0), random: () => 0, log: silent },
  );
const answering =
  (body: string, init: ResponseInit = {}): typeof globalThis.fetch =>
  async () =>
    new Response(body, init);
const refusing = (code: string) => answering(JSON.stringify({ ok: false, error: code }));
const broken =
  (code: string): typeof globalThis.fetch =>
  async () => {
    throw new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) });
  };
const signal = new AbortController().signal;
const post = (fetch: typeof globalThis.fetch) =>
  clientOver(fetch).post({ method: 'chat.postMessage', args: { channel: 'C1', text: 'x' }, signal, effect: 'post' });
const ask = (fetch: typeof globalThis.fetch) => clientOver(fetch).ask({ method: 'users.info', args: { user: 'U1' }, signal });

describe('failures', () => {
  it.each([
    ['a revoked token', refusing('token_revoked'), { kind: 'auth', localToChannel: false }],
    ['a missing scope', refusing('missing_scope'), { kind: 'auth', localToChannel: false }],
    ['an archived channel', refusing('is_archived'), { kind: 'auth', localToChannel: true }],
    ['a channel it is not in', refusing('not_in_channel'), { kind: 'auth', localToChannel: true }],
    ['a text too long', refusing('msg_too_long'), { kind: 'rejected', code: 'msg_too_long' }],
    ['blocks too long', refusing('msg_blocks_too_long'), { kind: 'rejected' }],
    ['a fault of Slack', refusing('internal_error'), { kind: 'uncertain' }],
    ['a refusal in words', refusing('ratelimited'), { kind: 'rate-limited', limit: 'channel', retryAfterMs: null }],
    [
      '429',
      answering('', { status: 429, headers: { 'retry-after': '7' } }),
      { kind: 'rate-limited', limit: 'channel', retryAfterMs: 7_000 },
    ],
    ['429 without a time', answering('', { status: 429 }), { kind: 'rate-limited', retryAfterMs: null }],
    ['503', answering('', { status: 503 }), { kind: 'uncertain', code: 'http_503' }],
    ['a page', answering('<html>log in</html>'), { kind: 'uncertain', code: 'not_json' }],
    ['nobody at the door', broken('ECONNREFUSED'), { kind: 'transient', code: 'ECONNREFUSED' }],
    ['a cut', broken('ECONNRESET'), { kind: 'uncertain', code: 'ECONNRESET' }],
  ])('of a post: %s', async (_what, fetch, expected) => {
    await expect(post(fetch)).rejects.toMatchObject({ platform: 'slack', ...expected });
  });

  it.each([
    ['a fault of Slack', refusing('fatal_error'), { kind: 'transient' }],
    ['429', answering('', { status: 429, headers: { 'retry-after': '7' } }), { kind: 'rate-limited', limit: 'method' }],
    ['503', answering('', { status: 503 }), { kind: 'transient' }],
    ['a page', answering('<html>log in</html>'), { kind: 'transient' }],
    ['a cut', broken('ECONNRESET'), { kind: 'transient' }],
  ])('of a reading: %s', async (_what, fetch, expected) => {
    await expect(ask(fetch)).rejects.toMatchObject(expected);
  });
});

describe('calls side by side', () => {
  it('keep their own signals and request ids apart', async () => {
    const waiting: (() => void)[] = [];
    const client = clientOver(async (_input, init) => {
      const channel = new URLSearchParams(String(init?.body)).get('channel') ?? '';
      await new Promise<void>((resolve, reject) => {
        waiting.push(resolve);
        init?.signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
      });
      return new Response(JSON.stringify({ ok: true, channel }), { headers: { 'x-slack-req-id': `req-${channel}` } });
    });
    const aborts = Array.from({ length: 150 }, () => new AbortController());
    const calls = aborts.map((abort, index) =>
      client.post({ method: 'chat.postMessage', args: { channel: `C${index}`, text: 'x' }, signal: abort.signal, effect: 'post' }),
    );
    await expect.poll(() => waiting.length).toBe(150);
    aborts[7]?.abort();
    await expect(calls[7]).rejects.toMatchObject({ kind: 'uncertain' });
    for (const go of waiting) go();
    const answered = await Promise.all(calls.filter((_call, index) => index !== 7));
    expect(answered.map(({ requestId }) => requestId)).toEqual(aborts.flatMap((_abort, index) => (index === 7 ? [] : [`req-C${index}`])));
  });

  it('are not begun once they are aborted', async () => {
    let asked = 0;
    const client = clientOver(async () => {
      asked += 1;
      return new Response('{"ok":true}');
    });
    const call = client.post({
      method: 'chat.postMessage',
      args: { channel: 'C1', text: 'x' },
      signal: AbortSignal.abort(),
      effect: 'post',
    });
    await expect(call).rejects.toMatchObject({ kind: 'transient' });
    expect(asked).toBe(0);
  });
});
