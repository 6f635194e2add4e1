import { type Grouping, groupings } from './answer.ts';
import { type StatsRange, statsRange } from './range.ts';

/** What follows `/tm stats`: a range and what to group by, in any order; `usual` where no range is given. Null: it is not that. Pure. */
export function figuresWanted(
  words: string,
  usual: string,
  zone: string,
  now: Date,
): { readonly range: StatsRange; readonly by: Grouping | null } | null {
  const given = words.trim().split(/\s+/).filter(Boolean);
  const by = groupings.find((one) => given.includes(one)) ?? null;
  const [days = usual, ...more] = given.filter((word) => word !== by);
  const range = more.length === 0 ? statsRange(days, zone, now) : null;
  return range && { range, by };
}
