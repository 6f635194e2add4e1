import { z } from 'zod';
import type { Span, Week } from '../../core/sla/hours.ts';
import { because, isTimezone } from './values.ts';

const dayMinutes = 24 * 60;
const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
/** Names of several days. For a day that several name, the first of these holds, and its own name before all. */
const groups = [
  { name: 'sat-sun', has: days.slice(5) },
  { name: 'mon-fri', has: days.slice(0, 5) },
  { name: 'mon-sat', has: days.slice(0, 6) },
  { name: 'daily', has: days },
] as const;

/** `18:00`, in minutes of the day. `24:00` is the end of it. */
export const timeOfDay = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/, because('config.expected.time-of-day'))
  .transform(toMinutes);

/** `09:00-18:00`; `22:00-06:00` ends on the day after. */
const span = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d-(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/, because('config.expected.hours'))
  .transform((given): Span => ({ from: toMinutes(given.slice(0, 5)), to: toMinutes(given.slice(6)) }));

/** One span, or a list of them; empty: closed. */
const spans = z.preprocess((given) => (typeof given === 'string' ? [given] : given), z.array(span)).exactOptional();

/** `{ mon-fri: 09:00-18:00, sat: [10:00-12:00, 13:00-16:00] }`. A day that nothing names is closed. */
export const week = z
  .strictObject({
    daily: spans,
    'mon-sat': spans,
    'mon-fri': spans,
    'sat-sun': spans,
    mon: spans,
    tue: spans,
    wed: spans,
    thu: spans,
    fri: spans,
    sat: spans,
    sun: spans,
  })
  .transform((given): Week => {
    const named = days.map((day) => {
      const group = groups.find(({ name, has }) => has.includes(day) && given[name]);
      return given[day] ?? (group && given[group.name]) ?? [];
    });
    return named.map((own, index) => joined([...own.map(untilMidnight), ...(named.at(index - 1) ?? []).flatMap(afterMidnight)]));
  });

/** The shop's own zone is null. */
export const zone = z
  .string()
  .refine((name) => name === 'shop' || isTimezone(name), because('config.expected.zone'))
  .transform((name) => (name === 'shop' ? null : name));

export const holidays = z.array(z.iso.date(because('config.expected.date')));

function toMinutes(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

const endsNextDay = ({ from, to }: Span): boolean => to <= from;
const untilMidnight = (given: Span): Span => (endsNextDay(given) ? { from: given.from, to: dayMinutes } : given);
const afterMidnight = (given: Span): readonly Span[] => (endsNextDay(given) && given.to > 0 ? [{ from: 0, to: given.to }] : []);

/** In order, and one where they touch or overlap. */
function joined(given: readonly Span[]): readonly Span[] {
  const made: Span[] = [];
  for (const { from, to } of given.toSorted((a, b) => a.from - b.from)) {
    const last = made.at(-1);
    if (last && from <= last.to) made[made.length - 1] = { from: last.from, to: Math.max(last.to, to) };
    else made.push({ from, to });
  }
  return made;
}
