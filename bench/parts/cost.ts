import { setTimeout as pause } from 'node:timers/promises';
import { startChild } from '../child.ts';
import type { Context } from '../context.ts';
import { usual } from '../context.ts';
import { type Figure, type Pair, toFigure } from '../figure.ts';
import type { Filled } from '../fill.ts';
import { openLoop } from '../load.ts';
import type { OpenTalk } from '../messages.ts';
import type { Measured, Stage } from '../stage.ts';
import { inTurns } from '../turns.ts';
import type { Usage } from '../usage.ts';
import { writes } from './end-to-end.ts';

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

/** CPU, round trips to the store and bytes, a message, half of them from buyers and half from agents, with so many messages in the store. */
export async function cost(context: Context): Promise<readonly Figure[]> {
  const { quick, say } = context;
  const stage = await context.stage({ ...usual, talksPerShop: 10 });
  try {
    const figures: Figure[] = [];
    const cpuOf: Pair[][] = [];
    let from = 0;
    for (const [to, name] of quick
      ? ([
          [10_000, '10k'],
          [100_000, '100k'],
        ] as const)
      : sizes) {
      await stage.whileStopped((dataDir) => fill(context, { dataDir, from, to }));
      from = to;
      const talks = await stage.open();
      const rounds = await costsOn(stage, talks, context);
      const pairs = (of: keyof Cost) => rounds.map(({ product, baseline }) => ({ product: product[of], against: baseline[of] }));
      cpuOf.push(pairs('cpuMs'));
      figures.push(
        toFigure(`cost.cpu.${name}`, 'ms', 'lower', pairs('cpuMs')),
        toFigure(`cost.trips.${name}`, 'count', 'lower', pairs('roundTrips')),
        toFigure(`cost.bytes.${name}`, 'kB', 'lower', pairs('storeBytes')),
        toFigure(`cost.disk.${name}`, 'kB', 'lower', pairs('diskBytes')),
      );
      say(
        `cost: ${name} ${rounds.map(({ product, baseline }) => `${product.cpuMs.toFixed(1)}:${baseline.cpuMs.toFixed(1)} ms`).join(' ')}`,
      );
    }
    const [few = [], many = []] = [cpuOf[0], cpuOf.at(-1)];
    const flat = many.map(({ product, against }, index) => ({
      product,
      // What the machine did meanwhile shows in the baseline, too.
      against: ((few[index]?.product ?? Number.NaN) * against) / (few[index]?.against ?? Number.NaN),
    }));
    figures.push(toFigure('cost.flat', 'ms', 'lower', flat, { of: 'ratio', atMost: 1.2 }));
    return figures;
  } finally {
    await stage.close();
  }
}

const sizes = [
  [10_000, '10k'],
  [100_000, '100k'],
  [1_000_000, '1m'],
] as const;

async function fill(
  { folder, say }: Context,
  options: { readonly dataDir: string; readonly from: number; readonly to: number },
): Promise<void> {
  const child = await startChild({ entry: './fill.ts', logFile: `${folder}/fill.log` });
  const { documents, fileBytes } = await child.ask<Filled>('fill', { ...usual, ...options });
  await child.stop();
  say(`cost: ${options.to} messages are ${documents} documents, ${Math.round(fileBytes / 1e6)} MB`);
}

export async function costsOn(stage: Stage, talks: readonly OpenTalk[], { quick, rounds }: Context) {
  await stage.baseline.child.ask('relay', true);
  return inTurns(rounds, stage, (to) => costOf(stage, to, talks, perSecond * (quick ? 4 : 10)));
}

async function costOf(stage: Stage, to: Measured, talks: readonly OpenTalk[], count: number): Promise<Cost> {
  const messages = stage.marks(count).map((mark, index) => writes(index % 2 === 0 ? 'in' : 'out', talks, mark, index));
  const before = await to.usage();
  const { refused } = await openLoop(
    to.port,
    messages.map(({ request }) => request),
    perSecond,
  );
  if (refused > 0) throw new Error(`${to.name} refused ${refused} of ${count}`);
  await stage.arrivals(count);
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
