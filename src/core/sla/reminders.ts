import type { ClockOutcome, SlaClock } from './clock.ts';
import { afterCounted, isAnswerTo, outcomeOf } from './clock.ts';
import type { ActivePolicy, ReminderStep, Rung, SlaContext, SlaPolicy } from './policy.ts';

/** One reminder that is due. */
export interface Reminder {
  /** Policy, turn and step, unique within the inquiry: the same reminder has the same key, whoever finds it due and however often. */
  readonly key: string;
  readonly policy: string;
  readonly owner: SlaPolicy['owner'];
  /** Its place in the policy, from 0. */
  readonly step: number;
  readonly to: Rung;
  readonly startedAt: Date;
  readonly dueAt: Date;
}

export interface Due {
  readonly clocks: readonly SlaClock[];
  readonly reminders: readonly Reminder[];
  readonly missed: readonly ClockOutcome[];
}

/** What is due by `now`. Of several steps of a clock that have passed, as after downtime, only the highest is reminded of. */
export function dueSteps(clocks: readonly SlaClock[], now: Date, { policies }: Pick<SlaContext, 'policies'>): Due {
  const found = clocks.flatMap((clock) => {
    const policy = policies.find(({ name }) => name === clock.policy);
    return policy ? [dueOf(clock, now, policy)] : [];
  });
  return {
    clocks: found.map(({ clock }) => clock),
    reminders: found.flatMap(({ reminder }) => reminder ?? []),
    missed: found.flatMap(({ missed }) => missed ?? []),
  };
}

/** When `dueSteps` has something to do next; null: never, as things are. */
export function nextMoment(clocks: readonly SlaClock[]): Date | null {
  return clocks.reduce<Date | null>((first, { nextAt }) => earliest(first, nextAt), null);
}

/** The same for one clock, as it stands. */
export function nextAtOf(clock: SlaClock, policy: ActivePolicy): Date | null {
  if (clock.dueAt === null) return null;
  const step = isSilent(clock) ? null : stepAt(clock, policy, clock.reminded?.steps ?? 0);
  return clock.missed ? step : earliest(step, clock.dueAt);
}

interface DueOfClock {
  readonly clock: SlaClock;
  readonly reminder?: Reminder;
  readonly missed?: ClockOutcome;
}

function dueOf(clock: SlaClock, now: Date, policy: ActivePolicy): DueOfClock {
  const { startedAt, dueAt, nextAt } = clock;
  if (startedAt === null || dueAt === null || nextAt === null || nextAt > now) return { clock };
  const before = clock.reminded ?? { startedAt, steps: 0 };
  const steps = isSilent(clock) ? before.steps : passedSteps(clock, now, policy);
  const step = steps > before.steps ? policy.steps[steps - 1] : undefined;
  const missesNow = clock.missed === null && dueAt <= now;
  const after: SlaClock = {
    ...clock,
    reminded: step ? { ...before, steps } : clock.reminded,
    missed: missesNow ? startedAt : clock.missed,
  };
  return {
    clock: { ...after, nextAt: nextAtOf(after, policy) },
    ...(step ? { reminder: toReminder(policy, step, { startedAt: before.startedAt, dueAt, steps }) } : {}),
    ...(missesNow && policy.rule.kind !== 'held-reply'
      ? { missed: outcomeOf(policy, { startedAt, dueAt, answeredAt: null, reportedMissed: false }) }
      : {}),
  };
}

const toReminder = (
  { name, owner }: ActivePolicy,
  { to }: ReminderStep,
  { startedAt, dueAt, steps }: { readonly startedAt: Date; readonly dueAt: Date; readonly steps: number },
): Reminder => ({ key: `${name}:${startedAt.getTime()}:${steps - 1}`, policy: name, owner, step: steps - 1, to, startedAt, dueAt });

function passedSteps(clock: SlaClock, now: Date, policy: ActivePolicy): number {
  let steps = clock.reminded?.steps ?? 0;
  for (let at = stepAt(clock, policy, steps); at !== null && at <= now; at = stepAt(clock, policy, steps)) steps += 1;
  return steps;
}

/** Null: there is no such step, or its moment never comes. */
function stepAt({ startedAt, dueAt }: SlaClock, policy: ActivePolicy, index: number): Date | null {
  const step = policy.steps[index];
  if (!step || startedAt === null || dueAt === null) return null;
  const { rule } = policy;
  // A cut-off leaves one buyer a day and the next an hour: the share is of what there is.
  if (rule.kind === 'cut-off') return new Date(startedAt.getTime() + stepMs(step, dueAt.getTime() - startedAt.getTime()));
  return afterCounted(policy, startedAt, stepMs(step, rule.withinMs));
}

export const stepMs = (step: ReminderStep, wholeMs: number): number =>
  'percent' in step ? Math.round((wholeMs * step.percent) / 100) : step.afterMs;

function isSilent({ silencedAt, asked }: SlaClock): boolean {
  const newest = asked.at(-1);
  return silencedAt !== null && newest !== undefined && isAnswerTo(silencedAt, newest);
}

const earliest = (a: Date | null, b: Date | null): Date | null => (a !== null && (b === null || a <= b) ? a : b);
