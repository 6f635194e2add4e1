import { afterEach, describe, expect, it } from 'vitest';
import type { RawRequest, Received } from '../../src/core/connector.ts';
import { manualTimers, now, receive, type Stand, sign, startStand } from './stand.ts';

let stand: Stand;
afterEach(() => stand.close());

const event = (id = 'm1') => JSON.stringify({ id, shop: '7494049642642441621', conversation: 'c1' });
const post = (body: string, headers: Record<string, string> = sign(body), path = '/hooks/stub') =>
  fetch(`${stand.url}${path}`, { method: 'POST', body, headers });

describe('hooks', () => {
  it('are stored with their raw bytes before they are acknowledged', async () => {
    stand = await startStand();
    const body = ` ${event()}\n`;
    const answer = await post(body);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe('');
    const [stored] = stand.stored;
    expect(stored?.source).toBe('stub');
    expect(stored?.received).toMatchObject({ kind: 'event', key: 'm1', shop: '7494049642642441621', lane: 'c1' });
    expect(Buffer.from(stored?.request.body ?? []).toString()).toBe(body);
    expect(stored?.request.receivedAt).toEqual(now);
    await expect.poll(() => stand.steps).toEqual(['received', 'stored', 'acknowledged']);
    expect(stand.acknowledged).toEqual([{ source: 'stub', outcome: 'stored' }]);
  });

  it('answers nothing while the store has not answered', async () => {
    let letGo = () => {};
    const reached = new Promise<void>((asked) => {
      letGo = asked;
    });
    let finish = () => {};
    stand = await startStand({
      store: () =>
        new Promise((resolve) => {
          finish = resolve;
          letGo();
        }),
    });
    let answered = false;
    const answer = post(event()).then((response) => {
      answered = true;
      return response;
    });
    await reached;
    await new Promise(setImmediate);
    expect(answered).toBe(false);
    finish();
    expect((await answer).status).toBe(200);
  });

  it('serves chat platforms under the source of their only connection', async () => {
    stand = await startStand();
    expect((await post(event(), sign(event()), '/bots/stub/events')).status).toBe(200);
    expect(stand.stored[0]?.source).toBe('stub/default');
    expect((await fetch(`${stand.url}/bots/stub/events`)).status).toBe(405);
    expect((await post(event('m9'), sign(event('m9')), '/bots/stub/eu/events')).status).toBe(404);
    expect((await post(event('m9'), sign(event('m9')), '/bots/stub/default/events')).status).toBe(200);
  });

  it('carry the answer of an event that asks something, once it is stored', async () => {
    const ask = { kind: 'command', text: 'help', mentions: [], userId: 'U1', channelId: 'C1', answerTo: null } as const;
    const seen: unknown[] = [];
    const asking = (request: RawRequest): Received => ({ ...receive(request), ask }) as Received;
    stand = await startStand({
      bots: new Map([['stub/default', { receive: asking }]]),
      answer: async (source, asked, spentMs) => {
        seen.push([source, asked, stand.stored.length, spentMs >= 0]);
        return seen.length === 1 ? { status: 200, headers: { 'content-type': 'text/x-words' }, body: 'seven are open' } : null;
      },
    });
    const answer = await post(event(), sign(event()), '/bots/stub/events');
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([200, 'text/x-words', 'seven are open']);
    expect(seen).toEqual([['stub/default', ask, 1, true]]);
    const usual = await post(event('m2'), sign(event('m2')), '/bots/stub/events');
    expect([usual.status, await usual.text()]).toEqual([200, '']);
  });

  it('answers a handshake at once and stores nothing', async () => {
    stand = await startStand();
    const answer = await fetch(`${stand.url}/hooks/stub?echo=ok`, { headers: sign('') });
    expect([answer.status, await answer.text()]).toEqual([200, 'ok']);
    expect(stand.stored).toEqual([]);
  });

  it('stores what is rightly signed and unreadable, and answers 200', async () => {
    stand = await startStand();
    expect((await post('{"broken')).status).toBe(200);
    expect(stand.stored[0]?.received.kind).toBe('malformed');
    expect(stand.acknowledged).toEqual([{ source: 'stub', outcome: 'malformed' }]);
  });

  it('refuses wrong, old, future and missing signatures with 401 and an empty body', async () => {
    stand = await startStand();
    const body = event();
    const shifted = (seconds: number) => sign(body, new Date(now.getTime() + seconds * 1000));
    for (const headers of [{}, { ...sign(body), 'x-signature': 'f00d' }, sign(`${body} `), shifted(-301), shifted(301)]) {
      const answer = await post(body, headers);
      expect([answer.status, await answer.text()]).toEqual([401, '']);
    }
    expect(stand.stored).toEqual([]);
    expect(stand.logLines.join('')).not.toContain('7494049642642441621');
  });

  it('refuses what a connector stumbles over, for it is not verified', async () => {
    stand = await startStand({
      marketplaces: new Map([
        [
          'stub',
          {
            receive: () => {
              throw new TypeError('a bug');
            },
          },
        ],
      ]),
    });
    expect((await post(event())).status).toBe(401);
    expect(stand.stored).toEqual([]);
    expect(stand.logLines.join('')).toContain('"level":"error"');
  });

  it('knows no other marketplace and no other method', async () => {
    stand = await startStand();
    for (const name of ['other', '__proto__', 'constructor', 'stub%00', 'STUB%2f', '..%2fapi']) {
      expect((await post(event(), sign(event()), `/hooks/${name}`)).status).toBe(404);
    }
    const answer = await fetch(`${stand.url}/hooks/stub`, { method: 'DELETE' });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, POST']);
  });

  it('takes a body of 1 MB and answers 413 to a larger one', async () => {
    stand = await startStand();
    const full = event().padEnd(1024 * 1024, ' ');
    expect((await post(full)).status).toBe(200);
    expect((await post(`${full} `)).status).toBe(413);
    expect(stand.stored).toHaveLength(1);
  });

  it('refuses compressed bodies: the signature is over what was sent', async () => {
    stand = await startStand();
    expect((await post(event(), { ...sign(event()), 'content-encoding': 'gzip' })).status).toBe(415);
    expect(stand.stored).toEqual([]);
  });

  it.each([
    ['fails', () => Promise.reject(new Error('mongodb://user:password@host is away'))],
    ['is not ready', undefined],
  ])('asks for a repetition while the store %s', async (_, store) => {
    stand = await startStand(store ? { store } : { readiness: () => ({ ready: false, checks: () => [{ name: 'store', ok: false }] }) });
    const answer = await post(event());
    expect([answer.status, answer.headers.get('retry-after'), await answer.text()]).toEqual([503, '5', '']);
    expect(stand.acknowledged).toEqual([{ source: 'stub', outcome: 'unavailable' }]);
    expect(stand.logLines.join('')).not.toContain('password');
    expect((await post(event(), {})).status).toBe(401);
  });

  it('asks for a repetition when the store takes too long, and outlives its late failure', async () => {
    const timers = manualTimers();
    let fail: (error: Error) => void = () => {};
    stand = await startStand({
      timers,
      store: () =>
        new Promise((_resolve, reject) => {
          fail = reject;
          setImmediate(() => timers.fire());
        }),
    });
    expect((await post(event())).status).toBe(503);
    fail(new Error('too late'));
    expect((await fetch(`${stand.url}/healthz`)).status).toBe(200);
  });
});
