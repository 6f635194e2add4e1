import { once } from 'node:events';
import { resolve } from 'node:path';
import { Worker } from 'node:worker_threads';

/**
 * Starts the built-in store on a folder: a subset of MongoDB for one process on one machine, spoken to by the ordinary drivers.
 * @returns the address for them, and `close`, which answers what has arrived and writes everything out
 * @throws Error with a sentence for the operator, when the folder is in use, unusable or of another version
 */
export async function startEmbedded(dir: string): Promise<{ uri: string; close(): Promise<void> }> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: { dir: resolve(dir) }, execArgv: [], name: 'store' });
  /** Its sockets are closed with it, so clients see that it is gone; here it is said why. */
  let failure: Error | null = null;
  const exited = once(worker, 'exit');
  worker.on('error', (error) => {
    failure = error instanceof Error ? error : new Error(String(error));
  });
  const started = await Promise.race([once(worker, 'message'), exited]);
  const path = (started[0] as { readonly path?: string }).path;
  if (path === undefined) throw failure ?? new Error('the built-in store ended before it had started');
  worker.on('error', (error) => process.emitWarning(error instanceof Error ? error : String(error)));
  return {
    uri: `mongodb://${encodeURIComponent(path)}`,
    async close() {
      worker.postMessage('close');
      await exited;
      if (failure) throw failure;
    },
  };
}
