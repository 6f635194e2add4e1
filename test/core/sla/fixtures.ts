import type { ClockOutcome, SlaClock } from '../../../src/core/sla/clock.ts';
import type { ClockChange } from '../../../src/core/sla/events.ts';
import { onBuyerMessage, onHumanReply } from '../../../src/core/sla/events.ts';
import type { ActivePolicy, SlaContext } from '../../../src/core/sla/policy.ts';
import { dueSteps, type Reminder } from '../../../src/core/sla/reminders.ts';
import { defaultWords } from '../../../src/core/sla/words.ts';

export const always = { zone: 'UTC', week: null, holidays: [] };

/** Three minutes a turn, reminded after one and two of them. */
export const threeMinutes: ActivePolicy = {
  name: 'three-minutes',
  owner: 'marketplace',
  title: null,
  rule: { kind: 'turn', withinMs: 180_000 },
  outside: 'uncounted',
  calendar: always,
  steps: [
    { afterMs: 60_000, to: 'assignee' },
    { afterMs: 120_000, to: 'group' },
  ],
  scoredBy: 'turn',
  target: null,
  source: null,
};

export const contextOf = (...policies: readonly ActivePolicy[]): SlaContext => ({ policies, words: defaultWords });

/** An inquiry whose clocks are told what happens, and what they told. */
export function inquiryOf(context: SlaContext) {
  let clocks: readonly SlaClock[] = [];
  const outcomes: ClockOutcome[] = [];
  const reminders: Reminder[] = [];
  return {
    outcomes,
    reminders,
    clocks: () => clocks,
    take(change: (before: readonly SlaClock[]) => ClockChange): void {
      const { clocks: after, ended } = change(clocks);
      clocks = after;
      outcomes.push(...ended);
    },
    asks(sentAt: Date, words: string | null = 'Where is my parcel?'): void {
      this.take((before) => onBuyerMessage(before, { sentAt, words }, context));
    },
    answers(sentAt: Date, words: string | null = 'It is on its way'): void {
      this.take((before) => onHumanReply(before, { sentAt, words }, context));
    },
    passes(now: Date): void {
      const due = dueSteps(clocks, now, context);
      clocks = due.clocks;
      outcomes.push(...due.missed);
      reminders.push(...due.reminders);
    },
  };
}
