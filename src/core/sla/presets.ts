import type { Week } from './hours.ts';
import type { ClockRule, PolicySource, ReminderStep, SlaPolicy } from './policy.ts';

const secondMs = 1_000;
export const minuteMs = 60 * secondMs;
export const hourMs = 60 * minuteMs;

/** For clocks of hours. */
const shareSteps: readonly ReminderStep[] = [
  { percent: 50, to: 'assignee' },
  { percent: 80, to: 'group' },
  { percent: 95, to: 'supervisor' },
];

/** For clocks of three minutes: late enough not to disturb who is typing, early enough to answer. */
export const threeMinuteSteps: readonly ReminderStep[] = [
  { afterMs: 50 * secondMs, to: 'assignee' },
  { afterMs: 80 * secondMs, to: 'assignee' },
  { afterMs: 100 * secondMs, to: 'group' },
  { afterMs: 150 * secondMs, to: 'supervisor' },
];

type Usual = Omit<SlaPolicy, 'name' | 'rule' | 'owner' | 'source'>;

const usual: Usual = {
  title: null,
  hours: 'always',
  outside: 'uncounted',
  zone: null,
  holidays: [],
  steps: shareSteps,
  scoredBy: 'turn',
  target: null,
};

/** A marketplace's own rule: every hour of every day counts, unless it says otherwise. */
export const marketplacePolicy = (name: string, rule: ClockRule, given: Partial<Usual> & { readonly source: PolicySource }): SlaPolicy => ({
  ...usual,
  ...given,
  name,
  rule,
  owner: 'marketplace',
});

/** A target that the team has set itself: in its own hours. */
export const teamPolicy = (name: string, rule: ClockRule): SlaPolicy => ({
  ...usual,
  hours: 'business',
  outside: 'paused',
  name,
  rule,
  owner: 'team',
  source: null,
});

/** A reply that nobody decides about reaches no buyer: who is on duty hears of it, then the supervisor. */
export const heldReply: SlaPolicy = {
  ...teamPolicy('held-reply', { kind: 'held-reply', withinMs: 5 * minuteMs }),
  hours: 'always',
  steps: [
    { percent: 100, to: 'group' },
    { percent: 200, to: 'supervisor' },
  ],
};

/** The same hours every day, in minutes of the day. */
export const daily = (from: number, to: number): Week => Array.from({ length: 7 }, () => [{ from, to }]);
