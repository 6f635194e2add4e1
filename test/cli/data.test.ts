import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { appendFile, copyFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EmbeddedStore, startEmbedded } from '../../src/embedded/index.ts';
import { createMetaStore } from '../../src/store/meta.ts';
import { schemaVersion } from '../../src/store/migrations.ts';
import { createIndexes, openDatabase } from '../../src/store/open-database.ts';
import { runTool } from './run-tool.ts';

let root: string;
let dataDir: string;
let environment: Record<string, string>;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'data-'));
  dataDir = join(root, 'data');
  environment = { DATA_DIR: dataDir };
});
afterEach(() => rm(root, { recursive: true, force: true }));

const run = (args: string[], env: Record<string, string> = {}) => runTool(args, { ...environment, ...env });

/** The data of a service that has run once. */
async function dataIn(dir: string): Promise<EmbeddedStore> {
  const store = await startEmbedded(dir);
  const connection = await openDatabase(store.uri);
  await createMetaStore(connection).raiseSchemaVersion(null, schemaVersion);
  await createIndexes(connection);
  await connection.collection<{ _id: string; externalId: string }>('shops').insertOne({ _id: 'a', externalId: 'a' });
  await connection.close();
  return store;
}

describe('db', () => {
  it('has nothing to do where there is no data, and makes none', async () => {
    for (const args of [
      ['db', 'check'],
      ['db', 'export', join(root, 'e')],
    ]) {
      expect(await run(args)).toMatchObject({ exitCode: 1, err: [`There is no data in ${dataDir} (DATA_DIR).`] });
    }
    expect(await run(['db', 'import', join(root, 'e')])).toMatchObject({
      exitCode: 1,
      err: [expect.stringContaining('holds no complete export')],
    });
    expect(await readdir(root)).toEqual([]);
  });

  it('leaves the data of a running service alone, and says what to do', async () => {
    const store = await dataIn(dataDir);
    try {
      for (const args of [
        ['db', 'check'],
        ['db', 'export', join(root, 'e')],
      ]) {
        expect(await run(args)).toMatchObject({ exitCode: 1, err: [expect.stringMatching(/^A service has the data.*threadmart backup/)] });
      }
    } finally {
      await store.close();
    }
  });

  it('check: all is well; an index is wrong; the schema is newer; the file is none', async () => {
    await (await dataIn(dataDir)).close();
    const good = await run(['db', 'check', '--json']);
    expect([good.exitCode, JSON.parse(good.out.join(''))]).toMatchObject([0, { schemaVersion, documents: 2 }]);

    const database = new DatabaseSync(join(dataDir, 'store.sqlite'));
    database.exec('delete from entries where rid in (select rid from documents order by rid desc limit 1)');
    const wrong = await run(['db', 'check']);
    expect(wrong.exitCode).toBe(1);
    expect(wrong.out.join('\n')).toMatch(
      /\u2717 threadmart\.\S+ _id_: 1 entries are missing .*\n {4}The documents are whole: "threadmart db export/,
    );
    database.close();

    await writeFile(join(dataDir, 'store.replacing'), join(dataDir, 'aside'));
    expect(await run(['db', 'check'])).toMatchObject({ exitCode: 1, err: [expect.stringMatching(/^A restore into .* was cut off/)] });

    const file = join(root, 'file');
    await writeFile(file, 'something else');
    expect(await run(['db', 'check', file])).toMatchObject({
      exitCode: 1,
      out: expect.arrayContaining([expect.stringContaining('The file is damaged')]),
    });
    expect(await run(['db', 'check', join(root, 'none')])).toMatchObject({ exitCode: 1, err: [expect.stringContaining('cannot be read')] });
  });

  it('check, export and import speak with the server that MONGODB_URI names', async () => {
    const secretKey = Buffer.alloc(32, 1).toString('base64');
    const [store, other] = [await dataIn(dataDir), await startEmbedded(join(root, 'other'))];
    const at = (uri: string) => ({ MONGODB_URI: uri, SECRET_KEY: secretKey });
    try {
      expect(await run(['db', 'check'], { MONGODB_URI: store.uri })).toMatchObject({
        exitCode: 2,
        err: ['The environment has problems:', expect.stringContaining('SECRET_KEY')],
      });
      expect(await run(['db', 'check'], at(store.uri))).toMatchObject({ exitCode: 0 });
      const empty = await run(['db', 'check'], at(other.uri));
      expect(empty).toMatchObject({ exitCode: 1, out: expect.arrayContaining([expect.stringContaining('does not say its version')]) });
      const folder = join(root, 'export');
      expect(await run(['db', 'export', folder], at(store.uri))).toMatchObject({ exitCode: 0 });
      expect(await run(['db', 'import', folder], at(other.uri))).toMatchObject({ exitCode: 0 });
      expect(await run(['db', 'import', folder], at(other.uri))).toMatchObject({
        exitCode: 1,
        err: [expect.stringMatching(/^The database is not empty/)],
      });
      expect(await run(['db', 'check'], at(other.uri))).toMatchObject({ exitCode: 0 });
    } finally {
      await store.close();
      await other.close();
    }
    expect(await run(['db', 'check'], at(store.uri))).toMatchObject({
      exitCode: 1,
      err: [expect.stringContaining('The database does not answer')],
    });
  });
});

describe('restore', () => {
  const main = new URL('../../src/cli/main.ts', import.meta.url).pathname;
  const shopsIn = async (dir: string): Promise<string[]> => {
    const store = await startEmbedded(dir);
    const connection = await openDatabase(store.uri);
    const found = await connection.collection<{ _id: string }>('shops').find().toArray();
    await connection.close();
    await store.close();
    return found.map(({ _id }) => _id);
  };

  /** A backup with one shop, of data that has two by now. */
  async function backedUp(padding = 0): Promise<string> {
    const store = await dataIn(dataDir);
    const connection = await openDatabase(store.uri);
    if (padding > 0) {
      const filler = Array.from({ length: padding }, (_, n) => ({ _id: `filler-${n}`, text: 'x'.repeat(1_000) }));
      await connection.collection<{ _id: string }>('messages').insertMany(filler);
    }
    await connection.collection<{ _id: string }>('outbox').insertMany([
      { _id: 'waits', state: 'queued', gate: 'shop:a' },
      { _id: 'gone', state: 'sent', gate: 'shop:a' },
    ] as never);
    const backup = join(root, 'backup.sqlite');
    await store.backup(backup);
    await connection.collection<{ _id: string; externalId: string }>('shops').insertOne({ _id: 'b', externalId: 'b' });
    await connection.close();
    await store.close();
    return backup;
  }

  it('puts the backup in place, keeps what was there, and lets nothing be sent again unseen', async () => {
    const backup = await backedUp();
    const { exitCode, out } = await run(['restore', backup, '--json']);
    const { aside, lookedUpFirst } = JSON.parse(out.join(''));
    expect([exitCode, lookedUpFirst]).toEqual([0, 1]);
    expect(await shopsIn(dataDir)).toEqual(['a']);
    expect(await shopsIn(aside)).toEqual(['a', 'b']);
    expect((await readdir(dataDir)).filter((name) => /restor|part|replacing/.test(name))).toEqual([]);
    const fresh = join(root, 'fresh');
    expect(await run(['restore', backup, '--json'], { DATA_DIR: fresh })).toMatchObject({
      exitCode: 0,
      out: [expect.stringContaining('"aside": null')],
    });
    expect(await shopsIn(fresh)).toEqual(['a']);
  });

  it('refuses what is no good backup, and leaves the data as it was', async () => {
    const backup = await backedUp();
    const spoilt = async (sql: string) => {
      const copy = join(root, 'spoilt.sqlite');
      await copyFile(backup, copy);
      const database = new DatabaseSync(copy);
      database.exec(sql);
      database.close();
      return copy;
    };
    const refused = async (file: string, exitCode: number, words: string) => {
      const result = await run(['restore', file]);
      expect([result.exitCode, [...result.out, ...result.err].join(' ')]).toEqual([exitCode, expect.stringContaining(words)]);
    };
    await refused(await spoilt('delete from entries where rid = (select max(rid) from documents)'), 1, 'entries are missing');
    const copy = join(root, 'newer.sqlite');
    await copyFile(backup, copy);
    const database = new DatabaseSync(copy);
    for (const { rid, bytes } of database.prepare('select rid, bytes from documents').all() as { rid: number; bytes: Uint8Array }[]) {
      const at = Buffer.from(bytes).indexOf('version\0');
      if (at < 0) continue;
      const changed = Buffer.from(bytes);
      changed.writeInt32LE(99, at + 8);
      database.prepare('update documents set bytes = ? where rid = ?').run(changed, rid);
    }
    database.close();
    await refused(copy, 1, 'The database is of version 99');
    await appendFile(join(root, 'text'), 'no store');
    await refused(join(root, 'text'), 1, 'The file is damaged');
    await refused(join(root, 'none'), 2, 'cannot be read');
    await refused(join(dataDir, 'store.sqlite'), 2, 'is no backup but the file of a store in use');
    expect((await run(['restore', backup], { MONGODB_URI: 'mongodb://x', SECRET_KEY: Buffer.alloc(32).toString('base64') })).exitCode).toBe(
      2,
    );
    const store = await startEmbedded(dataDir);
    await refused(backup, 1, 'A service has the data');
    await store.close();
    expect(await shopsIn(dataDir)).toEqual(['a', 'b']);
  });

  it('killed at any moment leaves the data whole, or says that it must be done again; done again it is done', async () => {
    const backup = await backedUp(3_000);
    // A quiet run tells how long one takes here; the kills are spread over that.
    for (let n = 0, tookMs = 4_000; n < 4; n += 1) {
      const startedAt = performance.now();
      const child = spawn(process.execPath, [main, 'restore', backup], {
        env: { ...environment, PATH: process.env['PATH'] ?? '' },
        stdio: 'ignore',
      });
      const timer = n === 0 ? undefined : setTimeout(() => child.kill('SIGKILL'), tookMs * (0.4 + 0.15 * n));
      await once(child, 'close');
      clearTimeout(timer);
      if (n === 0) tookMs = performance.now() - startedAt;
      if (existsSync(join(dataDir, 'store.replacing'))) await expect(shopsIn(dataDir)).rejects.toMatchObject({ failure: 'half-replaced' });
      else expect([['a'], ['a', 'b']]).toContainEqual(await shopsIn(dataDir));
    }
    expect(await run(['restore', backup])).toMatchObject({ exitCode: 0 });
    expect(await shopsIn(dataDir)).toEqual(['a']);
    const asides = (await readdir(dataDir)).filter((name) => name.startsWith('replaced-'));
    expect(await Promise.all(asides.map((name) => shopsIn(join(dataDir, name))))).toContainEqual(['a', 'b']);
  });
});
