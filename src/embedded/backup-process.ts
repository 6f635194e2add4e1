import { closeSync, fsyncSync, openSync, statSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { DatabaseSync } from 'node:sqlite';
import { requireFormat } from './storage.ts';
import { StoreError, toStoreError } from './store-error.ts';

/** What this process tells the one that started it, once. */
export type BackupReport = { readonly bytes: number } | Pick<StoreError, 'failure' | 'message'>;

/**
 * Copies the store, as it is at one moment, into a file of its own, and reads the copy through. A process of its own, of low priority: it holds nobody up,
 * can be ended at any moment, and what goes wrong here stays here. The store's own thread goes on writing: a reader of a write-ahead log blocks no writer.
 */
const [source = '', target = ''] = process.argv.slice(2);

function copy(): BackupReport {
  // A container may forbid it; the copy is as good without.
  trySync(() => setPriority(constants.priority.PRIORITY_BELOW_NORMAL));
  // Made by us before SQLite writes it: it holds buyers' words.
  closeSync(openSync(target, 'wx', 0o600));
  const store = new DatabaseSync(source, { readOnly: true, timeout: 10_000 });
  try {
    store.prepare('vacuum into ?').run(target);
  } finally {
    store.close();
  }
  const made = new DatabaseSync(target, { readOnly: true });
  try {
    requireFormat(made, target);
    const verdict = made.prepare('pragma quick_check(1)').get()?.['quick_check'];
    if (verdict !== 'ok') throw new StoreError('damaged', String(verdict));
  } finally {
    made.close();
  }
  const file = openSync(target, 'r+');
  fsyncSync(file);
  closeSync(file);
  return { bytes: statSync(target).size };
}

function trySync(attempt: () => void): void {
  try {
    attempt();
  } catch {
    // Said where it is called why this is no matter.
  }
}

function report(): BackupReport {
  try {
    return copy();
  } catch (error) {
    const { failure, message } = toStoreError(error);
    return { failure, message };
  }
}

// Whoever asked for it may be gone by now; then nobody needs it.
if (process.connected) process.send?.(report());
process.disconnect?.();
