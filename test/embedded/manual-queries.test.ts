import { Binary, BSONRegExp, Decimal128, type Document, Double, Int32, Long, MaxKey, MinKey, ObjectId, Timestamp } from 'bson';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeIn, type Server, startInProcess, startNamed } from './servers.ts';

/**
 * What MongoDB's manual says, each row with its page below https://www.mongodb.com/docs/manual/ (read 2026-11-27). Documents are numbered from 1 by
 * `_id`; the answer is the numbers that are found, or the code of a refusal.
 */
type Row = readonly [page: string, says: string, documents: readonly Document[], filter: Document, answer: readonly number[] | number];

const a = (...values: readonly unknown[]): Document[] => values.map((value) => (value === undefined ? {} : { a: value }));
const day = (text: string): Date => new Date(`2026-01-${text}T00:00:00Z`);
const id = (digit: string): ObjectId => new ObjectId(digit.repeat(24));
const inventory: readonly Document[] = [
  { item: { name: 'ab', code: '123' }, qty: 15, tags: ['A', 'B', 'C'] },
  { item: { name: 'cd', code: '123' }, qty: 20, tags: ['B'] },
  { item: { name: 'ij', code: '456' }, qty: 25, tags: ['A', 'B'] },
  { item: { name: 'xy', code: '456' }, qty: 30, tags: ['B', 'A'] },
  { item: { name: 'mn', code: '000' }, qty: 20, tags: [['A', 'B'], 'C'] },
];
const records: readonly Document[] = [
  { a: 5, b: 5, c: null },
  { a: 3, b: null, c: 8 },
  { a: null, b: 3, c: 9 },
  { a: 1, b: 2, c: 3 },
  { a: 2, c: 5 },
  { a: 3, b: 2 },
  { a: 4 },
  { b: 2, c: 4 },
  { b: 2 },
  { c: 6 },
];
const stock: readonly Document[] = [
  {
    tags: ['school', 'book', 'bag', 'headphone', 'appliance'],
    qty: [
      { size: 'S', num: 10, color: 'blue' },
      { size: 'M', num: 45, color: 'blue' },
      { size: 'L', num: 100, color: 'green' },
    ],
  },
  {
    tags: ['appliance', 'school', 'book'],
    qty: [
      { size: '6', num: 100, color: 'green' },
      { size: '6', num: 50, color: 'blue' },
      { size: '8', num: 100, color: 'brown' },
    ],
  },
  {
    tags: ['school', 'book'],
    qty: [
      { size: 'S', num: 10, color: 'blue' },
      { size: 'M', num: 100, color: 'blue' },
      { size: 'L', num: 100, color: 'green' },
    ],
  },
  { tags: ['electronics', 'school'], qty: [{ size: 'M', num: 100, color: 'green' }] },
];
const products = [
  { sku: 'abc123', text: 'Single line description.' },
  { sku: 'abc789', text: 'First line\nSecond line' },
  { sku: 'xyz456', text: 'Many spaces before     line' },
  { sku: 'xyz789', text: 'Multiple\nline description' },
];

const rows: readonly Row[] = [
  // Equality
  ['reference/operator/query/eq', 'a value', inventory, { qty: { $eq: 20 } }, [2, 5]],
  ['reference/operator/query/eq', 'a field of an embedded document', inventory, { 'item.name': 'ab' }, [1]],
  ['reference/operator/query/eq', 'an array that has the value', inventory, { tags: 'B' }, [1, 2, 3, 4]],
  [
    'reference/operator/query/eq',
    'the array itself or one that has it as an element, in its order',
    inventory,
    { tags: ['A', 'B'] },
    [3, 5],
  ],
  ['reference/operator/query/eq', 'a document, whose order of fields matters', inventory, { item: { code: '123', name: 'ab' } }, []],
  [
    'reference/operator/query/eq',
    '$eq and a regular expression match only a regular expression',
    a('MongoDB', 'MongoDB2', /MongoDB/),
    { a: { $eq: /MongoDB/ } },
    [3],
  ],
  [
    'reference/operator/query/eq',
    'without $eq a regular expression is a search',
    a('MongoDB', 'MongoDB2', 'other'),
    { a: /MongoDB/ },
    [1, 2],
  ],
  [
    'tutorial/query-embedded-documents',
    'a whole embedded document: field order included',
    a({ h: 14, w: 21 }, { w: 21, h: 14 }),
    { a: { w: 21, h: 14 } },
    [2],
  ],
  ['reference/operator/query/ne', 'also documents without the field', a(20, 5, undefined), { a: { $ne: 20 } }, [2, 3]],
  ['reference/operator/query/ne', 'no array that has the value', a([1, 20], [3]), { a: { $ne: 20 } }, [2]],
  // Null and missing
  ['tutorial/query-for-null-fields', '{ item: null } is null or missing', a(null, undefined, 1), { a: null }, [1, 2]],
  ['tutorial/query-for-null-fields', '{ $ne: null } is neither', a(null, undefined, 1), { a: { $ne: null } }, [3]],
  ['tutorial/query-for-null-fields', '{ $type: 10 } is null only', a(null, undefined, 1), { a: { $type: 10 } }, [1]],
  ['tutorial/query-for-null-fields', '{ $exists: false } is missing only', a(null, undefined, 1), { a: { $exists: false } }, [2]],
  ['reference/operator/query/exists', 'true includes null', records, { a: { $exists: true } }, [1, 2, 3, 4, 5, 6, 7]],
  ['reference/operator/query/exists', 'false', records, { b: { $exists: false } }, [5, 7, 10]],
  ['reference/operator/query/exists', 'false, where another is null', records, { c: { $exists: false } }, [6, 7, 9]],
  ['reference/operator/query/exists', 'together with $nin', a(5, 10, undefined), { a: { $exists: true, $nin: [5, 15] } }, [2]],
  ['reference/operator/query/in', 'null in a list is null or missing', a(null, undefined, 1, 2), { a: { $in: [null, 1] } }, [1, 2, 3]],
  ['reference/operator/query/nin', 'also documents without the field', a(5, 10, undefined), { a: { $nin: [5, 15] } }, [2, 3]],
  ['reference/operator/query/nin', 'no array with one of the values', a(['school', 'x'], ['y']), { a: { $nin: ['school'] } }, [2]],
  [
    'reference/operator/query/in',
    'an array with at least one of the values',
    a(['school', 'x'], ['y'], 'school'),
    { a: { $in: ['school', 'home'] } },
    [1, 3],
  ],
  ['reference/operator/query/in', 'regular expressions', a('best', 'start', 'no best'), { a: { $in: [/^be/, /^st/] } }, [1, 2]],
  ['reference/operator/query/in', 'no operator expressions', a(1), { a: { $in: [{ $gt: 1 }] } }, 2],
  // Ranges and types
  [
    'reference/bson-type-comparison-order',
    'numeric types are converted before they are compared',
    a(new Int32(5), Long.fromNumber(5), new Double(5), Decimal128.fromString('5.0'), '5'),
    { a: 5 },
    [1, 2, 3, 4],
  ],
  [
    'reference/bson-type-comparison-order',
    'a range stays within the type of its bound',
    a(4, '4', null, undefined, true, day('01')),
    { a: { $lt: 5 } },
    [1],
  ],
  ['reference/bson-type-comparison-order', 'dates only with dates', a(4, null, day('01'), day('03')), { a: { $lte: day('02') } }, [3]],
  ['reference/bson-type-comparison-order', 'strings by their bytes', a('B', 'a', 'Z', 'é'), { a: { $gt: 'Z' } }, [2, 4]],
  ['reference/bson-type-comparison-order', 'ObjectIds by their bytes', a(id('1'), id('2'), id('a')), { a: { $gt: id('1') } }, [2, 3]],
  [
    'reference/bson-type-comparison-order',
    'BinData by length first',
    a(new Binary(Buffer.from([9])), new Binary(Buffer.from([1, 1])), new Binary(Buffer.from([2, 0]))),
    { a: { $gt: new Binary(Buffer.from([9])) } },
    [2, 3],
  ],
  [
    'reference/bson-type-comparison-order',
    'objects field by field',
    a({ x: 1 }, { x: 2 }, { x: 1, y: 1 }),
    { a: { $gt: { x: 1 } } },
    [2, 3],
  ],
  ['reference/bson-type-comparison-order', 'booleans: false before true', a(false, true, 1), { a: { $gt: false } }, [2]],
  ['reference/operator/query/gt', 'an array by one of its elements', a([1, 25], [1, 2]), { a: { $gt: 20 } }, [1]],
  ['tutorial/query-arrays', 'two conditions may be met by two elements', a([15, 30], [10, 12], [16]), { a: { $gt: 15, $lt: 20 } }, [1, 3]],
  ['tutorial/query-arrays', '$elemMatch: both by one', a([15, 30], [10, 12], [16]), { a: { $elemMatch: { $gt: 15, $lt: 20 } } }, [3]],
  ['tutorial/query-arrays', 'an element by its index', a([14, 21], [10, 30]), { 'a.1': { $gt: 25 } }, [2]],
  ['tutorial/query-arrays', 'by length', a([1, 2, 3], [1], []), { a: { $size: 3 } }, [1]],
  ['reference/operator/query/size', 'no ranges', a([1]), { a: { $size: { $gt: 1 } } }, 2],
  ['reference/operator/query/size', 'of the field itself, not of a scalar', a([], 0, undefined), { a: { $size: 0 } }, [1]],
  // Arrays of documents
  [
    'tutorial/query-array-of-documents',
    'one of the documents',
    a(
      [
        { w: 'A', q: 5 },
        { w: 'C', q: 15 },
      ],
      [{ q: 5, w: 'A' }],
    ),
    { a: { w: 'A', q: 5 } },
    [1],
  ],
  [
    'tutorial/query-array-of-documents',
    'a field in one of them',
    a([{ q: 5 }, { q: 15 }], [{ q: 25 }], { q: 1 }),
    { 'a.q': { $lte: 20 } },
    [1, 3],
  ],
  [
    'tutorial/query-array-of-documents',
    'a field of the first of them',
    a([{ q: 25 }, { q: 5 }], [{ q: 5 }]),
    { 'a.0.q': { $lte: 20 } },
    [2],
  ],
  [
    'tutorial/query-array-of-documents',
    'two fields of two of them',
    a([
      { q: 5, w: 'B' },
      { q: 9, w: 'A' },
    ]),
    { 'a.q': 5, 'a.w': 'A' },
    [1],
  ],
  [
    'reference/operator/query/elemMatch',
    'two fields of one',
    [
      {
        a: [
          { v: 1, w: 0 },
          { v: 2, w: 2 },
        ],
      },
      {
        a: [
          { v: 1, w: 0 },
          { v: 1, w: 2 },
        ],
      },
    ],
    { a: { $elemMatch: { v: 1, w: { $gt: 1 } } } },
    [2],
  ],
  ['reference/operator/query/elemMatch', 'needs an array', a({ v: 1 }, [{ v: 1 }]), { a: { $elemMatch: { v: 1 } } }, [2]],
  ['reference/operator/query/all', 'all elements, in any order', stock, { tags: { $all: ['appliance', 'school', 'book'] } }, [1, 2]],
  [
    'reference/operator/query/all',
    'with $elemMatch',
    stock,
    { qty: { $all: [{ $elemMatch: { size: 'M', num: { $gt: 50 } } }, { $elemMatch: { num: 100, color: 'green' } }] } },
    [3, 4],
  ],
  ['reference/operator/query/all', 'one value: also a field that is no array', a(50, [50, 1], 5), { a: { $all: [50] } }, [1, 2]],
  [
    'reference/operator/query/all',
    'an array within: the field itself or an element',
    a(['x', 'y'], [['x', 'y']], ['x']),
    { a: { $all: [['x', 'y']] } },
    [1, 2],
  ],
  // $type
  ['reference/operator/query/type', 'an element of the type', a('x', ['y', 1], 2), { a: { $type: 'string' } }, [1, 2]],
  ['reference/operator/query/type', 'by number', a('x', 2), { a: { $type: 2 } }, [1]],
  ['reference/operator/query/type', "'array' is the field itself", a([], 1, [[1]]), { a: { $type: 'array' } }, [1, 3]],
  [
    'reference/operator/query/type',
    "'number' is all four",
    a(new Int32(1), Long.fromNumber(1), 1.5, Decimal128.fromString('1'), '1'),
    { a: { $type: 'number' } },
    [1, 2, 3, 4],
  ],
  ['reference/operator/query/type', 'several types', a(1.5, 'x', true), { a: { $type: ['string', 'bool'] } }, [2, 3]],
  [
    'reference/operator/query/type',
    '-1 and 127 are MinKey and MaxKey',
    a(new MinKey(), new MaxKey(), 1),
    { a: { $type: [-1, 127] } },
    [1, 2],
  ],
  ['reference/operator/query/type', 'an unknown alias', a(1), { a: { $type: 'float' } }, 2],
  // $mod, $not, logic
  ['reference/operator/query/mod', 'the remainder', a(0, 5, 12), { a: { $mod: [4, 0] } }, [1, 3]],
  ['reference/operator/query/mod', 'rounds its arguments towards zero', a(0, 5, 12), { a: { $mod: [4.99, 0] } }, [1, 3]],
  ['reference/operator/query/mod', 'a negative divisor', a(0, 5, 12), { a: { $mod: [-4, 0] } }, [1, 3]],
  ['reference/operator/query/mod', 'too few elements', a(1), { a: { $mod: [4] } }, 2],
  ['reference/operator/query/mod', 'too many elements', a(1), { a: { $mod: [4, 1, 2, 3] } }, 2],
  ['reference/operator/query/mod', 'NaN as divisor', a(1), { a: { $mod: [Number.NaN, 0] } }, 2],
  [
    'reference/operator/query/mod',
    'passes over NaN and Infinity',
    a(Number.NaN, Number.POSITIVE_INFINITY, 8),
    { a: { $mod: [4, 0] } },
    [3],
  ],
  ['reference/operator/query/not', 'also documents without the field', a(1, 3, undefined), { a: { $not: { $gt: 1.99 } } }, [1, 3]],
  ['reference/operator/query/not', 'of a regular expression', a('pen', 'ink', undefined), { a: { $not: /^p.*/ } }, [2, 3]],
  ['reference/operator/query/not', 'of $regex', a('pen', 'ink'), { a: { $not: { $regex: '^p.*' } } }, [2]],
  [
    'reference/operator/query/nor',
    'also documents without the fields',
    [{ p: 1.99, s: true }, { p: 2, s: false }, {}],
    { $nor: [{ p: 1.99 }, { s: true }] },
    [2, 3],
  ],
  [
    'reference/operator/query/and',
    'several conditions on one field',
    a(1.99, 3, undefined),
    { $and: [{ a: { $ne: 1.99 } }, { a: { $exists: true } }] },
    [2],
  ],
  ['reference/operator/query/or', 'one of several', [{ q: 10 }, { p: 10 }, {}], { $or: [{ q: { $lt: 20 } }, { p: 10 }] }, [1, 2]],
  ['reference/operator/query/or', 'needs a nonempty array', a(1), { $or: [] }, 2],
  [
    'reference/operator/query/expr',
    'compares two fields',
    [
      { b: 400, s: 450 },
      { b: 100, s: 50 },
    ],
    { $expr: { $gt: ['$s', '$b'] } },
    [1],
  ],
  // $regex
  ['reference/operator/query/regex', 'a suffix', products, { sku: { $regex: /789$/ } }, [2, 4]],
  ['reference/operator/query/regex', 'i: upper and lower case', products, { sku: { $regex: '^ABC', $options: 'i' } }, [1, 2]],
  ['reference/operator/query/regex', 'm: at the start of each line', products, { text: { $regex: /^S/, $options: 'm' } }, [1, 2]],
  ['reference/operator/query/regex', 'without m: at the start of the text', products, { text: { $regex: /^S/ } }, [1]],
  ['reference/operator/query/regex', 's: the dot is also a line end', products, { text: { $regex: /m.*line/, $options: 'si' } }, [3, 4]],
  [
    'reference/operator/query/regex',
    'x: blanks and comments are passed over',
    products,
    { sku: new BSONRegExp('abc #category code\n123 #item number', 'x') },
    [1],
  ],
  ['reference/operator/query/regex', 'an unknown option', products, { sku: { $regex: 'a', $options: 'q' } }, 51_091],
  // Timestamps and dates
  [
    'reference/bson-types',
    'timestamps are apart from dates',
    a(new Timestamp({ t: 5, i: 1 }), new Date(5_000)),
    { a: { $gte: new Date(0) } },
    [2],
  ],
];

/** Values in the order in which the manual sorts them. */
type SortRow = readonly [page: string, says: string, inOrder: readonly Document[], sort: Document];
const sorts: readonly SortRow[] = [
  [
    'reference/bson-type-comparison-order',
    'the types',
    a(
      new MinKey(),
      null,
      1,
      'a',
      { x: 1 },
      new Binary(Buffer.from('b')),
      id('1'),
      false,
      day('01'),
      new Timestamp({ t: 1, i: 1 }),
      /a/,
      new MaxKey(),
    ),
    { a: 1 },
  ],
  [
    'reference/operator/query/type',
    'MinKey and MaxKey stand first and last',
    a(new MinKey(), 2.9, 3, true, day('01'), new MaxKey()),
    { a: 1 },
  ],
  ['reference/bson-type-comparison-order', 'an array ascending by its smallest element', a(1, [2, 9], 3), { a: 1 }],
  ['reference/bson-type-comparison-order', 'an array descending by its largest element', a(10, [2, 9], 3), { a: -1 }],
  ['reference/bson-type-comparison-order', 'an empty array before null', a([], null, 1), { a: 1 }],
  ['reference/bson-type-comparison-order', 'a missing field as null', a(undefined, 1), { a: 1 }],
  [
    'reference/bson-type-comparison-order',
    'numbers of all types among each other',
    a(new Int32(1), 1.5, Long.fromNumber(2), Decimal128.fromString('2.5'), new Int32(3)),
    { a: 1 },
  ],
  [
    'reference/bson-type-comparison-order',
    'NaN before all numbers',
    a(Number.NaN, Number.NEGATIVE_INFINITY, -1, 0, Number.POSITIVE_INFINITY),
    { a: 1 },
  ],
  ['reference/bson-type-comparison-order', 'strings by their bytes, upper case first', a('B', 'a', 'b', 'é', '好', '😀'), { a: 1 }],
  [
    'reference/bson-type-comparison-order',
    'objects: type, then name, then value of each field',
    a({ a: 1 }, { a: 2 }, { b: 1 }, { a: 'x' }),
    { a: 1 },
  ],
  [
    'reference/bson-type-comparison-order',
    'BinData: length, subtype, bytes',
    a(new Binary(Buffer.from([9])), new Binary(Buffer.from([9]), 4), new Binary(Buffer.from([1, 1]))),
    { a: 1 },
  ],
  [
    'reference/method/cursor.sort',
    'by several fields, each in its direction',
    [
      { b: 'x', s: 2 },
      { b: 'x', s: 1 },
      { b: 'y', s: 3 },
    ],
    { b: 1, s: -1 },
  ],
  [
    'reference/bson-types',
    'ObjectIds by the time that they begin with',
    a(ObjectId.createFromTime(1), ObjectId.createFromTime(2), ObjectId.createFromTime(3_000_000_000)),
    { a: 1 },
  ],
];

describe("what MongoDB's manual says of queries", () => {
  const servers: Server[] = [];
  beforeAll(async () => {
    const named = await startNamed();
    servers.push(await startInProcess(), ...(named ? [named] : []));
  });
  afterAll(() => Promise.all(servers.map((server) => server.close())));

  /** Runs without an index, and again with one on the first field: the answer is the same. */
  async function eachWay(
    server: Server,
    documents: readonly Document[],
    field: string | undefined,
    look: () => Promise<void>,
  ): Promise<void> {
    const indexes =
      field === undefined || field.startsWith('$')
        ? [[]]
        : [[], [{ key: { [field]: 1 }, name: 'up' }], [{ key: { [field]: -1 }, name: 'down' }]];
    for (const made of indexes) {
      await server.ask({ drop: 'manual' });
      if (made.length > 0) expect(codeIn(await server.ask({ createIndexes: 'manual', indexes: made }))).toBeNull();
      for (const document of documents) expect(codeIn(await server.ask({ insert: 'manual', documents: [document] }))).toBeNull();
      await look();
    }
  }

  it.each(rows.map((row) => ({ row, page: row[0], says: row[1] })))('$page: $says', async ({ row: [, , given, filter, answer] }) => {
    const documents = given.map((document, index) => ({ _id: index + 1, ...document }));
    for (const server of servers) {
      await eachWay(server, documents, Object.keys(filter)[0], async () => {
        const reply = await server.ask({ find: 'manual', filter, sort: { _id: 1 } });
        const found = codeIn(reply) ?? (reply['cursor'].firstBatch as Document[]).map(({ _id }) => Number(_id));
        expect(found, server.name).toEqual(answer);
      });
    }
  });

  it.each(sorts.map((row) => ({ row, page: row[0], says: row[1] })))('sort, $page: $says', async ({ row: [, , inOrder, sort] }) => {
    // Stored the other way round, so that nothing is in order by chance.
    const documents = inOrder.map((document, index) => ({ _id: index, ...document })).reverse();
    for (const server of servers) {
      await eachWay(server, documents, Object.keys(sort)[0], async () => {
        const reply = await server.ask({ find: 'manual', sort });
        expect(
          (reply['cursor'].firstBatch as Document[]).map(({ _id }) => Number(_id)),
          server.name,
        ).toEqual([...inOrder.keys()]);
      });
    }
  });
});
