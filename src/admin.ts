import type { Connection } from 'mongoose';
import type { MarketplaceAdapter } from '../adapters/adapter.ts';
import type { ChatBot } from '../bots/bot.ts';
import { type ApplyDeps, applyConfig } from './apply.ts';
import type { Backups } from './backups.ts';
import type { FileConfig } from './config/file.ts';
import { ConfigError, describeProblem } from './config/problem.ts';
import type { Config } from './config.ts';
import type { Finding } from './core/connector.ts';
import type { Settings } from './core/settings.ts';
import { botGate, shopGate } from './core/shop.ts';
import type { Locale } from './core/texts/index.ts';
import { text } from './core/texts/index.ts';
import type { Clock, Timers } from './core/time.ts';
import { addressesIn, createDoctor, type DoctorDeps, keysFit } from './doctor/index.ts';
import { inspectTls } from './doctor/public-address.ts';
import type { AdminPort, StatisticsPort } from './http/deps.ts';
import type { Routing } from './routing.ts';
import type { ShopConnect } from './shops/connect.ts';
import type { ShopAccessProvider } from './shops/credentials.ts';
import type { Vault } from './shops/vault.ts';
import { createDeadLetterStore } from './store/dead-letters.ts';
import type { MetaStore } from './store/meta.ts';
import { createPageStore } from './store/pages.ts';
import type { ShopStore } from './store/shops.ts';
import { createTraceStore } from './store/trace.ts';
import { writeTrouble } from './store/write-watch.ts';

interface AdminDeps {
  readonly connection: Connection;
  readonly config: Config;
  readonly configText: string | null;
  readonly readFile: (text: string) => FileConfig;
  readonly applyDeps: ApplyDeps;
  readonly shops: ShopStore;
  readonly access: ShopAccessProvider;
  readonly marketplaces: ReadonlyMap<string, MarketplaceAdapter>;
  readonly bots: ReadonlyMap<string, ChatBot>;
  readonly connect: ShopConnect;
  readonly settings: () => Settings;
  readonly routing: Routing;
  /** Null: the store is a MongoDB. */
  readonly backups: Backups | null;
  readonly templates: AdminPort['templates'];
  readonly jobs: NonNullable<DoctorDeps['jobs']>;
  readonly quotas: NonNullable<DoctorDeps['quotas']>;
  readonly statistics: StatisticsPort;
  readonly practice: AdminPort['practice'];
  readonly vault: Vault;
  readonly meta: MetaStore;
  readonly refresh: () => Promise<void>;
  readonly wake: (gate: string) => void;
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  readonly timers: Timers;
}

const checkDeadlineMs = 15_000;

/** What the administration API and `doctor` can ask of the running service. */
export function createAdmin(deps: AdminDeps): AdminPort {
  const {
    connection,
    config,
    configText,
    shops,
    access,
    marketplaces,
    bots,
    connect,
    vault,
    meta,
    settings,
    routing,
    backups,
    refresh,
    wake,
    fetch,
    clock,
    timers,
  } = deps;
  const pages = createPageStore(connection);
  const deadLetters = createDeadLetterStore(connection);

  async function testShop(id: Parameters<AdminPort['shops']['test']>[0], locale: Locale): Promise<readonly Finding[]> {
    const shop = await shops.byId(id);
    const adapter = shop && marketplaces.get(shop.marketplace);
    if (!adapter)
      return [{ check: 'marketplace', ok: false, problem: text(locale, 'shop.marketplace-off', { marketplace: shop?.marketplace ?? id }) }];
    return adapter.checkShop(await access.access(id, AbortSignal.timeout(checkDeadlineMs)), locale);
  }

  /** What is wrong in the file, and what it says that this version does not act on. */
  function configProblems(locale: Locale): Promise<readonly string[]> {
    if (configText === null) return Promise.resolve([]);
    try {
      return Promise.resolve(deps.readFile(configText).warnings.map((warning) => describeProblem(warning, locale)));
    } catch (error) {
      if (error instanceof ConfigError) return Promise.resolve(error.problems.map((problem) => describeProblem(problem, locale)));
      throw error;
    }
  }

  const doctor = createDoctor({
    publicUrl: config.publicUrl,
    platformUrls: addressesIn([...config.marketplaces.values(), ...config.bots.values()]),
    fetch,
    inspectTls,
    now: () => clock.now(),
    configProblems,
    store: {
      version: async () => String((await connection.db?.admin().command({ buildInfo: 1 }))?.['version'] ?? ''),
      trouble: () => writeTrouble(connection),
      keyFits: async () => keysFit(await meta.keyIds(), vault.keyIds),
    },
    backups: backups && { status: backups.status, policy: () => Promise.resolve(settings().backup) },
    jobs: deps.jobs,
    quotas: deps.quotas,
    shops: () => shops.list(),
    checkShop: (shop, locale) => testShop(shop._id, locale),
    bots,
    settings: () => Promise.resolve(settings()),
    pages,
    deadLetters,
    timers,
  });

  return {
    shops: { list: () => shops.list(), byId: (id) => shops.byId(id), test: testShop },
    createTicket: connect.createTicket,
    async apply(yaml, { dryRun, locale }) {
      try {
        const { differences, warnings } = await applyConfig(deps.readFile(yaml), deps.applyDeps, { dryRun });
        if (!dryRun) await refresh();
        return {
          changes: differences.map(({ key, params }) => text(locale, key, params)),
          warnings: warnings.map((warning) => describeProblem(warning, locale)),
        };
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        return { problems: error.problems.map((problem) => describeProblem(problem, locale)) };
      }
    },
    settings,
    routing,
    backups,
    templates: deps.templates,
    doctor,
    statistics: deps.statistics,
    practice: deps.practice,
    pages,
    deadLetters,
    traces: createTraceStore(connection),
    traceScope: async () => ({ sources: [...marketplaces.keys(), ...bots.keys()], shopIds: (await shops.list()).map(({ _id }) => _id) }),
    wake() {
      for (const bot of bots.keys()) wake(botGate(bot));
      void shops.list().then((all) => {
        for (const { _id } of all) wake(shopGate(_id));
      });
    },
  };
}
