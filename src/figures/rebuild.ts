import type { ConnectorLog } from '../core/connector.ts';
import { endOf, startOf } from '../core/figures/spans.ts';
import type { ShopId } from '../core/ids.ts';
import type { Clock } from '../core/time.ts';
import type { FigureStore } from '../store/figures.ts';
import type { MetaStore, RebuildState } from '../store/meta.ts';
import type { FigureKeeper } from './keeper.ts';

export interface Rebuild {
  /** Null: there never was one. */
  state(): Promise<RebuildState | null>;
  /** Begins one; where one is under way that goes on. */
  begin(): Promise<RebuildState>;
  /** Begins the first one of all, for history that was written before figures were kept. */
  beginFirst(): Promise<void>;
  /** Goes on with it for so long; done again from anywhere it comes to the same. */
  work(forMs: number): Promise<void>;
}

interface RebuildDeps {
  readonly store: Pick<FigureStore, 'extent' | 'days' | 'nameShops'>;
  readonly meta: Pick<MetaStore, 'rebuild' | 'setRebuild'>;
  readonly keeper: Pick<FigureKeeper, 'recount'>;
  readonly shopIds: () => Promise<readonly ShopId[]>;
  readonly clock: Clock;
  readonly log: ConnectorLog;
}

const historyPerStep = 1_000;

/** Counts all figures anew from history, a day of a shop at a time, and remembers where it is. What comes meanwhile is counted beside it as always. */
export function createRebuild({ store, meta, keeper, shopIds, clock, log }: RebuildDeps): Rebuild {
  async function begin(): Promise<RebuildState> {
    const known = await meta.rebuild();
    if (known && known.finishedAt === null) return known;
    const state: RebuildState = { startedAt: clock.now(), finishedAt: null, history: { after: '' }, at: null, days: 0, changed: 0 };
    await meta.setRebuild(state);
    log.info({}, 'all figures are counted anew');
    return state;
  }

  async function step(state: RebuildState): Promise<RebuildState> {
    if (state.history) {
      const after = await store.nameShops(state.history.after, historyPerStep);
      return { ...state, history: after === null ? null : { after } };
    }
    const { at } = state;
    if (at === null || at.day > at.last) {
      const next = await nextShop(at?.shopId ?? null);
      if (next === 'none') return { ...state, finishedAt: clock.now() };
      return { ...state, at: next };
    }
    const day = { shopId: at.shopId, from: at.day, to: endOf('day', at.day) };
    const changed = await keeper.recount([day]);
    return { ...state, at: { ...at, day: day.to }, days: state.days + 1, changed: state.changed + changed };
  }

  /** The next shop by id, from its first day with history or figures to its last. */
  async function nextShop(after: ShopId | null): Promise<RebuildState['at'] | 'none'> {
    const next = (await shopIds()).filter((id) => after === null || id > after).toSorted()[0];
    if (next === undefined) return 'none';
    const [history, figures] = await Promise.all([store.extent(next), store.days(next)]);
    const firsts = [history && startOf('day', history.first), figures?.first].flatMap((one) => one ?? []);
    const lasts = [history && startOf('day', history.last), figures?.last].flatMap((one) => one ?? []);
    const [first] = firsts.toSorted((a, b) => a.getTime() - b.getTime());
    const last = lasts.toSorted((a, b) => a.getTime() - b.getTime()).at(-1);
    // A shop of which there is nothing is through at once.
    return first && last ? { shopId: next, day: first, last } : { shopId: next, day: new Date(1), last: new Date(0) };
  }

  return {
    state: () => meta.rebuild(),
    begin,
    async beginFirst() {
      if ((await meta.rebuild()) === null) await begin();
    },
    async work(forMs) {
      const endsAtMs = clock.monotonicMs() + forMs;
      let state = await meta.rebuild();
      while (state && state.finishedAt === null && clock.monotonicMs() < endsAtMs) {
        state = await step(state);
        await meta.setRebuild(state);
        if (state.finishedAt) log.info({ days: state.days, changed: state.changed }, 'all figures have been counted anew');
      }
    },
  };
}
