import { type Context, usual } from '../context.ts';
import { type Figure, toFigure } from '../figure.ts';
import type { Stage } from '../stage.ts';
import { ackOn } from './ack.ts';
import { costsWith } from './cost.ts';
import { endToEndOn } from './end-to-end.ts';
import { startOn } from './start.ts';

/** As many talks in all, so that the number of shops is what differs. */
const many = { ...usual, shops: 1_000, talksPerShop: 1 } as const;

/**
 * What the other parts measure, with a thousand shops connected: each figure's ratio to its baseline, against the same ratio with twenty shops. The latter is
 * taken from this run where those parts were run, too.
 */
export async function shops(context: Context): Promise<readonly Figure[]> {
  const large = await measure(context, many);
  const missing = large.filter(({ id }) => !context.measured.has(id));
  const small = missing.length === 0 ? context.measured : new Map((await measure(context, usual)).map((figure) => [figure.id, figure]));
  return large.flatMap((now) => {
    const before = small.get(now.id);
    if (!before) return [];
    const aim = now.better === 'lower' ? ({ of: 'ratio', atMost: 1.2 } as const) : ({ of: 'ratio', atLeast: 1 / 1.2 } as const);
    const figure = toFigure(`shops.${now.id}`, now.unit, now.better, [{ product: now.ratio, against: before.ratio }], aim);
    return [{ ...figure, product: now.product, against: before.product, noise: Math.max(now.noise, before.noise) }];
  });
}

async function measure(context: Context, size: Parameters<Context['stage']>[0]): Promise<readonly Figure[]> {
  const stage: Stage = await context.stage(size);
  try {
    const talks = await stage.open();
    return [
      ...(await ackOn(stage, talks, context)),
      ...(await endToEndOn(stage, talks, 'in', context, true)),
      ...(await endToEndOn(stage, talks, 'out', context, true)),
      ...(await costsWith(stage, context, { from: 0, to: 10_000, name: '10k' })),
      ...(await startOn(stage, talks, context)),
    ];
  } finally {
    await stage.close();
  }
}
