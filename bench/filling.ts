import { join } from 'node:path';
import { startChild } from './child.ts';
import { type Context, usual } from './context.ts';
import type { Filled, FillOptions } from './fill.ts';

/** Puts messages of the past into a store that nobody runs. */
export async function fill({ folder, say }: Context, options: Pick<FillOptions, 'dataDir' | 'from' | 'to'>): Promise<void> {
  const child = await startChild({ entry: './fill.ts', logFile: join(folder, 'fill.log') });
  try {
    const { documents, fileBytes } = await child.ask<Filled>('fill', { ...usual, ...options });
    say(`${options.to} messages are ${documents} documents, ${Math.round(fileBytes / 1e6)} MB`);
  } finally {
    await child.stop();
  }
}
