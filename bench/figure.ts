import { median, spread } from './stats.ts';

export type Unit = 'per-second' | 'ms' | 's' | 'MB' | 'percent' | 'count' | 'kB';

/** One value of the product, and what it is compared with, measured right before or after it. */
export interface Pair {
  readonly product: number;
  readonly against: number;
}

/** What is hoped for: of the ratio, or of the value itself. */
export interface Aim {
  readonly of: 'ratio' | 'value';
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** One row of the table. */
export interface Figure {
  /** `ack.peak`; `texts.ts` has its words. */
  readonly id: string;
  readonly unit: Unit;
  readonly better: 'higher' | 'lower';
  /** Medians. */
  readonly product: number;
  readonly against: number;
  /** Median of the ratios product / against. */
  readonly ratio: number;
  /** Highest less lowest ratio, as a share of their median: what is smaller than this cannot be seen here. */
  readonly noise: number;
  readonly aim: Aim | null;
}

export function toFigure(id: string, unit: Unit, better: Figure['better'], pairs: readonly Pair[], aim: Aim | null = null): Figure {
  const ratios = pairs.map(({ product, against }) => product / against);
  return {
    id,
    unit,
    better,
    product: median(pairs.map(({ product }) => product)),
    against: median(pairs.map(({ against }) => against)),
    ratio: median(ratios),
    noise: spread(ratios),
    aim,
  };
}

export function meetsAim({ aim, ratio, product }: Figure): boolean {
  if (!aim) return true;
  const value = aim.of === 'ratio' ? ratio : product;
  return value >= (aim.atLeast ?? Number.NEGATIVE_INFINITY) && value <= (aim.atMost ?? Number.POSITIVE_INFINITY);
}

/** Of machines, not of the product: less than this is never called a change. */
const leastNoise = 0.05;

/** How many times worse than before, where that is more than the noise of both; else null. A figure that could not be measured any more is infinitely worse. */
export function worsening(now: Figure, before: Figure): number | null {
  if (Number.isFinite(before.ratio) && !Number.isFinite(now.ratio)) return Number.POSITIVE_INFINITY;
  const times = now.better === 'higher' ? before.ratio / now.ratio : now.ratio / before.ratio;
  return times > 1 + Math.max(leastNoise, now.noise, before.noise) ? times : null;
}
