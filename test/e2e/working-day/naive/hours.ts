// Hours as people read them off a clock: minute by minute, however long that takes.

const minuteMs = 60_000;
const dayNames = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
type DayName = (typeof dayNames)[number];

/** What a clock on the wall shows. */
export interface WallTime {
  /** `2026-11-26` */
  readonly date: string;
  readonly weekday: DayName;
  readonly hour: number;
  /** Of the day, from 0 to 1439. */
  readonly minute: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();
const seen = new Map<string, Map<number, WallTime>>();

/** Every minute of every zone is looked up once. */
export function wallTime(zone: string, at: number): WallTime {
  const minutes = seen.get(zone) ?? new Map<number, WallTime>();
  seen.set(zone, minutes);
  const number = Math.floor(at / minuteMs);
  const known = minutes.get(number);
  if (known) return known;
  const format =
    formats.get(zone) ??
    new Intl.DateTimeFormat('en-GB', { timeZone: zone, dateStyle: 'full', timeStyle: 'short', hourCycle: 'h23', calendar: 'gregory' });
  formats.set(zone, format);
  // `Thursday, 26 November 2026 at 14:05` or the like.
  const [, weekday = '', dayOfMonth = '', month = '', year = '', hour = '', minute = ''] =
    /^(\w{3})\w*,? (\d+) (\w+) (\d+)\D+(\d\d):(\d\d)$/.exec(format.format(at)) ?? [];
  const wall: WallTime = {
    date: `${year}-${String(months.indexOf(month) + 1).padStart(2, '0')}-${dayOfMonth.padStart(2, '0')}`,
    weekday: weekday.toLowerCase() as DayName,
    hour: Number(hour),
    minute: Number(hour) * 60 + Number(minute),
  };
  if (!dayNames.includes(wall.weekday) || wall.date.length !== 10) throw new Error(`"${format.format(at)}" cannot be read`);
  minutes.set(number, wall);
  return wall;
}

const months = 'January February March April May June July August September October November December'.split(' ');

/** `11-26 14:05` */
export const shownTime = (zone: string, at: number): string => {
  const { date, hour, minute } = wallTime(zone, at);
  return `${date.slice(5)} ${String(hour).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
};

type Hours = Readonly<Record<string, readonly string[]>>;

const holdsOn = (name: string, day: DayName): boolean => {
  if (name === 'daily') return true;
  const [from = '', to = from] = name.split('-');
  return dayNames.indexOf(day) >= dayNames.indexOf(from as DayName) && dayNames.indexOf(day) <= dayNames.indexOf(to as DayName);
};

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));

/** Whether these hours hold at that moment. `22:00-06:00` ends on the day after. */
export function isOpen(hours: Hours, zone: string, at: number): boolean {
  const { weekday, minute } = wallTime(zone, at);
  const dayBefore = dayNames[(dayNames.indexOf(weekday) + 6) % 7] ?? 'sun';
  return Object.entries(hours).some(([name, spans]) =>
    spans.some((span) => {
      const [from, to] = [minuteOf(span.slice(0, 5)), minuteOf(span.slice(6))];
      if (from < to) return holdsOn(name, weekday) && minute >= from && minute < to;
      return (holdsOn(name, weekday) && minute >= from) || (holdsOn(name, dayBefore) && minute < to);
    }),
  );
}

/** How much of the time between two moments lies in these hours; null: all of it counts. */
export function openBetween(hours: Hours | null, zone: string, from: number, to: number): number {
  if (hours === null) return Math.max(0, to - from);
  let open = 0;
  for (let at = from; at < to; at = nextMinute(at)) if (isOpen(hours, zone, at)) open += Math.min(to, nextMinute(at)) - at;
  return open;
}

/** The first moment by which so much open time has passed. */
export function afterOpen(hours: Hours | null, zone: string, from: number, ms: number): number {
  if (hours === null) return from + ms;
  let left = ms;
  for (let at = from; ; at = nextMinute(at)) {
    if (at - from > 10 * 86_400_000) throw new Error('these hours never come');
    if (!isOpen(hours, zone, at)) continue;
    const open = nextMinute(at) - at;
    if (open >= left) return at + left;
    left -= open;
  }
}

const nextMinute = (at: number): number => (Math.floor(at / minuteMs) + 1) * minuteMs;
