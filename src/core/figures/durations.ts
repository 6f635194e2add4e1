/**
 * Durations as they are kept: how many, their sum, and a histogram of fixed buckets. Means are exact; a quantile is the upper end of its bucket, so it is never
 * below the true value and above it by less than one step.
 */
export interface Durations {
  readonly count: number;
  readonly sumMs: number;
  /** Upper end of a bucket and how many fell in it, ascending; empty buckets are left out. */
  readonly buckets: readonly Bucket[];
}

type Bucket = readonly [upToMs: number, count: number];

/** Up to here in steps of that: fine where marketplaces count seconds, coarse where nobody does. */
const steps: readonly { readonly upToMs: number; readonly stepMs: number }[] = [
  { upToMs: 60_000, stepMs: 1_000 },
  { upToMs: 10 * 60_000, stepMs: 5_000 },
  { upToMs: 3_600_000, stepMs: 30_000 },
  { upToMs: 12 * 3_600_000, stepMs: 5 * 60_000 },
  { upToMs: 3 * 86_400_000, stepMs: 30 * 60_000 },
  { upToMs: 30 * 86_400_000, stepMs: 6 * 3_600_000 },
];
const dayMs = 86_400_000;

export const noDurations: Durations = { count: 0, sumMs: 0, buckets: [] };

/** Upper end of the bucket that holds it: 0 alone, then more than the end before and no more than its own. Above thirty days: whole days. */
export function bucketOf(durationMs: number): number {
  const { stepMs } = steps.find(({ upToMs }) => durationMs <= upToMs) ?? { stepMs: dayMs };
  return Math.ceil(Math.max(0, durationMs) / stepMs) * stepMs;
}

/** Collects durations, single ones and what was collected before. */
export class DurationTally {
  #count = 0;
  #sumMs = 0;
  readonly #buckets = new Map<number, number>();

  /** Below zero (two clocks that disagree) counts as zero. */
  add(durationMs: number): void {
    this.#count += 1;
    this.#sumMs += Math.max(0, durationMs);
    this.#into(bucketOf(durationMs), 1);
  }

  merge({ count, sumMs, buckets }: Durations): void {
    this.#count += count;
    this.#sumMs += sumMs;
    for (const [upToMs, inIt] of buckets) this.#into(upToMs, inIt);
  }

  result(): Durations {
    return { count: this.#count, sumMs: this.#sumMs, buckets: [...this.#buckets].sort(([a], [b]) => a - b) };
  }

  #into(upToMs: number, count: number): void {
    this.#buckets.set(upToMs, (this.#buckets.get(upToMs) ?? 0) + count);
  }
}

/** Null: there are none. */
export const meanMs = ({ count, sumMs }: Durations): number | null => (count === 0 ? null : sumMs / count);

/**
 * The bucket's upper end at or below which this share of the durations lies (nearest rank); null: there are none.
 * @param share above 0, up to 1
 */
export function quantileMs({ count, buckets }: Durations, share: number): number | null {
  const rank = Math.max(1, Math.ceil(count * share));
  let seen = 0;
  for (const [upToMs, inIt] of buckets) {
    seen += inIt;
    if (seen >= rank) return upToMs;
  }
  return null;
}
