import { startOf } from './spans.ts';
import { addDays, type LocalDay, localDay, type Stretch, startOfLocalDay, stretchesOf } from './zone.ts';

/** Whole days of a zone. */
export interface StatsRange {
  readonly zone: string;
  readonly firstDay: LocalDay;
  readonly lastDay: LocalDay;
  readonly from: Date;
  /** The first moment after it. */
  readonly to: Date;
}

/** Longer than three years nobody looks back at once. */
export const mostDays = 1_100;

const day = /^\d{4}-\d{2}-\d{2}$/;

/**
 * What people write for a range: `today`, `yesterday`, `7d` (today and the six days before it), a day, or `from..to`, both included.
 * Null: it is none, or longer than `mostDays`.
 */
export function statsRange(words: string, zone: string, now: Date): StatsRange | null {
  const today = localDay(zone, now);
  if (words === 'today') return daysFrom(zone, today, today);
  if (words === 'yesterday') return daysFrom(zone, addDays(today, -1), addDays(today, -1));
  const [, count] = /^(\d{1,4})d$/.exec(words) ?? [];
  if (count !== undefined) return Number(count) < 1 ? null : daysFrom(zone, addDays(today, 1 - Number(count)), today);
  const [first = '', last = first, ...rest] = words.split('..');
  return rest.length === 0 && isDay(first) && isDay(last) ? daysFrom(zone, first, last) : null;
}

/** Null: it ends before it begins, or is too long. */
export function daysFrom(zone: string, firstDay: LocalDay, lastDay: LocalDay): StatsRange | null {
  if (firstDay > lastDay || addDays(firstDay, mostDays) <= lastDay) return null;
  return { zone, firstDay, lastDay, from: startOfLocalDay(zone, firstDay), to: startOfLocalDay(zone, addDays(lastDay, 1)) };
}

/** Each day of a range by itself. */
export function eachDay({ zone, firstDay, lastDay }: StatsRange): readonly StatsRange[] {
  const days: StatsRange[] = [];
  for (let one = firstDay; one <= lastDay; one = addDays(one, 1)) {
    const range = daysFrom(zone, one, one);
    if (range) days.push(range);
  }
  return days;
}

/** In a longer range the month in which clocks are changed is told by the clocks at its end: by days it would be read three times as much. */
const exactDays = 92;

/** The stretches of a range in which clocks are not changed. */
export function stretchesIn({ zone, firstDay, lastDay, from, to }: StatsRange): readonly Stretch[] {
  const exact = stretchesOf(zone, from, to);
  if (addDays(firstDay, exactDays) > lastDay) return exact;
  const ends = exact.map((stretch) => (stretch.to < to ? later(from, startOf('month', stretch.to)) : to));
  return exact.flatMap(({ offsetMs }, index) => {
    const [begin, end] = [index === 0 ? from : (ends[index - 1] ?? from), ends[index] ?? to];
    return begin < end ? [{ from: begin, to: end, offsetMs }] : [];
  });
}

const later = (a: Date, b: Date): Date => (a > b ? a : b);

/** Years from 2000 to 2999: before, zones were no multiples of fifteen minutes away from UTC. */
function isDay(text: string): boolean {
  return day.test(text) && text >= '2000' && text < '3000' && !Number.isNaN(Date.parse(`${text}T00:00:00Z`)) && addDays(text, 0) === text;
}
