import { marketplaces as marketplaceDefinitions } from '../adapters/index.ts';
import { slaPolicyNames, slaPresets } from '../adapters/presets.ts';
import type { ChatBot, SocketConnection, SocketEvent } from '../bots/bot.ts';
import { bots as botDefinitions } from '../bots/index.ts';
import { type JobRunner, startJobs } from '../jobs/job.ts';
import { createAdmin } from './admin.ts';
import { createAnswerer } from './answers/answerer.ts';
import { createAskers } from './answers/askers.ts';
import { desk } from './answers/desk.ts';
import { exportVerb } from './answers/export.ts';
import { figureVerbs } from './answers/figures.ts';
import { findVerbs } from './answers/find.ts';
import { forms } from './answers/forms.ts';
import { health } from './answers/health.ts';
import { help } from './answers/help.ts';
import { createAnswerQuestion } from './answers/questions.ts';
import { templates as templatesVerb } from './answers/templates.ts';
import { type ApplyDeps, applyConfig } from './apply.ts';
import { createBackupKeeper } from './backups.ts';
import { readConfigFile } from './config/file.ts';
import { isSameFile } from './config/same-file.ts';
import type { Config, Environment } from './config.ts';
import { createConnectors } from './connectors.ts';
import type { Answer } from './core/connector.ts';
import { isScarce, type Quota } from './core/economy.ts';
import { notice } from './core/plan.ts';
import { isReal } from './core/practice/marks.ts';
import { botGate, shopGate } from './core/shop.ts';
import type { Clock, Timers } from './core/time.ts';
import { platformSkew } from './doctor/clock-skew.ts';
import { addressesIn } from './doctor/index.ts';
import type { EmbeddedStore } from './embedded/index.ts';
import { createStatistics } from './figures/index.ts';
import { createFind } from './find.ts';
import { firstLook } from './first-look.ts';
import { createApp } from './http/app.ts';
import { type HttpServer, startServer } from './http/server.ts';
import { createLoadMedia } from './load-media.ts';
import type { Log } from './log.ts';
import { createMetrics } from './metrics.ts';
import { periodicJobs } from './periodic-jobs.ts';
import { localeOf } from './pipeline/content.ts';
import type { Probe } from './pipeline/deps.ts';
import { createPipeline } from './pipeline/index.ts';
import { type EventSource, toIncoming } from './pipeline/ingest.ts';
import { createOrderLookUp } from './pipeline/orders.ts';
import type { PacedCallsDeps } from './pipeline/paced-calls.ts';
import { createPerformanceReader } from './pipeline/performance.ts';
import { createShiftWatch } from './pipeline/shift-digests.ts';
import { createStaff } from './pipeline/staff.ts';
import { createPractice } from './practice.ts';
import { createRouting } from './routing.ts';
import { loadAdminToken, loadSecretKeys } from './secrets.ts';
import { followSharedClock } from './shared-clock.ts';
import { createConnect } from './shops/connect.ts';
import { createShopAccess } from './shops/credentials.ts';
import { createShopDirectory } from './shops/directory.ts';
import { rotateSecrets } from './shops/rotate.ts';
import { createVault } from './shops/vault.ts';
import { startSockets } from './sockets.ts';
import { onTheWay } from './store/collection.ts';
import { createConversationStore } from './store/conversations.ts';
import { createFigureStore } from './store/figures.ts';
import { createFindStore } from './store/find.ts';
import { createGateStore } from './store/gates.ts';
import { createGrantStore } from './store/grants.ts';
import { createInboxStore } from './store/inbox.ts';
import { createInquiryStore } from './store/inquiries.ts';
import { createLeases } from './store/leases.ts';
import { createMetaStore } from './store/meta.ts';
import { migrate } from './store/migrations.ts';
import { allIndexes, createIndexes, type Observer, openDatabase } from './store/open-database.ts';
import { createOutboxStore } from './store/outbox.ts';
import { createPauseStore } from './store/pauses.ts';
import { createPerformanceStore } from './store/performance.ts';
import { createPracticeStore } from './store/practice.ts';
import { createPresenceStore } from './store/presence.ts';
import { createQueueStore } from './store/queue.ts';
import { createSettingsStore } from './store/settings.ts';
import { startSettingsWatch } from './store/settings-watch.ts';
import { createShopStore } from './store/shops.ts';
import { createSyncStore } from './store/syncs.ts';
import { createTemplateStore } from './store/templates.ts';
import { createTicketStore } from './store/tickets.ts';
import { createWriteWatch } from './store/write-watch.ts';
import { createTemplates } from './templates.ts';

export interface ServiceDeps {
  readonly config: Config;
  /** `${NAME}` in `threadmart.yaml` is read from here. */
  readonly environment: Environment;
  /** The text of `threadmart.yaml`; null: there is none. */
  readonly configText: string | null;
  /** `soleOwner`: no other process can live on this store, so a restart takes its gates at once. `backup`: absent where it is a MongoDB. */
  readonly database: { readonly uri: string; readonly soleOwner: boolean; readonly backup?: EmbeddedStore['backup'] } & Observer;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly fetch: typeof globalThis.fetch;
  readonly log: Log;
  readonly probe: Probe;
  /** Declared paces and back-offs are divided by it; set by tests only. */
  readonly timeScale?: number;
  /** The declared limits alone are divided by it; `timeScale` if absent. Set by benches. */
  readonly paceScale?: number;
  /** Where pictures may be fetched over plain http and from any address; set by tests and the demo only. */
  readonly insecureMediaOrigins?: readonly string[];
}

export interface Random {
  bytes(count: number): Uint8Array;
  /** From 0 to below 1. */
  number(): number;
}

export interface Service {
  listen(host: string, port: number): Promise<HttpServer>;
  /** Takes nothing new, finishes or releases what is in hand, closes; within ten seconds. */
  close(): Promise<void>;
}

/** Of the ten seconds for a shutdown. */
const drainMs = 6_000;
const serverGraceMs = 1_500;

/** Builds the whole service. Nothing below reads clock, environment or chance by itself. */
export async function createService(given: ServiceDeps): Promise<Service> {
  const { config, environment, configText, database, timers, random, log, probe, timeScale = 1, paceScale = timeScale } = given;
  const newId = () => Buffer.from(random.bytes(12)).toString('hex');
  const owner = newId();
  const connection = await openDatabase(database.uri, database);
  const platformUrls = addressesIn([...config.marketplaces.values(), ...config.bots.values()]);
  const sharedClock = await followSharedClock({
    connection,
    clock: given.clock,
    timers,
    log,
    platformSkewMs: async () => (await platformSkew({ platformUrls, fetch: given.fetch, now: () => given.clock.now() }))?.skewMs ?? null,
  });
  const { clock } = sharedClock;
  const writeWatch = createWriteWatch({ connection, timers, log });
  const deps: ServiceDeps = { ...given, clock };
  const meta = createMetaStore(connection);
  const gates = createGateStore(connection);
  const leases = createLeases({ gates, owner, soleOwner: database.soleOwner, clock, timers });
  const [shops, grants, tickets, settingsStore] = [
    createShopStore(connection),
    createGrantStore(connection),
    createTicketStore(connection),
    createSettingsStore(connection),
  ];
  const step = database.soleOwner ? onTheWay : {};
  const inbox = createInboxStore(connection, step);
  const outbox = createOutboxStore(connection, step);
  const inquiries = createInquiryStore(connection, step);
  const figures = createFigureStore(connection, clock, step);
  const templateStore = createTemplateStore(connection);
  await migrate({ connection, meta, leases, log });
  await createIndexes(connection, allIndexes, database.uri);
  const vault = createVault(await loadSecretKeys(config.secretKeys, { meta, dataDir: config.dataDir, random: random.bytes }), random.bytes);
  await rotateSecrets({ vault, meta, shops, grants });
  const adminToken = await loadAdminToken(config.adminToken, { dataDir: config.dataDir, random: random.bytes });

  const { marketplaces, outside, bots } = await createConnectors(config, {
    ...{ fetch: deps.fetch, now: () => clock.now(), random: random.number, log },
  });
  const applyDeps: ApplyDeps = {
    meta,
    settings: settingsStore,
    shops,
    grants,
    templates: templateStore,
    vault,
    leases,
    on: {
      marketplaces: new Map([...outside].map(([name, { capabilities }]) => [name, capabilities])),
      bots: new Set(config.bots.keys()),
    },
    clock,
    log,
  };
  const known = {
    marketplaces: marketplaceDefinitions.map(({ name }) => name),
    bots: botDefinitions.map(({ name }) => name),
    slaPolicies: slaPolicyNames,
    receiptEmoji: botDefinitions.flatMap(({ receiptEmoji }) => receiptEmoji),
  };
  const readFile = (text: string) => readConfigFile(text, environment, known);
  // One that was applied as it stands has nothing to tell: with a thousand shops, to read it is half of a start, and sixty megabytes that stay.
  if (configText !== null && !isSameFile(configText, environment, await meta.appliedFile()))
    await applyConfig(readFile(configText), applyDeps, { dryRun: false });
  const settings = await startSettingsWatch({ store: settingsStore, timers, log });
  const routing = createRouting({ settings: settings.current, log });

  const access = createShopAccess({
    shops,
    grants,
    vault,
    leases,
    marketplaces,
    clock,
    log,
    alone: database.soleOwner,
    onTrouble: async ({ key, notice: what }) => {
      directory.forget();
      await pipeline.announce(key, what);
    },
  });
  const directory = createShopDirectory({
    shops,
    access,
    clock,
    alone: database.soleOwner,
    onDeauthorized: (shop) =>
      pipeline.announce(
        `deauthorized:${shop._id}:${clock.now().getTime()}`,
        notice('shop.deauthorized', { shop: shop.name, marketplace: shop.marketplace }),
      ),
  });
  const media = createLoadMedia({ marketplaces, shops: directory, log, insecureOrigins: deps.insecureMediaOrigins ?? [] });
  const metrics = createMetrics({
    depths: async () => {
      const owned = pipeline.owned();
      for (const { lease, limiter } of owned) {
        for (const { name, spent, permits } of limiter.quotas()) metrics.quotaSpent(lease.gate, name, spent, permits);
      }
      const all = owned.map(({ lease }) => lease.gate);
      const [waitingIn, waitingOut] = await Promise.all([inbox.depth(all), outbox.depth(all)]);
      return { inbox: waitingIn, outbox: waitingOut };
    },
    clock,
    log,
  });
  const paced: PacedCallsDeps & { readonly shops: typeof directory } = {
    ...{ shops: directory, clock, timers, paceScale },
    limiterOf: (shop) => pipeline.owned().find(({ lease }) => lease.gate === shopGate(shop))?.limiter ?? null,
  };
  const orders = createOrderLookUp({ ...paced, inquiries, marketplaces, log });
  const performance = createPerformanceReader({ ...paced, all: shops.list, marketplaces, store: createPerformanceStore(connection), log });
  const presence = createPresenceStore(connection);
  const queue = createQueueStore(connection);
  const templates = createTemplates({
    store: templateStore,
    limits: applyDeps.on.marketplaces,
    marketplaces: known.marketplaces,
    settings: settings.current,
    clock,
  });
  const find = createFind({ store: createFindStore(connection), shops: directory, settings: settings.current, clock });
  const pipeline = createPipeline(
    {
      inbox,
      outbox,
      inquiries,
      conversations: createConversationStore(connection),
      figures,
      gates,
      pauses: createPauseStore(connection),
      presence,
      queue,
      staff: createStaff({ presence, loads: () => queue.loads(clock.now()), settings: settings.current, clock, log }),
      syncs: createSyncStore(connection),
      shops: directory,
      orders,
      templates,
      find,
      marketplaces,
      bots,
      loadMedia: media.loadMedia,
      settings: settings.current,
      sawUser: settings.sawUser,
      routing,
      slaPresets: ({ marketplace, region }) => slaPresets(marketplace, region),
      clock,
      timers,
      random: random.number,
      newId,
      log,
      meter: metrics,
      probe,
      storeFailed: writeWatch.failed,
      timeScale,
      paceScale,
    },
    {
      owner,
      soleOwner: database.soleOwner,
      authorizationExpiring: async ({ _id, marketplace, name }, expiresAt) => {
        const params = {
          shop: name,
          marketplace,
          shopId: _id,
          days: daysUntil(expiresAt, clock.now()),
          date: expiresAt.toISOString().slice(0, 10),
        };
        await pipeline.announce(
          `authorization-ends:${_id}:${clock.now().toISOString().slice(0, 10)}`,
          notice('shop.authorization-ends', params),
        );
      },
    },
  );
  const backups =
    database.backup === undefined
      ? null
      : createBackupKeeper({
          backup: database.backup,
          dataDir: config.dataDir,
          policy: () => settings.current().backup,
          announce: pipeline.announce,
          meter: metrics,
          clock,
          log,
        });
  const statistics = createStatistics({
    connection,
    store: figures,
    ...{ meta, shops, outbox, settings: settings.current, wake: pipeline.wake, clock, timers, log },
  });
  /** Shops or settings changed: everything that stands on them looks again. */
  async function refresh(): Promise<void> {
    directory.forget();
    await settings.refresh();
    await pipeline.refresh();
    for (const shop of await directory.ids()) pipeline.wake(shopGate(shop));
    for (const bot of bots.keys()) pipeline.wake(botGate(bot));
  }
  const endWatch = settings.onChange(
    () => void refresh().catch((err: unknown) => log.error({ err }, 'changed settings could not be taken up')),
  );
  const practice = createPractice({
    ...{ store: createPracticeStore(connection), shops, shop: directory.practice, grants, vault, gates, leases, outbox, bots },
    ...{ settings: settings.current, pipeline, refresh, alone: database.soleOwner, clock, timers, newId, log, timeScale },
  });
  const connect = createConnect({
    shops,
    grants,
    tickets,
    vault,
    marketplaces,
    baseUrl: () => config.publicUrl ?? server?.url ?? `http://${config.host}:${config.port}`,
    clock,
    random: random.bytes,
    log,
  });

  let server: HttpServer | null = null;
  let jobs: JobRunner | null = null;
  let closing = false;
  const sockets = new Map<string, SocketConnection>();
  /** What this process serves it knows to the call; of the rest the store tells, some seconds old. */
  async function quotasNow() {
    const owned = pipeline.owned().map(({ lease, limiter }) => ({ gate: lease.gate, quotas: limiter.quotas() }));
    const others = (await gates.quotas()).filter(({ gate }) => owned.every((one) => one.gate !== gate));
    return [...owned.flatMap(({ gate, quotas }) => quotas.map((quota) => ({ gate, ...quota }))), ...others];
  }
  const admin = createAdmin({
    ...deps,
    connection,
    applyDeps,
    readFile,
    shops,
    access,
    marketplaces,
    bots,
    connect,
    settings: settings.current,
    routing,
    backups,
    statistics,
    practice,
    templates,
    jobs: async () => (await jobs?.states()) ?? [],
    quotas: quotasNow,
    vault,
    meta,
    refresh,
    wake: pipeline.wake,
  });

  const store = async (
    source: string,
    ...[received, request]: [Parameters<typeof toIncoming>[1], Parameters<typeof toIncoming>[2]]
  ): Promise<void> => {
    const incoming = toIncoming(sourceOf(source, bots), received, request);
    if (incoming) await pipeline.ingest.store(incoming);
  };

  const readiness = () => {
    const trouble = connection.readyState === 1 ? writeWatch.trouble() : 'away';
    return {
      ready: trouble === null && !closing,
      checks: () => [
        { name: 'store', ok: trouble === null, ...(trouble ? { problem: trouble } : {}) },
        { name: 'running', ok: !closing },
        ...pipeline
          .owned()
          .flatMap(({ connector, paused }) =>
            connector.kind === 'bot'
              ? [{ name: connector.name, ok: paused === null, ...(paused === null ? {} : { problem: paused }) }]
              : [],
          ),
        ...pipeline.owned().flatMap(({ connector, limiter }) =>
          connector.kind === 'bot'
            ? limiter
                .quotas()
                .filter(({ every }) => every === 'month')
                .map((quota) => monthCheck(connector.name, quota))
            : [],
        ),
        ...[...sockets].map(([name, socket]) => ({ name: `${name} socket`, ok: socket.healthy() })),
      ],
    };
  };

  const realShops = async () => (await shops.list()).filter(isReal);
  const answerUncounted = createAnswerer({
    bots,
    answer: createAnswerQuestion({
      commands: new Map([
        ['help', help],
        ['templates', templatesVerb(templates)],
        ...findVerbs(find),
        ...figureVerbs({ ...statistics, shops: realShops, clock }),
        ['export', exportVerb({ bots, stats: statistics.stats, shops: realShops, clock, log })],
        ['health', health(() => readiness().checks(), statistics.desk)],
      ]),
      desk: desk({ inquiries, settings: settings.current, clock }),
      form: forms({ bots, settings: settings.current, templates, inquiries }),
    }),
    askerOf: createAskers({ bots, settings: settings.current, sawUser: settings.sawUser, clock }),
    channelLocale: (bot, channelId) => localeOf(settings.current(), bot, channelId, null),
    timers,
    log,
  });

  const answer: typeof answerUncounted = (bot, ask, spentMs) => {
    pipeline.spent(bot, bots.get(bot)?.capabilities.unasked?.answer ?? []);
    return answerUncounted(bot, ask, spentMs);
  };

  async function take(name: string, { ask, ...event }: SocketEvent): Promise<Answer | null> {
    const startedMs = clock.monotonicMs();
    await pipeline.ingest.store({ source: { kind: 'bot', bot: name }, shop: null, receivedAt: clock.now(), ...event });
    return ask ? answer(name, ask, clock.monotonicMs() - startedMs) : null;
  }

  const app = createApp({
    marketplaces: outside,
    bots,
    answer,
    labelOf: (name) => marketplaceDefinitions.find((definition) => definition.name === name)?.label ?? name,
    store,
    probe,
    readiness,
    oauth: {
      start: connect.start,
      async finish(marketplace, query) {
        const result = await connect.finish(marketplace, query);
        if (result.ok) await refresh();
        return result;
      },
    },
    admin,
    adminToken,
    metrics,
    clock,
    timers,
    newId,
    log,
  });

  return {
    async listen(host, port) {
      if (!connection.db) throw new Error('the database is not connected');
      // First of all: after a crash there is much to do, and events must be taken meanwhile; on a port that is taken nothing begins.
      server = await startServer(app, host, port);
      // What comes over a socket while nobody listens there may never come again.
      const listening = startSockets(bots, take, (name, socket) => sockets.set(name, socket));
      pipeline.start();
      jobs = await startJobs({
        database: connection.db,
        now: () => clock.now(),
        log,
        jobs: periodicJobs({
          ...{ pipeline, access, statistics, performance, backups, gates, inbox, outbox, marketplaces, bots },
          shifts: createShiftWatch({ settings: settings.current, outbox, wake: pipeline.wake, clock }),
        }),
      });
      practice.start();
      await listening;
      void firstLook({ bots, settings: settings.current, meta, announce: pipeline.announce, log });
      return server;
    },

    async close() {
      closing = true;
      endWatch();
      sharedClock.close();
      writeWatch.close();
      settings.close();
      statistics.stop();
      await Promise.all([...sockets.values()].map((socket) => socket.close()));
      await Promise.all([server?.close(serverGraceMs), jobs?.stop(), pipeline.stop(drainMs), practice.stop()]);
      await media.close();
      await connection.close();
    },
  };
}

const sourceOf = (name: string, bots: ReadonlyMap<string, ChatBot>): EventSource =>
  bots.has(name) ? { kind: 'bot', bot: name } : { kind: 'marketplace', name };

/** What is spent of a month's plan: no reason to take nothing, and worth a look once it is scarce. */
const monthCheck = (bot: string, quota: Quota) => ({
  ...{ name: `${bot} calls of the month: ${quota.spent} of ${quota.permits}`, ok: !isScarce(quota) },
  ...(isScarce(quota) ? { problem: 'calls are saved' } : {}),
});

const daysUntil = (end: Date, now: Date): number => Math.max(0, Math.ceil((end.getTime() - now.getTime()) / 86_400_000));
