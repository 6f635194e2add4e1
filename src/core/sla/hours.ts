import { fromLocal, nextChange, offsetMsAt, toLocal } from './zones.ts';

const minuteMs = 60_000;
export const dayMs = 24 * 60 * minuteMs;

/** Minutes of a local day, from 0 to 1440; `to` is not in it any more. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Monday first, seven days; the spans of a day rise and do not touch. */
export type Week = readonly (readonly Span[])[];

/** When time counts. */
export interface Calendar {
  /** IANA name. */
  readonly zone: string;
  /** Null: all day, every day but holidays. */
  readonly week: Week | null;
  /** Local days on which nothing counts: `2026-12-25`. */
  readonly holidays: readonly string[];
}

const wholeDay: readonly Span[] = [{ from: 0, to: 24 * 60 }];

/** Whether time that passes from here on counts. */
export function isOpen(calendar: Calendar, at: Date): boolean {
  const local = toLocal(calendar.zone, at.getTime());
  const minute = (local - Math.floor(local / dayMs) * dayMs) / minuteMs;
  return spansOf(calendar, Math.floor(local / dayMs)).some(({ from, to }) => minute >= from && minute < to);
}

/** How much time that counts lies between two moments, in milliseconds; 0 where `to` is before `from`. */
export function elapsedBusinessMs(calendar: Calendar, from: Date, to: Date): number {
  if (isAlways(calendar)) return Math.max(0, to.getTime() - from.getTime());
  let elapsed = 0;
  for (const { start, end } of openTimes(calendar, from.getTime(), to.getTime())) elapsed += end - start;
  return elapsed;
}

/** Longer than any business is closed: a calendar that never opens again must not be searched for ever. */
const searchedDays = 400;

/** The first moment by which so much time that counts has passed since `from`. Null: it never will have. */
export function addBusinessMs(calendar: Calendar, from: Date, ms: number): Date | null {
  const begin = from.getTime();
  if (isAlways(calendar) || ms <= 0) return new Date(begin + ms);
  let left = ms;
  for (const { start, end } of openTimes(calendar, begin, begin + searchedDays * dayMs)) {
    if (end - start >= left) return new Date(start + left);
    left -= end - start;
  }
  return null;
}

/**
 * The moment at which a local time of day comes on the first day that counts, from the day of `from` on; a message at `until` or later belongs to the next day.
 * @param answeredBy minutes of the day; not after `until`: of the day after. Null: no day counts
 */
export function cutOffAfter(calendar: Calendar, from: Date, until: number, answeredBy: number): Date | null {
  const local = toLocal(calendar.zone, from.getTime());
  const today = Math.floor(local / dayMs);
  const first = local - today * dayMs < until * minuteMs ? today : today + 1;
  const days = Array.from({ length: searchedDays }, (_, index) => first + index);
  const day = days.find((candidate) => spansOf(calendar, candidate).length > 0);
  if (day === undefined) return null;
  const due = (answeredBy > until ? day : day + 1) * dayMs + answeredBy * minuteMs;
  return new Date(fromLocal(calendar.zone, due));
}

const isAlways = ({ week, holidays }: Calendar): boolean => week === null && holidays.length === 0;

/** @param day number of the local day since 1970-01-01, a Thursday */
function spansOf({ week, holidays }: Calendar, day: number): readonly Span[] {
  if (holidays.length > 0 && holidays.includes(new Date(day * dayMs).toISOString().slice(0, 10))) return [];
  return week ? (week[(day + 3) % 7] ?? []) : wholeDay;
}

/** The stretches that count, in order. Each lies in one local day and under one offset, so that local and real time run alike in it. */
export function* openTimes(calendar: Calendar, from: number, to: number): Generator<{ readonly start: number; readonly end: number }> {
  const { zone } = calendar;
  for (let at = from; at < to; ) {
    const offset = offsetMsAt(zone, at);
    const day = Math.floor((at + offset) / dayMs);
    const midnight = day * dayMs - offset;
    const until = nextChange(zone, at, Math.min(to, midnight + dayMs));
    for (const span of spansOf(calendar, day)) {
      const start = Math.max(at, midnight + span.from * minuteMs);
      const end = Math.min(until, midnight + span.to * minuteMs);
      if (start < end) yield { start, end };
    }
    at = until;
  }
}
