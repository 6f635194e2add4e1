import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { storeFile } from './store-files.ts';

/** The thread that moves the log into the file while the store goes on writing: half of it is waiting for the disk. */
const { dir } = workerData as { readonly dir: string };
const everyMs = 50;
/** Pages; as many as SQLite's own. Fewer would be written again and again, each time that they change. */
const atLeast = 1_000;

const database = new DatabaseSync(storeFile(dir), { timeout: 0 });
database.exec('pragma synchronous = normal; pragma wal_autocheckpoint = 0');
// Counts without moving anything. @see https://www.sqlite.org/pragma.html#pragma_wal_checkpoint (2026-11-27)
const count = database.prepare('pragma wal_checkpoint(noop)');
const move = database.prepare('pragma wal_checkpoint(passive)');
let failed = false;

const timer = setInterval(() => {
  try {
    const { log, checkpointed } = count.get() as { readonly log: number; readonly checkpointed: number };
    if (log - checkpointed < atLeast) return;
    move.get();
    failed = false;
  } catch (error) {
    // Nothing is lost, the log only grows; the store itself meets a full or broken disk at its next write. Said once.
    if (!failed)
      process.emitWarning(`the store's log could not be moved into its file: ${error instanceof Error ? error.message : String(error)}`);
    failed = true;
  }
}, everyMs);

parentPort?.once('message', () => {
  clearInterval(timer);
  database.close();
  parentPort?.close();
});
parentPort?.postMessage('started');
