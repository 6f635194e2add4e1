import { setTimeout as pause } from 'node:timers/promises';
import type { Context } from '../context.ts';
import { usual } from '../context.ts';
import { type Figure, toFigure } from '../figure.ts';
import { fill } from '../filling.ts';
import { openLoop } from '../load.ts';
import type { OpenTalk } from '../messages.ts';
import type { Measured, Stage } from '../stage.ts';
import { inTurns } from '../turns.ts';
import type { Usage } from '../usage.ts';
import { requestsOf, writes } from './end-to-end.ts';

/** What one message takes of a service process, both of its threads. */
interface Cost {
  readonly cpuMs: number;
  readonly roundTrips: number;
  readonly storeBytes: number;
  readonly diskBytes: number;
}

/** Far below the peak, so that what idles is not what is measured, and above what a team of hundreds writes. */
const perSecond = 50;
/** Receipts, cards and marks follow a moment after the message. */
const settledMs = 1_500;

const sizes = [
  { from: 0, to: 10_000, name: '10k' },
  { from: 10_000, to: 100_000, name: '100k' },
  { from: 100_000, to: 1_000_000, name: '1m' },
] as const;

/** CPU, round trips to the store and bytes, a message, half of them from buyers and half from agents, with so many messages in the store. */
export async function cost(context: Context): Promise<readonly Figure[]> {
  const stage = await context.stage({ ...usual, talksPerShop: 10 });
  try {
    const figures: Figure[] = [];
    for (const size of context.quick ? sizes.slice(0, 2) : sizes) figures.push(...(await costsWith(stage, context, size)));
    const cpu = figures.filter(({ id }) => id.startsWith('cost.cpu.'));
    const [few, many] = [cpu[0], cpu.at(-1)];
    // What the machine did meanwhile shows in the baseline, too: ratio against ratio.
    const flat = toFigure('cost.flat', 'ms', 'lower', [{ product: many?.ratio ?? Number.NaN, against: few?.ratio ?? Number.NaN }], {
      of: 'ratio',
      atMost: 1.2,
    });
    const [product = Number.NaN, against = Number.NaN] = [many?.product, few?.product];
    return [...figures, { ...flat, product, against, noise: Math.max(few?.noise ?? 0, many?.noise ?? 0) }];
  } finally {
    await stage.close();
  }
}

/** @param size messages of the past that are there already, and that are to be there */
export async function costsWith(
  stage: Stage,
  context: Context,
  { from, to, name }: { readonly from: number; readonly to: number; readonly name: string },
): Promise<readonly Figure[]> {
  await stage.whileStopped((dataDir) => fill(context, { dataDir, from, to }));
  // Both begin anew: one that has run for longer is the faster for it.
  await stage.restart('baseline');
  const measured = await costsOn(stage, await stage.open(), context);
  context.say(
    `cost: ${name} ${measured.map(({ product, baseline }) => `${product.cpuMs.toFixed(1)}:${baseline.cpuMs.toFixed(1)} ms`).join(' ')}`,
  );
  const row = (id: string, unit: Figure['unit'], of: keyof Cost) =>
    toFigure(
      `cost.${id}.${name}`,
      unit,
      'lower',
      measured.map(({ product, baseline }) => ({ product: product[of], against: baseline[of] })),
    );
  return [row('cpu', 'ms', 'cpuMs'), row('trips', 'count', 'roundTrips'), row('bytes', 'kB', 'storeBytes'), row('disk', 'kB', 'diskBytes')];
}

async function costsOn(stage: Stage, talks: readonly OpenTalk[], { quick, rounds }: Context) {
  await stage.baseline.child.ask('relay', true);
  return inTurns(rounds, stage, (to) => costOf(stage, to, talks, perSecond * (quick ? 3 : 5)), true);
}

async function costOf(stage: Stage, to: Measured, talks: readonly OpenTalk[], count: number): Promise<Cost> {
  const messages = stage.marks(count).map((mark, index) => writes(index % 2 === 0 ? 'in' : 'out', talks, mark, index));
  const before = await to.usage();
  await openLoop(to.port, requestsOf(messages), perSecond);
  await stage.arrivals(messages.map(({ mark }) => mark));
  await pause(settledMs);
  const after = await to.usage();
  const each = (of: keyof Usage) => (after[of] - before[of]) / count;
  return {
    cpuMs: each('cpuMs'),
    roundTrips: each('roundTrips'),
    storeBytes: each('storeBytes') / 1_000,
    diskBytes: each('diskBytes') / 1_000,
  };
}
