import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noFigures, sumOf } from '../../src/core/figures/figures.ts';
import { runsOf, spans, startOf, startsWithin } from '../../src/core/figures/spans.ts';
import type { HistoryEvent } from '../../src/core/inquiry.ts';
import { createFigureKeeper } from '../../src/figures/keeper.ts';
import { createRebuild } from '../../src/figures/rebuild.ts';
import { createFigureStore, type FigureStore } from '../../src/store/figures.ts';
import { createMetaStore } from '../../src/store/meta.ts';
import { openTestStore, type TestStore } from '../store-helper.ts';
import { begins, channels, history, mostDays, shops } from './histories.ts';
import { naiveFigures } from './naive.ts';

const noPace = { begin: () => {}, rest: async () => {} };
const silent = { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} };
const ends = new Date(begins.getTime() + mostDays * 86_400_000);
/** A mark is acted on within this time. */
const longMs = 60_000;

/** What a process that took part in a history does next. */
type Step =
  /** Some of what happened is stored, and told of; where `crash`, the process dies at one of the steps and does it again as another. */
  | {
      readonly do: 'record';
      readonly count: number;
      readonly crash: 'before-history' | 'half-history' | 'before-mark' | 'never';
      readonly process: 0 | 1;
    }
  | { readonly do: 'wait'; readonly ms: number }
  /** One or both processes count what is due, at the same time; `failsAfter`: calls of the store until it is away. */
  | { readonly do: 'drain'; readonly both: boolean; readonly failsAfter: number | null; readonly delays: readonly number[] };

const process = fc.constantFrom(0 as const, 1 as const);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    ...{ do: fc.constant('record' as const), count: fc.integer({ min: 1, max: 12 }), process },
    crash: fc.constantFrom(
      ...(['before-history', 'half-history', 'before-mark', 'never', 'never', 'never', 'never', 'never', 'never'] as const),
    ),
  }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 30_000 }) }),
  fc.record({
    ...{ do: fc.constant('drain' as const), both: fc.boolean(), failsAfter: fc.option(fc.integer({ min: 0, max: 14 }), { nil: null }) },
    delays: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 12 }),
  }),
);

describe('figures that are kept', () => {
  let store: TestStore;
  let nowMs = Date.parse('2026-11-05T00:00:00Z');
  /** Clocks of two processes differ as far as they may. */
  const clockOf = (skewMs: number) => ({ now: () => new Date(nowMs + skewMs), monotonicMs: () => nowMs });

  beforeAll(async () => {
    store = await openTestStore();
  });
  afterAll(() => store.close());

  async function empty(): Promise<void> {
    for (const name of ['events', 'figures', 'figuresDue', 'meta']) await store.connection.collection(name).deleteMany({});
  }
  const open = (skewMs = 0) => createFigureStore(store.connection, clockOf(skewMs));
  const keeperOn = (figures: Parameters<typeof createFigureKeeper>[0]['store'], skewMs = 0) =>
    createFigureKeeper({ store: figures, pace: noPace, clock: clockOf(skewMs), log: silent });

  async function insert(events: readonly HistoryEvent[]): Promise<void> {
    for (const event of events) {
      await store.connection.collection<HistoryEvent>('events').updateOne({ _id: event._id }, { $setOnInsert: event }, { upsert: true });
    }
  }

  /** Every figure of every span is what a naive count gives, and every range adds up to it. */
  async function expectRight(events: readonly HistoryEvent[], figures: FigureStore): Promise<void> {
    for (const span of spans) {
      const last = new Date(ends.getTime() - 1);
      const found = await figures.within(shops, [
        { span, from: startOf(span, begins), to: new Date(startOf(span, last).getTime() + 32 * 86_400_000) },
      ]);
      const kept = new Map(found.map((one) => [`${one.shopId} ${one.from.getTime()}`, one.channels]));
      for (const shopId of shops) {
        const touched = new Set(events.filter((event) => event.shopId === shopId).map(({ at }) => startOf(span, at).getTime()));
        for (const from of startsWithin(span, begins, ends)) {
          const channelsThere = kept.get(`${shopId} ${from.getTime()}`) ?? [];
          if (!touched.has(from.getTime())) {
            expect(channelsThere).toEqual([]);
            continue;
          }
          const to = new Date(
            span === 'month' ? Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 1, 1) : from.getTime() + lengthMs[span],
          );
          for (const channel of channels) {
            const of = channelsThere.find((one) => one.channel === channel)?.figures ?? noFigures;
            expect(of).toEqual(naiveFigures(events, { shopId: String(shopId), channel, from, to }));
          }
        }
      }
    }
    const [from, to] = [new Date(begins.getTime() + 5 * 900_000), new Date(ends.getTime() - 30 * 900_000)];
    const ranged = await figures.within(shops, runsOf(from, to));
    const wanted = shops.flatMap((shopId) =>
      channels.map((channel) => naiveFigures(events, { shopId: String(shopId), channel, from, to })),
    );
    expect(sumOf(ranged.flatMap((one) => one.channels.map((part) => part.figures)))).toEqual(sumOf(wanted));
  }
  const lengthMs = { slot: 900_000, hour: 3_600_000, day: 86_400_000 } as const;

  it('are right after any history, with crashes, late events and two processes that count at once; and a rebuild finds nothing to change', async () => {
    await fc.assert(
      fc.asyncProperty(history(60), fc.array(step, { minLength: 4, maxLength: 16, size: 'max' }), async (events, steps) => {
        await empty();
        const skews = [0, 2_000] as const;
        let stores = skews.map(open);
        let recorded = 0;
        const record = async (some: readonly HistoryEvent[], who: 0 | 1) => {
          await insert(some);
          await stores[who]?.touched(some);
        };
        for (const one of steps) {
          if (one.do === 'wait') nowMs += one.ms;
          if (one.do === 'record') {
            const some = events.slice(recorded, recorded + one.count);
            recorded += some.length;
            if (one.crash === 'half-history') await insert(some.slice(0, Math.floor(some.length / 2)));
            if (one.crash === 'before-mark') await insert(some);
            if (one.crash !== 'never') {
              // The process is another one now: what it remembered is gone, and its turn is applied again, some time later.
              nowMs += 7_000;
              stores = skews.map(open);
            }
            await record(some, one.process);
          }
          if (one.do === 'drain') {
            const both = one.both ? skews : [skews[0]];
            await Promise.allSettled(
              both.map((skewMs, index) => keeperOn(troubled(stores[index] ?? open(), one.failsAfter, one.delays, index), skewMs).drain()),
            );
          }
        }
        await record(events.slice(recorded), 0);
        nowMs += longMs;
        const figures = open();
        await keeperOn(figures).drain();
        expect(await store.connection.collection('figuresDue').countDocuments()).toBe(0);
        await expectRight(events, figures);
        expect((await rebuilt(figures)).changed).toBe(0);
      }),
      { numRuns: 40 },
    );
  }, 120_000);

  it('cannot be put back by a process that stood still while another counted', async () => {
    await empty();
    const [shopId = shops[0]] = shops;
    const event = (index: number): HistoryEvent => ({
      ...{
        _id: `i#${index}`,
        inquiryId: 'i' as HistoryEvent['inquiryId'],
        sequence: index,
        kind: 'opened',
        at: begins,
        by: null,
        data: {},
      },
      ...{ shopId: shopId as HistoryEvent['shopId'], channel: null },
    });
    const figures = open();
    const record = async (one: HistoryEvent) => {
      await insert([one]);
      await figures.touched([one]);
      nowMs += longMs;
    };
    // What is there already is replaced, not made.
    await record(event(0));
    await keeperOn(figures).drain();
    await record(event(1));
    let goOn = () => {};
    const stands = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    let reached = () => {};
    const about = new Promise<void>((resolve) => {
      reached = resolve;
    });
    // It has counted, and is about to write.
    const frozen: FigureStore = {
      ...figures,
      replace: async (changed) => {
        reached();
        await stands;
        return figures.replace(changed);
      },
    };
    const late = keeperOn(frozen).drain();
    await about;
    await record(event(2));
    await keeperOn(open()).drain();
    goOn();
    await late;
    await expectRight([event(0), event(1), event(2)], figures);
  });

  it('are put right by a rebuild, whatever stood there, even if it is cut off; of history without shops too', async () => {
    await fc.assert(
      fc.asyncProperty(history(40), history(20), async (events, other) => {
        await empty();
        const figures = open();
        // Figures of a history that never was.
        await insert(other);
        await figures.touched(other);
        nowMs += longMs;
        await keeperOn(figures).drain();
        await store.connection.collection('events').deleteMany({});
        await insert(events);
        const state = await rebuilt(figures, 3);
        expect(state.finishedAt).not.toBeNull();
        await expectRight(events, figures);
        expect((await rebuilt(figures)).changed).toBe(0);
      }),
      { numRuns: 10 },
    );
  }, 120_000);

  it('get their shop and channel from the inquiry where an older version wrote the history', async () => {
    await empty();
    const [shopId = shops[0]] = shops;
    await store.connection
      .collection('inquiries')
      .insertOne({ _id: 'i-old', shopId, thread: { bot: 'slack/default', channelId: 'C1' } } as never);
    const old = { _id: 'i-old#1', inquiryId: 'i-old', sequence: 1, kind: 'opened', at: begins, by: null, data: { marketplace: 'market' } };
    await store.connection.collection('events').insertOne(old as never);
    const figures = open();
    await rebuilt(figures);
    const [day] = await figures.within(shops, [{ span: 'day', from: begins, to: ends }]);
    expect(day?.channels.map(({ channel, figures: { opened } }) => [channel, opened])).toEqual([['slack/default/C1', 1]]);
  });

  it('need one mark for all that comes in one slot within some seconds', async () => {
    await empty();
    const figures = open();
    const [shopId = shops[0]] = shops;
    const told = (index: number) =>
      figures.touched([{ kind: 'opened', at: begins, shopId, channel: null, _id: `x#${index}`, data: {} } as unknown as HistoryEvent]);
    const marks = () => store.connection.collection('figuresDue').countDocuments();
    nowMs = Math.ceil(nowMs / 5_000) * 5_000;
    for (let index = 0; index < 100; index += 1) await told(index);
    expect(await marks()).toBe(1);
    nowMs += 5_000;
    await told(100);
    expect(await marks()).toBe(2);
    // Acted on, and so good for nothing that comes later.
    nowMs += longMs;
    await keeperOn(figures).drain();
    await told(101);
    expect(await marks()).toBe(1);
  });

  /** @param restarts how often it is cut off after a step and goes on as another process */
  async function rebuilt(figures: FigureStore, restarts = 0) {
    let looks = 0;
    const make = (mostLooks: number) =>
      createRebuild({
        ...{ store: figures, meta: createMetaStore(store.connection), keeper: keeperOn(figures), shopIds: async () => shops, log: silent },
        // Time is up after so many looks at the clock.
        clock: { now: () => new Date(nowMs), monotonicMs: () => (looks++ < mostLooks ? 0 : 1) },
      });
    await make(0).begin();
    for (let index = 0; index < restarts; index += 1) {
      looks = 0;
      await make(3).work(1);
    }
    looks = 0;
    await make(Number.POSITIVE_INFINITY).work(1);
    const state = await make(0).state();
    if (!state) throw new Error('there is a rebuild');
    return state;
  }
});

/** A store whose calls take their time, and fail after some: what was written by then stays. */
function troubled(store: FigureStore, failsAfter: number | null, delays: readonly number[], offset: number): FigureStore {
  let calls = 0;
  const slowly = async () => {
    calls += 1;
    const ticks = delays[(calls + offset) % delays.length] ?? 0;
    for (let tick = 0; tick < ticks; tick += 1) await new Promise((resolve) => setImmediate(resolve));
    if (failsAfter !== null && calls > failsAfter) throw new Error('the store is away');
  };
  return {
    ...store,
    due: async (...args) => slowly().then(() => store.due(...args)),
    unmark: async (...args) => slowly().then(() => store.unmark(...args)),
    read: async (...args) => slowly().then(() => store.read(...args)),
    replace: async (changed) => {
      await slowly();
      // Cut off in the middle of it: some are written.
      if (failsAfter !== null && calls === failsAfter) {
        await store.replace(changed.slice(0, Math.ceil(changed.length / 2)));
        throw new Error('the store is away');
      }
      return store.replace(changed);
    },
    async *history(...args) {
      await slowly();
      yield* store.history(...args);
    },
  };
}
