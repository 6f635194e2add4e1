import type { ShopId } from '../ids.ts';
import { addDays, type LocalDay, localDay } from './zone.ts';

/** How a marketplace itself counts how a shop answers. Null: it does not tell. */
export interface MarketplaceFigures {
  /** Chats that it counts. */
  readonly sessions: number | null;
  /** Of 0 to 1, by its own rule. */
  readonly responseRate: number | null;
  readonly responseMs: number | null;
  /** Of 0 to 1. */
  readonly satisfaction: number | null;
}

/** Those of one day, as they were read last: marketplaces correct theirs. */
export interface PerformanceDay extends MarketplaceFigures {
  readonly shopId: ShopId;
  /** The marketplace's own; taken to be one of the shop's zone. */
  readonly day: LocalDay;
  readonly readAt: Date;
}

/** Those of the days of a range that are there, as one. */
export interface PerformanceSummary extends MarketplaceFigures {
  readonly shopId: ShopId;
  readonly shopName: string;
  readonly marketplace: string;
  readonly firstDay: LocalDay;
  readonly lastDay: LocalDay;
  /** When the newest of them was read. */
  readonly readAt: Date;
}

/** Yesterday and the days before it that are read again. */
const daysCorrected = 3;

/** Days that are to be read now: each of the last ones once a day. Pure. */
export function daysToRead(zone: string, now: Date, readAt: ReadonlyMap<LocalDay, Date>): readonly LocalDay[] {
  const today = localDay(zone, now);
  return Array.from({ length: daysCorrected }, (_, back) => addDays(today, -1 - back)).filter((day) => {
    const at = readAt.get(day);
    return at === undefined || localDay(zone, at) < today;
  });
}

/** Days among which those of every zone's calendar are, so that one question tells of all shops. */
export const correctedDays = (now: Date): readonly [first: LocalDay, last: LocalDay] => {
  const day = localDay('UTC', now);
  return [addDays(day, -1 - daysCorrected), addDays(day, 1)];
};

/** Sessions are added up; of everything else the mean, each day by its sessions. Null: there is no day. Pure. */
export function performanceSummary(
  days: readonly PerformanceDay[],
  shop: Pick<PerformanceSummary, 'shopId' | 'shopName' | 'marketplace'>,
): PerformanceSummary | null {
  const sorted = days.toSorted((a, b) => (a.day < b.day ? -1 : 1));
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (!first || !last) return null;
  const sessions = days.flatMap((one) => one.sessions ?? []);
  const mean = (figure: 'responseRate' | 'responseMs' | 'satisfaction') =>
    weightedMean(days.map((one) => [one[figure], one.sessions ?? 1]));
  return {
    ...shop,
    ...{ firstDay: first.day, lastDay: last.day },
    readAt: new Date(Math.max(...days.map(({ readAt }) => readAt.getTime()))),
    sessions: sessions.length === 0 ? null : sessions.reduce((sum, count) => sum + count, 0),
    ...{ responseRate: mean('responseRate'), responseMs: mean('responseMs'), satisfaction: mean('satisfaction') },
  };
}

function weightedMean(values: readonly (readonly [value: number | null, weight: number])[]): number | null {
  const told = values.flatMap(([value, weight]) => (value === null ? [] : [{ value, weight }]));
  const whole = told.reduce((sum, { weight }) => sum + weight, 0);
  return whole === 0 ? null : told.reduce((sum, { value, weight }) => sum + value * weight, 0) / whole;
}
