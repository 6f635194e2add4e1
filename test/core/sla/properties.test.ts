import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClockOutcome } from '../../../src/core/sla/clock.ts';
import type { ActivePolicy } from '../../../src/core/sla/policy.ts';
import { daily } from '../../../src/core/sla/presets.ts';
import { nextMoment } from '../../../src/core/sla/reminders.ts';
import { contextOf, inquiryOf, threeMinutes } from './fixtures.ts';

const base = Date.parse('2026-10-31T20:00:00Z');
const at = (seconds: number): Date => new Date(base + seconds * 1_000);

type Event = { readonly by: 'buyer' | 'agent'; readonly second: number };

/** A second for each: who wrote first in one second nobody can tell. At most as many as a clock remembers. */
const conversation = fc
  .uniqueArray(fc.record({ by: fc.constantFrom<Event['by']>('buyer', 'agent'), second: fc.integer({ min: 0, max: 1_000 }) }), {
    selector: ({ second }) => second,
    maxLength: 8,
  })
  .map((events): readonly Event[] => events);

const policies = fc.constantFrom<ActivePolicy>(
  threeMinutes,
  { ...threeMinutes, outside: 'paused', calendar: { zone: 'Asia/Kathmandu', week: daily(110, 120), holidays: [] } },
  { ...threeMinutes, rule: { kind: 'first-response', withinMs: 60_000 }, steps: [{ percent: 50, to: 'group' }] },
  {
    ...threeMinutes,
    rule: { kind: 'cut-off', receivedUntil: 120, answeredBy: 121 },
    calendar: { zone: 'Asia/Kathmandu', week: null, holidays: [] },
  },
);

function tell(inquiry: ReturnType<typeof inquiryOf>, { by, second }: Event): void {
  if (by === 'buyer') inquiry.asks(at(second));
  else inquiry.answers(at(second));
}

const turnOf = ({ startedAt, met, elapsedMs }: Pick<ClockOutcome, 'startedAt' | 'met' | 'elapsedMs'>): string =>
  `${startedAt.toISOString()} ${met} ${elapsedMs}`;

describe('turns', () => {
  it('are those of the conversation in its own order, in whichever order it arrives, but for what is older than a turn that was reported', () => {
    fc.assert(
      fc.property(conversation, (events) => {
        const inquiry = inquiryOf(contextOf(threeMinutes));
        const counted: Event[] = [];
        for (const event of events) {
          const reported = Math.max(-1, ...naiveTurns(counted).map(({ end }) => end));
          tell(inquiry, event);
          if (event.second > reported) counted.push(event);
        }
        const expected = naiveTurns(counted).map(({ start, end }) =>
          turnOf({ startedAt: at(start), met: end - start <= 180, elapsedMs: (end - start) * 1_000 }),
        );
        expect(inquiry.outcomes.map(turnOf).toSorted()).toEqual(expected.toSorted());
        const waiting = naiveWaiting(counted);
        expect(inquiry.clocks().flatMap(({ startedAt }) => startedAt ?? [])).toEqual(waiting === null ? [] : [at(waiting)]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('are the same in every order, as long as all questions are known before the first answer is, or all answers before the first question', () => {
    fc.assert(
      fc.property(conversation, policies, fc.boolean(), (events, policy, questionsFirst) => {
        const inOrder = inquiryOf(contextOf(policy));
        for (const event of events.toSorted((a, b) => a.second - b.second)) tell(inOrder, event);
        const mixed = inquiryOf(contextOf(policy));
        const early = questionsFirst ? 'buyer' : 'agent';
        const sorted = (by: Event['by']) => events.filter((event) => event.by === by).toSorted((a, b) => a.second - b.second);
        // Those that come second come in their order, so that none is older than a turn that was reported.
        for (const event of events.filter(({ by }) => by === early)) tell(mixed, event);
        for (const event of sorted(early === 'buyer' ? 'agent' : 'buyer')) tell(mixed, event);
        expect(mixed.outcomes.map(turnOf)).toEqual(inOrder.outcomes.map(turnOf));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('time', () => {
  /** What happens and when it is learned of: never before it happened. */
  const learned = fc.array(
    fc.record({
      event: fc.record({ by: fc.constantFrom<Event['by']>('buyer', 'agent'), second: fc.integer({ min: 0, max: 1_000 }) }),
      delay: fc.nat(400),
    }),
    {
      maxLength: 12,
    },
  );

  it('fires no step twice, leaves nothing due behind it, and reports each turn once', () => {
    fc.assert(
      fc.property(learned, policies, fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 12 }), (events, policy, pauses) => {
        const inquiry = inquiryOf(contextOf(policy));
        let now = 0;
        const pass = (until: number): void => {
          now = Math.max(now, until);
          inquiry.passes(at(now));
          const next = nextMoment(inquiry.clocks());
          expect(next === null || next > at(now)).toBe(true);
        };
        const arrivals = events.toSorted((a, b) => a.event.second + a.delay - b.event.second - b.delay);
        for (const [index, { event, delay }] of arrivals.entries()) {
          pass(event.second + delay);
          tell(inquiry, event);
          if (pauses[index] !== undefined) pass(now + pauses[index]);
        }
        pass(now + 100_000);
        const keys = inquiry.reminders.map(({ key }) => key);
        expect(new Set(keys).size).toBe(keys.length);
        const reported = inquiry.outcomes.filter(({ correction }) => !correction).map(({ startedAt }) => startedAt.getTime());
        expect(new Set(reported).size).toBe(reported.length);
      }),
      { numRuns: 2_000 },
    );
  });

  it('fires every step at its moment when nothing is late', () => {
    fc.assert(
      fc.property(policies, fc.integer({ min: 0, max: 20_000 }), (policy, second) => {
        const inquiry = inquiryOf(contextOf(policy));
        inquiry.asks(at(second));
        for (let next = nextMoment(inquiry.clocks()); next !== null; next = nextMoment(inquiry.clocks())) {
          inquiry.passes(new Date(next.getTime() - 1));
          expect(nextMoment(inquiry.clocks())).toEqual(next);
          inquiry.passes(next);
        }
        expect(inquiry.reminders.map(({ step }) => step)).toEqual(policy.steps.map((_, index) => index));
        expect(inquiry.outcomes.map(({ met }) => met)).toEqual([false]);
      }),
      { numRuns: 500 },
    );
  });
});

/** Goes through the conversation from its beginning, as one would by hand. */
function naiveTurns(events: readonly Event[]): readonly { readonly start: number; readonly end: number }[] {
  const turns: { start: number; end: number }[] = [];
  let start: number | null = null;
  for (const { by, second } of events.toSorted((a, b) => a.second - b.second)) {
    if (by === 'buyer') start ??= second;
    else if (start !== null) {
      turns.push({ start, end: second });
      start = null;
    }
  }
  return turns;
}

function naiveWaiting(events: readonly Event[]): number | null {
  const last = Math.max(-1, ...naiveTurns(events).map(({ end }) => end));
  const open = events.filter(({ by, second }) => by === 'buyer' && second > last).map(({ second }) => second);
  return open.length > 0 ? Math.min(...open) : null;
}
