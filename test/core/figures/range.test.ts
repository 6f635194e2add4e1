import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { daysFrom, eachDay, statsRange, stretchesIn } from '../../../src/core/figures/range.ts';
import { endOf, runsOf, slotMs, startOf, startsWithin } from '../../../src/core/figures/spans.ts';
import { addDays, localDay, offsetMs, startOfLocalDay, stretchesOf } from '../../../src/core/figures/zone.ts';

const zones = [
  ...['UTC', 'Asia/Shanghai', 'Asia/Kolkata', 'Asia/Kathmandu', 'America/New_York', 'America/St_Johns', 'Europe/Berlin', 'Africa/Cairo'],
  ...[
    'Asia/Beirut',
    'Australia/Lord_Howe',
    'Pacific/Chatham',
    'Pacific/Kiritimati',
    'Pacific/Pago_Pago',
    'America/Santiago',
    'Africa/Casablanca',
  ],
];
const zone = fc.constantFrom(...zones);
const day = fc.integer({ min: 0, max: 5_000 }).map((days) => addDays('2016-01-01', days));
const slot = fc.integer({ min: 0, max: 400_000 }).map((slots) => new Date(Date.UTC(2018, 0, 1) + slots * slotMs));

describe('a range of days', () => {
  it('is made of spans that lie end to end, each from its start to its end', () => {
    fc.assert(
      fc.property(slot, fc.integer({ min: 0, max: 40_000 }), (from, slots) => {
        const to = new Date(from.getTime() + slots * slotMs);
        let at = from.getTime();
        for (const run of runsOf(from, to)) {
          expect(run.from.getTime()).toBe(at);
          const starts = startsWithin(run.span, run.from, run.to);
          expect(starts[0]).toEqual(run.from);
          expect(endOf(run.span, starts.at(-1) ?? run.from)).toEqual(run.to);
          for (const start of starts) expect(startOf(run.span, start)).toEqual(start);
          at = run.to.getTime();
        }
        expect(at).toBe(to.getTime());
      }),
    );
  });

  it('takes the longest spans that fit: what could be a longer one is none of shorter ones', () => {
    fc.assert(
      fc.property(slot, fc.integer({ min: 0, max: 40_000 }), (from, slots) => {
        const to = new Date(from.getTime() + slots * slotMs);
        for (const [shorter, longer] of [
          ['slot', 'hour'],
          ['hour', 'day'],
          ['day', 'month'],
        ] as const) {
          for (const run of runsOf(from, to).filter(({ span }) => span === shorter)) {
            const whole = startsWithin(longer, run.from, run.to).filter((start) => start >= run.from && endOf(longer, start) <= run.to);
            expect(whole).toEqual([]);
          }
        }
      }),
    );
  });

  it('holds exactly the slots that are of its days in its zone', () => {
    fc.assert(
      fc.property(zone, day, fc.integer({ min: 0, max: 40 }), (where, first, more) => {
        const range = daysFrom(where, first, addDays(first, more));
        if (!range) throw new Error('it is a range');
        const near = startsWithin('slot', new Date(range.from.getTime() - 86_400_000), new Date(range.to.getTime() + 86_400_000));
        const wanted = near.filter((at) => localDay(where, at) >= range.firstDay && localDay(where, at) <= range.lastDay);
        expect(startsWithin('slot', range.from, range.to)).toEqual(wanted);
        // Its days are the same slots, each once.
        expect(eachDay(range).flatMap(({ from, to }) => startsWithin('slot', from, to))).toEqual(wanted);
      }),
      { numRuns: 60 },
    );
  });

  it('falls into stretches in which clocks are not changed', () => {
    fc.assert(
      fc.property(zone, day, fc.integer({ min: 0, max: 91 }), (where, first, more) => {
        const range = daysFrom(where, first, addDays(first, more));
        if (!range) throw new Error('it is a range');
        let at = range.from;
        for (const stretch of stretchesIn(range)) {
          expect(stretch.from).toEqual(at);
          for (let moment = stretch.from.getTime(); moment < stretch.to.getTime(); moment += 6 * 3_600_000)
            expect(offsetMs(where, new Date(moment))).toBe(stretch.offsetMs);
          expect(offsetMs(where, new Date(stretch.to.getTime() - slotMs))).toBe(stretch.offsetMs);
          at = stretch.to;
        }
        expect(at).toEqual(range.to);
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    ['America/New_York', '2026-03-08', 23],
    ['America/New_York', '2026-11-01', 25],
    ['Australia/Lord_Howe', '2026-04-05', 24.5],
    ['Asia/Kathmandu', '2026-11-27', 24],
    // Clocks skip midnight there: the day begins at one.
    ['Asia/Beirut', '2026-03-29', 23],
    ['Africa/Cairo', '2026-04-24', 23],
  ])('knows that in %s the %s has %d hours', (where, date, hours) => {
    const range = daysFrom(where, date, date);
    expect(range && (range.to.getTime() - range.from.getTime()) / 3_600_000).toBe(hours);
    expect(localDay(where, startOfLocalDay(where, date))).toBe(date);
  });

  it('that is long is read by whole months, and lies end to end all the same', () => {
    const range = daysFrom('Europe/Berlin', '2025-11-28', '2026-11-27');
    if (!range) throw new Error('it is a range');
    const stretches = stretchesIn(range);
    expect(stretches.map(({ from, offsetMs: ahead }) => [from.toISOString(), ahead / 3_600_000])).toEqual([
      ['2025-11-27T23:00:00.000Z', 1],
      ['2026-03-01T00:00:00.000Z', 2],
      ['2026-10-01T00:00:00.000Z', 1],
    ]);
    expect(stretches.map(({ to }) => to).slice(0, 2)).toEqual(stretches.map(({ from }) => from).slice(1));
    expect(stretches.at(-1)?.to).toEqual(range.to);
  });

  it('is two stretches where clocks are changed once', () => {
    const stretches = stretchesOf('Europe/Berlin', new Date('2026-10-01T00:00:00Z'), new Date('2026-11-01T00:00:00Z'));
    expect(stretches.map(({ to, offsetMs: ahead }) => [to.toISOString(), ahead / 3_600_000])).toEqual([
      ['2026-10-25T01:00:00.000Z', 2],
      ['2026-11-01T00:00:00.000Z', 1],
    ]);
  });
});

describe('what people write for a range', () => {
  // It is the 28th in Bangkok already.
  const now = new Date('2026-11-27T18:00:00Z');
  it.each([
    ['today', '2026-11-28', '2026-11-28'],
    ['yesterday', '2026-11-27', '2026-11-27'],
    ['7d', '2026-11-22', '2026-11-28'],
    ['30d', '2026-10-30', '2026-11-28'],
    ['2026-02-28', '2026-02-28', '2026-02-28'],
    ['2026-01-01..2026-12-31', '2026-01-01', '2026-12-31'],
  ])('takes %s', (words, firstDay, lastDay) => {
    expect(statsRange(words, 'Asia/Bangkok', now)).toMatchObject({ firstDay, lastDay });
  });

  it.each([
    '',
    'tomorrow',
    '0d',
    '2000d',
    '2026-02-29',
    '2026-13-01',
    '2026-02-02..2026-02-01',
    '2020-01-01..2026-01-01',
    'a..b',
    '1..2..3',
    '0001-01-01',
  ])('refuses %j', (words) => {
    expect(statsRange(words, 'Asia/Bangkok', now)).toBeNull();
  });
});
