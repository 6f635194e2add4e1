import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createIndexes, openDatabase } from '../../src/store/open-database.ts';

it('an index that holds the store up for longer than a server may be silent is made all the same', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'patience-'));
  const program = new URL('../embedded/kill-server.ts', import.meta.url).pathname;
  const server = spawn(process.execPath, [program, dir], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const uri = String((await once(server.stdout, 'data'))[0]).trim();
    const connection = await openDatabase(uri);
    const specs = [{ collection: 'rows', key: { n: 1 }, options: {} }] as const;
    await connection.collection('rows').insertMany([{ n: 1 }]);
    const maker = await openDatabase(uri, { patient: true });
    // A store whose thread is busy answers nobody; so does one that stands still.
    server.kill('SIGSTOP');
    const making = createIndexes(maker, specs);
    await new Promise((resolve) => setTimeout(resolve, 9_000));
    server.kill('SIGCONT');
    await making;
    await maker.close();
    // The connection that was there before recovers by itself.
    const indexes = await connection.collection('rows').indexes();
    expect(indexes.map(({ name }) => name)).toEqual(['_id_', 'n_1']);
    await connection.close();
  } finally {
    server.kill('SIGKILL');
    await once(server, 'close');
    await rm(dir, { recursive: true, force: true });
  }
});
