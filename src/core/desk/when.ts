import { fromLocal, toLocal } from '../sla/zones.ts';
import { type Locale, text } from '../texts/index.ts';
import { addMs } from '../time.ts';
import { durationMs, timeOfDay } from './parse.ts';

const dayMs = 24 * 3_600_000;

/** `2h` from now, or the next time that a clock in `zone` shows `09:00`. Null: it is neither. */
export function momentOf(words: string, now: Date, zone: string): Date | null {
  const ms = durationMs(words);
  if (ms !== null) return addMs(now, ms);
  const time = timeOfDay(words);
  if (time === null) return null;
  const local = toLocal(zone, now.getTime());
  const today = Math.floor(local / dayMs) * dayMs + (time.hour * 60 + time.minute) * 60_000;
  return new Date(
    [today, today + dayMs, today + 2 * dayMs].map((moment) => fromLocal(zone, moment)).find((moment) => moment > now.getTime()) ?? 0,
  );
}

/** `11-27 20:38` as a clock in `zone` shows it: the same in every language. */
export function localTime(at: Date, zone: string): string {
  return new Date(toLocal(zone, at.getTime())).toISOString().slice(5, 16).replace('T', ' ');
}

/** By the shop's clock, and by the reader's own where that shows something else. Pure. @param own IANA name; null: not known */
export function timeInBoth(at: Date, shop: string, own: string | null, locale: Locale): string {
  const there = localTime(at, shop);
  const here = own === null ? there : localTime(at, own);
  return here === there ? there : text(locale, 'time.both', { there, here });
}
