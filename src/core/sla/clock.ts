import { addBusinessMs, cutOffAfter, elapsedBusinessMs, isOpen } from './hours.ts';
import type { ActivePolicy, ClockRule, SlaPolicy } from './policy.ts';

/**
 * How one policy stands with one inquiry: the turn that runs, if any, and as much of what went before as late messages need. Plain data.
 * All times are the platform's own.
 */
export interface SlaClock {
  /** Its name. */
  readonly policy: string;
  /** The first unanswered message of the buyer. Null: nobody waits. */
  readonly startedAt: Date | null;
  /** Null: nobody waits, or the turn is not counted. */
  readonly dueAt: Date | null;
  /** When time alone makes something due: a reminder, or the miss. */
  readonly nextAt: Date | null;
  /** How many steps of the turn that runs are done, and when it was thought to have begun as the first of them was. */
  readonly reminded: { readonly startedAt: Date; readonly steps: number } | null;
  /** The turn that runs was reported as missed, as one that began then. */
  readonly missed: Date | null;
  /** No reminders of what was written before; a miss is noted all the same. */
  readonly silencedAt: Date | null;
  /** Unanswered messages, oldest first. */
  readonly asked: readonly Date[];
  /** Answers to nothing that is known, oldest first. */
  readonly answered: readonly Date[];
  /** The end of the last turn that was reported. */
  readonly settledAt: Date | null;
}

/** A turn that was in time or was not. Each is reported once; only one that was missed, and of which an answer in time arrives late, once more. */
export interface ClockOutcome {
  readonly policy: string;
  readonly owner: SlaPolicy['owner'];
  readonly kind: ClockRule['kind'];
  readonly startedAt: Date;
  readonly dueAt: Date;
  readonly met: boolean;
  /** Time that counts, until the answer; until it was due where there was none by then. */
  readonly elapsedMs: number;
  /** It was reported as missed before, and was in time after all. */
  readonly correction: boolean;
}

/** Marketplaces cut their times to the second: what was written in the second of an answer counts as after it. */
const secondMs = 1_000;
export const isAnswerTo = (answeredAt: Date, askedAt: Date): boolean => askedAt.getTime() + secondMs <= answeredAt.getTime();

export const newClock = (policy: string): SlaClock => ({
  policy,
  startedAt: null,
  dueAt: null,
  nextAt: null,
  reminded: null,
  missed: null,
  silencedAt: null,
  asked: [],
  answered: [],
  settledAt: null,
});

/** When a turn that begins there is to be answered. Null: it is not counted. */
export function dueAtOf(policy: ActivePolicy, startedAt: Date): Date | null {
  const { rule, calendar, outside } = policy;
  if (rule.kind === 'cut-off') return cutOffAfter(calendar, startedAt, rule.receivedUntil, rule.answeredBy);
  if (outside === 'uncounted' && !isOpen(calendar, startedAt)) return null;
  return afterCounted(policy, startedAt, rule.withinMs);
}

/** Once begun, the clock of a turn runs through the end of the hours; or it stands still there, if that is the rule. */
export const afterCounted = ({ outside, calendar }: ActivePolicy, from: Date, ms: number): Date | null =>
  outside === 'paused' ? addBusinessMs(calendar, from, ms) : new Date(from.getTime() + ms);

export function outcomeOf(
  { name, owner, rule, outside, calendar }: ActivePolicy,
  turn: { readonly startedAt: Date; readonly dueAt: Date; readonly answeredAt: Date | null; readonly reportedMissed: boolean },
): ClockOutcome {
  const { startedAt, dueAt, answeredAt, reportedMissed } = turn;
  const endedAt = answeredAt ?? dueAt;
  return {
    policy: name,
    owner,
    kind: rule.kind,
    startedAt,
    dueAt,
    met: answeredAt !== null && answeredAt <= dueAt,
    elapsedMs: outside === 'paused' ? elapsedBusinessMs(calendar, startedAt, endedAt) : endedAt.getTime() - startedAt.getTime(),
    correction: reportedMissed,
  };
}
