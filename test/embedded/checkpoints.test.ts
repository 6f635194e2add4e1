import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startCheckpoints } from '../../src/embedded/checkpoints.ts';
import { openStorage, type Storage } from '../../src/embedded/storage.ts';
import { eventually } from '../e2e/eventually.ts';

const pageBytes = 4_096;

describe('moving the log into the file beside the store', () => {
  let dir: string;
  let storage: Storage;
  let checkpoints: Awaited<ReturnType<typeof startCheckpoints>>;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'threadmart-checkpoints-'));
    storage = openStorage(dir);
    checkpoints = await startCheckpoints(storage.database, dir);
  });
  afterEach(() => rm(dir, { recursive: true }));

  const insert = (pages: number) => storage.database.prepare('insert into documents (bytes) values (zeroblob(?))').run(pages * pageBytes);
  const pragma = (name: string) => storage.database.prepare(`pragma ${name}`).get() as Record<string, number>;

  it('is done without the store', async () => {
    insert(3_000);
    await eventually(
      () => Promise.resolve((pragma('wal_checkpoint(noop)')['checkpointed'] ?? 0) >= 3_000),
      () => JSON.stringify(pragma('wal_checkpoint(noop)')),
    );
    await checkpoints.close();
    storage.close();
  });

  it('keeps the log within its size, however much is written', async () => {
    for (let written = 0; written < 48_000; written += 200) {
      insert(200);
      await turn();
    }
    expect((await stat(join(dir, 'store.sqlite-wal'))).size).toBeLessThan(24_000 * pageBytes);
    await checkpoints.close();
    storage.close();
  });

  it('leaves it to SQLite again when it ends, and the store closes whole', async () => {
    const { wal_autocheckpoint: meanwhile } = pragma('wal_autocheckpoint');
    await checkpoints.close();
    expect(pragma('wal_autocheckpoint')['wal_autocheckpoint']).toBeLessThan(meanwhile ?? 0);
    insert(10);
    storage.close();
    await expect(stat(join(dir, 'store.sqlite-wal'))).rejects.toThrow('ENOENT');
  });

  it.each(['when it cannot begin', 'later'])(
    'leaves it to SQLite again when it breaks down %s, and the store closes whole',
    async (when) => {
      await checkpoints.close();
      const { wal_autocheckpoint: usual } = pragma('wal_autocheckpoint');
      const warned = once(process, 'warning');
      const made = once(process, 'worker') as Promise<[Worker]>;
      checkpoints = await startCheckpoints(storage.database, when === 'later' ? dir : join(dir, 'nowhere'));
      if (when === 'later') {
        const [worker] = await made;
        worker.emit('error', new Error('out of memory'));
        await worker.terminate();
      }
      await warned;
      expect(pragma('wal_autocheckpoint')['wal_autocheckpoint']).toBe(usual);
      insert(10);
      await checkpoints.close();
      storage.close();
      await expect(stat(join(dir, 'store.sqlite-wal'))).rejects.toThrow('ENOENT');
    },
  );
});
