import { setTimeout as pause } from 'node:timers/promises';
import { type Context, usual } from '../context.ts';
import { type Figure, type Pair, toFigure } from '../figure.ts';
import type { OpenTalk } from '../messages.ts';
import type { Measured, Stage } from '../stage.ts';
import { inTurns } from '../turns.ts';
import { peakRate, writes } from './end-to-end.ts';

const idleMs = 3_000;
const lookEveryMs = 200;

/** From the start of the process to its first answer; memory at rest and at the peak of work. Against the bare relay. */
export async function start(context: Context): Promise<readonly Figure[]> {
  const stage = await context.stage(usual);
  try {
    return await startOn(stage, await stage.open(), context);
  } finally {
    await stage.close();
  }
}

export async function startOn(stage: Stage, talks: readonly OpenTalk[], { quick, rounds, say }: Context): Promise<readonly Figure[]> {
  const started = await inTurns(
    rounds,
    stage,
    async (to) => {
      const readyMs = await stage.restart(to.name);
      await pause(idleMs);
      return { readyMs, idleBytes: (await to.usage()).rssBytes };
    },
    true,
  );
  await stage.baseline.child.ask('relay', true);
  const loaded = await inTurns(
    rounds,
    stage,
    async (to) => {
      const messages = stage.marks(quick ? 500 : 2_000).map((mark, index) => writes(index % 2 === 0 ? 'in' : 'out', talks, mark, index));
      return most(to, () => peakRate(stage, to, messages));
    },
    true,
  );
  const pairs = (of: 'readyMs' | 'idleBytes', unit: number): Pair[] =>
    started.map(({ product, baseline }) => ({ product: product[of] / unit, against: baseline[of] / unit }));
  say(`start: ready in ${started.map(({ product }) => Math.round(product.readyMs)).join(' ')} ms`);
  return [
    toFigure('start.ready', 's', 'lower', pairs('readyMs', 1_000), { of: 'value', atMost: 2 }),
    toFigure('start.idle', 'MB', 'lower', pairs('idleBytes', 1e6), { of: 'value', atMost: 200 }),
    toFigure(
      'start.load',
      'MB',
      'lower',
      loaded.map(({ product, baseline }) => ({ product: product / 1e6, against: baseline / 1e6 })),
    ),
  ];
}

/** The most memory that was seen while `work` went on, in bytes. */
async function most(of: Measured, work: () => Promise<unknown>): Promise<number> {
  let highest = 0;
  let working = true;
  const done = work().finally(() => {
    working = false;
  });
  while (working) {
    highest = Math.max(highest, (await of.usage()).rssBytes);
    await Promise.race([done, pause(lookEveryMs)]);
  }
  await done;
  return highest;
}
