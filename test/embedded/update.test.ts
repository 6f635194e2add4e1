import { type Document, Long, ObjectId } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, engineMissing, filled, type Store, startStore } from './engine.ts';

type Row = readonly [name: string, before: Document, update: Document | Document[], after: Document, filter?: Document, options?: Document];

const rows: readonly Row[] = [
  ['$set makes the way to a nested field', {}, { $set: { 'a.b.c': 1 } }, { a: { b: { c: 1 } } }],
  ['$set into an array position pads with null', { a: [1] }, { $set: { 'a.3': 4 } }, { a: [1, null, null, 4] }],
  ['$set keeps fields in their places', { b: 1, a: 2 }, { $set: { b: 3 } }, { b: 3, a: 2 }],
  ['$unset in an array leaves null', { a: [1, 2, 3] }, { $unset: { 'a.1': '' } }, { a: [1, null, 3] }],
  ['$inc makes a missing field', {}, { $inc: { n: 2 } }, { n: 2 }],
  ['$inc past 32 bits becomes a long', { n: 2_147_483_647 }, { $inc: { n: 1 } }, { n: 2_147_483_648 }],
  [
    '$inc on a long stays exact',
    { n: Long.fromString('9007199254740993') },
    { $inc: { n: 1 } },
    { n: Long.fromString('9007199254740994') },
  ],
  ['$mul of a missing field is zero', {}, { $mul: { n: 5 } }, { n: 0 }],
  ['$min and $max', { a: 5, b: 5 }, { $min: { a: 3 }, $max: { b: 3, c: 1 } }, { a: 3, b: 5, c: 1 }],
  ['$rename', { a: 1, b: 2 }, { $rename: { a: 'c' } }, { b: 2, c: 1 }],
  ['$push with all modifiers', { a: [3, 1] }, { $push: { a: { $each: [2, 5], $sort: 1, $slice: -3 } } }, { a: [2, 3, 5] }],
  ['$push at a position', { a: [1, 4] }, { $push: { a: { $each: [2, 3], $position: 1 } } }, { a: [1, 2, 3, 4] }],
  [
    '$push sorts documents by a field',
    { a: [{ n: 2 }] },
    { $push: { a: { $each: [{ n: 1 }], $sort: { n: -1 } } } },
    { a: [{ n: 2 }, { n: 1 }] },
  ],
  ['$addToSet by value', { a: [{ x: 1 }] }, { $addToSet: { a: { $each: [{ x: 1 }, { x: 2 }] } } }, { a: [{ x: 1 }, { x: 2 }] }],
  ['$pull by condition', { a: [1, 5, 9] }, { $pull: { a: { $gte: 5 } } }, { a: [1] }],
  ['$pull of documents ignores other fields', { a: [{ x: 1, y: 1 }, { x: 2 }] }, { $pull: { a: { x: 1 } } }, { a: [{ x: 2 }] }],
  [
    '$pull of documents by clauses',
    { a: [{ x: 1 }, { x: 2 }, { x: 3 }] },
    { $pull: { a: { $or: [{ x: 1 }, { x: 3 }] } } },
    { a: [{ x: 2 }] },
  ],
  ['$pullAll', { a: [1, 2, 1] }, { $pullAll: { a: [1] } }, { a: [2] }],
  ['$pop first', { a: [1, 2, 3] }, { $pop: { a: -1 } }, { a: [2, 3] }],
  ['$bit', { a: 13 }, { $bit: { a: { and: 10 } } }, { a: 8 }],
  ['the positional $', { a: [{ x: 1 }, { x: 2 }] }, { $set: { 'a.$.seen': true } }, { a: [{ x: 1 }, { x: 2, seen: true }] }, { 'a.x': 2 }],
  [
    'two positional paths, found before either is written',
    { a: [{ x: 1 }, { x: 2 }] },
    { $set: { 'a.$.x': 9 }, $inc: { 'a.$.n': 1 } },
    { a: [{ x: 1 }, { x: 9, n: 1 }] },
    { 'a.x': 2 },
  ],
  ['all elements', { a: [1, 2] }, { $inc: { 'a.$[]': 10 } }, { a: [11, 12] }],
  [
    'filtered elements',
    { a: [{ x: 1 }, { x: 5 }] },
    { $set: { 'a.$[e].big': true } },
    { a: [{ x: 1 }, { x: 5, big: true }] },
    {},
    { arrayFilters: [{ 'e.x': { $gt: 3 } }] },
  ],
  ['a pipeline', { a: 1, b: 2 }, [{ $set: { c: { $add: ['$a', '$b'] } } }, { $unset: 'a' }], { b: 2, c: 3 }],
  ['$setOnInsert does nothing to what is there', { a: 1 }, { $set: { a: 2 }, $setOnInsert: { b: 1 } }, { a: 2 }],
];

const refused: readonly (readonly [name: string, before: Document, update: Document, code: number])[] = [
  ['$inc on a string', { n: 'x' }, { $inc: { n: 1 } }, 14],
  ['$set into a scalar', { a: 1 }, { $set: { 'a.b': 1 } }, 28],
  ['two operators on one path', {}, { $set: { a: 1 }, $inc: { a: 1 } }, 40],
  ['a path and its parent', {}, { $set: { a: {}, 'a.b': 1 } }, 40],
  ['another _id', {}, { $set: { _id: 2 } }, 66],
  ['$push on a scalar', { a: 1 }, { $push: { a: 1 } }, 2],
  ['an unknown operator', {}, { $frobnicate: { a: 1 } }, 9],
];

describe.skipIf(engineMissing)('updates', () => {
  let store: Store;
  beforeAll(async () => {
    store = await startStore();
  });
  afterAll(() => store.close());

  it.each(rows.map((row) => ({ name: row[0], row })))('$name', async ({ row }) => {
    const [, before, update, after, filter = {}, options = {}] = row;
    const collection = await filled(store.db, 'updates', []);
    const { insertedId } = await collection.insertOne({ ...before } as never);
    await collection.updateOne({ ...filter, _id: insertedId }, update, options);
    const stored = await collection.findOne({ _id: insertedId }, { promoteLongs: false });
    const { _id, ...rest } = stored ?? {};
    const plain = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, value instanceof Long ? value.toString() : value]));
    const wanted = Object.fromEntries(
      Object.entries(after).map(([name, value]) => [
        name,
        value instanceof Long || (typeof value === 'number' && value > 2 ** 31 - 1) ? String(value) : value,
      ]),
    );
    expect(plain).toEqual(wanted);
    expect(Object.keys(plain)).toEqual(Object.keys(wanted));
  });

  it.each(refused)('refuses %s and changes nothing', async (_, before, update, code) => {
    const collection = await filled(store.db, 'refused', []);
    const { insertedId } = await collection.insertOne({ ...before } as never);
    const answer = await store.db
      .command({ update: 'refused', updates: [{ q: { _id: insertedId }, u: update }] })
      .catch((error: unknown) => error as Document);
    expect(answer['writeErrors']?.[0]?.code ?? answer['code']).toBe(code);
    expect(await collection.findOne({ _id: insertedId })).toEqual({ _id: insertedId, ...before });
  });

  it('makes an upsert of the filter, the update and $setOnInsert, and counts it', async () => {
    const collection = await filled(store.db, 'upserts', []);
    const update = { $set: { b: 1 }, $setOnInsert: { c: 1 } };
    const first = await collection.updateOne({ _id: 'k', a: 'x', n: { $gt: 3 }, $and: [{ d: { $eq: 4 } }] } as Document, update, {
      upsert: true,
    });
    expect(first).toMatchObject({ matchedCount: 0, modifiedCount: 0, upsertedCount: 1, upsertedId: 'k' });
    expect(await collection.findOne({ _id: 'k' } as Document)).toEqual({ _id: 'k', a: 'x', d: 4, b: 1, c: 1 });
    expect(await collection.updateOne({ _id: 'k' } as Document, update, { upsert: true })).toMatchObject({
      matchedCount: 1,
      modifiedCount: 0,
      upsertedCount: 0,
    });
  });

  it('findAndModify tells what was there, what is, and what came to be', async () => {
    const collection = await filled(store.db, 'fam', [
      { _id: 1, n: 3 },
      { _id: 2, n: 1 },
    ]);
    expect(await collection.findOneAndUpdate({ n: { $gt: 0 } }, { $inc: { n: 10 } }, { sort: { n: 1 } })).toEqual({ _id: 2, n: 1 });
    expect(
      await collection.findOneAndUpdate(
        { _id: 1 } as Document,
        { $set: { n: 4 } },
        { returnDocument: 'after', projection: { n: 1, _id: 0 } },
      ),
    ).toEqual({ n: 4 });
    expect(await collection.findOneAndUpdate({ _id: 9 } as Document, { $set: { n: 4 } })).toBeNull();
    const raw = await collection.findOneAndUpdate(
      { _id: 9 } as Document,
      { $set: { n: 4 } },
      { upsert: true, includeResultMetadata: true },
    );
    expect(raw).toMatchObject({ value: null, lastErrorObject: { n: 1, updatedExisting: false, upserted: 9 } });
    const again = await collection.findOneAndUpdate(
      { _id: 9 } as Document,
      { $set: { n: 5 } },
      { upsert: true, includeResultMetadata: true },
    );
    expect(again?.lastErrorObject).toEqual({ n: 1, updatedExisting: true });
    expect(await collection.findOneAndDelete({ n: 5 })).toEqual({ _id: 9, n: 5 });
    expect(await collection.findOneAndReplace({ _id: 1 } as Document, { m: 1 }, { returnDocument: 'after' })).toEqual({ _id: 1, m: 1 });
  });

  it('tells every duplicate with its index, key and value; ordered stops, unordered goes on', async () => {
    const collection = store.db.collection('unique');
    await collection.createIndex({ shop: 1, order: 1 }, { unique: true });
    await collection.insertOne({ shop: 'a', order: 1 });
    const documents = () =>
      [
        { shop: 'a', order: 2 },
        { shop: 'a', order: 1 },
        { shop: 'a', order: 3 },
      ].map((document) => ({ ...document, _id: new ObjectId() }));
    const insert = (ordered: boolean) => store.db.command({ insert: 'unique', documents: documents(), ordered });
    const first = await insert(true);
    expect(first).toMatchObject({
      n: 1,
      writeErrors: [{ index: 1, code: 11_000, keyPattern: { shop: 1, order: 1 }, keyValue: { shop: 'a', order: 1 } }],
    });
    const second = await insert(false);
    expect(second).toMatchObject({
      n: 1,
      writeErrors: [
        { index: 0, code: 11_000 },
        { index: 1, code: 11_000 },
      ],
    });
    expect(await collection.countDocuments()).toBe(3);
    expect(await codeOf(collection.updateOne({ order: 3 }, { $set: { order: 1 } }))).toBe(11_000);
    expect(await collection.countDocuments({ order: 3 })).toBe(1);
  });

  it('partial and sparse unique indexes bind only what they hold', async () => {
    const open = store.db.collection('open');
    await open.createIndex({ conversation: 1 }, { unique: true, partialFilterExpression: { open: true } });
    await open.insertMany([
      { conversation: 'c', open: false },
      { conversation: 'c', open: false },
      { conversation: 'c', open: true },
    ]);
    expect(await codeOf(open.insertOne({ conversation: 'c', open: true }))).toBe(11_000);
    expect(await codeOf(open.updateOne({ open: false }, { $set: { open: true } }))).toBe(11_000);
    // Not every document is in the index, so it may not answer for all.
    expect(await open.countDocuments({ conversation: 'c' })).toBe(3);
    const sparse = store.db.collection('sparse');
    await sparse.createIndex({ key: 1 }, { unique: true, sparse: true });
    await sparse.insertMany([{ a: 1 }, { a: 2 }, { key: null }]);
    expect(await codeOf(sparse.insertOne({ key: null }))).toBe(11_000);
    expect((await sparse.find().sort({ key: 1 }).toArray()).length).toBe(3);
    const full = store.db.collection('full');
    await full.createIndex({ key: 1 }, { unique: true });
    await full.insertOne({ a: 1 });
    expect(await codeOf(full.insertOne({ key: null }))).toBe(11_000);
  });

  it('an update of many rows meets each row once', async () => {
    const collection = await filled(
      store.db,
      'many',
      Array.from({ length: 500 }, (_, index) => ({ _id: index, n: index })),
    );
    await collection.createIndex({ n: 1 });
    const result = await collection.updateMany({ n: { $gte: 0 } }, { $inc: { n: 1_000 } });
    expect(result).toMatchObject({ matchedCount: 500, modifiedCount: 500 });
    expect(await collection.countDocuments({ n: { $gte: 1_000, $lt: 1_500 } })).toBe(500);
  });

  it('takes unacknowledged writes', async () => {
    const collection = store.db.collection<Document & { _id: number }>('unacknowledged');
    await collection.insertOne({ _id: 1 }, { writeConcern: { w: 0 } });
    await expect.poll(() => collection.countDocuments()).toBe(1);
  });
});
