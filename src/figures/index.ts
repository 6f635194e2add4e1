import type { Connection } from 'mongoose';
import type { ConnectorLog } from '../core/connector.ts';
import { isReal } from '../core/practice/marks.ts';
import type { Settings } from '../core/settings.ts';
import { botOf } from '../core/settings.ts';
import type { Clock, Timers } from '../core/time.ts';
import { createFigureSourceStore } from '../store/figure-sources.ts';
import type { FigureStore } from '../store/figures.ts';
import type { MetaStore } from '../store/meta.ts';
import { createPerformanceStore } from '../store/performance.ts';
import { createQueueStore } from '../store/queue.ts';
import type { ShopStore } from '../store/shops.ts';
import { drawChart } from './chart.ts';
import { createDesk, type Desk } from './desk.ts';
import { createFigureKeeper } from './keeper.ts';
import { createPace, type Pace } from './pace.ts';
import { createRebuild, type Rebuild } from './rebuild.ts';
import { createReports, type ReportsDeps } from './reports.ts';
import { createStats, type Stats } from './stats.ts';
import { createFigureWorker } from './worker.ts';

/** Everything about figures, put together. */
export interface Statistics {
  readonly stats: Stats;
  readonly desk: Desk;
  readonly rebuild: Pick<Rebuild, 'state' | 'begin'>;
  /** Posts the reports that are due. */
  postReports(): Promise<void>;
  /** Counts what is due; the job's run. */
  work(): Promise<void>;
  /** Ends a run that is under way; the next one, after the next start, does what it left. */
  stop(): void;
}

interface StatisticsDeps {
  readonly connection: Connection;
  readonly store: FigureStore;
  readonly meta: MetaStore;
  readonly shops: Pick<ShopStore, 'list'>;
  readonly settings: () => Settings;
  readonly outbox: ReportsDeps['outbox'];
  readonly wake: (gate: string) => void;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: ConnectorLog;
}

/** Of the time, so that messages do not wait for figures; somebody waits for a rebuild. */
const shares = { drain: 0.04, rebuild: 0.25 };

export function createStatistics(deps: StatisticsDeps): Statistics {
  const { connection, store, meta, shops, settings, outbox, wake, clock, timers, log } = deps;
  const paces = {
    drain: createPace({ share: shares.drain, clock, timers }),
    rebuild: createPace({ share: shares.rebuild, clock, timers }),
  };
  const keeperAt = (pace: Pace) => createFigureKeeper({ store, pace, clock, log });
  /** Those that are counted. */
  const counted = async () => (await shops.list()).filter(isReal);
  const shopIds = async () => (await counted()).map(({ _id }) => _id);
  const rebuild = createRebuild({ store, meta, keeper: keeperAt(paces.rebuild), shopIds, clock, log });
  const worker = createFigureWorker({ keeper: keeperAt(paces.drain), rebuild });
  let looked = false;
  const stats = createStats({
    store,
    sources: createFigureSourceStore(connection),
    performance: createPerformanceStore(connection),
    shops: counted,
    channelName: (channel) => settings().channels.find((one) => `${botOf(one)}/${one.id}` === channel)?.name ?? null,
    agents: () => settings().agents,
    titles: () => Object.fromEntries(settings().sla.policies.flatMap(({ name, title }) => (title ? [[name, title] as const] : []))),
    running: (ids) => desk.running(ids),
    clock,
  });
  const reports = createReports({ stats, settings, shops: counted, outbox, draw: drawChart, wake, clock, log });
  const desk = createDesk({
    queue: createQueueStore(connection),
    shops: shops.list,
    stats: () => stats,
    agents: () => settings().agents,
    clock,
  });
  return {
    stats,
    desk,
    rebuild: {
      state: rebuild.state,
      async begin() {
        const begun = await rebuild.begin();
        void worker.work().catch((err: unknown) => log.error({ err }, 'figures could not be counted anew; the job goes on with it'));
        return begun;
      },
    },
    postReports: reports.post,
    async work() {
      if (!looked) await rebuild.beginFirst();
      looked = true;
      await worker.work();
    },
    stop() {
      for (const pace of Object.values(paces)) pace.stop();
    },
  };
}
