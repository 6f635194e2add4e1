import type { Document } from 'mongodb';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, engineMissing, filled, type Store, startEngine, startStore } from './engine.ts';

/** An object in an object and so on; or a clause in a clause. */
const nested = (levels: number, clause?: string): Document => {
  let document: Document = {};
  for (let level = 1; level < levels; level += 1) document = clause ? { [clause]: [document] } : { a: document };
  return document;
};

/** Command, and the codes that say it is refused: MongoDB's own, where it knows the field at all. */
const refused: readonly (readonly [name: string, command: Document, codes: readonly number[]])[] = [
  ['an unknown command', { frobnicate: 1 }, [59]],
  ['getParameter', { getParameter: 1, featureCompatibilityVersion: 1 }, [13, 59, 72, 115]],
  ['an unknown field of find', { find: 'c', frobnicate: 1 }, [9, 72, 40_415]],
  ['an unknown field of insert', { insert: 'c', documents: [{}], frobnicate: 1 }, [9, 72, 40_415]],
  ['an unknown field of update', { update: 'c', updates: [{ q: {}, u: {} }], frobnicate: 1 }, [9, 72, 40_415]],
  ['an unknown field inside an update', { update: 'c', updates: [{ q: {}, u: {}, frobnicate: 1 }] }, [9, 72, 40_415]],
  ['an unknown field of delete', { delete: 'c', deletes: [{ q: {}, limit: 0 }], frobnicate: 1 }, [9, 72, 40_415]],
  ['an unknown field of findAndModify', { findAndModify: 'c', query: {}, remove: true, frobnicate: 1 }, [9, 72, 40_415]],
  ['an unknown field of aggregate', { aggregate: 'c', pipeline: [], cursor: {}, frobnicate: 1 }, [9, 72, 40_415]],
  [
    'an unknown field of createIndexes',
    { createIndexes: 'c', indexes: [{ key: { a: 1 }, name: 'a', frobnicate: 1 }] },
    [9, 67, 115, 197, 40_415],
  ],
  ['an unknown query operator', { find: 'c', filter: { a: { $frobnicate: 1 } } }, [2]],
  ['an unknown top-level operator', { find: 'c', filter: { $frobnicate: 1 } }, [2]],
  ['$where', { find: 'c', filter: { $where: 'true' } }, [2, 115]],
  ['$near', { find: 'c', filter: { a: { $near: [0, 0] } } }, [2, 27, 115, 291]],
  ['$text', { find: 'c', filter: { $text: { $search: 'x' } } }, [2, 27, 115]],
  ['collation', { find: 'c', filter: {}, collation: { locale: 'en', strength: 2 } }, [9, 72, 115, 40_415]],
  ['a hint at no index', { find: 'c', filter: {}, hint: 'nowhere_1' }, [2, 115, 40_415]],
  ['a tailable cursor', { find: 'c', tailable: true }, [2, 9, 72, 115, 40_415]],
  ['an unknown stage', { aggregate: 'c', pipeline: [{ $frobnicate: {} }], cursor: {} }, [40_324]],
  ['$out', { aggregate: 'c', pipeline: [{ $out: 'd' }], cursor: {} }, [115, 40_324]],
  ['a change stream', { aggregate: 'c', pipeline: [{ $changeStream: {} }], cursor: {} }, [40_573]],
  ['an aggregation over a whole database', { aggregate: 1, pipeline: [{ $documents: [] }], cursor: {} }, [115]],
  ['an unknown expression', { aggregate: 'c', pipeline: [{ $project: { a: { $frobnicate: 1 } } }], cursor: {} }, [168, 31_325]],
  [
    'an unknown accumulator',
    { aggregate: 'c', pipeline: [{ $group: { _id: null, a: { $frobnicate: 1 } } }], cursor: {} },
    [115, 15_952, 168],
  ],
  ['a capped collection', { create: 'd', capped: true, size: 4_096 }, [2, 72, 115, 40_415]],
  ['a validator', { create: 'd', validator: { a: 1 } }, [2, 72, 115, 40_415]],
  ['a time series', { create: 'd', timeseries: { timeField: 't' } }, [2, 72, 115, 40_415]],
  ['a view', { create: 'd', viewOn: 'c', pipeline: [] }, [2, 72, 115, 40_415]],
  ...(['text', '2dsphere', 'hashed'] as const).map(
    (kind) => [`a ${kind} index`, { createIndexes: 'c', indexes: [{ key: { a: kind }, name: 'k' }] }, [67, 115]] as const,
  ),
  ['a wildcard index', { createIndexes: 'c', indexes: [{ key: { '$**': 1 }, name: 'k' }] }, [67, 115]],
  [
    'an index with collation',
    { createIndexes: 'c', indexes: [{ key: { a: 1 }, name: 'k', collation: { locale: 'en' } }] },
    [67, 115, 197, 40_415],
  ],
  ['a hidden index', { createIndexes: 'c', indexes: [{ key: { a: 1 }, name: 'k', hidden: true }] }, [67, 115, 197, 40_415]],
  ['two arrays in one index', { insert: 'parallel', documents: [{ a: [1], b: [2] }] }, [171]],
  ['getMore of no cursor', { getMore: { $numberLong: '1' }, collection: 'c' }, [43, 14]],
  ['an array as _id', { insert: 'c', documents: [{ _id: [1] }] }, [2, 53]],
  ['a document of 101 levels', { insert: 'c', documents: [nested(101)] }, [15]],
  ['an update that makes one', { update: 'c', updates: [{ q: { _id: 1 }, u: { $set: { a: nested(100) } } }] }, [15]],
  ['a filter of ten thousand levels', { find: 'c', filter: nested(10_000, '$nor') }, [15]],
  [
    'an upsert whose filter wants two values of one field',
    { update: 'c', updates: [{ q: { b: 1, $and: [{ b: 2 }] }, u: { $set: { d: 1 } }, upsert: true }] },
    [54],
  ],
  ['a field without a name in an operator', { update: 'c', updates: [{ q: { _id: 1 }, u: { $set: { '': 1 } } }] }, [56]],
  [
    'the same index with other options',
    { createIndexes: 'parallel', indexes: [{ key: { a: 1, b: 1 }, name: 'a_1_b_1', unique: true }] },
    [85, 86],
  ],
  ['another key under a taken name', { createIndexes: 'parallel', indexes: [{ key: { a: 1 }, name: 'a_1_b_1' }] }, [86]],
  ['dropIndexes of none', { dropIndexes: 'c', index: 'nowhere' }, [27]],
];

describe.skipIf(engineMissing)('what is not supported is refused', () => {
  let store: Store;
  beforeAll(async () => {
    store = await startStore();
    await filled(store.db, 'c', [{ _id: 1, a: 1 }]);
    await store.db.collection('parallel').createIndex({ a: 1, b: 1 });
  });
  afterAll(() => store.close());

  it.each(refused)('%s', async (_, command, codes) => {
    const answer = await store.db.command({ ...command }).catch((error: unknown) => error as Document);
    expect(codes).toContain(answer['writeErrors']?.[0]?.code ?? answer['code']);
    expect(String(answer['writeErrors']?.[0]?.errmsg ?? answer['message'])).toMatch(/\w+ \w+ \w+/);
    expect(await store.db.collection('c').find().toArray()).toEqual([{ _id: 1, a: 1 }]);
  });

  it('transactions, as a standalone does', async () => {
    const session = store.client.startSession();
    session.startTransaction();
    const work = store.db.collection('c').insertOne({ b: 1 }, { session });
    expect([20, 263]).toContain(await codeOf(work));
    await session.endSession();
    expect(await store.db.collection('c').countDocuments()).toBe(1);
  });

  it('but takes sessions, and the write and read concerns that it keeps', async () => {
    const session = store.client.startSession();
    const collection = store.db.collection<Document>('concerns', {
      readConcern: { level: 'majority' },
      writeConcern: { w: 'majority', journal: true },
    });
    await collection.insertOne({ a: 1 }, { session });
    expect(
      await collection.find({}, { session, readConcern: { level: 'local' }, comment: 'who', maxTimeMS: 5_000 }).toArray(),
    ).toHaveLength(1);
    await session.endSession();
  });

  it('a document over 16 MB', async () => {
    const large = Buffer.alloc(16 * 1024 * 1024);
    expect(await codeOf(store.db.collection('large').insertOne({ large }))).not.toBeNull();
    const collection = await filled(store.db, 'growing', [{ name: 'x', large: Buffer.alloc(15_900_000) }]);
    const answer = await store.db
      .command({ update: 'growing', updates: [{ q: { name: 'x' }, u: { $set: { more: 'y'.repeat(1_000_000) } } }] })
      .catch((error: unknown) => error as Document);
    expect([10_334, 17_419]).toContain(answer['writeErrors']?.[0]?.code ?? answer['code']);
    expect(await collection.countDocuments({ more: { $exists: true } })).toBe(0);
  });
});

describe.skipIf(engineMissing)('one process per folder', () => {
  it('refuses a second start with a sentence, and lets the next in after the first closed', async () => {
    const store = await startStore();
    try {
      await expect(startEngine(store.dir)).rejects.toThrow(/\w+ \w+ \w+/);
      expect(await store.db.collection('c').countDocuments()).toBe(0);
    } finally {
      await store.client.close();
    }
    await store.close();
    const again = await startEngine(store.dir);
    const client = await new MongoClient(again.uri).connect();
    expect(await client.db('test').collection('c').countDocuments()).toBe(0);
    await client.close();
    await again.close();
  });
});
