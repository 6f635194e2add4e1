import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine } from '../src/embedded/engine.ts';
import { listen } from '../src/embedded/server.ts';
import { openStorage } from '../src/embedded/storage.ts';

/** The embedded engine in this process, with its disk in the test's hand. */
export interface TroubledStore {
  /** Of a database of its own; for as many processes as the test likes. */
  readonly uri: string;
  /** `full`: nothing grows any more (SQLITE_FULL); `read-only`: nothing is written at all (SQLITE_READONLY). */
  disk(state: 'good' | 'full' | 'read-only'): void;
  close(): Promise<void>;
}

/** As many pages as SQLite allows. */
const allPages = 4_294_967_294;

export async function startTroubledStore(): Promise<TroubledStore> {
  const dir = await mkdtemp(join(tmpdir(), 'threadmart-'));
  const storage = openStorage(dir);
  const path = join(dir, 'store.sock');
  const server = await listen(path, createEngine(storage, Date.now));
  return {
    uri: `mongodb://${encodeURIComponent(path)}/threadmart-test`,
    disk(state) {
      // A limit below what is there already is raised to that by SQLite: not a page more.
      storage.database.exec(`pragma max_page_count = ${state === 'full' ? 1 : allPages}`);
      storage.database.exec(`pragma query_only = ${state === 'read-only' ? 'on' : 'off'}`);
    },
    async close() {
      await server.close();
      storage.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
