import type { Measured, Stage } from './stage.ts';

export interface Round<Result> {
  readonly product: Result;
  readonly baseline: Result;
}

/**
 * Measures both, one after the other, each at rest, again and again; who is first changes, so that a machine that slows down favours neither.
 * @param warm whether both have done this before: what runs for the first time is slower than it will be, and is not counted
 */
export async function inTurns<Result>(
  rounds: number,
  { product, baseline, rest }: Pick<Stage, 'product' | 'baseline' | 'rest'>,
  run: (one: Measured) => Promise<Result>,
  warm = false,
): Promise<readonly Round<Result>[]> {
  const all: Round<Result>[] = [];
  const measure = async (one: Measured): Promise<Result> => {
    const result = await run(one);
    // What follows from it would slow whoever is next.
    await rest();
    return result;
  };
  if (!warm) {
    await measure(baseline);
    await measure(product);
  }
  for (let round = 0; round < rounds; round += 1) {
    if (round % 2 === 0) all.push({ product: await measure(product), baseline: await measure(baseline) });
    else {
      const first = await measure(baseline);
      all.push({ baseline: first, product: await measure(product) });
    }
  }
  return all;
}
