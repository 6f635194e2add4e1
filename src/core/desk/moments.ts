import type { Inquiry } from '../inquiry.ts';
import type { DeskPolicy } from '../settings.ts';
import { addMs } from '../time.ts';

/** Moments at which time alone changes an inquiry. Null: it will not. All pure; what is done then stands in `due.ts`. */

/**
 * Until when who has it is given time, counted from the claim, the assignee's last answer or the buyer's first unanswered words, whichever came last.
 * Null: nobody has it.
 */
export function claimedUntil({ assignee, claimedAt, waitingSince }: Inquiry, { claimMinutes }: DeskPolicy): Date | null {
  if (assignee === null || claimedAt === null || claimMinutes === 0) return null;
  const from = waitingSince && waitingSince > claimedAt ? waitingSince : claimedAt;
  return addMs(from, claimMinutes * 60_000);
}

/** A claim runs out only while the buyer waits. */
export const claimEnds = (inquiry: Inquiry, policy: DeskPolicy): Date | null =>
  inquiry.status === 'waiting' && !inquiry.noAnswerNeeded ? claimedUntil(inquiry, policy) : null;

export const snoozeEnds = ({ snoozedUntil }: Inquiry): Date | null => snoozedUntil;

/** A buyer who has been silent since our answer is asked whether that was all. Who had the last word, as with thanks, is not; nor is anybody twice. */
export function followsUp(inquiry: Inquiry, { followUp }: DeskPolicy): Date | null {
  const { status, snoozedUntil, followedUpAt, lastReplyAt, lastOutsideReplyAt, lastBuyerAt, stirredAt } = inquiry;
  if (!followUp || status !== 'answered' || snoozedUntil !== null || followedUpAt !== null) return null;
  const answered = latest(lastReplyAt, lastOutsideReplyAt);
  return answered < lastBuyerAt ? null : addMs(latest(answered, stirredAt), followUp.afterMs);
}

/** Our answer has stood long enough, or nobody waits for one. A buyer who is to be asked first has that much time after it. */
export function autoResolves(inquiry: Inquiry, policy: DeskPolicy): Date | null {
  const { status, noAnswerNeeded, snoozedUntil, lastReplyAt, lastOutsideReplyAt, lastBuyerAt, stirredAt, followedUpAt } = inquiry;
  const waits = status === 'waiting' && !noAnswerNeeded;
  if (waits || snoozedUntil !== null || policy.autoResolveHours === 0 || followsUp(inquiry, policy)) return null;
  return addMs(latest(lastBuyerAt, lastReplyAt, lastOutsideReplyAt, stirredAt, followedUpAt), policy.autoResolveHours * 3_600_000);
}

const latest = (...moments: readonly (Date | null)[]): Date => new Date(Math.max(...moments.map((moment) => moment?.getTime() ?? 0)));

const moments = [snoozeEnds, claimEnds, followsUp, autoResolves];

/** The earliest of them. */
export function nextDue(inquiry: Inquiry, policy: DeskPolicy): Date | null {
  const ofCase = inquiry.open ? moments.flatMap((moment) => moment(inquiry, policy)?.getTime() ?? []) : [];
  // The marketplace's clock runs on whatever we call the case.
  const all = [...ofCase, ...inquiry.clocks.flatMap(({ nextAt }) => nextAt?.getTime() ?? [])];
  return all.length === 0 ? null : new Date(Math.min(...all));
}
