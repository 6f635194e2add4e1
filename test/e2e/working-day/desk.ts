import type { Connection } from 'mongoose';
import type { MarketplaceAdapter } from '../../../adapters/adapter.ts';
import { slaPolicyNames, slaPresets } from '../../../adapters/presets.ts';
import type { ChatBot } from '../../../bots/bot.ts';
import { dueSweep } from '../../../jobs/due-sweep.ts';
import { figures as figuresJob } from '../../../jobs/figures.ts';
import type { Job } from '../../../jobs/job.ts';
import { reroute } from '../../../jobs/reroute.ts';
import { shiftDigest } from '../../../jobs/shift-digest.ts';
import { figureVerbs } from '../../../src/answers/figures.ts';
import { readConfigFile } from '../../../src/config/file.ts';
import { planApply } from '../../../src/config/plan.ts';
import type { ConnectorLog } from '../../../src/core/connector.ts';
import { defaultSettings, type Settings } from '../../../src/core/settings.ts';
import { type Shop, shopIdOf } from '../../../src/core/shop.ts';
import { createStatistics } from '../../../src/figures/index.ts';
import { createFind } from '../../../src/find.ts';
import type { PipelineMeter, ShopDirectory } from '../../../src/pipeline/deps.ts';
import { createPipeline } from '../../../src/pipeline/index.ts';
import { createOrderLookUp } from '../../../src/pipeline/orders.ts';
import { createShiftWatch } from '../../../src/pipeline/shift-digests.ts';
import { createStaff } from '../../../src/pipeline/staff.ts';
import { createRouting } from '../../../src/routing.ts';
import { onTheWay } from '../../../src/store/collection.ts';
import { createConversationStore } from '../../../src/store/conversations.ts';
import { createFigureStore } from '../../../src/store/figures.ts';
import { createFindStore } from '../../../src/store/find.ts';
import { createGateStore } from '../../../src/store/gates.ts';
import { createInboxStore } from '../../../src/store/inbox.ts';
import { createInquiryStore } from '../../../src/store/inquiries.ts';
import { createMetaStore } from '../../../src/store/meta.ts';
import { createOutboxStore } from '../../../src/store/outbox.ts';
import { createPauseStore } from '../../../src/store/pauses.ts';
import { createPresenceStore } from '../../../src/store/presence.ts';
import { createQueueStore } from '../../../src/store/queue.ts';
import { createSyncStore } from '../../../src/store/syncs.ts';
import { createTemplateStore } from '../../../src/store/templates.ts';
import { createTemplates } from '../../../src/templates.ts';
import { namesServer } from '../../store-helper.ts';
import { beginsMs } from './plan.ts';
import { file, shops } from './team.ts';
import type { SimulatedTime } from './time.ts';

export const bot = 'slack/default';

/** What a supervisor's file makes of a new installation. */
function settingsOf(text: string, marketplaces: ReadonlyMap<string, MarketplaceAdapter>): Settings {
  const known = { marketplaces: [...marketplaces.keys()], bots: ['slack'], slaPolicies: slaPolicyNames, receiptEmoji: [] };
  const { settings, problems } = planApply(readConfigFile(text, {}, known), {
    ...{ fingerprints: new Map(), settings: defaultSettings, shops: shopList, templates: [] },
    on: { marketplaces: new Map([...marketplaces].map(([name, { capabilities }]) => [name, capabilities])), bots: new Set(['slack']) },
  });
  if (problems.length > 0) throw new Error(`the file has problems: ${JSON.stringify(problems)}`);
  return { ...defaultSettings, ...settings, revision: 1 };
}

const shopList: readonly Shop[] = Object.values(shops).map(({ marketplace, externalId, title, zone, region }) => ({
  ...{ _id: shopIdOf(marketplace, externalId), marketplace, externalId, name: title, timezone: zone, region, locale: 'en', alias: null },
  ...{ state: 'active', stateReason: null, stateSince: new Date(beginsMs), createdAt: new Date(beginsMs) },
  ...{ accessTokenExpiresAt: null, refreshTokenExpiresAt: null },
}));

const directory: ShopDirectory = {
  byId: async (id) => shopList.find(({ _id }) => _id === id) ?? null,
  known: async (id) => shopList.some(({ _id }) => _id === id),
  ids: async () => shopList.map(({ _id }) => _id),
  access: async (id, signal) => ({ externalId: id, accessToken: 'a token', extra: {}, signal }),
  refresh: async () => true,
  deauthorized: async () => {},
};

const uncounted: PipelineMeter = { delivered() {}, leaseLost() {}, unknownEvent() {}, late() {} };

/** Where nothing is lost, the nets below the signals find nothing: drawn as often as usual, they would be most of what a day of simulated time does. */
const rare = { pollMs: 300_000, beatMs: 50_000 };
/** Sooner than what a sweep finds is due. */
const sweepEveryMs = 40_000;
/** Other jobs may be late. */
const rarelyMs = 20 * 60_000;

export interface DeskDeps {
  readonly connection: Connection;
  readonly time: SimulatedTime;
  readonly marketplaces: ReadonlyMap<string, MarketplaceAdapter>;
  readonly chat: ChatBot;
  readonly random: () => number;
  readonly log: ConnectorLog;
}

export type Desk = ReturnType<typeof openDesk>;

/** The product from the inbox to the outbox, with its jobs and figures, over a real store; put together as `src/service.ts` does, in simulated time. */
export function openDesk({ connection, time, marketplaces, chat, random, log }: DeskDeps) {
  const { clock, timers } = time;
  const settings = settingsOf(file, marketplaces);
  const current = () => settings;
  const step = namesServer(process.env) ? {} : onTheWay;
  const inbox = createInboxStore(connection, step);
  const outbox = createOutboxStore(connection, step);
  const inquiries = createInquiryStore(connection, step);
  const figures = createFigureStore(connection, clock, step);
  const presence = createPresenceStore(connection);
  const queue = createQueueStore(connection);
  const meta = createMetaStore(connection);
  const limits = new Map([...marketplaces].map(([name, { capabilities }]) => [name, capabilities]));
  let ids = 0;
  const pipeline = createPipeline(
    {
      ...{ inbox, outbox, inquiries, figures, presence, queue, marketplaces, clock, timers, log },
      conversations: createConversationStore(connection),
      gates: createGateStore(connection),
      pauses: createPauseStore(connection),
      staff: createStaff({ presence, loads: () => queue.loads(clock.now()), settings: current, clock, log }),
      syncs: createSyncStore(connection),
      find: createFind({ store: createFindStore(connection), shops: directory, settings: current, clock }),
      shops: directory,
      orders: createOrderLookUp({
        ...{ inquiries, shops: directory, marketplaces, clock, timers, paceScale: 1, log },
        limiterOf: () => null,
      }),
      templates: createTemplates({
        ...{ store: createTemplateStore(connection), limits, marketplaces: [...marketplaces.keys()], settings: current, clock },
      }),
      bots: new Map([[bot, chat]]),
      loadMedia: async () => null,
      settings: current,
      sawUser: async () => {},
      routing: createRouting({ settings: current, log }),
      slaPresets: ({ marketplace, region }) => slaPresets(marketplace, region),
      random,
      newId() {
        ids += 1;
        return ids.toString(16).padStart(24, '0');
      },
      meter: uncounted,
      probe: () => {},
      storeFailed: (err) => log.error({ err }, 'the store failed'),
      ...{ timeScale: 1, paceScale: 1 },
    },
    { owner: 'the day', soleOwner: true, ...rare, authorizationExpiring: async () => {} },
  );
  const statistics = createStatistics({
    ...{ connection, store: figures, meta, outbox, settings: current, wake: pipeline.wake, clock, timers, log },
    shops: { list: async () => shopList },
  });
  const watch = createShiftWatch({ settings: current, outbox, wake: pipeline.wake, clock });
  const looks: number[] = [];
  const jobs: readonly Job[] = [
    { ...dueSweep({ sweep: pipeline.sweepDue }), everyMs: sweepEveryMs },
    { ...reroute({ rerouteWaiting: pipeline.refresh }), everyMs: rarelyMs },
    { ...figuresJob(statistics), everyMs: rarelyMs },
    shiftDigest({
      async look() {
        looks.push(time.nowMs());
        await watch.look();
      },
    }),
  ];

  function runAgain(job: Job, afterMs: number): void {
    timers.after(afterMs, () => {
      job
        .run({ now: clock.now(), log })
        .catch((err: unknown) => log.error({ err, job: job.name }, 'a job failed'))
        .finally(() => runAgain(job, job.everyMs));
    });
  }

  return {
    pipeline,
    statistics,
    looks,
    verbs: figureVerbs({ ...statistics, shops: async () => shopList, clock }),
    shopIdOf: (name: keyof typeof shops) => shopIdOf(shops[name].marketplace, shops[name].externalId),
    /** Begins to work; jobs run at a quarter past a full second, when nobody does anything. */
    begin() {
      pipeline.start();
      for (const job of jobs) runAgain(job, 250);
    },
  };
}
