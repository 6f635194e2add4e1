import type { Calendar, Week } from './hours.ts';
import type { WordLists } from './words.ts';

/** A rule about how fast buyers are to be answered: a marketplace's own, or the team's target. All of it is data. */
export interface SlaPolicy {
  /** `tiktok-shop/response`: in `threadmart.yaml`, in figures. */
  readonly name: string;
  readonly owner: 'marketplace' | 'team';
  /** As the team calls it; null: see `title.ts`. */
  readonly title: string | null;
  readonly rule: ClockRule;
  /** `business`: the shop's own hours (`businessHours`). */
  readonly hours: 'always' | 'business' | Week;
  /** What begins outside the hours, or on a holiday, is not counted at all; or the clock stands still meanwhile. */
  readonly outside: 'uncounted' | 'paused';
  /** IANA name of the zone of hours, holidays and cut-off; null: the shop's. */
  readonly zone: string | null;
  /** Local days: `2026-12-25`. */
  readonly holidays: readonly string[];
  /** Reminders while the buyer waits. */
  readonly steps: readonly ReminderStep[];
  /** One late answer costs itself only, or all of its inquiry. */
  readonly scoredBy: 'turn' | 'inquiry';
  /** Share that is to be in time, percent. Null: none is known. */
  readonly target: number | null;
  /** Null: the team's own. */
  readonly source: PolicySource | null;
}

/** Where a marketplace's rule was read. */
export interface PolicySource {
  readonly page: string;
  /** `2026-11-22` */
  readonly readOn: string;
  /** The marketplace says so; others say so; or nobody does, and the numbers are a guess. */
  readonly basis: 'official' | 'secondary' | 'guess';
}

/**
 * What starts and stops the clock.
 * - `turn`: from the first unanswered message of the buyer to the first answer, again and again. A rolling window of 24 hours is a turn with a large number.
 * - `first-response`: the first turn of an inquiry only.
 * - `cut-off`: a turn that is due at a time of day. What comes before `receivedUntil` is to be answered by `answeredBy`, both in minutes of the local day; a cut-off that is not the later of both is on the day after.
 * - `resolution`: from the first message to the resolution.
 * - `held-reply`: as long as a reply waits for a person's decision, or failed.
 */
export type ClockRule =
  | { readonly kind: 'turn' | 'first-response' | 'resolution' | 'held-reply'; readonly withinMs: number }
  | { readonly kind: 'cut-off'; readonly receivedUntil: number; readonly answeredBy: number };

/** Who is reminded; each knows more than the one before. */
export type Rung = 'assignee' | 'group' | 'supervisor';

/** After so much time that counts, or that share of the time there is. */
export type ReminderStep = { readonly to: Rung } & ({ readonly afterMs: number } | { readonly percent: number });

/** A policy as it holds for one shop: hours and zone are settled, steps rise. */
export interface ActivePolicy extends Omit<SlaPolicy, 'hours' | 'zone' | 'holidays'> {
  readonly calendar: Calendar;
}

/** What events and reminders of a shop's inquiry are judged by. */
export interface SlaContext {
  /** Clocks of other policies are given up. */
  readonly policies: readonly ActivePolicy[];
  readonly words: WordLists;
}
