import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketOf, DurationTally, endOfBucket, meanMs, quantileMs } from '../../../src/core/figures/durations.ts';
import { packFigures, sumOf, unpackFigures } from '../../../src/core/figures/figures.ts';
import { mergeParts, SlotFold } from '../../../src/core/figures/fold.ts';
import { byHour, forecastOf, topOf } from '../../../src/core/figures/summary.ts';
import type { HistoryEvent } from '../../../src/core/inquiry.ts';
import { begins, channels, history, mostDays, shops } from '../../figures/histories.ts';
import { naiveFigures } from '../../figures/naive.ts';

function fold(events: readonly HistoryEvent[]) {
  const made = new SlotFold();
  for (const event of events) made.add(event);
  return made.result();
}

describe('figures', () => {
  it('are what a naive count gives, by channel', () => {
    const [shopId] = shops;
    fc.assert(
      fc.property(history(80), (events) => {
        const own = events.filter((event) => event.shopId === shopId);
        const to = new Date(begins.getTime() + mostDays * 86_400_000);
        const folded = new Map(fold(own).map(({ channel, figures }) => [channel, figures]));
        for (const channel of channels)
          expect(folded.get(channel) ?? sumOf([])).toEqual(naiveFigures(own, { shopId: String(shopId), channel, from: begins, to }));
      }),
    );
  });

  it('add up: of two halves of a history, in any order, they come to those of the whole', () => {
    fc.assert(
      fc.property(history(60), fc.integer({ min: 0, max: 60 }), (events, cut) => {
        const whole = fold(events);
        const [one, two] = [fold(events.slice(0, cut)), fold(events.slice(cut).toReversed())];
        expect(mergeParts([one, two])).toEqual(whole);
        expect(mergeParts([two, one])).toEqual(whole);
      }),
    );
  });

  it('come out of the store as they went in, without what is zero', () => {
    fc.assert(
      fc.property(history(40), (events) => {
        for (const { figures } of fold(events)) {
          expect(unpackFigures(JSON.parse(JSON.stringify(packFigures(figures))))).toEqual(figures);
          expect(JSON.stringify(packFigures(unpackFigures(packFigures(figures))))).toBe(JSON.stringify(packFigures(figures)));
        }
      }),
    );
    expect(packFigures(sumOf([]))).toEqual({});
  });
});

describe('durations', () => {
  it('give the exact mean, and quantiles that are at most one step above the true ones', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 2_000_000_000 }), { minLength: 1, maxLength: 60 }),
        fc.constantFrom(0.5, 0.9, 1),
        (values, share) => {
          const tally = new DurationTally();
          for (const value of values) tally.add(value);
          const durations = tally.result();
          expect(meanMs(durations)).toBe(values.reduce((sum, value) => sum + value, 0) / values.length);
          const exact = values.toSorted((a, b) => a - b)[Math.max(1, Math.ceil(values.length * share)) - 1] ?? 0;
          expect(quantileMs(durations, share)).toBe(endOfBucket(bucketOf(exact)));
          expect(endOfBucket(bucketOf(exact))).toBeGreaterThanOrEqual(exact);
          expect(endOfBucket(bucketOf(exact) - 1)).toBeLessThan(exact === 0 ? 1 : exact);
        },
      ),
    );
  });

  it.each([
    [0, 0],
    [1, 1_000],
    [59_001, 60_000],
    [60_000, 60_000],
    [60_001, 65_000],
    [179_999, 180_000],
    [600_001, 630_000],
    [3_600_001, 3_900_000],
    [43_200_001, 45_000_000],
    [40 * 86_400_000 + 1, 41 * 86_400_000],
    [-5, 0],
  ])('keeps %d ms in the bucket that ends at %d', (ms, end) => {
    expect(endOfBucket(bucketOf(ms))).toBe(end);
  });

  it('has no quantile of nothing', () => {
    expect(quantileMs(new DurationTally().result(), 0.5)).toBeNull();
  });
});

describe('what is told of figures', () => {
  it('puts messages into the hours of the zone', () => {
    // 23:45 UTC and 00:00 UTC are 05:30 and 05:45 in Kathmandu; eight hours behind, 15:45 and 16:00.
    const quarters = [
      [0, 2],
      [95, 1],
    ] as const;
    expect(byHour([{ quarters, offsetMs: 5.75 * 3_600_000 }])[5]).toBe(3);
    const behind = byHour([{ quarters, offsetMs: -8 * 3_600_000 }]);
    expect([behind[15], behind[16]]).toEqual([1, 2]);
  });

  it.each([
    [{ met: 8, missed: 2 }, 0, 0.9, 0.8],
    [{ met: 8, missed: 2 }, 10, 0.5, 13 / 20],
    [{ met: 8, missed: 2 }, 10, null, 18 / 20],
    [{ met: 0, missed: 0 }, 0, 1, null],
  ])('forecasts %j with %d running at %d', (ended, running, usual, forecast) => {
    expect(forecastOf(ended, running, usual)).toBe(forecast);
  });

  it('names the most frequent first, equal ones by name', () => {
    expect(
      topOf(
        [
          ['b', 2],
          ['a', 2],
          ['c', 5],
        ],
        2,
      ).map(({ name }) => name),
    ).toEqual(['c', 'a']);
  });
});
