import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Calendar } from '../../../src/core/sla/hours.ts';
import { addBusinessMs, cutOffAfter, elapsedBusinessMs, isOpen } from '../../../src/core/sla/hours.ts';
import { daily } from '../../../src/core/sla/presets.ts';
import { fromLocal, toLocal } from '../../../src/core/sla/zones.ts';

const hourMs = 3_600_000;
const minuteMs = 60_000;
const nineToSix = daily(9 * 60, 18 * 60);
const weekdays = nineToSix.map((day, index) => (index < 5 ? day : []));
const at = (time: string): Date => new Date(time);
const calendar = (zone: string, changes: Partial<Calendar> = {}): Calendar => ({ zone, week: nineToSix, holidays: [], ...changes });

describe('business time', () => {
  it('runs within the hours only', () => {
    const bangkok = calendar('Asia/Bangkok', { week: weekdays });
    // A Friday at noon to the Monday after.
    expect(elapsedBusinessMs(bangkok, at('2026-11-27T12:00:00+07:00'), at('2026-11-30T10:30:00+07:00'))).toBe(7.5 * hourMs);
    expect(elapsedBusinessMs(bangkok, at('2026-11-27T19:00:00+07:00'), at('2026-11-30T09:00:00+07:00'))).toBe(0);
    expect(elapsedBusinessMs(bangkok, at('2026-11-30T09:00:00+07:00'), at('2026-11-27T12:00:00+07:00'))).toBe(0);
    expect(addBusinessMs(bangkok, at('2026-11-27T17:00:00+07:00'), 2 * hourMs)).toEqual(at('2026-11-30T10:00:00+07:00'));
    expect(addBusinessMs(bangkok, at('2026-11-27T17:00:00+07:00'), hourMs)).toEqual(at('2026-11-27T18:00:00+07:00'));
    expect(isOpen(bangkok, at('2026-11-27T17:59:59+07:00'))).toBe(true);
    expect(isOpen(bangkok, at('2026-11-27T18:00:00+07:00'))).toBe(false);
    expect(isOpen(bangkok, at('2026-11-28T10:00:00+07:00'))).toBe(false);
  });

  it('stands still on holidays, even where every hour of other days counts', () => {
    const holidays = ['2026-12-24', '2026-12-25'];
    expect(addBusinessMs(calendar('Europe/Berlin', { holidays }), at('2026-12-23T17:30:00+01:00'), hourMs)).toEqual(
      at('2026-12-26T09:30:00+01:00'),
    );
    const always = calendar('Europe/Berlin', { week: null, holidays });
    expect(elapsedBusinessMs(always, at('2026-12-23T12:00:00+01:00'), at('2026-12-26T12:00:00+01:00'))).toBe(24 * hourMs);
    expect(isOpen(always, at('2026-12-25T23:30:00Z'))).toBe(true);
  });

  it.each([
    ['America/New_York', '2026-03-08', '-05:00', 2],
    ['America/New_York', '2026-11-01', '-04:00', 4],
    ['Europe/Berlin', '2026-03-29', '+01:00', 2],
    ['Europe/Berlin', '2026-10-25', '+02:00', 4],
    ['Asia/Kolkata', '2026-03-08', '+05:30', 3],
  ])('in %s on %s: from one to four at night are as many hours as really pass', (zone, day, offset, hours) => {
    const night = { zone, week: daily(1 * 60, 4 * 60), holidays: [] };
    const midnight = at(`${day}T00:00:00${offset}`);
    expect(elapsedBusinessMs(night, midnight, new Date(midnight.getTime() + 12 * hourMs))).toBe(hours * hourMs);
  });

  it.each([
    ['forward', '2026-03-07T12:00:00-05:00', '2026-03-08T12:00:00-04:00', 23],
    ['back', '2026-10-31T12:00:00-04:00', '2026-11-01T12:00:00-05:00', 25],
  ])('has a day of another length when clocks go %s', (_, from, to, hours) => {
    const newYork = calendar('America/New_York', { week: daily(0, 24 * 60) });
    expect(elapsedBusinessMs(newYork, at(from), at(to))).toBe(hours * hourMs);
    expect(addBusinessMs(newYork, at(from), hours * hourMs)).toEqual(at(to));
    // Whoever opens at nine opens at nine.
    expect(addBusinessMs(calendar('America/New_York'), at(from), 7 * hourMs)).toEqual(new Date(at(to).getTime() - 2 * hourMs));
  });

  it.each([
    ['Asia/Kolkata', '+05:30'],
    ['Asia/Kathmandu', '+05:45'],
    ['Australia/Adelaide', '+10:30'],
    ['Pacific/Chatham', '+13:45'],
  ])('knows zones of halves and quarters of an hour: %s', (zone, offset) => {
    expect(isOpen(calendar(zone), at(`2026-11-27T09:00:00${offset}`))).toBe(true);
    expect(isOpen(calendar(zone), at(`2026-11-27T08:59:59${offset}`))).toBe(false);
    expect(addBusinessMs(calendar(zone), at(`2026-11-27T17:45:00${offset}`), 30 * minuteMs)).toEqual(at(`2026-11-28T09:15:00${offset}`));
  });

  it('that never comes is null, not a search without end', () => {
    const closed = { zone: 'UTC', week: nineToSix.map(() => []), holidays: [] };
    expect(addBusinessMs(closed, at('2026-11-27T12:00:00Z'), 1)).toBeNull();
    expect(cutOffAfter(closed, at('2026-11-27T12:00:00Z'), 18 * 60, 19 * 60)).toBeNull();
  });

  it('is what counting minute by minute gives', () => {
    fc.assert(
      fc.property(calendars, momentsNearChanges, fc.integer({ min: 0, max: 3 * 24 * 60 }), (given, from, minutes) => {
        const to = new Date(from.getTime() + minutes * minuteMs);
        const elapsed = elapsedBusinessMs(given, from, to);
        expect(elapsed).toBe(naiveMs(given, from, to));
        const back = addBusinessMs(given, from, elapsed);
        expect(back && elapsedBusinessMs(given, from, back)).toBe(elapsed);
        expect(back && back <= to).toBe(true);
        // And no moment before it.
        if (back && elapsed > 0) expect(elapsedBusinessMs(given, from, new Date(back.getTime() - 1))).toBe(elapsed - 1);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a cut-off', () => {
  const due = (from: string, until = 18, answeredBy = 19, changes: Partial<Calendar> = {}) =>
    cutOffAfter({ zone: 'Asia/Manila', week: null, holidays: [], ...changes }, at(from), until * 60, answeredBy * 60);

  it('belongs to the day on which the message came in time', () => {
    expect(due('2026-11-27T00:00:00+08:00')).toEqual(at('2026-11-27T19:00:00+08:00'));
    expect(due('2026-11-27T17:59:59+08:00')).toEqual(at('2026-11-27T19:00:00+08:00'));
    expect(due('2026-11-27T18:00:00+08:00')).toEqual(at('2026-11-28T19:00:00+08:00'));
  });

  it('may be on the next morning', () => {
    expect(due('2026-11-27T17:00:00+08:00', 18, 10)).toEqual(at('2026-11-28T10:00:00+08:00'));
    expect(due('2026-11-27T18:30:00+08:00', 18, 10)).toEqual(at('2026-11-29T10:00:00+08:00'));
  });

  it('passes over holidays and days off', () => {
    expect(due('2026-11-27T18:30:00+08:00', 18, 19, { week: weekdays, holidays: ['2026-11-30'] })).toEqual(at('2026-12-01T19:00:00+08:00'));
  });

  it('is at its hour of the day also when clocks change', () => {
    const newYork = { zone: 'America/New_York' };
    expect(due('2026-03-07T20:00:00-05:00', 18, 19, newYork)).toEqual(at('2026-03-08T19:00:00-04:00'));
    expect(due('2026-10-31T20:00:00-04:00', 18, 19, newYork)).toEqual(at('2026-11-01T19:00:00-05:00'));
  });
});

describe('local time', () => {
  it('is found back in every zone, and in the gap of a change it is as long after it', () => {
    fc.assert(
      fc.property(zones, momentsNearChanges, (zone, moment) => {
        const local = toLocal(zone, moment.getTime());
        expect(toLocal(zone, fromLocal(zone, local))).toBe(local);
      }),
    );
    expect(fromLocal('America/New_York', Date.parse('2026-03-08T02:30:00Z'))).toBe(Date.parse('2026-03-08T03:30:00-04:00'));
    expect(fromLocal('America/New_York', Date.parse('2026-11-01T01:30:00Z'))).toBe(Date.parse('2026-11-01T01:30:00-04:00'));
  });

  it('is refused for a zone that is none', () => {
    expect(() => toLocal('Asia/Nowhere', 0)).toThrow(RangeError);
  });
});

const zones = fc.constantFrom(
  'UTC',
  'America/New_York',
  'Europe/Berlin',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Africa/Cairo',
  'America/Santiago',
  'Pacific/Apia',
);

/** Days on which clocks change in some of these zones, and any others. */
const momentsNearChanges = fc
  .tuple(
    fc.constantFrom(
      '2026-03-07',
      '2026-03-28',
      '2026-10-24',
      '2026-10-31',
      '2026-04-04',
      '2026-10-03',
      '2026-04-23',
      '2026-09-05',
      '2026-07-01',
    ),
    fc.integer({ min: 0, max: 2 * 24 * 60 }),
  )
  .map(([day, minutes]) => new Date(Date.parse(`${day}T00:00:00Z`) + minutes * minuteMs));

const spans = fc
  .uniqueArray(fc.integer({ min: 0, max: 96 }), { minLength: 0, maxLength: 4 })
  .map((quarters) => quarters.toSorted((a, b) => a - b).map((quarter) => quarter * 15))
  .map((minutes) => Array.from({ length: Math.floor(minutes.length / 2) }, (_, pair) => spanOf(minutes, pair)));

function spanOf(minutes: readonly number[], pair: number) {
  return { from: minutes[2 * pair] ?? 0, to: minutes[2 * pair + 1] ?? 0 };
}

const calendars = fc.record({
  zone: zones,
  week: fc.oneof(fc.constant(null), fc.array(spans, { minLength: 7, maxLength: 7 })),
  holidays: fc.subarray(['2026-03-08', '2026-03-29', '2026-10-25', '2026-11-01', '2026-10-04']),
});

/** Looks at every minute's local digits. Nothing in it is shared with what it checks. */
function naiveMs({ zone, week, holidays }: Calendar, from: Date, to: Date): number {
  const format = naiveFormat(zone);
  let minutes = 0;
  for (let time = from.getTime(); time < to.getTime(); time += minuteMs) {
    const [date = '', clock = ''] = format.format(time).split(', ');
    const [day = '', month = '', year = ''] = date.split('/');
    const [hour = '', minute = ''] = clock.split(':');
    const ofDay = Number(hour) * 60 + Number(minute);
    const weekday = (new Date(`${year}-${month}-${day}T00:00:00Z`).getUTCDay() + 6) % 7;
    const counts = week === null || (week[weekday] ?? []).some((span) => ofDay >= span.from && ofDay < span.to);
    if (counts && !holidays.includes(`${year}-${month}-${day}`)) minutes += 1;
  }
  return minutes * minuteMs;
}

function naiveFormat(zone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
}
