import { offsetMsAt } from '../sla/zones.ts';
import { slotMs, startOf } from './spans.ts';

/** A day of the calendar, `2026-11-27`; sorts as text. */
export type LocalDay = string;

/** True for a zone that this runtime knows, as an IANA name. */
export function isZone(zone: string): boolean {
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    offsetMsAt(zone, 0);
    return true;
  } catch {
    return false;
  }
}

/** The zone that all share; UTC where they do not. */
export function commonZone(zones: readonly string[]): string {
  const [zone, ...others] = new Set(zones);
  return zone !== undefined && others.length === 0 ? zone : 'UTC';
}

/** By how many milliseconds clocks there are ahead of UTC at this moment. */
export const offsetMs = (zone: string, at: Date): number => offsetMsAt(zone, at.getTime());

export const localDay = (zone: string, at: Date): LocalDay => new Date(at.getTime() + offsetMs(zone, at)).toISOString().slice(0, 10);

/** As on a wall there: `2026-11-27 14:05`. */
export const localTime = (zone: string, at: Date): string =>
  new Date(at.getTime() + offsetMs(zone, at)).toISOString().slice(0, 16).replace('T', ' ');

export function addDays(day: LocalDay, days: number): LocalDay {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** Zones lie between twelve hours behind UTC and fourteen ahead. */
const mostAheadMs = 15 * 3_600_000;
const mostBehindMs = 13 * 3_600_000;

/** The first moment of a day there: midnight, or, where clocks skip midnight, when they go on. */
export function startOfLocalDay(zone: string, day: LocalDay): Date {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  return firstSlot(midnight - mostAheadMs, midnight + mostBehindMs, (at) => localDay(zone, at) >= day);
}

/** A stretch of time in which clocks are not changed. */
export interface Stretch {
  readonly from: Date;
  readonly to: Date;
  readonly offsetMs: number;
}

/** The stretches that time from `from` to `to` falls into where clocks are changed. */
export function stretchesOf(zone: string, from: Date, to: Date): readonly Stretch[] {
  const found: Stretch[] = [];
  for (let [at, offset] = [from, offsetMs(zone, from)]; at < to; ) {
    const end = endOfOffset(zone, at, to, offset);
    found.push({ from: at, to: end, offsetMs: offset });
    [at, offset] = [end, offsetMs(zone, end)];
  }
  return found;
}

const dayMs = 86_400_000;

/** When clocks are changed next, or `to`. No zone changes them twice within a day. */
function endOfOffset(zone: string, from: Date, to: Date, offset: number): Date {
  for (let at = from.getTime(); at < to.getTime(); at += dayMs) {
    const next = Math.min(at + dayMs, to.getTime());
    if (offsetMs(zone, new Date(next)) !== offset) return firstSlot(at, next, (moment) => offsetMs(zone, moment) !== offset);
  }
  return to;
}

/** The first slot from `lowMs` on at whose start it holds; from there on it holds until `highMs`, where it does. */
function firstSlot(lowMs: number, highMs: number, holds: (at: Date) => boolean): Date {
  let low = startOf('slot', new Date(lowMs)).getTime();
  let high = startOf('slot', new Date(highMs)).getTime();
  while (low < high) {
    const middle = low + Math.floor((high - low) / slotMs / 2) * slotMs;
    if (holds(new Date(middle))) high = middle;
    else low = middle + slotMs;
  }
  return new Date(low);
}
