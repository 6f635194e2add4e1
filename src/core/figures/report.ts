import type { ReportSetting } from '../settings.ts';
import { daysFrom, type StatsRange } from './range.ts';
import { addDays, type LocalDay, localDay, offsetMs, startOfLocalDay } from './zone.ts';

/** A report that is due: of which days, since when. */
export interface DueReport {
  readonly range: StatsRange;
  readonly dueAt: Date;
}

/**
 * The last report that has come due: of yesterday, of the week (Monday to Sunday) or the month before. Null: it came due longer ago than `lateMs`,
 * since nothing ran; nobody wants three of them on a Monday. Pure.
 */
export function dueReport(report: Pick<ReportSetting, 'every' | 'at' | 'timezone'>, now: Date, lateMs: number): DueReport | null {
  const { every, at, timezone } = report;
  for (let day = localDay(timezone, now), back = 0; back <= 1; day = addDays(day, -1), back += 1) {
    const range = rangeBefore(every, timezone, day);
    const dueAt = range && timeOfDay(timezone, day, at);
    if (range && dueAt && dueAt <= now) return now.getTime() - dueAt.getTime() <= lateMs ? { range, dueAt } : null;
  }
  return null;
}

/** What a report of that day is about; null: it is not the day for one. */
function rangeBefore(every: ReportSetting['every'], zone: string, day: LocalDay): StatsRange | null {
  switch (every) {
    case 'day':
      return daysFrom(zone, addDays(day, -1), addDays(day, -1));
    case 'week':
      return new Date(`${day}T00:00:00Z`).getUTCDay() === 1 ? daysFrom(zone, addDays(day, -7), addDays(day, -1)) : null;
    case 'month': {
      if (!day.endsWith('-01')) return null;
      const last = addDays(day, -1);
      return daysFrom(zone, `${last.slice(0, 8)}01`, last);
    }
  }
}

/** A time of a local day, `09:00`; where clocks skip it, as much later. */
function timeOfDay(zone: string, day: LocalDay, at: string): Date {
  const [hours = 0, minutes = 0] = at.split(':').map(Number);
  const wall = Date.parse(`${day}T00:00:00Z`) + (hours * 60 + minutes) * 60_000;
  // Clocks may be changed between midnight and then. The time that they have after it counts, unless they skip that time.
  const before = new Date(wall - offsetMs(zone, startOfLocalDay(zone, day)));
  const after = new Date(wall - offsetMs(zone, before));
  return after.getTime() + offsetMs(zone, after) === wall ? after : before;
}
