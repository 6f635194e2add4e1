import { createHmac, timingSafeEqual } from 'node:crypto';
import type { RawRequest, Received } from '../../src/core/connector.ts';
import { shopId } from '../../src/core/ids.ts';
import { defaultSettings } from '../../src/core/settings.ts';
import type { Shop } from '../../src/core/shop.ts';
import { PlatformError } from '../../src/errors.ts';
import { createApp } from '../../src/http/app.ts';
import type { HttpDeps } from '../../src/http/deps.ts';
import { type HttpServer, startServer } from '../../src/http/server.ts';
import { createLog, type Log } from '../../src/log.ts';
import type { AckOutcome } from '../../src/metrics.ts';

export const adminToken = 'a-token-of-the-administrator';
export const now = new Date('2026-11-22T08:00:00Z');
const secret = 'shared secret';

export function sign(body: string | Uint8Array, at: Date = now): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const signature = createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex');
  return { 'x-timestamp': timestamp, 'x-signature': signature };
}

/** A connector as simple as can be: HMAC over time and raw body, JSON `{id, shop, conversation}` in it. */
export function receive({ headers, body, query, receivedAt }: RawRequest): Received {
  const given = Buffer.from(headers['x-signature'] ?? '', 'hex');
  const expected = createHmac('sha256', secret)
    .update(`${headers['x-timestamp'] ?? ''}.`)
    .update(body)
    .digest();
  const ageSeconds = Math.abs(receivedAt.getTime() / 1000 - Number(headers['x-timestamp'] ?? Number.NaN));
  if (given.length !== expected.length || !timingSafeEqual(given, expected) || !(ageSeconds <= 300)) {
    throw new PlatformError('wrong or stale signature', { kind: 'rejected', platform: 'stub' });
  }
  if (query['echo'] !== undefined) return { kind: 'handshake', answer: { status: 200, body: query['echo'] } };
  const answer = { status: 200 };
  const text = Buffer.from(body).toString('utf8');
  try {
    const { id, shop, conversation } = JSON.parse(text);
    if (![id, shop, conversation].every((value) => typeof value === 'string')) throw new TypeError('not an event');
    return { kind: 'event', key: id, shop, lane: conversation, answer };
  } catch {
    const key = createHmac('sha256', 'key').update(body).digest('hex');
    return { kind: 'malformed', key, reason: 'not an event', answer };
  }
}

export interface Stored {
  readonly source: string;
  readonly received: Parameters<HttpDeps['store']>[1];
  readonly request: RawRequest;
}

export interface Stand {
  readonly url: string;
  readonly server: HttpServer;
  readonly stored: Stored[];
  readonly acknowledged: { readonly source: string; readonly outcome: AckOutcome }[];
  readonly steps: string[];
  readonly logLines: string[];
  close(): Promise<void>;
}

export const lampHouse: Shop = {
  _id: shopId('stub:7494049642642441621'),
  marketplace: 'stub',
  externalId: '7494049642642441621',
  name: 'Lamp House TH',
  timezone: 'Asia/Bangkok',
  locale: 'en',
  region: 'TH',
  alias: null,
  state: 'active',
  stateReason: null,
  stateSince: now,
  accessTokenExpiresAt: null,
  refreshTokenExpiresAt: null,
  createdAt: now,
};

const unasked = () => Promise.reject(new Error('this test did not expect to be asked for it'));

/** Lets time be set off by the test; the product's timers are handed in just so. */
export function manualTimers(): HttpDeps['timers'] & { fire(): void } {
  const tasks = new Set<() => void>();
  return {
    after(_afterMs, task) {
      tasks.add(task);
      return () => void tasks.delete(task);
    },
    fire() {
      for (const task of [...tasks]) task();
      tasks.clear();
    },
  };
}

/** An administration that knows one shop and nothing else. */
export const stubAdmin: HttpDeps['admin'] = {
  shops: {
    list: async () => [lampHouse],
    byId: async (id) => (id === lampHouse._id ? lampHouse : null),
    test: async () => [{ check: 'token', ok: true }],
  },
  createTicket: async (marketplace) => ({ url: `https://answers.example.com/oauth/${marketplace}/start?ticket=t1`, expiresAt: now }),
  apply: unasked,
  settings: () => defaultSettings,
  routing: { languageOf: async () => null, evaluate: () => ({ match: null, passed: [] }) },
  backups: null,
  practice: { state: async () => null, open: unasked, remove: async () => false },
  statistics: {
    stats: { answer: unasked, daily: unasked, performance: unasked, behind: unasked },
    desk: { queue: unasked, agents: unasked, mine: unasked },
    rebuild: { state: async () => null, begin: unasked },
  },
  doctor: async () => [],
  templates: {
    list: async () => [],
    named: async () => [],
    remarks: () => [],
    save: async () => ({ problems: [] }),
    remove: async () => null,
  },
  pages: { inquiries: unasked, inquiry: async () => null, messages: unasked, deliveries: unasked },
  deadLetters: { list: unasked, show: async () => null, replay: async () => null, discard: async () => null },
  traces: { trace: async () => null },
  traceScope: async () => ({ sources: ['stub'], shopIds: [lampHouse._id] }),
  wake: () => {},
};

/** The app on a free port, with a stub connector as marketplace `stub` and as bot `stub`. */
export async function startStand(overrides: Partial<HttpDeps> = {}): Promise<Stand> {
  const stored: Stored[] = [];
  const acknowledged: Stand['acknowledged'] = [];
  const steps: string[] = [];
  const logLines: string[] = [];
  const log: Log = createLog({ level: 'debug', stream: { write: (line: string) => void logLines.push(line) } });
  let ids = 0;
  const app = createApp({
    marketplaces: new Map([['stub', { receive }]]),
    bots: new Map([['stub/default', { receive }]]),
    labelOf: (marketplace) => `The ${marketplace}`,
    store: async (source, received, request) => void stored.push({ source, received, request }),
    answer: async () => null,
    probe: (step) => void steps.push(step),
    readiness: () => ({ ready: true, checks: () => [{ name: 'store', ok: true }] }),
    oauth: {
      start: async (marketplace, ticket) =>
        ticket === 't1'
          ? { ok: true, url: `https://seller.example.com/authorize?service=${marketplace}` }
          : { ok: false, problem: { key: 'page.nothing-here', params: {} } },
      finish: async (_marketplace, query) =>
        query['state'] === 's1'
          ? { ok: true, shops: [{ name: '<script>alert(1)</script>', externalId: '7494049642642441621' }] }
          : { ok: false, problem: { key: 'page.nothing-here', params: {} } },
    },
    admin: stubAdmin,
    adminToken,
    metrics: {
      acknowledged: (source, outcome) => void acknowledged.push({ source, outcome }),
      render: async () => ({ contentType: 'text/plain; version=0.0.4; charset=utf-8', body: 'up 1\n' }),
    },
    clock: { now: () => now, monotonicMs: () => performance.now() },
    timers: manualTimers(),
    newId: () => `id-${String(++ids).padStart(8, '0')}`,
    log,
    ...overrides,
  });
  const server = await startServer(app, '127.0.0.1', 0);
  return { url: server.url, server, stored, acknowledged, steps, logLines, close: () => server.close(0) };
}

export const asAdmin = { authorization: `Bearer ${adminToken}` };

/** The fields of the API's answers that tests look into. */
export interface ApiAnswer {
  readonly items: readonly { readonly _id: string }[];
  readonly nextCursor: string | null;
  readonly error: { readonly code: string; readonly message: string; readonly details?: readonly string[] };
  readonly url: string;
  readonly raw: object;
  readonly sentences: readonly string[];
}
export const jsonOf = (answer: Response): Promise<ApiAnswer> => answer.json() as Promise<ApiAnswer>;
