import { appendFile, cp, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Binary, BSONRegExp, Decimal128, Double, EJSON, Int32, Long, MaxKey, MinKey, ObjectId, Timestamp } from 'bson';
import type { Db } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMetaStore } from '../../src/store/meta.ts';
import { migrate, schemaVersion } from '../../src/store/migrations.ts';
import { exportDatabase } from '../../src/transfer/export.ts';
import { importDatabase } from '../../src/transfer/import.ts';
import { silent } from '../shops/stand.ts';
import { openTestStore, type TestStore } from '../store-helper.ts';

let source: TestStore;
let target: TestStore;
let root: string;
let folder: string;
const now = new Date('2026-11-27T10:00:00Z');
const facts = { schemaVersion, secretKeyIds: ['a-key'] };

function dbOf({ connection }: TestStore): Db {
  if (!connection.db) throw new Error('not connected');
  return connection.db;
}

const intoTarget = (from = folder) => {
  const meta = createMetaStore(target.connection);
  const marker = { set: () => meta.markImport(true), isSet: () => meta.importUnfinished(), clear: () => meta.markImport(false) };
  return importDatabase(from, { database: dbOf(target), marker, knownSchema: schemaVersion });
};

/** All documents as they are stored, by collection. */
async function bytesOf(db: Db): Promise<Record<string, string[]>> {
  const names = (await db.listCollections().toArray()).map(({ name }) => name).sort();
  const found: Record<string, string[]> = {};
  for (const name of names) {
    const raws = (await db.collection(name).find({}, { raw: true }).toArray()) as unknown as Uint8Array[];
    found[name] = raws.map((raw) => Buffer.from(raw).toString('hex')).sort();
  }
  return found;
}

const indexesOf = async (db: Db, name: string) => (await db.collection(name).indexes()).map((index) => JSON.stringify(index)).sort();

beforeAll(async () => {
  [source, target] = [await openTestStore(), await openTestStore()];
  root = await mkdtemp(join(tmpdir(), 'transfer-'));
  folder = join(root, 'export');
  const db = dbOf(source);
  await createMetaStore(source.connection).raiseSchemaVersion(null, schemaVersion);
  const every = {
    double: new Double(3),
    minusZero: new Double(-0),
    int: new Int32(3),
    long: Long.fromString('9007199254740993'),
    decimal: Decimal128.fromString('1.10'),
    text: 'line\u2028 separator, \n, \ud83d\ude00',
    date: new Date(-1),
    id: new ObjectId('5f43a1b2c3d4e5f601234567'),
    bytes: new Binary(Buffer.from([0, 10, 13, 255])),
    uuid: new Binary(Buffer.alloc(16, 1), 4),
    stamp: new Timestamp({ t: 5, i: 6 }),
    pattern: new BSONRegExp('^a\\d', 'i'),
    nothing: null,
    yes: true,
    least: new MinKey(),
    most: new MaxKey(),
    nested: [
      [],
      {},
      [
        new Map<string, unknown>([
          ['b', new Int32(1)],
          ['2', new Int32(2)],
          ['1', [new Double(1)]],
        ]),
      ],
    ],
  };
  await db.collection('values').insertOne({ _id: new ObjectId(), ...every });
  await db
    .collection('values')
    .insertMany([
      { _id: 'text' as never },
      { _id: Long.fromNumber(7) as never, n: null },
      { _id: { shop: 'a', n: new Int32(1) } as never },
    ]);
  await db
    .collection('many & more')
    .insertMany(Array.from({ length: 2_500 }, (_, n) => ({ _id: n as never, n, text: 'x'.repeat(n % 700) })));
  await db.collection('many & more').createIndexes([
    { key: { n: -1, text: 1 }, name: 'n', unique: true },
    { key: { at: 1 }, name: 'at', expireAfterSeconds: 60 },
    { key: { text: 1 }, name: 'open', partialFilterExpression: { n: { $gt: 5 } } },
    { key: { other: 1 }, name: 'other', sparse: true },
  ]);
});
afterAll(async () => {
  await Promise.all([source.close(), target.close()]);
  await rm(root, { recursive: true, force: true });
});

describe('an export', () => {
  it('has a line of Extended JSON for each document, and is for this user alone', async () => {
    const manifest = await exportDatabase(dbOf(source), folder, facts, now);
    expect(manifest).toMatchObject({ createdAt: now.toISOString(), ...facts });
    for (const { name, file, documents } of manifest.collections) {
      const lines = (await readFile(join(folder, file), 'utf8')).split('\n').slice(0, -1);
      expect([name, lines.length]).toEqual([name, documents]);
      const stored = new Set((await bytesOf(dbOf(source)))[name]);
      expect(stored.size).toBe(documents);
      for (const line of lines) expect(EJSON.parse(line, { relaxed: false })).toHaveProperty('_id');
      expect((await stat(join(folder, file))).mode & 0o777).toBe(0o600);
    }
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  it('goes into no folder that has something in it', async () => {
    await expect(exportDatabase(dbOf(source), folder, facts, now)).rejects.toMatchObject({ key: 'transfer.folder-not-empty' });
  });

  it.each([
    ['of which a file was changed', 'transfer.damaged', (copy: string) => appendFile(join(copy, 'values.jsonl'), '{"_id":1}\n')],
    ['of which a file is missing', 'transfer.damaged', (copy: string) => rm(join(copy, 'values.jsonl'))],
    ['that was cut off', 'transfer.no-export', (copy: string) => rm(join(copy, 'export.json'))],
    ['that is none', 'transfer.no-export', (copy: string) => writeFile(join(copy, 'export.json'), '{}')],
    [
      'of a newer version',
      'transfer.newer',
      async (copy: string) => {
        const manifest = await readFile(join(copy, 'export.json'), 'utf8');
        await writeFile(join(copy, 'export.json'), manifest.replace(/"schemaVersion": \d+/, '"schemaVersion": 99'));
      },
    ],
  ])('%s is refused before anything is written', async (_, key, spoil) => {
    const copy = join(root, 'spoilt');
    await rm(copy, { recursive: true, force: true });
    await cp(folder, copy, { recursive: true });
    await spoil(copy);
    await expect(intoTarget(copy)).rejects.toMatchObject({ key });
    expect(Object.values(await bytesOf(dbOf(target))).flat()).toEqual([]);
  });
});

describe('an import', () => {
  it('cut off in the middle is served by nobody, and is begun again by doing it again', async () => {
    const spoilt = join(root, 'cut');
    await cp(folder, spoilt, { recursive: true });
    // The number of documents is looked at last: the collection is in the database by then.
    const manifest = await readFile(join(spoilt, 'export.json'), 'utf8');
    await writeFile(join(spoilt, 'export.json'), manifest.replace('"documents": 4,', '"documents": 5,'));
    await expect(intoTarget(spoilt)).rejects.toMatchObject({ key: 'transfer.damaged' });
    expect((await bytesOf(dbOf(target)))['many & more']).toHaveLength(2_500);
    const { connection } = target;
    const meta = createMetaStore(connection);
    const leases = { hold: () => Promise.reject(new Error('not asked for')) };
    await expect(migrate({ connection, meta, leases, log: silent })).rejects.toMatchObject({ key: 'start.import-unfinished' });
  });

  it('brings every document byte for byte, and every index', async () => {
    await intoTarget();
    expect(await bytesOf(dbOf(target))).toEqual(await bytesOf(dbOf(source)));
    for (const name of ['many & more', 'values', 'outbox'])
      expect(await indexesOf(dbOf(target), name)).toEqual(await indexesOf(dbOf(source), name));
  });

  it('goes into no database that has something in it', async () => {
    await expect(intoTarget()).rejects.toMatchObject({ key: 'transfer.not-empty' });
  });

  it('and back again is the same export', async () => {
    const back = join(root, 'back');
    const [there, again] = [await readFile(join(folder, 'export.json'), 'utf8'), await exportDatabase(dbOf(target), back, facts, now)];
    expect(again).toEqual(JSON.parse(there));
  });
});
