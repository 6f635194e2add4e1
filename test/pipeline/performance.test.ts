import { describe, expect, it } from 'vitest';
import { type MarketplaceAdapter, performanceNotAllowed } from '../../adapters/adapter.ts';
import type { PerformanceDay } from '../../src/core/figures/performance.ts';
import type { Shop } from '../../src/core/shop.ts';
import { PlatformError, type PlatformErrorOptions } from '../../src/errors.ts';
import { createLimiter } from '../../src/pipeline/limiter.ts';
import { createPerformanceReader } from '../../src/pipeline/performance.ts';
import { shop } from '../core/fixtures.ts';
import { createHandTime } from './hand-time.ts';

const hourMs = 3_600_000;
const source = 'a test';
const limits = [{ name: 'figures', per: 'connection', permits: 100, everyMs: 1_000, burst: 100, source }] as const;
const counted = { sessions: 12, responseRate: 0.9, responseMs: 60_000, satisfaction: null };
const fails = (options: Partial<PlatformErrorOptions>) => new PlatformError('no', { kind: 'transient', platform: 'stub', ...options });

function create(shops: readonly Shop[] = [shop], gives = true) {
  const time = createHandTime();
  const kept = new Map<string, PerformanceDay>();
  const asked: string[] = [];
  const warned: object[] = [];
  const refreshed: string[] = [];
  const state: { error: Error | null } = { error: null };
  const adapter = {
    capabilities: { limits, costs: { performance: ['figures'] } },
    ...(gives && {
      async performance(
        { externalId }: { readonly externalId: string },
        { from, before }: { readonly from: string; readonly before: string },
      ) {
        asked.push(`${externalId} ${from}..${before}`);
        if (state.error) throw state.error;
        return counted;
      },
    }),
  } as unknown as MarketplaceAdapter;
  const limiter = createLimiter({
    ...{ limits, timeScale: 1, spent: [] },
    monotonicMs: () => time.clock.monotonicMs(),
    now: () => time.clock.now(),
  });
  const reader = createPerformanceReader({
    shops: {
      access: async (id) => ({ externalId: id, accessToken: 'token', extra: {}, signal: new AbortController().signal }),
      async refresh(id, token) {
        refreshed.push(`${id} ${token}`);
        return true;
      },
    },
    all: async () => shops,
    marketplaces: new Map([[shop.marketplace, adapter]]),
    store: {
      async save(days) {
        for (const day of days) kept.set(`${day.shopId}|${day.day}`, day);
      },
      within: async (ids, first, last) =>
        [...kept.values()].filter(({ shopId, day }) => ids.includes(shopId) && day >= first && day <= last),
    },
    ...{ clock: time.clock, timers: time.timers, paceScale: 1, limiterOf: () => limiter },
    log: { debug() {}, info() {}, error() {}, warn: (fields) => void warned.push(fields) },
  });
  return { time, kept, asked, warned, refreshed, state, read: () => reader.read() };
}

describe("marketplaces' own figures", () => {
  it('are read of yesterday and the days before, once in each day of the shop, since they are corrected', async () => {
    const { time, kept, asked, read } = create();
    expect(await read()).toBe(3);
    expect(new Set(asked.map((words) => words.split(' ')[0]))).toEqual(new Set([shop._id]));
    for (const words of asked) {
      const [from = '', before = ''] = words.split(' ')[1]?.split('..') ?? [];
      expect(Date.parse(before) - Date.parse(from)).toBe(24 * hourMs);
    }
    expect([...kept.values()]).toMatchObject(Array(3).fill({ shopId: shop._id, ...counted }));
    expect(await read()).toBe(0);
    await time.pass(24 * hourMs);
    expect(await read()).toBe(3);
    expect(kept.size).toBe(4);
  });

  it('are nobody’s whose shop is paused, or whose marketplace gives none', async () => {
    const paused = create([{ ...shop, state: 'paused' }]);
    const other = create([{ ...shop, marketplace: 'other' }]);
    const without = create([shop], false);
    for (const one of [paused, other, without]) {
      expect(await one.read()).toBe(0);
      expect([...one.asked, ...one.warned]).toEqual([]);
    }
  });

  it('that may not be read are asked for once a day, and nobody is told: the doctor says so', async () => {
    const { time, asked, warned, refreshed, state, read } = create();
    state.error = fails({ kind: 'rejected', code: performanceNotAllowed });
    for (let hour = 0; hour < 3; hour += 1) await read();
    expect([asked.length, warned, refreshed]).toEqual([1, [], []]);
    await time.pass(24 * hourMs);
    await read();
    expect(asked).toHaveLength(2);
  });

  it('that fail are told and asked for again; a refused token is renewed', async () => {
    const { kept, asked, warned, refreshed, state, read } = create();
    state.error = fails({ kind: 'rejected', code: 'unreadable-figure' });
    expect(await read()).toBe(0);
    expect(warned).toMatchObject([{ shopId: shop._id, err: { code: 'unreadable-figure' } }]);
    expect([asked.length, kept.size, refreshed]).toEqual([1, 0, []]);
    state.error = fails({ kind: 'auth' });
    await read();
    expect(refreshed).toEqual([`${shop._id} token`]);
    state.error = null;
    expect(await read()).toBe(3);
  });

  it('wait where the marketplace says so, as far as the pace lets them', async () => {
    const { asked, state, read } = create();
    state.error = fails({ kind: 'rate-limited', limit: 'method', retryAfterMs: hourMs });
    await read();
    state.error = null;
    expect(await read()).toBe(0);
    expect(asked).toHaveLength(1);
  });

  it('of one shop hold up no other', async () => {
    const shops = Array.from({ length: 20 }, (_, index) => ({ ...shop, _id: `${shop._id}${index}` as Shop['_id'] }));
    const { kept, read } = create(shops);
    expect(await read()).toBe(60);
    expect(kept.size).toBe(60);
  });
});
