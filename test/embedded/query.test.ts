import { Binary, BSONRegExp, DBRef, Decimal128, type Document, Double, Long, ObjectId } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engineMissing, filled, type Store, startStore } from './engine.ts';

const day = (text: string) => new Date(`2026-01-${text}T00:00:00Z`);
const id = new ObjectId('507f1f77bcf86cd799439011');

/** Documents, filter, the `_id`s that MongoDB's manual promises. */
const table: readonly (readonly [name: string, documents: readonly Document[], filter: Document, expected: readonly number[]])[] = [
  ['null matches null and missing', [{ _id: 1, a: null }, { _id: 2 }, { _id: 3, a: 0 }], { a: null }, [1, 2]],
  ['$eq null as well', [{ _id: 1, a: null }, { _id: 2 }, { _id: 3, a: day('01') }], { a: { $eq: null } }, [1, 2]],
  ['$ne null leaves what is there', [{ _id: 1, a: null }, { _id: 2 }, { _id: 3, a: 0 }], { a: { $ne: null } }, [3]],
  ['$in with null', [{ _id: 1, a: null }, { _id: 2 }, { _id: 3, a: 1 }, { _id: 4, a: 2 }], { a: { $in: [null, 1] } }, [1, 2, 3]],
  ['$gte null is null or missing', [{ _id: 1, a: null }, { _id: 2 }, { _id: 3, a: 5 }], { a: { $gte: null } }, [1, 2]],
  [
    '$lte a date passes over null and numbers',
    [
      { _id: 1, a: null },
      { _id: 2, a: 5 },
      { _id: 3, a: day('01') },
      { _id: 4, a: day('03') },
    ],
    { a: { $lte: day('02') } },
    [3],
  ],
  [
    '$lt a number passes over strings',
    [
      { _id: 1, a: '1' },
      { _id: 2, a: 1 },
    ],
    { a: { $lt: 5 } },
    [2],
  ],
  [
    '$not of a range takes other types and missing',
    [{ _id: 1, a: '1' }, { _id: 2, a: 1 }, { _id: 3 }],
    { a: { $not: { $lt: 5 } } },
    [1, 3],
  ],
  ['$exists false', [{ _id: 1, a: null }, { _id: 2 }], { a: { $exists: false } }, [2]],
  [
    'numbers are one type',
    [
      { _id: 1, a: 5 },
      { _id: 2, a: Long.fromNumber(5) },
      { _id: 3, a: new Double(5) },
      { _id: 4, a: Decimal128.fromString('5.0') },
    ],
    { a: 5 },
    [1, 2, 3, 4],
  ],
  [
    '64-bit integers are exact',
    [
      { _id: 1, a: Long.fromString('9007199254740993') },
      { _id: 2, a: Long.fromString('9007199254740992') },
    ],
    { a: Long.fromString('9007199254740993') },
    [1],
  ],
  [
    'an array matches by an element',
    [
      { _id: 1, a: [1, 2] },
      { _id: 2, a: [3] },
    ],
    { a: 2 },
    [1],
  ],
  [
    'an array matches as a whole, in its order',
    [
      { _id: 1, a: [1, 2] },
      { _id: 2, a: [2, 1] },
      { _id: 3, a: [[1, 2]] },
    ],
    { a: [1, 2] },
    [1, 3],
  ],
  [
    'a range on an array may be met by two elements',
    [
      { _id: 1, a: [1, 20] },
      { _id: 2, a: [1, 2] },
    ],
    { a: { $gt: 5, $lt: 8 } },
    [1],
  ],
  [
    '$elemMatch by one',
    [
      { _id: 1, a: [1, 20] },
      { _id: 2, a: [6] },
    ],
    { a: { $elemMatch: { $gt: 5, $lt: 8 } } },
    [2],
  ],
  [
    '$elemMatch on documents',
    [
      {
        _id: 1,
        a: [
          { x: 1, y: 2 },
          { x: 2, y: 1 },
        ],
      },
      { _id: 2, a: [{ x: 1, y: 1 }] },
    ],
    { a: { $elemMatch: { x: 1, y: 1 } } },
    [2],
  ],
  [
    'dotted paths go through arrays',
    [
      { _id: 1, a: [{ b: 1 }, { b: 2 }] },
      { _id: 2, a: { b: 3 } },
    ],
    { 'a.b': 2 },
    [1],
  ],
  [
    'a number in a path is a position or a name',
    [
      { _id: 1, a: [7, 8] },
      { _id: 2, a: { 1: 8 } },
      { _id: 3, a: [8, 7] },
    ],
    { 'a.1': 8 },
    [1, 2],
  ],
  [
    'null over sub-documents: one of them lacks it',
    [{ _id: 1, a: [{ b: 1 }, {}] }, { _id: 2, a: [{ b: 1 }] }, { _id: 3, a: [] }, { _id: 4, a: 1 }, { _id: 5 }],
    { 'a.b': null },
    [1, 4, 5],
  ],
  ['$ne on an array: none may equal', [{ _id: 1, a: [1, 2] }, { _id: 2, a: [3] }, { _id: 3 }], { a: { $ne: 1 } }, [2, 3]],
  ['$nin on an array', [{ _id: 1, a: [1, 2] }, { _id: 2, a: [3] }, { _id: 3 }], { a: { $nin: [1, 9] } }, [2, 3]],
  [
    '$all',
    [
      { _id: 1, a: [1, 2, 3] },
      { _id: 2, a: [1] },
      { _id: 3, a: 1 },
    ],
    { a: { $all: [1, 3] } },
    [1],
  ],
  [
    '$all with one value takes a scalar',
    [
      { _id: 1, a: [1] },
      { _id: 2, a: 1 },
    ],
    { a: { $all: [1] } },
    [1, 2],
  ],
  ['$all of nothing matches nothing', [{ _id: 1, a: [] }, { _id: 2 }], { a: { $all: [] } }, []],
  ['$size', [{ _id: 1, a: [] }, { _id: 2, a: [1] }, { _id: 3, a: 1 }, { _id: 4 }], { a: { $size: 0 } }, [1]],
  [
    '$type array is the field itself',
    [
      { _id: 1, a: [1] },
      { _id: 2, a: 1 },
      { _id: 3, a: [[1]] },
    ],
    { a: { $type: 'array' } },
    [1, 3],
  ],
  [
    '$type looks at elements',
    [
      { _id: 1, a: ['x'] },
      { _id: 2, a: 1 },
    ],
    { a: { $type: 'string' } },
    [1],
  ],
  [
    '$type by alias list',
    [
      { _id: 1, a: id },
      { _id: 2, a: Long.fromNumber(1) },
      { _id: 3, a: 1.5 },
    ],
    { a: { $type: ['objectId', 'long'] } },
    [1, 2],
  ],
  [
    '$mod',
    [
      { _id: 1, a: 4 },
      { _id: 2, a: 5 },
      { _id: 3, a: 'x' },
    ],
    { a: { $mod: [4, 0] } },
    [1],
  ],
  [
    'a regular expression',
    [
      { _id: 1, a: 'Lamp' },
      { _id: 2, a: ['x', 'lamp'] },
      { _id: 3, a: 5 },
    ],
    { a: /^lamp/i },
    [1, 2],
  ],
  [
    '$regex with $options',
    [
      { _id: 1, a: 'x\nlamp' },
      { _id: 2, a: 'LAMP' },
    ],
    { a: { $regex: '^lamp', $options: 'im' } },
    [1, 2],
  ],
  ['the x flag', [{ _id: 1, a: 'lamp' }], { a: new BSONRegExp('la mp # lit', 'x') }, [1]],
  ['$not of a regular expression', [{ _id: 1, a: 'lamp' }, { _id: 2, a: 'desk' }, { _id: 3 }], { a: { $not: /^l/ } }, [2, 3]],
  [
    '$in with a regular expression',
    [
      { _id: 1, a: 'lamp' },
      { _id: 2, a: 'desk' },
      { _id: 3, a: 'x' },
    ],
    { a: { $in: [/^l/, 'x'] } },
    [1, 3],
  ],
  [
    'sub-documents match in field order',
    [
      { _id: 1, a: { x: 1, y: 2 } },
      { _id: 2, a: { y: 2, x: 1 } },
    ],
    { a: { x: 1, y: 2 } },
    [1],
  ],
  [
    'bytes compare as bytes',
    [
      { _id: 1, a: new Binary(Buffer.from([0xff])) },
      { _id: 2, a: new Binary(Buffer.from([0xfe])) },
    ],
    { a: new Binary(Buffer.from([0xff])) },
    [1],
  ],
  [
    '$elemMatch on references',
    [
      { _id: 1, a: [new DBRef('shops', id)] },
      { _id: 2, a: [new DBRef('shops', new ObjectId())] },
    ],
    { a: { $elemMatch: { $id: id } } },
    [1],
  ],
  ['$nor', [{ _id: 1, a: 1 }, { _id: 2, b: 2 }, { _id: 3 }], { $nor: [{ a: 1 }, { b: 2 }] }, [3]],
  [
    '$or with $and',
    [
      { _id: 1, a: 1, b: 1 },
      { _id: 2, a: 2 },
      { _id: 3, a: 3 },
    ],
    { $or: [{ $and: [{ a: 1 }, { b: 1 }] }, { a: 3 }] },
    [1, 3],
  ],
  [
    '$expr between fields',
    [
      { _id: 1, a: 2, b: 1 },
      { _id: 2, a: 1, b: 2 },
    ],
    { $expr: { $gt: ['$a', '$b'] } },
    [1],
  ],
  [
    'NaN equals NaN',
    [
      { _id: 1, a: NaN },
      { _id: 2, a: 1 },
    ],
    { a: NaN },
    [1],
  ],
  [
    'NaN is in no range',
    [
      { _id: 1, a: NaN },
      { _id: 2, a: 1 },
    ],
    { a: { $lt: 5 } },
    [2],
  ],
  [
    '-0 is 0',
    [
      { _id: 1, a: new Double(-0) },
      { _id: 2, a: 0 },
    ],
    { a: 0 },
    [1, 2],
  ],
];

describe.skipIf(engineMissing)('queries', () => {
  let store: Store;
  beforeAll(async () => {
    store = await startStore();
  });
  afterAll(() => store.close());

  it.each(table.map((row, index) => [...row, index] as const))('%s', async (_, documents, filter, expected, index) => {
    const found = async (name: string) =>
      (await (await filled(store.db, name, documents)).find(filter).toArray())
        .map((document) => Number(document['_id']))
        .sort((a, b) => a - b);
    expect(await found(`plain${index}`)).toEqual(expected);
    const field = Object.keys(filter)[0] ?? '';
    if (field.startsWith('$')) return;
    for (const direction of [1, -1] as const) {
      await store.db.collection(`indexed${index}${direction}`).createIndex({ [field]: direction });
      expect(await found(`indexed${index}${direction}`), `with an index of ${direction}`).toEqual(expected);
    }
  });

  it('puts types in their order, an array by its least or greatest element', async () => {
    const values = [/a/, new Date(0), true, id, new Binary(Buffer.from('b')), { x: 1 }, 'text', 7, Long.fromNumber(3), null, [-5, 'z'], []];
    const expected = ['empty', 'null', 'array', 'long', 'seven', 'text', 'object', 'binary', 'id', 'boolean', 'date', 'regex'];
    const names = ['regex', 'date', 'boolean', 'id', 'binary', 'object', 'text', 'seven', 'long', 'null', 'array', 'empty'];
    const documents = values.map((a, index) => ({ _id: names[index], a }));
    const sorted = async (name: string, direction: 1 | -1) =>
      (await store.db.collection(name).find().sort({ a: direction }).toArray()).map(({ _id }) => String(_id));
    await filled(store.db, 'order', documents);
    const ascending = await sorted('order', 1);
    const descending = await sorted('order', -1);
    expect(ascending).toEqual(expected);
    // Descending, [-5, 'z'] stands by 'z'.
    expect(descending).toEqual(['regex', 'date', 'boolean', 'id', 'binary', 'object', 'array', 'text', 'seven', 'long', 'null', 'empty']);
    await store.db.collection('order').createIndex({ a: 1 });
    expect([await sorted('order', 1), await sorted('order', -1)]).toEqual([ascending, descending]);
  });

  it('projects', async () => {
    const collection = await filled(store.db, 'projection', [
      {
        _id: 1,
        a: 1,
        b: { c: 2, d: 3 },
        list: [
          { x: 1, y: 2 },
          { x: 3, y: 4 },
        ],
        n: [1, 2, 3, 4],
      },
    ]);
    const one = (projection: Document, filter: Document = {}) => collection.findOne(filter, { projection });
    expect(await one({ a: 1 })).toEqual({ _id: 1, a: 1 });
    expect(await one({ a: 1, _id: 0 })).toEqual({ a: 1 });
    expect(await one({ 'b.c': 1, 'list.x': 1 })).toEqual({ _id: 1, b: { c: 2 }, list: [{ x: 1 }, { x: 3 }] });
    expect(await one({ b: 0, 'list.y': 0, n: 0 })).toEqual({ _id: 1, a: 1, list: [{ x: 1 }, { x: 3 }] });
    expect(await one({ n: { $slice: [1, 2] }, a: 1 })).toEqual({ _id: 1, a: 1, n: [2, 3] });
    expect(await one({ list: { $elemMatch: { x: 3 } } })).toEqual({ _id: 1, list: [{ x: 3, y: 4 }] });
    expect(await one({ 'n.$': 1 }, { n: { $gt: 2 } })).toEqual({ _id: 1, n: [3] });
    await expect(one({ a: 1, b: 0 })).rejects.toMatchObject({ code: 31_254 });
  });

  it('streams replies larger than a batch', async () => {
    const text = 'x'.repeat(2_000);
    const collection = await filled(
      store.db,
      'large',
      Array.from({ length: 3_000 }, (_, index) => ({ _id: index, text })),
    );
    const seen = await collection.find({}, { batchSize: 700 }).sort({ _id: -1 }).toArray();
    expect(seen.map(({ _id }) => _id)).toEqual(Array.from({ length: 3_000 }, (_, index) => 2_999 - index));
    expect(
      await collection
        .find()
        .sort({ _id: 1 })
        .skip(1_200)
        .limit(3)
        .map(({ _id }) => _id)
        .toArray(),
    ).toEqual([1200, 1201, 1202]);
    expect(await collection.countDocuments({ _id: { $gte: 10, $lt: 20 } as never })).toBe(10);
  });
});
