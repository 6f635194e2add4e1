import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Decimal128, Long } from 'bson';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkStore, readCollection } from '../../src/embedded/offline.ts';
import { startEngine } from './engine.ts';

let dir: string;
let file: string;

/** A store with every kind of index, written, rewritten and partly deleted through the engine itself. */
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'embedded-check-'));
  const engine = await startEngine(dir);
  const client = await new MongoClient(engine.uri).connect();
  const rows = client.db('shop').collection<{ _id: number }>('rows');
  await rows.createIndex({ name: 1 }, { unique: true });
  await rows.createIndex({ tags: -1, at: 1 });
  await rows.createIndex({ amount: 1 }, { sparse: true });
  await rows.createIndex({ at: 1 }, { expireAfterSeconds: 1_000_000_000 });
  await rows.createIndex({ 'inner.n': 1 }, { partialFilterExpression: { open: true } });
  await rows.insertMany(
    Array.from({ length: 300 }, (_, n) => ({
      _id: n,
      name: `n${n}`,
      tags: n % 3 === 0 ? ['a', 'b', `t${n}`] : n % 3 === 1 ? [] : `t${n}`,
      at: new Date(1.7e12 + n),
      ...(n % 2 === 0 ? { amount: n % 4 === 0 ? Long.fromNumber(n) : Decimal128.fromString(`${n}.5`) } : {}),
      inner: [{ n }, { n: -n }],
      open: n % 5 === 0,
    })) as never,
  );
  await rows.updateMany({ _id: { $lt: 100 } }, { $set: { open: true, tags: ['c'] } } as never);
  await rows.deleteMany({ _id: { $gte: 250 } });
  await client.db('other').collection<{ _id: string }>('few').insertOne({ _id: 'one' });
  await client.close();
  await engine.close();
  file = join(dir, 'store.sqlite');
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** The store with something broken in it by `sql`, checked. */
async function broken(sql: string) {
  const copy = join(dir, 'broken.sqlite');
  await rm(copy, { force: true });
  const original = new DatabaseSync(file);
  original.prepare('vacuum into ?').run(copy);
  original.close();
  const database = new DatabaseSync(copy);
  database.exec(sql);
  database.close();
  return checkStore(copy).problems.map(({ kind, collection, index, count }) => [kind, collection, index, count]);
}

const entriesOf = (index: string) => `idx = (select id from indexes where instr(spec, cast('${index}' as blob)) > 0)`;
const record = (n: number) => `rid = (select min(rid) + ${n} from documents)`;

describe('a store that is whole', () => {
  it('has nothing wrong with it, and its documents are counted', () => {
    expect(checkStore(file)).toEqual({
      problems: [],
      collections: [
        { database: 'shop', name: 'rows', documents: 250, indexes: expect.objectContaining({ length: 6 }) },
        { database: 'other', name: 'few', documents: 1, indexes: [{ v: 2, key: { _id: 1 }, name: '_id_' }] },
      ],
    });
  });
});

describe('a collection', () => {
  it('is read from the file alone', () => {
    expect(readCollection(file, { database: 'other', name: 'few' })).toEqual([{ _id: 'one' }]);
    expect(readCollection(file, { database: 'other', name: 'none' })).toEqual([]);
  });
});

describe('what is wrong with a store is found', () => {
  it.each([
    ['an entry that is missing', `delete from entries where ${entriesOf('name_1')} and ${record(7)}`, ['entry-missing', 'name_1', 1]],
    ['all entries of an index', `delete from entries where ${entriesOf('name_1')}`, ['entry-missing', 'name_1', 250]],
    [
      'an entry of a document that is gone',
      `insert into entries select idx, key, rid + 10000 from entries where ${entriesOf('amount_1')} limit 1`,
      ['entry-stray', 'amount_1', 1],
    ],
    [
      'an entry under a key that its document does not have',
      `insert into entries select idx, cast(key || x'01' as blob), rid from entries where ${entriesOf('inner.n_1')} limit 2`,
      ['entry-stray', 'inner.n_1', 2],
    ],
  ])('%s', async (_, sql, [kind, index, count]) => {
    expect(await broken(sql)).toEqual([[kind, 'shop.rows', index, count]]);
  });

  it('a key twice in a unique index', async () => {
    const sql = `update documents set bytes = (select bytes from documents where ${record(3)}) where ${record(4)};`;
    const problems = await broken(sql);
    // The old entries of the document are strays, its new ones are missing.
    expect(problems).toContainEqual(['entry-missing', 'shop.rows', '_id_', 1]);
    expect(problems).toContainEqual(['entry-stray', 'shop.rows', '_id_', 1]);
    const both = `${sql} insert into entries select idx, key, rid + 1 from entries where ${record(3)}; delete from entries where ${record(4)} and not exists (select 1 from entries e where e.idx = entries.idx and e.key = entries.key and e.rid = entries.rid - 1)`;
    expect(await broken(both)).toEqual([
      ['not-unique', 'shop.rows', '_id_', 1],
      ['not-unique', 'shop.rows', 'name_1', 1],
    ]);
  });

  it('an index that does not say that documents stand in it several times', async () => {
    expect(await broken(`update indexes set multikey = 0`)).toContainEqual(['multikey-unmarked', 'shop.rows', 'inner.n_1', 129]);
  });

  it('a document that is no BSON, and one of no collection', async () => {
    expect(await broken(`update documents set bytes = x'05000000' where ${record(9)}`)).toContainEqual([
      'document-damaged',
      'shop.rows',
      null,
      1,
    ]);
    expect(await broken('insert into documents select 5, bytes from documents limit 1')).toEqual([['document-stray', null, null, 1]]);
  });

  it('a catalogue that cannot be read, entries of an index that is none', async () => {
    expect((await broken(`update indexes set spec = x'00'`))[0]?.[0]).toBe('catalog-damaged');
    expect((await broken(`insert into entries values (9999, x'0a', 1)`))[0]).toEqual(['entry-stray', null, null, 1]);
    expect(await broken(`delete from indexes where instr(spec, cast('_id_' as blob)) > 0`)).toContainEqual([
      'catalog-damaged',
      'other.few',
      null,
      1,
    ]);
  });

  it('a file of another format, of somebody else, cut short, or none at all', async () => {
    expect((await broken('pragma user_version = 99'))[0]?.[0]).toBe('unknown-format');
    expect((await broken('pragma application_id = 1'))[0]?.[0]).toBe('unknown-format');
    await broken('');
    await truncate(join(dir, 'broken.sqlite'), 40_000);
    expect(checkStore(join(dir, 'broken.sqlite')).problems[0]?.kind).toBe('file-damaged');
    await writeFile(join(dir, 'broken.sqlite'), 'no database at all, whatever its name says');
    expect(checkStore(join(dir, 'broken.sqlite')).problems[0]?.kind).toBe('file-damaged');
    expect(() => checkStore(join(dir, 'none.sqlite'))).toThrow(expect.objectContaining({ failure: 'unreachable' }));
  });
});
