/**
 * Some chat platforms sell a plan of so many calls a month, and refuse all further ones. Before that is so, calls are saved: fewer posts and fewer cards for the
 * same words, so that what is left lasts longer for what buyers write.
 */

/** What a gate has spent of one of its quotas. */
export interface Quota {
  readonly name: string;
  /** Which window of the limit: its start. */
  readonly window: Date;
  readonly spent: number;
  readonly permits: number;
  /** Absent: of a day. */
  readonly every?: 'month';
}

/** From this share of a month's plan on calls are saved. A choice of ours. */
const economyFrom = 0.8;

/** True: calls are saved until the month is over. Pure. */
export const isScarce = ({ every, spent, permits }: Pick<Quota, 'every' | 'spent' | 'permits'>): boolean =>
  every === 'month' && spent >= permits * economyFrom;

/** Choices of ours. */
export const economy = {
  /** So long a buyer's message waits for others of theirs, which share its post; where threads are cards, so does a drawing. */
  holdMs: 10_000,
  /** A card above a thread is not drawn again within it, unless its status or who has it changed. */
  cardEveryMs: 10 * 60_000,
} as const;

/** Of a month's plan, what may be spent on reading history back, which finds little; and what once calls are saved. */
const readShare = { usual: 0.1, scarce: 0.02 };

/** How far apart rounds of reading back stand at least that take so many calls each. Pure. */
export function readEveryMs(calls: number, quotas: readonly Quota[]): number {
  const apart = quotas
    .filter(({ every }) => every === 'month')
    .map((quota) => (calls * monthMs) / (quota.permits * (isScarce(quota) ? readShare.scarce : readShare.usual)));
  return Math.max(0, ...apart);
}

const monthMs = 30 * 24 * 3_600_000;

/** Both platforms that sell such plans are China's; when exactly theirs begins anew neither says (UNCONFIRMED). */
const monthOffsetMs = 8 * 3_600_000;

/** The calendar month of China that `now` is in. Pure. */
export function monthOf(now: Date): { readonly start: Date; readonly end: Date } {
  const local = new Date(now.getTime() + monthOffsetMs);
  const at = (months: number) => new Date(Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + months) - monthOffsetMs);
  return { start: at(0), end: at(1) };
}

/** Of a shorter time nothing can be told of a month. */
const leastElapsedMs = 24 * 3_600_000;

/** What the whole month will take if it goes on as it has so far. Pure. */
export function monthEstimate({ window, spent }: Pick<Quota, 'window' | 'spent'>, now: Date): number {
  const { start, end } = monthOf(window);
  const lengthMs = end.getTime() - start.getTime();
  const elapsedMs = Math.min(lengthMs, Math.max(leastElapsedMs, now.getTime() - start.getTime()));
  return Math.round((spent * lengthMs) / elapsedMs);
}
