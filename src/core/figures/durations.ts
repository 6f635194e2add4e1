/**
 * Durations as they are kept: how many, their sum, and a histogram of fixed buckets. Means are exact; a quantile is the upper end of its bucket, so it is never
 * below the true value and above it by less than one step.
 */
export interface Durations {
  readonly count: number;
  readonly sumMs: number;
  /**
   * For each bucket that holds some, in order: how far its number is above the one before (the first: above -1), and how many are in it; both in letters of five
   * bits each, low ones first, from `0` on, or from `P` on where more follow. A year of a shop is thousands of buckets, and as lists they would be ten times as long.
   */
  readonly buckets: string;
}

/** Up to here in steps of that: fine where marketplaces count seconds, coarse where nobody does. After the last, days. */
const steps: readonly { readonly upToMs: number; readonly stepMs: number }[] = [
  { upToMs: 60_000, stepMs: 1_000 },
  { upToMs: 10 * 60_000, stepMs: 5_000 },
  { upToMs: 3_600_000, stepMs: 30_000 },
  { upToMs: 12 * 3_600_000, stepMs: 5 * 60_000 },
  { upToMs: 3 * 86_400_000, stepMs: 30 * 60_000 },
  { upToMs: 30 * 86_400_000, stepMs: 6 * 3_600_000 },
  { upToMs: Number.POSITIVE_INFINITY, stepMs: 86_400_000 },
];

export const noDurations: Durations = { count: 0, sumMs: 0, buckets: '' };

/** Number of the bucket that holds it: 0 holds zero alone, every other more than the end of the one before and no more than its own. */
export function bucketOf(durationMs: number): number {
  let [number, fromMs] = [0, 0];
  for (const { upToMs, stepMs } of steps) {
    if (durationMs <= upToMs) return number + Math.ceil((Math.max(fromMs, durationMs) - fromMs) / stepMs);
    number += (upToMs - fromMs) / stepMs;
    fromMs = upToMs;
  }
  return number;
}

/** Upper end of a bucket. */
export function endOfBucket(number: number): number {
  let [first, fromMs] = [0, 0];
  for (const { upToMs, stepMs } of steps) {
    const here = (upToMs - fromMs) / stepMs;
    if (number - first <= here) return fromMs + (number - first) * stepMs;
    first += here;
    fromMs = upToMs;
  }
  return fromMs;
}

/** Collects durations, single ones and what was collected before. */
export class DurationTally {
  #count = 0;
  #sumMs = 0;
  /** By number of the bucket, with holes. */
  readonly #buckets: number[] = [];

  /** Below zero (two clocks that disagree) counts as zero. */
  add(durationMs: number): void {
    this.#count += 1;
    this.#sumMs += Math.max(0, durationMs);
    this.#into(bucketOf(durationMs), 1);
  }

  merge(durations: Durations): void {
    this.#count += durations.count;
    this.#sumMs += durations.sumMs;
    eachBucket(durations, (number, count) => this.#into(number, count));
  }

  result(): Durations {
    let letters = '';
    let before = -1;
    for (let number = 0; number < this.#buckets.length; number += 1) {
      const count = this.#buckets[number];
      if (count === undefined) continue;
      letters += lettersOf(number - before) + lettersOf(count);
      before = number;
    }
    return { count: this.#count, sumMs: this.#sumMs, buckets: letters };
  }

  #into(number: number, count: number): void {
    this.#buckets[number] = (this.#buckets[number] ?? 0) + count;
  }
}

const firstLetter = 48;

function lettersOf(value: number): string {
  let letters = '';
  let rest = value;
  for (; rest >= 32; rest = Math.floor(rest / 32)) letters += String.fromCharCode(firstLetter + 32 + (rest % 32));
  return letters + String.fromCharCode(firstLetter + rest);
}

function eachBucket({ buckets }: Durations, visit: (number: number, count: number) => void): void {
  let [number, gap, isGap, value, scale] = [-1, 0, true, 0, 1];
  for (let at = 0; at < buckets.length; at += 1) {
    const bits = buckets.charCodeAt(at) - firstLetter;
    value += (bits & 31) * scale;
    scale *= 32;
    if (bits > 31) continue;
    if (isGap) gap = value;
    else {
      number += gap;
      visit(number, value);
    }
    [isGap, value, scale] = [!isGap, 0, 1];
  }
}

/** Null: there are none. */
export const meanMs = ({ count, sumMs }: Durations): number | null => (count === 0 ? null : sumMs / count);

/**
 * The bucket's upper end at or below which this share of the durations lies (nearest rank); null: there are none.
 * @param share above 0, up to 1
 */
export function quantileMs(durations: Durations, share: number): number | null {
  const rank = Math.max(1, Math.ceil(durations.count * share));
  let seen = 0;
  let found: number | null = null;
  eachBucket(durations, (number, count) => {
    seen += count;
    if (found === null && seen >= rank) found = number;
  });
  return found === null ? null : endOfBucket(found);
}
