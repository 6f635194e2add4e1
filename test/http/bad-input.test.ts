import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { badBodies, badRequests, sendRaw } from './corpus.ts';
import { asAdmin, now, type Stand, sign, startStand, stubAdmin } from './stand.ts';

const empty = async () => ({ items: [], next: null });
let stand: Stand;
beforeAll(async () => {
  stand = await startStand({
    admin: {
      ...stubAdmin,
      apply: async () => ({ problems: ['nothing fits'] }),
      pages: { inquiries: empty, inquiry: async () => null, messages: empty, deliveries: empty },
      deadLetters: { ...stubAdmin.deadLetters, list: empty },
    },
  });
});
afterAll(() => stand.close());

const ingress = ['/hooks/stub', '/bots/stub/events'];
const open = ['/healthz', '/readyz', '/oauth/stub/start', '/oauth/stub/callback', '/nowhere', '/'];
const guarded = [
  ...['/metrics', '/api/shops', '/api/shops/x', '/api/shops/x/test', '/api/connect', '/api/apply', '/api/inquiries', '/api/inquiries/x'],
  ...['/api/inquiries/x/messages', '/api/trace/x', '/api/outbox', '/api/dead-letters', '/api/dead-letters/x', '/api/dead-letters/x/replay'],
  ...['/api/dead-letters/x/discard', '/api/route', '/api/doctor', '/api/templates', '/api/templates/x', '/api/templates/x/remove'],
];
const everywhere = [...ingress, ...open, ...guarded];

const alive = async () => expect((await fetch(`${stand.url}/healthz`)).status).toBe(200);
const statusOf = async (path: string, init: RequestInit) => {
  const answer = await fetch(`${stand.url}${path}`, { redirect: 'manual', ...init });
  const text = await answer.text();
  expect(text).not.toMatch(/node_modules|\.ts:\d|at \w+ \(/);
  return answer.status;
};

describe('bad input', () => {
  it.each(everywhere)('of every odd kind of request leaves %s standing', async (path) => {
    const before = stand.stored.length;
    for (const { name, bytes } of badRequests(path)) {
      const statuses = await sendRaw(stand.server.port, bytes);
      expect([name, statuses.filter((status) => status >= 500)]).toEqual([name, []]);
    }
    await alive();
    expect(stand.stored).toHaveLength(before);
  });

  it.each(ingress)('rightly signed is kept at %s and answered 200, unsigned it is refused', async (path) => {
    for (const { name, body } of badBodies) {
      const before = stand.stored.length;
      const tooLarge = body.length > 1024 * 1024;
      const send = (headers: Record<string, string>) => statusOf(path, { method: 'POST', body, headers });
      expect([name, await send({})]).toEqual([name, tooLarge ? 413 : 401]);
      expect([name, await send({ 'x-signature': '00', 'x-timestamp': 'NaN' })]).toEqual([name, tooLarge ? 413 : 401]);
      expect(stand.stored).toHaveLength(before);
      expect([name, await send(sign(body))]).toEqual([name, tooLarge ? 413 : 200]);
      expect(stand.stored).toHaveLength(before + (tooLarge ? 0 : 1));
      if (!tooLarge) expect(Buffer.from(stand.stored.at(-1)?.request.body ?? []).equals(body)).toBe(true);
    }
  });

  it.each(guarded)('is refused by %s, with and without the token', async (path) => {
    for (const { name, body } of badBodies) {
      expect([name, await statusOf(path, { method: 'POST', body })]).toEqual([name, 401]);
      const status = await statusOf(path, { method: 'POST', body, headers: asAdmin });
      expect([name, status < 500]).toEqual([name, true]);
    }
  });

  it('is never stored unless the signature fits these very bytes', async () => {
    const anyBytes = fc.uint8Array({ maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(anyBytes, anyBytes, fc.integer({ min: -100_000, max: 100_000 }), async (body, signed, ageSeconds) => {
        const before = stand.stored.length;
        const good = Buffer.from(body).equals(signed) && Math.abs(ageSeconds) <= 300;
        const at = new Date(now.getTime() - ageSeconds * 1000);
        const status = await statusOf('/hooks/stub', { method: 'POST', body, headers: sign(signed, at) });
        expect(status).toBe(good ? 200 : 401);
        expect(stand.stored).toHaveLength(before + (good ? 1 : 0));
      }),
      { numRuns: 150 },
    );
  });

  it('of any bytes that are rightly signed is stored once and as it came', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.json(), fc.string({ unit: 'binary' })), async (text) => {
        const before = stand.stored.length;
        expect(await statusOf('/hooks/stub', { method: 'POST', body: text, headers: sign(text) })).toBe(200);
        expect(stand.stored).toHaveLength(before + 1);
        expect(Buffer.from(stand.stored.at(-1)?.request.body ?? []).toString()).toBe(text.toWellFormed());
      }),
      { numRuns: 150 },
    );
  });

  it('in paths and queries is the caller’s fault, and said so', async () => {
    const lists = fc.constantFrom('/api/shops', '/api/inquiries', '/api/outbox', '/api/dead-letters', '/api/route', '/oauth/stub/callback');
    const queries = fc.array(
      fc.tuple(fc.constantFrom('cursor', 'limit', 'open', 'state', 'shop', 'box', '__proto__'), fc.string({ unit: 'binary' })),
    );
    const segments = fc.string({ unit: 'binary', minLength: 1 });
    await fc.assert(
      fc.asyncProperty(lists, queries, segments, async (path, query, segment) => {
        const search = new URLSearchParams(query.map(([name, value]): [string, string] => [name, value.toWellFormed()]));
        expect(await statusOf(`${path}?${search}`, { headers: asAdmin })).toBeLessThan(500);
        const id = encodeURIComponent(segment.toWellFormed());
        for (const prefix of ['/api/trace/', '/api/shops/', '/api/dead-letters/', '/hooks/', '/oauth/']) {
          expect(await statusOf(`${prefix}${id}`, { headers: asAdmin })).toBeLessThan(500);
        }
      }),
      { numRuns: 60 },
    );
  });
});
