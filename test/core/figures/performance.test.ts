import { describe, expect, it } from 'vitest';
import { correctedDays, daysToRead, type PerformanceDay, performanceSummary } from '../../../src/core/figures/performance.ts';
import { shopId } from '../../../src/core/ids.ts';

/** 01:00 on the 28th in Bangkok. */
const now = new Date('2026-11-27T18:00:00Z');
const readDays = (zone: string, ...known: readonly (readonly [day: string, readAt: string])[]) =>
  daysToRead(zone, now, new Map(known.map(([day, readAt]) => [day, new Date(readAt)])));

describe('days to read', () => {
  it('are yesterday and the days before, of the shop’s calendar', () => {
    expect(readDays('Asia/Bangkok')).toEqual(['2026-11-27', '2026-11-26', '2026-11-25']);
    expect(readDays('UTC')).toEqual(['2026-11-26', '2026-11-25', '2026-11-24']);
    const [first, last] = correctedDays(now);
    for (const zone of ['Pacific/Kiritimati', 'UTC', 'Etc/GMT+12'])
      for (const day of readDays(zone)) expect([first <= day, day <= last, day]).toEqual([true, true, day]);
  });
  it('are read once a day, until nothing is corrected any more', () => {
    const [today, yesterday] = ['2026-11-27T17:30:00Z', '2026-11-27T16:30:00Z'];
    expect(readDays('Asia/Bangkok', ['2026-11-27', today], ['2026-11-26', today], ['2026-11-25', yesterday])).toEqual(['2026-11-25']);
    expect(readDays('Asia/Bangkok', ['2026-11-27', today], ['2026-11-26', today], ['2026-11-25', today])).toEqual([]);
  });
});

describe('several days as one', () => {
  const shop = { shopId: shopId('market:1'), shopName: 'Lamp House', marketplace: 'market' };
  const day = (date: string, changes: Partial<PerformanceDay>): PerformanceDay => ({
    ...{ shopId: shop.shopId, day: date, sessions: 10, responseRate: 1, responseMs: 60_000, satisfaction: 1, readAt: now },
    ...changes,
  });
  it('is nothing where there is none', () => expect(performanceSummary([], shop)).toBeNull());
  it('is one day as it is, though nothing is told of it', () => {
    const nothing = { sessions: null, responseRate: null, responseMs: null, satisfaction: null };
    expect(performanceSummary([day('2026-11-26', nothing)], shop)).toEqual({
      ...{ ...shop, ...nothing, firstDay: '2026-11-26', lastDay: '2026-11-26', readAt: now },
    });
    expect(performanceSummary([day('2026-11-26', { sessions: null, responseRate: 0.5 })], shop)).toMatchObject({ responseRate: 0.5 });
  });
  it('counts each day by its sessions, and not what it does not tell', () => {
    const later = new Date(now.getTime() + 1_000);
    const days = [
      day('2026-11-26', { sessions: 30, responseRate: 0.5, responseMs: 120_000, satisfaction: null, readAt: later }),
      day('2026-11-24', {}),
      day('2026-11-25', { sessions: 0, responseRate: 0, responseMs: null, satisfaction: null }),
    ];
    expect(performanceSummary(days, shop)).toEqual({
      ...{ ...shop, firstDay: '2026-11-24', lastDay: '2026-11-26', readAt: later },
      ...{ sessions: 40, responseRate: 0.625, responseMs: 105_000, satisfaction: 1 },
    });
  });
  it('has no means where nobody chatted', () =>
    expect(performanceSummary([day('2026-11-26', { sessions: 0 })], shop)).toMatchObject({ sessions: 0, responseRate: null }));
});
