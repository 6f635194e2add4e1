import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DrillName } from '../../src/core/figures/drill.ts';
import { sumOf } from '../../src/core/figures/figures.ts';
import { daysFrom, statsRange } from '../../src/core/figures/range.ts';
import { summaryOf } from '../../src/core/figures/summary.ts';
import { addDays, localDay, offsetMs } from '../../src/core/figures/zone.ts';
import { inquiryId } from '../../src/core/ids.ts';
import type { HistoryEvent } from '../../src/core/inquiry.ts';
import type { Shop } from '../../src/core/shop.ts';
import { createFigureKeeper } from '../../src/figures/keeper.ts';
import { createStats, type StatsDeps } from '../../src/figures/stats.ts';
import { createFigureSourceStore, type FigureSource } from '../../src/store/figure-sources.ts';
import { createFigureStore } from '../../src/store/figures.ts';
import type { PageRequest } from '../../src/store/pages.ts';
import { createPerformanceStore } from '../../src/store/performance.ts';
import { openTestStore, type TestStore } from '../store-helper.ts';
import { agents, begins, channels, history, shops } from './histories.ts';
import { naiveFigures } from './naive.ts';

const silent = { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} };
const shopList = shops.map((_id) => ({ _id, name: `Shop ${_id}`, marketplace: _id.split(':')[0] }) as unknown as Shop);

/** One of them is also noted by an account. */
const accounts = [{ name: 'Nok', accounts: [{ platform: 'slack', userId: 'U.42' }] }];

describe('answers', () => {
  let store: TestStore;
  let nowMs = 0;
  const clock = { now: () => new Date(nowMs), monotonicMs: () => nowMs };

  beforeAll(async () => {
    store = await openTestStore();
  });
  afterAll(() => store.close());
  beforeEach(() => {
    nowMs = Date.parse('2026-11-05T12:00:00Z');
  });

  async function keep(events: readonly HistoryEvent[], running: StatsDeps['running'] = async () => []) {
    for (const name of ['events', 'figures', 'figuresDue']) await store.connection.collection(name).deleteMany({});
    if (events.length > 0) await store.connection.collection('events').insertMany(events as never);
    const figures = createFigureStore(store.connection, clock);
    await figures.touched(events);
    const before = nowMs;
    nowMs += 60_000;
    await createFigureKeeper({ store: figures, pace: { begin: () => {}, rest: async () => {} }, clock, log: silent }).drain();
    nowMs = before;
    const sources = createFigureSourceStore(store.connection);
    return createStats({
      store: figures,
      sources,
      shops: async () => shopList,
      channelName: () => null,
      agents: () => accounts,
      titles: () => ({}),
      performance: createPerformanceStore(store.connection),
      running,
      clock,
    });
  }

  it('are those of a naive count over the days of a zone, whole and by group', async () => {
    const zone = fc.constantFrom('Asia/Shanghai', 'America/St_Johns', 'Europe/Berlin', 'Asia/Kathmandu', 'UTC');
    await fc.assert(
      fc.asyncProperty(
        history(80),
        zone,
        fc.integer({ min: -1, max: 4 }),
        fc.integer({ min: 0, max: 4 }),
        async (events, where, skipped, more) => {
          const first = addDays('2026-10-29', skipped);
          const range = daysFrom(where, first, addDays(first, more));
          if (!range) throw new Error('it is a range');
          // Nothing happens after now.
          nowMs = Math.max(Date.parse('2026-11-05T12:00:00Z'), ...events.map(({ at }) => at.getTime()));
          const stats = await keep(events);
          const inRange = events.filter(({ at }) => localDay(where, at) >= range.firstDay && localDay(where, at) <= range.lastDay);
          const naive = (some: readonly HistoryEvent[]) =>
            sumOf(
              shops.flatMap((shopId) =>
                channels.map((channel) => naiveFigures(some, { shopId, channel, from: new Date(0), to: new Date(4e12) })),
              ),
            );
          const answer = await stats.answer({ range, scope: {}, by: 'shop' });
          expect(answer.total).toEqual(summaryOf(naive(inRange)));
          expect(answer.hours).toEqual(
            [...Array(24).keys()].map(
              (hour) => inRange.filter(({ kind, at }) => kind === 'buyer-wrote' && localHour(where, at) === hour).length,
            ),
          );
          for (const shopId of shops) {
            const own = summaryOf(naive(inRange.filter((event) => event.shopId === shopId)));
            const {
              key: _key,
              name: _name,
              ...group
            } = answer.groups.find(({ key }) => key === shopId) ?? { key: '', name: '', ...summaryOf(naive([])) };
            expect(group).toEqual(own);
            expect((await stats.answer({ range, scope: { shop: shopId }, by: null })).total).toEqual(own);
          }
          const byChannel = await stats.answer({ range, scope: { marketplace: 'market' }, by: 'channel' });
          for (const { key, name, ...group } of byChannel.groups) {
            const own = inRange.filter((event) => event.shopId.startsWith('market:') && (event.channel ?? '') === key);
            expect(group).toEqual(summaryOf(naive(own)));
            expect(name).toBe(key);
          }
          const daily = await stats.daily(range, {}, null);
          expect(daily.map(({ summary: { opened } }) => opened)).toEqual(
            daily.map(({ day }) => inRange.filter(({ kind, at }) => kind === 'opened' && localDay(where, at) === day).length),
          );
        },
      ),
      { numRuns: 40 },
    );
  }, 120_000);

  it('of a range that ends today are read by the month that is running, and no day or hour of it', async () => {
    const event = (at: string): HistoryEvent =>
      ({
        ...{ _id: at, inquiryId: inquiryId(at), sequence: 1, at: new Date(at), shopId: shops[0], channel: null, by: null },
        ...{ kind: 'buyer-wrote', data: { message: at } },
      }) as unknown as HistoryEvent;
    const figures = await keep(['2026-10-31T23:59:00Z', '2026-11-01T00:00:00Z', '2026-11-05T11:59:00Z'].map(event));
    const range = statsRange('5d', 'UTC', clock.now());
    if (!range) throw new Error('it is a range');
    expect((await figures.answer({ range, scope: {}, by: null })).total.buyerMessages).toBe(2);
    // The days and hours of November are gone, and nobody misses them.
    await store.connection.collection('figures').deleteMany({ span: { $ne: 'month' } });
    expect((await figures.answer({ range, scope: {}, by: null })).total.buyerMessages).toBe(2);
  });

  const localHour = (zone: string, at: Date): number => new Date(at.getTime() + offsetMs(zone, at)).getUTCHours();

  it('can be drilled down to as many lines of history as were counted, each once, newest first', async () => {
    const drills: readonly (readonly [DrillName, string | null])[] = [
      ...(['opened', 'returning', 'answered', 'resolved', 'reopened', 'automatic', 'resolution', 'first-response'] as const).map(
        (name) => [name, null] as const,
      ),
      ...(['buyer-messages', 'replies', 'held', 'failed'] as const).map((name) => [name, null] as const),
      ...([
        ['met', 'team'],
        ['missed', 'team'],
        ['tag', 'vip'],
        ['keyword', 'broken'],
        ['keyword', 'a.b'],
      ] as const),
    ];
    await fc.assert(
      fc.asyncProperty(
        history(100),
        fc.constantFrom(...drills),
        fc.constantFrom(null, ...agents),
        fc.integer({ min: 1, max: 7 }),
        async (events, [figure, name], agent, limit) => {
          const stats = await keep(events);
          const range = daysFrom('Asia/Kathmandu', '2026-10-30', '2026-11-02');
          if (!range) throw new Error('it is a range');
          const scope = agent === null ? {} : { agent };
          const lines: FigureSource[] = [];
          for (let after: PageRequest['after'] = null; ; ) {
            const page = await stats.behind({ range, scope, figure, name }, { after, limit });
            if (page === null) {
              expect(agent).not.toBeNull();
              return;
            }
            lines.push(...page.items);
            after = page.next;
            if (after === null) break;
          }
          const { total, agents: ofAgents } = await stats.answer({ range, scope, by: null });
          const figures = sumOf(
            shops.flatMap((shopId) => channels.map((channel) => naiveFigures(events, { shopId, channel, from: range.from, to: range.to }))),
          );
          const corrections = events.filter(
            ({ kind, data, at }) =>
              String(kind) === 'clock-met' && data['correction'] && data['policy'] === 'team' && at >= range.from && at < range.to,
          );
          const policy = figures.policies.filter((one) => one.policy === 'team');
          const counted: Partial<Record<DrillName, number>> = {
            ...{
              opened: total.opened,
              returning: total.returning,
              answered: total.answered,
              resolved: total.resolved,
              reopened: total.reopened,
            },
            ...{ automatic: figures.automatic, resolution: total.resolution.count, 'first-response': total.firstResponse.wall.count },
            ...{ 'buyer-messages': total.buyerMessages, replies: total.replies, held: total.held, failed: total.failed },
            met: policy.reduce((sum, { met }) => sum + met, 0),
            missed: policy.reduce((sum, { missed }) => sum + missed, 0) + corrections.length,
            tag: figures.tags.find(([tag]) => tag === name)?.[1] ?? 0,
            keyword: figures.keywords.find(([keyword]) => keyword === name)?.[1] ?? 0,
          };
          expect(lines.length).toBe(counted[figure] ?? -1);
          expect(new Set(lines.map(({ _id }) => _id)).size).toBe(lines.length);
          expect(lines.map(({ at }) => at)).toEqual(lines.map(({ at }) => at).toSorted((a, b) => b.getTime() - a.getTime()));
          if (agent !== null && figure === 'replies')
            expect(ofAgents.find((one) => one.agent === (agent === 'U.42' ? 'Nok' : agent))?.replies ?? 0).toBe(lines.length);
        },
      ),
      { numRuns: 60 },
    );
  }, 120_000);

  it('forecast the rate of today from what ended, what runs, and how it went the days before', async () => {
    const clockEnded = (index: number, kind: 'clock-met' | 'clock-missed', at: string): HistoryEvent => ({
      ...{ _id: `i#${index}`, inquiryId: inquiryId('i'), sequence: index, kind: kind as HistoryEvent['kind'], at: new Date(at), by: null },
      ...{ data: { policy: 'market/response', owner: 'marketplace' }, shopId: shops[0] ?? ('' as never), channel: null },
    });
    const events = [
      // Three of four in the days before, one of two today.
      ...['2026-11-01', '2026-11-02', '2026-11-04'].map((day, index) => clockEnded(index, 'clock-met', `${day}T10:00:00Z`)),
      clockEnded(3, 'clock-missed', '2026-11-03T10:00:00Z'),
      clockEnded(4, 'clock-met', '2026-11-05T10:00:00Z'),
      clockEnded(5, 'clock-missed', '2026-11-05T11:00:00Z'),
      // Too long ago.
      clockEnded(6, 'clock-missed', '2026-10-20T10:00:00Z'),
    ];
    const stats = await keep(events, async () => [
      { policy: 'market/response', running: 2 },
      { policy: 'market/new', running: 5 },
    ]);
    const range = statsRange('today', 'UTC', new Date(nowMs));
    if (!range) throw new Error('it is a range');
    const { forecast } = await stats.answer({ range, scope: {}, by: null });
    expect(forecast).toEqual([
      { policy: 'market/response', owner: 'marketplace', met: 1, missed: 1, rate: 0.5, running: 2, forecast: (1 + 0.75 * 2) / 4 },
      { policy: 'market/new', owner: '', met: 0, missed: 0, rate: null, running: 5, forecast: 1 },
    ]);
    const before = daysFrom('UTC', '2026-11-01', '2026-11-05');
    expect(before && (await stats.answer({ range: before, scope: {}, by: null })).forecast).toBeNull();
  });

  it("stand beside the marketplaces' own, which are kept by shop and day and of which the last word counts", async () => {
    const stats = await keep([]);
    const kept = createPerformanceStore(store.connection);
    const [one, two] = shops;
    if (!one || !two) throw new Error('two shops');
    const counted = (shopId: typeof one, day: string, sessions: number, responseRate: number | null) => ({
      ...{ shopId, day, sessions, responseRate, responseMs: 60_000, satisfaction: null, readAt: new Date(nowMs) },
    });
    for (const day of [
      counted(one, '2026-11-01', 10, 0.5),
      counted(one, '2026-11-03', 1, 0.1),
      counted(one, '2026-11-03', 30, 0.9),
      counted(one, '2026-11-04', 99, 0.1),
      counted(two, '2026-11-02', 50, null),
    ])
      await kept.save([day]);
    const range = daysFrom('UTC', '2026-11-01', '2026-11-03');
    if (!range) throw new Error('it is a range');
    const { performance } = await stats.answer({ range, scope: {}, by: null });
    const shared = { responseMs: 60_000, satisfaction: null, readAt: new Date(nowMs) };
    expect(performance).toMatchObject([
      { shopId: two, firstDay: '2026-11-02', lastDay: '2026-11-02', sessions: 50, responseRate: null, ...shared },
      { shopId: one, shopName: `Shop ${one}`, firstDay: '2026-11-01', lastDay: '2026-11-03', sessions: 40, ...shared },
    ]);
    expect(performance[1]?.responseRate).toBeCloseTo(0.8);
    expect((await stats.answer({ range, scope: { shop: two }, by: null })).performance).toHaveLength(1);
    expect((await stats.answer({ range, scope: { agent: 'Nok' }, by: null })).performance).toEqual([]);
    const long = daysFrom('UTC', '2026-08-03', '2026-11-03');
    const longest = daysFrom('UTC', '2026-08-04', '2026-11-03');
    expect(long && (await stats.answer({ range: long, scope: {}, by: null })).performance).toEqual([]);
    expect(long && (await stats.performance(long, {}))).toHaveLength(3);
    expect(longest && (await stats.answer({ range: longest, scope: {}, by: null })).performance).toHaveLength(2);
    expect((await stats.performance(range, {})).map(({ firstDay, shopId }) => [firstDay, shopId])).toEqual([
      ['2026-11-01', one],
      ['2026-11-02', two],
      ['2026-11-03', one],
    ]);
  });

  it('say up to when everything is counted', async () => {
    const stats = await keep([]);
    const range = statsRange('today', 'UTC', new Date(nowMs));
    if (!range) throw new Error('it is a range');
    expect((await stats.answer({ range, scope: {}, by: null })).asOf).toEqual(new Date(nowMs));
    const figures = createFigureStore(store.connection, clock);
    await figures.touched([
      { kind: 'opened', at: begins, shopId: shops[0], channel: null, _id: 'x#1', data: {} } as unknown as HistoryEvent,
    ]);
    nowMs += 30_000;
    const { asOf } = await stats.answer({ range, scope: {}, by: null });
    expect(nowMs - asOf.getTime()).toBeGreaterThanOrEqual(30_000);
    expect(nowMs - asOf.getTime()).toBeLessThan(36_000);
  });
});
