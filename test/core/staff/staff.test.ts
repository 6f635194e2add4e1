import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AgentSetting } from '../../../src/core/settings.ts';
import { assignStrategies } from '../../../src/core/settings.ts';
import type { Week } from '../../../src/core/sla/hours.ts';
import { currentShift, isOnDuty, nextShift, type Presence } from '../../../src/core/staff/duty.ts';
import { type Candidate, pick } from '../../../src/core/staff/pick.ts';

type Hours = Pick<AgentSetting, 'hours' | 'zone'>;
const span = (from: number, to: number) => ({ from: from * 60, to: to * 60 });
const nineToSix: Week = Array(7).fill([span(9, 18)]);
const agent = (changes: Hours = {}): Hours => ({ zone: 'Asia/Bangkok', hours: nineToSix, ...changes });
const noon = new Date('2026-11-27T05:00:00Z');
const evening = new Date('2026-11-27T12:00:00Z');
const away = (until: Date | null): Presence => ({ state: 'away', until });
const back = (until: Date | null): Presence => ({ state: 'back', until });

describe('isOnDuty', () => {
  it.each<[string, Hours, Presence | null, Date, boolean]>([
    ['by their hours', agent(), null, noon, true],
    ['not after their hours', agent(), null, evening, false],
    ['always, without hours', { zone: 'Asia/Bangkok' }, null, evening, true],
    ['never, with no hour in a week', agent({ hours: Array(7).fill([]) }), null, noon, false],
    ['not when they are away', agent(), away(null), noon, false],
    ['again when that is over', agent(), away(noon), noon, true],
    ['when they are back', agent(), back(null), evening, true],
    ['until that is over', agent(), back(evening), evening, false],
    ['away without hours', { zone: 'Asia/Bangkok' }, away(evening), noon, false],
  ])('%s', (_, who, presence, now, expected) => {
    expect(isOnDuty(who, presence, now)).toBe(expected);
  });

  it('knows this shift and the next', () => {
    expect(currentShift(agent(), noon)).toEqual({ from: new Date('2026-11-27T02:00:00Z'), to: new Date('2026-11-27T11:00:00Z') });
    expect(currentShift(agent(), evening)).toBeNull();
    expect(nextShift(agent(), evening)?.from).toEqual(new Date('2026-11-28T02:00:00Z'));
    expect([currentShift({}, noon), nextShift({}, noon)]).toEqual([null, null]);
  });
});

describe('shifts', () => {
  const at = (iso: string): Date => new Date(iso);
  const night: Week = [[], [], [], [], [span(22, 24)], [span(0, 6), span(20, 24)], [span(0, 2)]];

  it.each<[string, Week, string, string, string | null, string | null]>([
    // Zone, now, this shift, the next one.
    ['in a half-hour zone', nineToSix, 'Asia/Kolkata', '2026-11-27T03:30:00Z', '2026-11-27T03:30/12:30', '2026-11-28T03:30/12:30'],
    ['before the first', nineToSix, 'Asia/Kolkata', '2026-11-27T03:29:59Z', null, '2026-11-27T03:30/12:30'],
    ['across midnight', night, 'UTC', '2026-11-28T05:59:00Z', '2026-11-27T22:00/06:00', '2026-11-28T20:00/02:00'],
    ['across the end of the week', night, 'UTC', '2026-11-29T01:00:00Z', '2026-11-28T20:00/02:00', '2026-12-04T22:00/06:00'],
    [
      'an hour shorter when summer begins',
      [...Array(6).fill([]), [span(0, 6)]],
      'Europe/Berlin',
      '2026-03-29T02:00:00Z',
      '2026-03-28T23:00/04:00',
      '2026-04-04T22:00/04:00',
    ],
    [
      'an hour longer when it ends',
      [...Array(6).fill([]), [span(0, 6)]],
      'Europe/Berlin',
      '2026-10-25T02:00:00Z',
      '2026-10-24T22:00/05:00',
      '2026-10-31T23:00/05:00',
    ],
  ])('%s', (_, hours, zone, now, current, next) => {
    const shown = (shift: ReturnType<typeof currentShift>) =>
      shift && `${shift.from.toISOString().slice(0, 16)}/${shift.to.toISOString().slice(11, 16)}`;
    expect([shown(currentShift({ hours, zone }, at(now))), shown(nextShift({ hours, zone }, at(now)))]).toEqual([current, next]);
  });

  it('that never end have no next beginning', () => {
    const always = { zone: 'Asia/Bangkok', hours: Array(7).fill([span(0, 24)]) };
    expect(nextShift(always, noon)).toBeNull();
    expect(currentShift(always, noon)).not.toBeNull();
  });

  const zones = ['UTC', 'Asia/Kathmandu', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Chatham'];
  const times = fc.uniqueArray(fc.integer({ min: 0, max: 96 }), { minLength: 2, maxLength: 2 });
  const day = fc.oneof(
    fc.constant([]),
    times.map((pair) => [{ from: Math.min(...pair) * 15, to: Math.max(...pair) * 15 }]),
  );
  /** A year in which four of these zones change their clocks twice. */
  const moment = fc.integer({ min: 0, max: 365 * 24 * 60 - 1 }).map((minute) => new Date(Date.UTC(2026, 0, 1) + minute * 60_000));

  it('agree with who is on duty by the clock on the wall, a week long', () => {
    fc.assert(
      fc.property(fc.array(day, { minLength: 7, maxLength: 7 }), fc.constantFrom(...zones), moment, (hours, zone, now) => {
        const wall = new Intl.DateTimeFormat('en-GB', {
          timeZone: zone,
          weekday: 'short',
          hour: '2-digit',
          minute: '2-digit',
          hourCycle: 'h23',
        });
        const onDuty = (time: Date): boolean => {
          const [weekday = '', clock = ''] = wall.format(time).replace(',', '').split(' ');
          const minute = Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));
          const spans = hours[['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].indexOf(weekday)] ?? [];
          return spans.some(({ from, to }) => minute >= from && minute < to);
        };
        const who = { hours, zone };
        expect(isOnDuty(who, null, now)).toBe(onDuty(now));
        expect(currentShift(who, now) !== null).toBe(onDuty(now));
        // Step by step to the first quarter of an hour at which somebody comes who was not there.
        const next = nextShift(who, now)?.from ?? null;
        const quarterMs = 15 * 60_000;
        let [there, came] = [onDuty(now), null as Date | null];
        const end = next ?? new Date(now.getTime() + 7 * 24 * 3_600_000);
        for (let time = Math.ceil((now.getTime() + 1) / quarterMs) * quarterMs; came === null && time <= end.getTime(); time += quarterMs) {
          const step = new Date(time);
          if (onDuty(step) && !there) came = step;
          there = onDuty(step);
        }
        expect(came).toEqual(next);
      }),
      { numRuns: 150 },
    );
  });
});

const someone = (name: string, changes: Partial<Candidate> = {}): Candidate => ({
  ...{ agent: name, load: 0, capacity: null, lastAssignedAt: null, onDuty: true },
  ...changes,
});
const minutesAgo = (minutes: number): Date => new Date(noon.getTime() - minutes * 60_000);

describe('pick', () => {
  const team = [
    someone('Ann', { load: 4, lastAssignedAt: minutesAgo(30) }),
    someone('Bo', { load: 1, lastAssignedAt: minutesAgo(5) }),
    someone('Cy', { load: 1, lastAssignedAt: minutesAgo(10) }),
    someone('Dee', { load: 0, onDuty: false }),
    someone('Eve', { load: 0, capacity: 0 }),
  ];
  it.each<[Parameters<typeof pick>[0], string | null, string]>([
    ['round-robin', null, 'Ann'],
    ['round-robin', 'Bo', 'Ann'],
    ['least-busy', null, 'Cy'],
    ['least-busy', 'Bo', 'Cy'],
    ['sticky', 'Ann', 'Ann'],
    ['sticky', null, 'Cy'],
    ['sticky', 'Dee', 'Cy'],
    ['sticky', 'Eve', 'Cy'],
    ['sticky', 'Zoe', 'Cy'],
  ])('%s, after %s, gives it to %s', (strategy, sticky, expected) => {
    expect(pick(strategy, team, sticky)).toEqual({ agent: expected });
  });

  it('says why it is nobody', () => {
    expect(pick('sticky', [], 'Ann')).toEqual({ agent: null, why: 'nobody-in-group' });
    expect(pick('sticky', [someone('Ann', { onDuty: false })], 'Ann')).toEqual({ agent: null, why: 'nobody-on-duty' });
    expect(pick('sticky', [someone('Ann', { load: 3, capacity: 3 }), someone('Bo', { onDuty: false })], 'Ann')).toEqual({
      agent: null,
      why: 'nobody-free',
    });
  });

  const candidate = fc.record({
    agent: fc.constantFrom('Ann', 'Bo', 'Cy', 'Dee', 'Eve', 'Flo'),
    load: fc.nat(4),
    capacity: fc.option(fc.nat(4)),
    lastAssignedAt: fc.option(fc.nat(9).map(minutesAgo)),
    onDuty: fc.boolean(),
  });
  const group = fc.uniqueArray(candidate, { selector: ({ agent: name }) => name });

  it('is somebody on duty who has room, if there is one; never anybody else', () => {
    fc.assert(
      fc.property(fc.constantFrom(...assignStrategies), group, fc.constantFrom('Ann', 'Zoe', null), (strategy, candidates, sticky) => {
        const chosen = pick(strategy, candidates, sticky);
        const able = candidates.filter(({ onDuty, load, capacity }) => onDuty && (capacity === null || capacity > load));
        expect(chosen.agent === null).toBe(able.length === 0);
        if (chosen.agent === null) return;
        const found = able.find(({ agent: name }) => name === chosen.agent);
        expect(found).toBeDefined();
        if (strategy === 'sticky' && able.some(({ agent: name }) => name === sticky)) expect(chosen.agent).toBe(sticky);
        else if (strategy !== 'round-robin') expect(able.every(({ load }) => load >= (found?.load ?? 0))).toBe(true);
      }),
    );
  });

  it('in turn gives each of them as many, however long it goes on', () => {
    const counts = new Map(['Ann', 'Bo', 'Cy'].map((name) => [name, 0]));
    let candidates = [...counts.keys()].map((name) => someone(name));
    for (let turn = 0; turn < 300; turn += 1) {
      const chosen = pick('round-robin', candidates, null).agent ?? '';
      counts.set(chosen, (counts.get(chosen) ?? 0) + 1);
      candidates = candidates.map((one) => (one.agent === chosen ? { ...one, lastAssignedAt: new Date(turn + 1) } : one));
    }
    expect([...counts.values()]).toEqual([100, 100, 100]);
  });
});
