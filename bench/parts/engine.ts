import { join } from 'node:path';
import { nodeOptions, startChild } from '../child.ts';
import { type Context, usual } from '../context.ts';
import type { EngineFigures } from '../engine.ts';
import { type Aim, type Figure, toFigure } from '../figure.ts';
import { fill } from '../filling.ts';

/** Messages with all that hangs on them make about a million documents, and about ten thousand. */
const sizes = { many: 200_000, few: 2_000 } as const;

/** The built-in store with a million documents, against the same with ten thousand. */
export async function engine(context: Context): Promise<readonly Figure[]> {
  const { quick, rounds, folder, say } = context;
  const dirs = { many: join(folder, 'engine-many'), few: join(folder, 'engine-few') };
  for (const size of ['few', 'many'] as const) await fill(context, { dataDir: dirs[size], from: 0, to: sizes[size] });

  async function measure(size: keyof typeof sizes): Promise<EngineFigures> {
    const child = await startChild({
      entry: './engine.ts',
      // As in the service.
      env: { NODE_COMPILE_CACHE: join(folder, 'compiled') },
      execArgv: nodeOptions(),
      logFile: join(folder, 'engine.log'),
    });
    try {
      const options = { dataDir: dirs[size], messages: sizes[size], queries: quick ? 2_000 : 10_000, shops: usual.shops };
      return await child.ask<EngineFigures>('measure', options);
    } finally {
      await child.stop();
    }
  }
  await measure('few');
  const all: { many: EngineFigures; few: EngineFigures }[] = [];
  for (let round = 0; round < rounds; round += 1) all.push({ many: await measure('many'), few: await measure('few') });
  say(`engine: started in ${all.map(({ many }) => Math.round(many.startMs)).join(' ')} ms`);
  const row = (id: string, unit: Figure['unit'], of: keyof EngineFigures, per: number, aim: Aim) =>
    toFigure(
      id,
      unit,
      'lower',
      all.map(({ many, few }) => ({ product: many[of] / per, against: few[of] / per })),
      aim,
    );
  return [
    row('engine.start', 's', 'startMs', 1_000, { of: 'value', atMost: 1 }),
    row('engine.query', 'ms', 'queryP99Ms', 1, { of: 'value', atMost: 10 }),
    row('engine.claim', 'ms', 'claimP99Ms', 1, { of: 'value', atMost: 10 }),
    row('engine.memory', 'MB', 'rssBytes', 1e6, { of: 'value', atMost: 200 }),
  ];
}
