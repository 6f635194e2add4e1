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

/** Our answer has stood long enough, or nobody waits for one. */
export function autoResolves(inquiry: Inquiry, { autoResolveHours }: DeskPolicy): Date | null {
  const { status, noAnswerNeeded, snoozedUntil, lastReplyAt, lastOutsideReplyAt, lastBuyerAt, stirredAt } = inquiry;
  const waits = status === 'waiting' && !noAnswerNeeded;
  if (waits || snoozedUntil !== null || autoResolveHours === 0) return null;
  const last = Math.max(...[lastBuyerAt, lastReplyAt, lastOutsideReplyAt, stirredAt].map((moment) => moment?.getTime() ?? 0));
  return new Date(last + autoResolveHours * 3_600_000);
}

const moments = [snoozeEnds, claimEnds, autoResolves];

/** The earliest of them. */
export function nextDue(inquiry: Inquiry, policy: DeskPolicy): Date | null {
  const ofCase = inquiry.open ? moments.flatMap((moment) => moment(inquiry, policy)?.getTime() ?? []) : [];
  // The marketplace's clock runs on whatever we call the case.
  const all = [...ofCase, ...inquiry.clocks.flatMap(({ nextAt }) => nextAt?.getTime() ?? [])];
  return all.length === 0 ? null : new Date(Math.min(...all));
}
