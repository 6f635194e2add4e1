import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
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
  await connection.collection<{ _id: string }>('shops').insertOne({ _id: 'a' });
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
