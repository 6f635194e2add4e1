import type { Span, Week } from '../sla/hours.ts';
import { toLocal } from '../sla/zones.ts';

const dayMs = 24 * 60 * 60_000;
const names = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** The weekday and the time that clocks at a place show: `fri 23:10`. */
export function localTime(zone: string, now: Date): string {
  const local = toLocal(zone, now.getTime());
  // The first of January 1970 was a Thursday.
  return `${names[(((Math.floor(local / dayMs) + 3) % 7) + 7) % 7]} ${new Date(local).toISOString().slice(11, 16)}`;
}

/** `mon-fri 09:00-18:00, sat 10:00-12:00`: days in a row that are alike go together. */
export function weekText(week: Week): string {
  const days = week.map((spans) => spans.map(spanText).join(' '));
  const rows: { readonly first: number; readonly last: number; readonly spans: string }[] = [];
  for (const [day, spans] of days.entries()) {
    const before = rows.at(-1);
    if (before?.spans === spans) rows[rows.length - 1] = { ...before, last: day };
    else rows.push({ first: day, last: day, spans });
  }
  return rows
    .filter(({ spans }) => spans !== '')
    .map(({ first, last, spans }) => `${first === last ? names[first] : `${names[first]}-${names[last]}`} ${spans}`)
    .join(', ');
}

const spanText = ({ from, to }: Span): string => `${timeText(from)}-${timeText(to)}`;
const timeText = (minutes: number): string =>
  [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');
