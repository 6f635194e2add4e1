import { once } from 'node:events';
import { resolve } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { type Backups, createBackups } from './backup.ts';
import { StoreError, type StoreFailure } from './store-error.ts';
import { storeFile } from './store-files.ts';

export { StoreError, type StoreFailure } from './store-error.ts';

export interface EmbeddedStore {
  /** For the drivers. */
  readonly uri: string;
  readonly backup: Backups['make'];
  /** Ends a backup under way, answers what has arrived and writes everything out. */
  close(): Promise<void>;
}

/**
 * Node strips the types of the thread's files with WebAssembly. After so many calls V8 compiles the way from it to JavaScript anew, and frees the old one
 * from a store that all threads share: once in some hundred starts that ended the process (Node 24.21.0, `Runtime_TierUpWasmToJSWrapper`, a core read on
 * 2026-11-24). While the thread loads, nothing is compiled anew. The numbers are calls; 1000 is V8's own.
 */
const neverTierUp = '--wasm-wrapper-tiering-budget=2000000000';
const tierUpAsUsual = '--wasm-wrapper-tiering-budget=1000';
/** What a command needs is gone after its answer; more room for it is only kept, never needed. */
const youngMb = 12;

/**
 * Starts the built-in store on a folder: a subset of MongoDB for one process on one machine, spoken to by the ordinary drivers.
 * @throws StoreError with a sentence for the operator, when the folder is in use, unusable or of another version
 */
export async function startEmbedded(dir: string): Promise<EmbeddedStore> {
  setFlagsFromString(neverTierUp);
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: { dir: resolve(dir) },
    execArgv: [],
    name: 'store',
    resourceLimits: { maxYoungGenerationSizeMb: youngMb },
  });
  /** Its sockets are closed with it, so clients see that it is gone; here it is said why. */
  let failure: Error | null = null;
  const exited = once(worker, 'exit');
  worker.on('error', (error) => {
    failure = error instanceof Error ? error : new Error(String(error));
  });
  const started = await Promise.race([once(worker, 'message'), exited]);
  setFlagsFromString(tierUpAsUsual);
  const told = started[0] as { readonly path: string } | { readonly failure: StoreFailure; readonly message: string } | number;
  if (typeof told === 'number' || !('path' in told)) {
    await exited;
    if (failure) throw failure;
    throw typeof told === 'number'
      ? new StoreError('failed', 'the built-in store ended before it had started')
      : new StoreError(told.failure, told.message);
  }
  const backups = createBackups(storeFile(resolve(dir)));
  worker.on('error', (error) => process.emitWarning(error instanceof Error ? error : String(error)));
  return {
    uri: `mongodb://${encodeURIComponent(told.path)}`,
    backup: backups.make,
    async close() {
      await backups.cancel();
      worker.postMessage('close');
      await exited;
      if (failure) throw failure;
    },
  };
}
