import { Decimal128, type Document, Double, deserialize, Int32, Long, serialize } from 'bson';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeIn, printed, type Server, startInProcess, startNamed } from './servers.ts';

/**
 * What MongoDB's manual says of updates, each row with its page below https://www.mongodb.com/docs/manual/ (read 2026-11-27): a document, the
 * update, and the document after it (field order and types of number included) or the code of the refusal, which changes nothing.
 */
type Row = readonly [
  page: string,
  says: string,
  before: Document,
  update: Document | Document[],
  after: Document | number,
  options?: Options,
];
interface Options {
  readonly filter?: Document;
  readonly arrayFilters?: readonly Document[];
}

const long = (text: string): Long => Long.fromString(text);
const grades = [
  { grade: 80, mean: 75, std: 8 },
  { grade: 85, mean: 90, std: 5 },
  { grade: 90, mean: 85, std: 3 },
];
const quizzes = [
  { type: 'quiz', questions: [10, 8, 5] },
  { type: 'hw', questions: [5, 9] },
];

const rows: readonly Row[] = [
  // $set, $unset, $rename
  [
    'reference/operator/update/set',
    'top-level fields keep their places',
    { q: 250, d: { m: '14Q2' } },
    { $set: { d: { m: '14Q3' }, q: 500 } },
    { q: 500, d: { m: '14Q3' } },
  ],
  [
    'reference/operator/update/set',
    'a field of an embedded document',
    { d: { model: '14Q2', make: 'xyz' } },
    { $set: { 'd.make': 'zzz' } },
    { d: { model: '14Q2', make: 'zzz' } },
  ],
  [
    'reference/operator/update/set',
    'elements of arrays',
    { tags: ['a', 'b'], r: [{ by: 'ijk', rating: 4 }] },
    { $set: { 'tags.1': 'rain', 'r.0.rating': 2 } },
    { tags: ['a', 'rain'], r: [{ by: 'ijk', rating: 2 }] },
  ],
  ['reference/operator/update/set', 'makes embedded documents as needed', {}, { $set: { 'a.b.c': 1 } }, { a: { b: { c: 1 } } }],
  ['reference/operator/update/set', 'not through a value that is no document', { a: 1 }, { $set: { 'a.b': 1 } }, 28],
  [
    'reference/operator/update',
    'new fields in the order of their names, numbers in numeric order',
    {},
    { $set: { b: 1, a10: 1, a: 1, 'z.10': 1, 'z.2': 1 } },
    { a: 1, a10: 1, b: 1, z: { 2: 1, 10: 1 } },
  ],
  ['reference/operator/update/unset', 'removes the field; its value does not matter', { q: 1, i: 2 }, { $unset: { q: '' } }, { i: 2 }],
  ['reference/operator/update/unset', 'nothing where there is no such field', { i: 2 }, { $unset: { q: '' } }, { i: 2 }],
  [
    'reference/operator/update/unset',
    'an element of an array becomes null',
    { a: [1, 2, 3] },
    { $unset: { 'a.1': '' } },
    { a: [1, null, 3] },
  ],
  [
    'reference/operator/update/rename',
    'a field',
    { nmae: { first: 'george' } },
    { $rename: { nmae: 'name' } },
    { name: { first: 'george' } },
  ],
  [
    'reference/operator/update/rename',
    'in an embedded document',
    { name: { first: 'george', last: 'w' } },
    { $rename: { 'name.first': 'name.fname' } },
    { name: { last: 'w', fname: 'george' } },
  ],
  ['reference/operator/update/rename', 'into an embedded document', { a: 1 }, { $rename: { a: 'b.c' } }, { b: { c: 1 } }],
  ['reference/operator/update/rename', 'nothing where there is no such field', { a: 1 }, { $rename: { wife: 'spouse' } }, { a: 1 }],
  ['reference/operator/update/rename', 'the new name replaces a field of that name', { b: 2, a: 1 }, { $rename: { a: 'b' } }, { b: 1 }],
  ['reference/operator/update/rename', 'not in an array', { a: [{ x: 1 }] }, { $rename: { 'a.0.x': 'y' } }, 2],
  ['reference/operator/update/rename', 'the names must differ', { a: 1 }, { $rename: { a: 'a' } }, 2],
  // Arithmetic
  [
    'reference/operator/update/inc',
    'by positive and negative amounts',
    { q: 10, m: { o: 2 } },
    { $inc: { q: -2, 'm.o': 1 } },
    { q: 8, m: { o: 3 } },
  ],
  ['reference/operator/update/inc', 'makes a missing field', {}, { $inc: { q: 2 } }, { q: 2 }],
  ['reference/operator/update/inc', 'not a field with the value null', { q: null }, { $inc: { q: 1 } }, 14],
  ['reference/operator/update/inc', 'not a text', { q: '1' }, { $inc: { q: 1 } }, 14],
  [
    'reference/operator/update/mul',
    'decimals are exact',
    { price: Decimal128.fromString('10.99'), qty: 25 },
    { $mul: { price: Decimal128.fromString('1.25'), qty: 2 } },
    { price: Decimal128.fromString('13.7375'), qty: 50 },
  ],
  [
    'reference/operator/update/mul',
    'a missing field becomes zero, of the type of the factor',
    {},
    { $mul: { price: long('100') } },
    { price: long('0') },
  ],
  [
    'reference/operator/update/mul',
    '64 bits by 32 bits are 64 bits',
    { price: long('10') },
    { $mul: { price: new Int32(5) } },
    { price: long('50') },
  ],
  [
    'reference/operator/update/mul',
    '32 bits that overflow become 64 bits',
    { n: 2_147_483_647 },
    { $mul: { n: 2 } },
    { n: long('4294967294') },
  ],
  ['reference/operator/update/mul', '64 bits that overflow are an error', { n: long('9223372036854775807') }, { $mul: { n: 2 } }, 2],
  ['reference/operator/update/mul', 'a whole number by a fraction is a fraction', { n: 3 }, { $mul: { n: new Double(1.5) } }, { n: 4.5 }],
  ['reference/operator/update/min', 'the lesser', { low: 200 }, { $min: { low: 150 } }, { low: 150 }],
  ['reference/operator/update/min', 'or nothing', { low: 150 }, { $min: { low: 250 } }, { low: 150 }],
  [
    'reference/operator/update/min',
    'dates',
    { d: new Date('2013-10-01') },
    { $min: { d: new Date('2013-09-25') } },
    { d: new Date('2013-09-25') },
  ],
  ['reference/operator/update/min', 'values of different types by the order of types', { v: 'text' }, { $min: { v: 5 } }, { v: 5 }],
  ['reference/operator/update/max', 'the greater', { high: 800 }, { $max: { high: 950 } }, { high: 950 }],
  ['reference/operator/update/max', 'makes a missing field', {}, { $max: { high: 950 } }, { high: 950 }],
  ['reference/operator/update/bit', 'and', { e: new Int32(13) }, { $bit: { e: { and: new Int32(10) } } }, { e: 8 }],
  ['reference/operator/update/bit', 'or on 64 bits', { e: long('3') }, { $bit: { e: { or: new Int32(5) } } }, { e: long('7') }],
  ['reference/operator/update/bit', 'xor on 64 bits', { e: long('1') }, { $bit: { e: { xor: new Int32(5) } } }, { e: long('4') }],
  ['reference/operator/update/bit', 'integers only', { e: 1.5 }, { $bit: { e: { and: 1 } } }, 2],
  // Arrays
  ['reference/operator/update/push', 'a value', { s: [44] }, { $push: { s: 89 } }, { s: [44, 89] }],
  ['reference/operator/update/push', 'makes a missing array', {}, { $push: { s: 89 } }, { s: [89] }],
  ['reference/operator/update/push', 'an array as one element', { s: [1] }, { $push: { s: [2, 3] } }, { s: [1, [2, 3]] }],
  ['reference/operator/update/push', 'not to a field that is no array', { s: 1 }, { $push: { s: 2 } }, 2],
  [
    'reference/operator/update/push',
    'adds, then sorts, then slices',
    {
      q: [
        { w: 1, s: 10 },
        { w: 2, s: 8 },
      ],
    },
    {
      $push: {
        q: {
          $each: [
            { w: 5, s: 8 },
            { w: 6, s: 6 },
          ],
          $sort: { s: -1 },
          $slice: 3,
        },
      },
    },
    {
      q: [
        { w: 1, s: 10 },
        { w: 2, s: 8 },
        { w: 5, s: 8 },
      ],
    },
  ],
  [
    'reference/operator/update/position',
    'at the start',
    { s: [100] },
    { $push: { s: { $each: [50, 60, 70], $position: 0 } } },
    { s: [50, 60, 70, 100] },
  ],
  [
    'reference/operator/update/position',
    'in the middle',
    { s: [50, 60, 70, 100] },
    { $push: { s: { $each: [20, 30], $position: 2 } } },
    { s: [50, 60, 20, 30, 70, 100] },
  ],
  [
    'reference/operator/update/position',
    'a negative position counts from the end',
    { s: [50, 60, 20, 30, 70, 100] },
    { $push: { s: { $each: [90, 80], $position: -2 } } },
    { s: [50, 60, 20, 30, 90, 80, 70, 100] },
  ],
  [
    'reference/operator/update/slice',
    'negative: the last elements',
    { g: [40, 50, 60] },
    { $push: { g: { $each: [80, 78, 86], $slice: -5 } } },
    { g: [50, 60, 80, 78, 86] },
  ],
  ['reference/operator/update/slice', 'zero: none', { g: [40, 50, 60] }, { $push: { g: { $each: [80], $slice: 0 } } }, { g: [] }],
  [
    'reference/operator/update/sort',
    'documents by a field',
    {
      q: [
        { id: 1, s: 6 },
        { id: 2, s: 9 },
      ],
    },
    {
      $push: {
        q: {
          $each: [
            { id: 3, s: 8 },
            { id: 5, s: 6 },
          ],
          $sort: { s: 1 },
        },
      },
    },
    {
      q: [
        { id: 1, s: 6 },
        { id: 5, s: 6 },
        { id: 3, s: 8 },
        { id: 2, s: 9 },
      ],
    },
  ],
  [
    'reference/operator/update/sort',
    'alone',
    { t: [89, 70, 100, 20] },
    { $push: { t: { $each: [], $sort: -1 } } },
    { t: [100, 89, 70, 20] },
  ],
  ['reference/operator/update/addToSet', 'a value that is not there', { t: ['a', 'b'] }, { $addToSet: { t: 'c' } }, { t: ['a', 'b', 'c'] }],
  ['reference/operator/update/addToSet', 'not one that is', { t: ['a', 'b'] }, { $addToSet: { t: 'b' } }, { t: ['a', 'b'] }],
  [
    'reference/operator/update/addToSet',
    'an array as one element',
    { l: ['a', 'b'] },
    { $addToSet: { l: ['c', 'd'] } },
    { l: ['a', 'b', ['c', 'd']] },
  ],
  [
    'reference/operator/update/addToSet',
    'a document with its fields in another order is another',
    { l: [{ x: 1, y: 2 }] },
    { $addToSet: { l: { y: 2, x: 1 } } },
    {
      l: [
        { x: 1, y: 2 },
        { y: 2, x: 1 },
      ],
    },
  ],
  [
    'reference/operator/update/addToSet',
    '$each',
    { t: ['e', 's'] },
    { $addToSet: { t: { $each: ['c', 'e', 'a'] } } },
    { t: ['e', 's', 'c', 'a'] },
  ],
  [
    'reference/operator/update/addToSet',
    'not to a field that is no array',
    { colors: 'blue,green,red' },
    { $addToSet: { colors: 'c' } },
    2,
  ],
  ['reference/operator/update/pop', 'the first', { s: [8, 9, 10] }, { $pop: { s: -1 } }, { s: [9, 10] }],
  ['reference/operator/update/pop', 'the last', { s: [9, 10] }, { $pop: { s: 1 } }, { s: [9] }],
  ['reference/operator/update/pop', 'the only one leaves an empty array', { s: [9] }, { $pop: { s: 1 } }, { s: [] }],
  ['reference/operator/update/pop', 'not from a field that is no array', { s: 1 }, { $pop: { s: 1 } }, 14],
  [
    'reference/operator/update/pull',
    'values in a list, and a value',
    { f: ['apples', 'pears', 'oranges'], v: ['carrots', 'celery', 'carrots'] },
    { $pull: { f: { $in: ['apples', 'oranges'] }, v: 'carrots' } },
    { f: ['pears'], v: ['celery'] },
  ],
  ['reference/operator/update/pull', 'by condition', { v: [3, 5, 6, 7, 7, 8] }, { $pull: { v: { $gte: 6 } } }, { v: [3, 5] }],
  [
    'reference/operator/update/pull',
    'documents as if they were top-level ones',
    {
      r: [
        { i: 'A', s: 5 },
        { i: 'B', s: 8, c: 'x' },
      ],
    },
    { $pull: { r: { s: 8, i: 'B' } } },
    { r: [{ i: 'A', s: 5 }] },
  ],
  [
    'reference/operator/update/pull',
    'and so none by $elemMatch on them',
    { r: [{ i: 'B', s: 8 }] },
    { $pull: { r: { $elemMatch: { s: 8, i: 'B' } } } },
    { r: [{ i: 'B', s: 8 }] },
  ],
  [
    'reference/operator/update/pull',
    '$elemMatch on an array within them',
    {
      r: [
        { i: 'A', q: [{ q: 2, a: 6 }] },
        { i: 'B', q: [{ q: 2, a: 9 }] },
      ],
    },
    { $pull: { r: { q: { $elemMatch: { q: 2, a: { $gte: 8 } } } } } },
    { r: [{ i: 'A', q: [{ q: 2, a: 6 }] }] },
  ],
  [
    'reference/operator/update/pull',
    'an array exactly, its order included',
    { l: [['a', 'b'], ['b', 'a'], 'a'] },
    { $pull: { l: ['a', 'b'] } },
    { l: [['b', 'a'], 'a'] },
  ],
  ['reference/operator/update/pullAll', 'every one of the values', { s: [0, 2, 5, 5, 1, 0] }, { $pullAll: { s: [0, 5] } }, { s: [2, 1] }],
  // Positions
  [
    'reference/operator/update/positional',
    'the first element that matched',
    { g: [80, 85, 80] },
    { $set: { 'g.$': 82 } },
    { g: [82, 85, 80] },
    { filter: { g: 80 } },
  ],
  [
    'reference/operator/update/positional',
    'a field of that document',
    { grades },
    { $set: { 'grades.$.std': 6 } },
    { grades: [grades[0], { grade: 85, mean: 90, std: 6 }, grades[2]] },
    { filter: { 'grades.grade': 85 } },
  ],
  [
    'reference/operator/update/positional',
    'by $elemMatch',
    { grades },
    { $set: { 'grades.$.std': 6 } },
    { grades: [grades[0], { grade: 85, mean: 90, std: 6 }, grades[2]] },
    { filter: { grades: { $elemMatch: { grade: { $lte: 90 }, mean: { $gt: 80 } } } } },
  ],
  [
    'reference/operator/update/positional',
    '$unset leaves null',
    { g: [80, 85] },
    { $unset: { 'g.$': '' } },
    { g: [null, 85] },
    { filter: { g: 80 } },
  ],
  ['reference/operator/update/positional', 'the array must be in the query', { g: [80] }, { $set: { 'g.$': 82 } }, 2],
  ['reference/operator/update/positional-all', 'every element', { g: [85, 82, 80] }, { $inc: { 'g.$[]': 10 } }, { g: [95, 92, 90] }],
  [
    'reference/operator/update/positional-all',
    'a field of every document',
    { g: [{ s: 8 }, { s: 6 }] },
    { $inc: { 'g.$[].s': -2 } },
    { g: [{ s: 6 }, { s: 4 }] },
  ],
  ['reference/operator/update/positional-all', 'the array must be there', {}, { $set: { 'g.$[]': 10 } }, 2],
  [
    'reference/operator/update/positional-filtered',
    'elements by condition',
    { g: [95, 110, 100] },
    { $set: { 'g.$[e]': 100 } },
    { g: [95, 100, 100] },
    { arrayFilters: [{ e: { $gte: 100 } }] },
  ],
  [
    'reference/operator/update/positional-filtered',
    'documents by one of their fields',
    { grades },
    { $set: { 'grades.$[e].mean': 100 } },
    { grades: [grades[0], { grade: 85, mean: 100, std: 5 }, { grade: 90, mean: 100, std: 3 }] },
    { arrayFilters: [{ 'e.grade': { $gte: 85 } }] },
  ],
  [
    'reference/operator/update/positional-filtered',
    'by two',
    { grades },
    { $inc: { 'grades.$[e].std': -1 } },
    { grades: [{ grade: 80, mean: 75, std: 7 }, { grade: 85, mean: 90, std: 4 }, grades[2]] },
    { arrayFilters: [{ 'e.grade': { $gte: 80 }, 'e.std': { $gte: 5 } }] },
  ],
  [
    'reference/operator/update/positional-filtered',
    'by negation',
    { d: [{ l: 'Master' }, { l: 'Bachelor' }] },
    { $set: { 'd.$[e].g': 1 } },
    { d: [{ l: 'Master', g: 1 }, { l: 'Bachelor' }] },
    { arrayFilters: [{ 'e.l': { $ne: 'Bachelor' } }] },
  ],
  [
    'reference/operator/update/positional-filtered',
    'in nested arrays',
    { quizzes },
    { $inc: { 'quizzes.$[t].questions.$[s]': 2 } },
    { quizzes: [{ type: 'quiz', questions: [12, 10, 5] }, quizzes[1]] },
    { arrayFilters: [{ 't.type': 'quiz' }, { s: { $gte: 8 } }] },
  ],
  [
    'reference/operator/update/positional-filtered',
    'together with $[]',
    { quizzes },
    { $inc: { 'quizzes.$[].questions.$[s]': 2 } },
    {
      quizzes: [
        { type: 'quiz', questions: [12, 10, 5] },
        { type: 'hw', questions: [5, 11] },
      ],
    },
    { arrayFilters: [{ s: { $gte: 8 } }] },
  ],
  ['reference/command/update', 'an array filter for each identifier', { g: [1] }, { $set: { 'g.$[e]': 2 } }, 2],
  ['reference/command/update', 'and no other', { g: [1] }, { $set: { g: 2 } }, 9, { arrayFilters: [{ e: 1 }] }],
  // Replacements, pipelines, what no update may do
  ['reference/command/update', 'a replacement keeps the _id and nothing else', { a: 1, b: 2 }, { c: 3 }, { c: 3 }],
  ['reference/command/update', 'the _id cannot be changed', { a: 1 }, { $set: { _id: 9 } }, 66],
  ['reference/command/update', 'no field in two operators', { a: 1 }, { $set: { a: 2 }, $inc: { a: 1 } }, 40],
  ['reference/command/update', 'no field and a field within it', {}, { $set: { a: {}, 'a.b': 1 } }, 40],
  ['reference/command/update', 'an unknown operator', {}, { $frobnicate: { a: 1 } }, 9],
  [
    'tutorial/update-documents-with-aggregation-pipeline',
    'fields out of fields',
    { t1: 90, t2: 95 },
    [{ $set: { total: { $add: ['$t1', '$t2'] } } }],
    { t1: 90, t2: 95, total: 185 },
  ],
  [
    'tutorial/update-documents-with-aggregation-pipeline',
    '$cond, and a stage sees the one before',
    { n: 5 },
    [{ $set: { m: { $multiply: ['$n', 2] } } }, { $set: { big: { $cond: [{ $gte: ['$m', 10] }, 'yes', 'no'] } } }, { $unset: 'n' }],
    { m: 10, big: 'yes' },
  ],
];

const asRead = (document: Document): string => printed(deserialize(serialize(document), { promoteValues: false }));

describe("what MongoDB's manual says of updates", () => {
  const servers: Server[] = [];
  beforeAll(async () => {
    const named = await startNamed();
    servers.push(await startInProcess(), ...(named ? [named] : []));
  });
  afterAll(() => Promise.all(servers.map((server) => server.close())));

  it.each(rows.map((row) => ({ row, page: row[0], says: row[1] })))(
    '$page: $says',
    async ({ row: [, , before, u, after, options = {}] }) => {
      for (const server of servers) {
        await server.ask({ delete: 'manual', deletes: [{ q: {}, limit: 0 }] });
        await server.ask({ insert: 'manual', documents: [{ _id: 1, ...before }] });
        const q = { _id: 1, ...options.filter };
        const reply = await server.ask({
          update: 'manual',
          updates: [{ q, u, ...(options.arrayFilters ? { arrayFilters: options.arrayFilters } : {}) }],
        });
        const [stored = {}] = (await server.ask({ find: 'manual' }))['cursor'].firstBatch as Document[];
        const wanted =
          typeof after === 'number'
            ? { code: after, text: asRead({ _id: 1, ...before }) }
            : { code: null, text: asRead({ _id: 1, ...after }) };
        expect({ code: codeIn(reply), text: printed(stored) }, server.name).toEqual(wanted);
      }
    },
  );
});
