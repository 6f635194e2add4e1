import type { AgentSetting } from '../settings.ts';
import type { Calendar } from '../sla/hours.ts';
import { dayMs, isOpen, openTimes } from '../sla/hours.ts';

/** What somebody said with `away` or `back`; it goes before their hours. */
export interface Presence {
  readonly state: 'away' | 'back';
  /** Null: until they say otherwise. */
  readonly until: Date | null;
}

/** From `from` on, up to but not including `to`. */
export interface Shift {
  readonly from: Date;
  readonly to: Date;
}

type Hours = Pick<AgentSetting, 'hours' | 'zone'>;

/** Whether somebody may be given or pinged for an inquiry. Without hours of their own they always may. Pure. */
export function isOnDuty(agent: Hours, presence: Presence | null, now: Date): boolean {
  if (presence && (presence.until === null || now < presence.until)) return presence.state === 'back';
  const calendar = calendarOf(agent);
  return calendar === null || isOpen(calendar, now);
}

/** The shift by their hours that goes on at `now`; null: none does, or they have no hours. One that never ends ends in a week. Pure. */
export const currentShift = (agent: Hours, now: Date): Shift | null =>
  shiftsAround(agent, now).find(({ from, to }) => from <= now && now < to) ?? null;

/** The next shift by their hours that begins after `now`; null: there is none, or they have no hours. Pure. */
export const nextShift = (agent: Hours, now: Date): Shift | null => shiftsAround(agent, now).find(({ from }) => from > now) ?? null;

/** Where an agent has hours the file names a zone too. */
const calendarOf = ({ hours, zone = 'UTC' }: Hours): Calendar | null => (hours ? { zone, week: hours, holidays: [] } : null);

/** Hours come back every week, so every shift has begun by then. */
const reachMs = 8 * dayMs;

/** Hours that touch, at midnight say, are one shift. */
function shiftsAround(agent: Hours, now: Date): readonly Shift[] {
  const calendar = calendarOf(agent);
  if (!calendar) return [];
  const shifts: Shift[] = [];
  for (const { start, end } of openTimes(calendar, now.getTime() - reachMs, now.getTime() + reachMs)) {
    const last = shifts.at(-1);
    if (last?.to.getTime() === start) shifts[shifts.length - 1] = { from: last.from, to: new Date(end) };
    else shifts.push({ from: new Date(start), to: new Date(end) });
  }
  return shifts;
}
