import type { ClockOutcome, SlaClock } from './clock.ts';
import { dueAtOf, isAnswerTo, newClock, outcomeOf } from './clock.ts';
import type { ActivePolicy, SlaContext } from './policy.ts';
import { nextAtOf } from './reminders.ts';
import { isClosing, isFiller } from './words.ts';

// What happens in an inquiry, as its clocks see it. Messages may come late and in any order: what counts are their own times.
// Only what is older than the end of a turn that was reported changes nothing any more.

/** A message, as far as clocks are concerned. */
export interface Written {
  /** The platform's own time. */
  readonly sentAt: Date;
  /** Null: more than words, such as a picture. */
  readonly words: string | null;
}

export interface ClockChange {
  readonly clocks: readonly SlaClock[];
  readonly ended: readonly ClockOutcome[];
}

/** The buyer wrote. Closing words start nothing. */
export function onBuyerMessage(clocks: readonly SlaClock[], { sentAt, words }: Written, context: SlaContext): ClockChange {
  if (words !== null && isClosing(words, context.words)) return { clocks, ended: [] };
  return each(clocks, context, (clock, policy) => {
    const { kind } = policy.rule;
    const over = clock.settledAt !== null && (kind === 'first-response' || isAnswerTo(clock.settledAt, sentAt));
    if (kind === 'held-reply' || over) return unchanged(clock);
    return settle({ ...clock, asked: shortened(inserted(clock.asked, sentAt)) }, policy);
  });
}

/** The marketplace accepted a person's reply, sent from here or typed there; automatic texts never count. Fillers stop nothing. */
export function onHumanReply(clocks: readonly SlaClock[], { sentAt, words }: Written, context: SlaContext): ClockChange {
  if (words !== null && isFiller(words, context.words)) return { clocks, ended: [] };
  return each(clocks, context, (clock, policy) => (waitsForReply(policy) ? answer(clock, policy, sentAt) : unchanged(clock)));
}

/** Clocks of resolution end. Where the buyer still waited it is as with `onNoAnswerNeeded`; replies that are held are nobody's trouble any more. */
export function onResolved(clocks: readonly SlaClock[], at: Date, context: SlaContext): ClockChange {
  const { clocks: quiet } = onNoAnswerNeeded(clocks, at, context);
  return each(quiet, context, (clock, policy) => {
    if (policy.rule.kind === 'held-reply') return unchanged(newClock(clock.policy));
    return policy.rule.kind === 'resolution' ? answer(clock, policy, at) : unchanged(clock);
  });
}

/** No reminders until the buyer writes again. The team's clock ends uncounted; the marketplace's runs on, since the marketplace knows nothing of it. */
export function onNoAnswerNeeded(clocks: readonly SlaClock[], at: Date, context: SlaContext): ClockChange {
  return each(clocks, context, (clock, policy) => {
    if (clock.startedAt === null || !waitsForReply(policy)) return unchanged(clock);
    if (policy.owner === 'team') return unchanged({ ...newClock(clock.policy), settledAt: at });
    const silent = { ...clock, silencedAt: at };
    return unchanged({ ...silent, nextAt: nextAtOf(silent, policy) });
  });
}

/** @param since from when on the oldest of the replies waits that are held, or that failed and were not given up; null: there is none */
export function onHeldReply(clocks: readonly SlaClock[], since: Date | null, context: SlaContext): ClockChange {
  return each(clocks, context, (clock, policy) => {
    if (policy.rule.kind !== 'held-reply' || sameTime(clock.startedAt, since)) return unchanged(clock);
    return unchanged(started({ ...newClock(clock.policy), asked: since === null ? [] : [since] }, policy));
  });
}

const waitsForReply = ({ rule: { kind } }: ActivePolicy): boolean => kind === 'turn' || kind === 'first-response' || kind === 'cut-off';

interface Changed {
  readonly clock: SlaClock;
  readonly ended: readonly ClockOutcome[];
}

const unchanged = (clock: SlaClock): Changed => ({ clock, ended: [] });

function each(
  clocks: readonly SlaClock[],
  { policies }: SlaContext,
  take: (clock: SlaClock, policy: ActivePolicy) => Changed,
): ClockChange {
  const changed = policies.map((policy) => take(clocks.find((clock) => clock.policy === policy.name) ?? newClock(policy.name), policy));
  return { clocks: changed.map(({ clock }) => clock).filter(isOfUse), ended: changed.flatMap(({ ended }) => ended) };
}

const isOfUse = ({ asked, answered, settledAt }: SlaClock): boolean => asked.length > 0 || answered.length > 0 || settledAt !== null;

function answer(clock: SlaClock, policy: ActivePolicy, at: Date): Changed {
  if (clock.settledAt !== null && at <= clock.settledAt) return unchanged(clock);
  return settle({ ...clock, answered: inserted(clock.answered, at).slice(-remembered) }, policy);
}

/** Ends every turn of which the answer is known, and starts the one that is left. */
function settle(clock: SlaClock, policy: ActivePolicy): Changed {
  let { asked, answered, settledAt, reminded, missed } = clock;
  const ended: ClockOutcome[] = [];
  for (;;) {
    const [startedAt] = asked;
    const answeredAt = startedAt && answered.find((at) => isAnswerTo(at, startedAt));
    if (!startedAt || !answeredAt) break;
    // What was said of a turn that began before this answer was said of this turn.
    const isThis = (begun: Date | null): boolean => begun !== null && isAnswerTo(answeredAt, begun);
    ended.push(...ending(policy, startedAt, answeredAt, isThis(missed)));
    if (isThis(missed)) missed = null;
    if (isThis(reminded?.startedAt ?? null)) reminded = null;
    asked = policy.rule.kind === 'first-response' ? [] : asked.filter((at) => !isAnswerTo(answeredAt, at));
    answered = answered.filter((at) => at > answeredAt);
    settledAt = answeredAt;
  }
  return { clock: started({ ...clock, asked, answered, settledAt, reminded, missed }, policy), ended };
}

function ending(policy: ActivePolicy, startedAt: Date, answeredAt: Date, reportedMissed: boolean): readonly ClockOutcome[] {
  const dueAt = dueAtOf(policy, startedAt);
  if (dueAt === null) return [];
  const outcome = outcomeOf(policy, { startedAt, dueAt, answeredAt, reportedMissed });
  return reportedMissed && !outcome.met ? [] : [outcome];
}

function started(clock: SlaClock, policy: ActivePolicy): SlaClock {
  const startedAt = clock.asked[0] ?? null;
  if (startedAt === null) return { ...newClock(clock.policy), answered: clock.answered, settledAt: clock.settledAt };
  const running = { ...clock, startedAt, dueAt: dueAtOf(policy, startedAt) };
  return { ...running, nextAt: nextAtOf(running, policy) };
}

const sameTime = (a: Date | null, b: Date | null): boolean => a?.getTime() === b?.getTime();

/** Of messages in a row that nothing answers no more are told apart. */
const remembered = 8;

/** The first one starts the turn; of the others the newest are what an answer that arrives late may leave. */
const shortened = (asked: readonly Date[]): readonly Date[] =>
  asked.length > remembered ? [...asked.slice(0, 1), ...asked.slice(1 - remembered)] : asked;

function inserted(times: readonly Date[], time: Date): readonly Date[] {
  return times.toSpliced(times.findLastIndex((known) => known <= time) + 1, 0, time);
}
