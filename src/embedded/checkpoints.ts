import type { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';

/** Pages. In a flood the other thread never catches up with all of the log; then the store moves the little that is left, so that it begins anew. */
const mostPages = 16_000;

/** Has the log moved into the file beside this thread: a tenth of the time of a store under load. Where that thread ends, SQLite does it by itself again. */
export async function startCheckpoints(database: DatabaseSync, dir: string): Promise<{ close(): Promise<void> }> {
  const { wal_autocheckpoint: usual } = database.prepare('pragma wal_autocheckpoint').get() as { readonly wal_autocheckpoint: number };
  const worker = new Worker(new URL('./checkpoint-worker.ts', import.meta.url), {
    workerData: { dir },
    execArgv: [],
    name: 'checkpoints',
    resourceLimits: { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 32 },
  });
  // It may end of an error as well: nothing here may fail of that.
  const exited = new Promise<'ended'>((resolve) => worker.once('exit', () => resolve('ended'))).then((ended) => {
    if (database.isOpen) database.exec(`pragma wal_autocheckpoint = ${usual}`);
    return ended;
  });
  worker.on('error', (error) => process.emitWarning(error instanceof Error ? error : String(error)));
  const begun = await Promise.race([new Promise<'started'>((resolve) => worker.once('message', () => resolve('started'))), exited]);
  if (begun === 'started' && database.isOpen) database.exec(`pragma wal_autocheckpoint = ${mostPages}`);
  return {
    async close() {
      worker.postMessage('close');
      await exited;
    },
  };
}
