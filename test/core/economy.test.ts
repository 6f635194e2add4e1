import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isScarce, monthEstimate, monthOf, type Quota, readEveryMs } from '../../src/core/economy.ts';

const dayMs = 24 * 3_600_000;
const month = monthOf(new Date('2026-11-24T12:00:00Z'));
const quota = (spent: number, permits = 1_000): Quota => ({ name: 'month', window: month.start, spent, permits, every: 'month' });

describe('the month of a plan', () => {
  it.each([
    // China's midnight is 16:00 UTC of the day before.
    ['2026-11-01T00:00:00Z', '2026-10-31T16:00:00.000Z', '2026-11-30T16:00:00.000Z'],
    ['2026-10-31T15:59:59.999Z', '2026-09-30T16:00:00.000Z', '2026-10-31T16:00:00.000Z'],
    ['2026-10-31T16:00:00Z', '2026-10-31T16:00:00.000Z', '2026-11-30T16:00:00.000Z'],
    ['2026-12-31T20:00:00Z', '2026-12-31T16:00:00.000Z', '2027-01-31T16:00:00.000Z'],
    ['2028-02-29T12:00:00Z', '2028-01-31T16:00:00.000Z', '2028-02-29T16:00:00.000Z'],
  ])('of %s is from %s to %s', (now, start, end) => {
    const found = monthOf(new Date(now));
    expect([found.start.toISOString(), found.end.toISOString()]).toEqual([start, end]);
  });

  it('holds every moment, and begins where the one before ends', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true }), (now) => {
        const { start, end } = monthOf(now);
        expect(start <= now && now < end).toBe(true);
        expect(monthOf(new Date(start.getTime() - 1)).end).toEqual(start);
        expect(monthOf(start)).toEqual({ start, end });
      }),
    );
  });
});

it.each([
  [799, 1_000, 'month', false],
  [800, 1_000, 'month', true],
  [2_000, 1_000, 'month', true],
  // A day's quota keeps a reserve instead.
  [1_000, 1_000, undefined, false],
] as const)('calls are scarce after %i of %i a %s: %s', (spent, permits, every, scarce) => {
  expect(isScarce({ spent, permits, ...(every ? { every } : {}) })).toBe(scarce);
});

it.each([
  ['after ten days of thirty', 10, 100, 300],
  ['after a whole month', 30, 100, 100],
  ['long after it', 90, 100, 100],
  // An hour says nothing: it is taken for a day.
  ['after an hour', 1 / 24, 10, 300],
  ['where nothing is spent', 5, 0, 0],
])('the whole month is estimated %s', (_, days, spent, estimate) => {
  expect(monthEstimate({ window: month.start, spent }, new Date(month.start.getTime() + days * dayMs))).toBe(estimate);
});

describe('reading back', () => {
  it('takes a tenth of a plan, and a fiftieth while calls are scarce', () => {
    // Ten calls a round, a hundred a month: ten rounds.
    expect(readEveryMs(10, [quota(0)])).toBe(3 * dayMs);
    expect(readEveryMs(10, [quota(800)])).toBe(15 * dayMs);
    expect(readEveryMs(0, [quota(0)])).toBe(0);
  });
  it('knows no bounds but those of the paces where there is no plan', () => {
    expect(readEveryMs(1_000, [])).toBe(0);
    expect(readEveryMs(1_000, [{ name: 'day', window: month.start, spent: 9, permits: 10 }])).toBe(0);
  });
});
