import { serialize } from 'bson';
import type { MarketplaceAdapter } from '../../adapters/adapter.ts';
import { marketplaces as marketplaceDefinitions } from '../../adapters/index.ts';
import type { ChatBot } from '../../bots/bot.ts';
import { bots as botDefinitions } from '../../bots/index.ts';
import { createAnswerer } from '../../src/answers/answerer.ts';
import { help } from '../../src/answers/help.ts';
import { createAnswerQuestion } from '../../src/answers/questions.ts';
import type { InboxEvent } from '../../src/core/inbox.ts';
import type { Shop } from '../../src/core/shop.ts';
import { shopIdOf } from '../../src/core/shop.ts';
import { createApp } from '../../src/http/app.ts';
import type { HttpDeps } from '../../src/http/deps.ts';
import { createHttpServer } from '../../src/http/server.ts';
import { createLog } from '../../src/log.ts';
import { createIngest, toIncoming } from '../../src/pipeline/ingest.ts';
import { createConnect } from '../../src/shops/connect.ts';
import { createVault } from '../../src/shops/vault.ts';
import type { TicketStore } from '../../src/store/tickets.ts';
import { adminToken, stubAdmin } from '../http/stand.ts';
import { type Line, openLine } from './line.ts';

export interface TargetOptions {
  readonly tiktok: { readonly appKey: string; readonly appSecret: string };
  readonly slack: { readonly signingSecret: string };
  readonly admin?: HttpDeps['admin'];
}

/** The real application with its real connectors; what it stores is kept in memory, as bytes, just as a database would have it. */
export interface Target {
  readonly line: Line;
  readonly tiktok: MarketplaceAdapter;
  readonly slack: ChatBot;
  readonly now: () => Date;
  /** By `_id`. Emptied by whoever has looked at it. */
  readonly stored: Map<string, InboxEvent>;
  /** What the application called an error of its own. */
  failures(): readonly string[];
}

export async function createTarget({ tiktok, slack, admin = stubAdmin }: TargetOptions): Promise<Target> {
  const failures: string[] = [];
  const log = createLog({ level: 'error', stream: { write: (line: string) => void failures.push(line) } });
  const clock = { now: () => new Date(), monotonicMs: () => performance.now() };
  // Nobody is out there.
  const deps = { fetch: () => Promise.reject(new TypeError('fetch failed')), now: clock.now, random: Math.random, log };
  const adapter = find(marketplaceDefinitions, 'tiktok-shop');
  const definition = find(botDefinitions, 'slack');
  const marketplace = adapter.create(
    adapter.environment.parse({
      TIKTOK_SHOP_APP_KEY: tiktok.appKey,
      TIKTOK_SHOP_APP_SECRET: tiktok.appSecret,
      TIKTOK_SHOP_SERVICE_ID: '7',
    }),
    deps,
  );
  const bot = await definition.create(
    definition.environment.parse({ SLACK_BOT_TOKEN: 'xoxb-not-asked-for', SLACK_SIGNING_SECRET: slack.signingSecret, SLACK_API_URL: '' }),
    deps,
  );
  const timers: HttpDeps['timers'] = {
    after(afterMs, task) {
      const timer = setTimeout(task, afterMs);
      return () => clearTimeout(timer);
    },
  };
  const stored = new Map<string, InboxEvent>();
  const ingest = createIngest({
    inbox: {
      async insert(events: readonly InboxEvent[]) {
        const known = new Set<number>();
        for (const [index, event] of events.entries()) {
          serialize(event, { checkKeys: true });
          if (stored.has(event._id)) known.add(index);
          else stored.set(event._id, event);
        }
        return known;
      },
    } as unknown as Parameters<typeof createIngest>[0]['inbox'],
    clock,
    shops: { known: async (id: Shop['_id']) => id === shopIdOf('tiktok-shop', '7494049642642441621') } as unknown as Parameters<
      typeof createIngest
    >[0]['shops'],
    came: () => {},
    buried: () => {},
    storeFailed: () => {},
  });
  const marketplaces = new Map([['tiktok-shop', marketplace]]);
  const bots = new Map([['slack/default', bot]]);
  const connect = createConnect({
    tickets: createTickets(),
    vault: createVault([new Uint8Array(32)], (count) => new Uint8Array(count)),
    marketplaces,
    baseUrl: () => 'https://answers.example.com',
    clock,
    random: (count) => new Uint8Array(count),
    log,
    // Nobody gets that far without a code that the marketplace takes.
    shops: null as never,
    grants: null as never,
  });
  let ids = 0;
  const app = createApp({
    marketplaces,
    bots,
    labelOf: (name) => name,
    store: async (source, received, request) => {
      const incoming = toIncoming(
        bots.has(source) ? { kind: 'bot', bot: source } : { kind: 'marketplace', name: source },
        received,
        request,
      );
      if (incoming) await ingest.store(incoming);
    },
    answer: createAnswerer({
      bots,
      answer: createAnswerQuestion({ commands: new Map([['help', help]]), desk: async () => null, form: async () => null }),
      askerOf: async () => ({ locale: 'en', mayAsk: true, mayAnswer: true, agent: null }),
      channelLocale: () => 'en',
      timers,
      log,
    }),
    probe: () => {},
    readiness: () => ({ ready: true, checks: () => [] }),
    oauth: connect,
    admin,
    adminToken,
    metrics: { acknowledged: () => {}, render: async () => ({ contentType: 'text/plain', body: 'up 1\n' }) },
    clock,
    timers,
    newId: () => `id-${String(++ids).padStart(8, '0')}`,
    log,
  });
  return { line: openLine(createHttpServer(app)), tiktok: marketplace, slack: bot, now: clock.now, stored, failures: () => failures };
}

const find = <T extends { readonly name: string }>(definitions: readonly T[], name: string): T => {
  const found = definitions.find((one) => one.name === name);
  if (!found) throw new Error(`${name} is not registered`);
  return found;
};

/** Tickets that were never given out: none is good. */
const createTickets = (): TicketStore => ({ add: async () => {}, take: async () => false }) as TicketStore;
