import type { Connection } from 'mongoose';
import type { ConnectorLog } from '../core/connector.ts';
import type { Timers } from '../core/time.ts';
import { type StoreTrouble, storeTroubleOf } from './trouble.ts';

/** Knows whether the store takes writes: told of one that failed, it tries by itself until one succeeds. While all is well it asks nothing. */
export interface WriteWatch {
  /** Null: all is well. */
  trouble(): StoreTrouble | null;
  /** A write failed; what is no fault of the store is passed over. */
  failed(error: unknown): void;
  close(): void;
}

const againMs = 1_000;

const sentences: Readonly<Record<StoreTrouble, string>> = {
  full: 'the store has no room left on its disk: free some; events are answered 503 until then, and nothing has to be restarted',
  'read-only':
    'the store is read-only: make its disk and files writable; events are answered 503 until then, and nothing has to be restarted',
  disk: 'the disk of the store cannot be read or written: look at the log of the system; events are answered 503 until it works again',
  away: 'the store does not answer: see whether it runs and can be reached; events are answered 503 until then',
};

export function createWriteWatch(deps: {
  readonly connection: Connection;
  readonly timers: Timers;
  readonly log: ConnectorLog;
}): WriteWatch {
  const { connection, timers, log } = deps;
  let trouble: StoreTrouble | null = null;
  let closed = false;
  let cancel = (): void => undefined;

  function enter(found: StoreTrouble, err: unknown): void {
    if (found !== trouble) log.error({ err }, sentences[found]);
    trouble = found;
  }

  async function probe(): Promise<void> {
    try {
      await tryToWrite(connection);
      trouble = null;
      log.info({}, 'the store takes writes again');
    } catch (err) {
      enter(storeTroubleOf(err) ?? 'away', err);
      schedule();
    }
  }

  function schedule(): void {
    if (!closed) cancel = timers.after(againMs, () => void probe());
  }

  return {
    trouble: () => trouble,
    failed(error) {
      const found = storeTroubleOf(error);
      if (found === null || trouble !== null || closed) return;
      enter(found, error);
      void probe();
    },
    close() {
      closed = true;
      cancel();
    },
  };
}

const probeId = 'write-probe';
/** As much as a large event: a store that has room for a few bytes more is full all the same. */
const probeBytes = 256 * 1024;

/** Tries for real. Rejects on what is no fault of the store. */
export async function writeTrouble(connection: Connection): Promise<StoreTrouble | null> {
  try {
    await tryToWrite(connection);
    return null;
  } catch (error) {
    const trouble = storeTroubleOf(error);
    if (trouble === null) throw error;
    return trouble;
  }
}

/** Writes something and takes it away again. */
async function tryToWrite(connection: Connection): Promise<void> {
  if (!connection.db) throw new Error('the database is not connected');
  const probes = connection.db.collection<{ _id: string; filler: Uint8Array }>('meta');
  await probes.replaceOne({ _id: probeId }, { filler: new Uint8Array(probeBytes) }, { upsert: true });
  await probes.deleteOne({ _id: probeId });
}
