import { Decimal128, type Document, deserialize, serialize } from 'bson';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeIn, printed, type Server, startInProcess, startNamed } from './servers.ts';

/**
 * What MongoDB's manual says of commands, each row with its page below https://www.mongodb.com/docs/manual/ (read 2026-11-27): what is stored, the
 * command on the collection `c`, and what it answers: a code, documents (all of them, in their order), or fields of the reply.
 */
interface Row {
  readonly page: string;
  readonly says: string;
  readonly stored?: readonly Document[];
  readonly indexes?: readonly Document[];
  readonly command: Document;
  readonly code?: number;
  readonly documents?: readonly Document[];
  readonly reply?: Document;
  /** What the collection holds afterwards, by `_id`. */
  readonly after?: readonly Document[];
}

const posts = [
  { _id: 1, comments: [{ c: 0 }, { c: 1 }] },
  { _id: 2, comments: [{ c: 0 }, { c: 1 }, { c: 2 }, { c: 3 }, { c: 4 }] },
];
const inventory = [
  { _id: 1, dept: 'A', item: { sku: '111', color: 'red' }, sizes: ['S', 'M'] },
  { _id: 2, dept: 'A', item: { sku: '111', color: 'blue' }, sizes: ['M', 'L'] },
  { _id: 3, dept: 'B', item: { sku: '222', color: 'blue' }, sizes: 'S' },
  { _id: 4, dept: 'A', item: { sku: '333', color: 'black' }, sizes: ['S'] },
];
const sized = [
  { _id: 1, price: Decimal128.fromString('80'), sizes: ['S', 'M', 'L'] },
  { _id: 2, price: Decimal128.fromString('120'), sizes: [] },
  { _id: 3, price: Decimal128.fromString('160'), sizes: 'M' },
  { _id: 4, price: Decimal128.fromString('10') },
  { _id: 5, price: Decimal128.fromString('5.75'), sizes: null },
];
const scores = [
  { _id: 1, user: 'newbie' },
  { _id: 2, user: 'abby', score: 82 },
  { _id: 3, user: 'nina', score: 90 },
];
const people = [
  { _id: 1, name: 'Tom', rating: 100, score: 5 },
  { _id: 2, name: 'Tom', rating: 50, score: 1 },
];
const one = [
  {
    _id: 1,
    a: 1,
    b: { c: 2, d: 3 },
    list: [
      { x: 1, y: 2 },
      { x: 3, y: 4 },
    ],
  },
];
const find = (projection: Document, filter: Document = {}): Document => ({ find: 'c', filter, projection });
const pipeline = (...stages: readonly Document[]): Document => ({ aggregate: 'c', pipeline: stages, cursor: {} });
const computed = (expression: unknown): Document => pipeline({ $project: { _id: 0, v: expression } });
const upsert = (q: Document, u: Document, more: Document = {}): Document => ({ update: 'c', updates: [{ q, u, upsert: true, ...more }] });
const unique = (key: Document, more: Document = {}): Document => ({ key, name: 'k', unique: true, ...more });
const insert = (...documents: readonly Document[]): Document => ({ insert: 'c', documents });

const rows: readonly Row[] = [
  // Projections
  {
    page: 'tutorial/project-fields-from-query-results',
    says: 'the named fields and _id',
    stored: one,
    command: find({ a: 1 }),
    documents: [{ _id: 1, a: 1 }],
  },
  {
    page: 'tutorial/project-fields-from-query-results',
    says: '_id can be left out',
    stored: one,
    command: find({ a: 1, _id: 0 }),
    documents: [{ a: 1 }],
  },
  {
    page: 'tutorial/project-fields-from-query-results',
    says: 'all but the named fields',
    stored: one,
    command: find({ list: 0, b: 0 }),
    documents: [{ _id: 1, a: 1 }],
  },
  {
    page: 'tutorial/project-fields-from-query-results',
    says: 'fields in embedded documents',
    stored: one,
    command: find({ 'b.c': 1 }),
    documents: [{ _id: 1, b: { c: 2 } }],
  },
  {
    page: 'tutorial/project-fields-from-query-results',
    says: 'fields of the documents in an array',
    stored: one,
    command: find({ 'list.x': 1 }),
    documents: [{ _id: 1, list: [{ x: 1 }, { x: 3 }] }],
  },
  {
    page: 'tutorial/project-fields-from-query-results',
    says: 'in and out together are refused',
    stored: one,
    command: find({ a: 1, b: 0 }),
    code: 31_254,
  },
  {
    page: 'reference/operator/projection/slice',
    says: 'the first',
    stored: posts,
    command: find({ comments: { $slice: 3 } }, { _id: 2 }),
    documents: [{ _id: 2, comments: [{ c: 0 }, { c: 1 }, { c: 2 }] }],
  },
  {
    page: 'reference/operator/projection/slice',
    says: 'the last',
    stored: posts,
    command: find({ comments: { $slice: -3 } }, { _id: 2 }),
    documents: [{ _id: 2, comments: [{ c: 2 }, { c: 3 }, { c: 4 }] }],
  },
  {
    page: 'reference/operator/projection/slice',
    says: 'skips, then takes',
    stored: posts,
    command: find({ comments: { $slice: [1, 3] } }, { _id: 2 }),
    documents: [{ _id: 2, comments: [{ c: 1 }, { c: 2 }, { c: 3 }] }],
  },
  {
    page: 'reference/operator/projection/slice',
    says: 'skips back from the end',
    stored: posts,
    command: find({ comments: { $slice: [-1, 3] } }, { _id: 2 }),
    documents: [{ _id: 2, comments: [{ c: 4 }] }],
  },
  {
    page: 'reference/operator/projection/elemMatch',
    says: 'the first element that matches',
    stored: one,
    command: find({ list: { $elemMatch: { x: { $gt: 0 } } } }),
    documents: [{ _id: 1, list: [{ x: 1, y: 2 }] }],
  },
  {
    page: 'reference/operator/projection/elemMatch',
    says: 'no field where none matches',
    stored: one,
    command: find({ list: { $elemMatch: { x: 9 } } }),
    documents: [{ _id: 1 }],
  },
  {
    page: 'reference/operator/projection/positional',
    says: 'the element that the query matched',
    stored: one,
    command: find({ 'list.$': 1 }, { 'list.x': 3 }),
    documents: [{ _id: 1, list: [{ x: 3, y: 4 }] }],
  },
  // distinct, count
  {
    page: 'reference/command/distinct',
    says: 'the values of a field',
    stored: inventory,
    command: { distinct: 'c', key: 'dept' },
    reply: { values: ['A', 'B'] },
  },
  {
    page: 'reference/command/distinct',
    says: 'of an embedded field',
    stored: inventory,
    command: { distinct: 'c', key: 'item.sku' },
    reply: { values: ['111', '222', '333'] },
  },
  {
    page: 'reference/command/distinct',
    says: 'each element of an array',
    stored: inventory,
    command: { distinct: 'c', key: 'sizes' },
    reply: { values: ['S', 'M', 'L'] },
  },
  {
    page: 'reference/command/distinct',
    says: 'by query',
    stored: inventory,
    command: { distinct: 'c', key: 'item.sku', query: { dept: 'A' } },
    reply: { values: ['111', '333'] },
  },
  {
    page: 'reference/command/distinct',
    says: 'by position in an array',
    stored: [
      { _id: 0, t: [{ v: 1 }, { v: 4 }] },
      { _id: 1, t: [{ v: 2 }, { v: 8 }] },
      { _id: 3, t: [{ v: 1 }, { v: 4 }] },
    ],
    command: { distinct: 'c', key: 't.1.v' },
    reply: { values: [4, 8] },
  },
  {
    page: 'reference/command/distinct',
    says: 'with a collation: refused by this engine, not answered otherwise',
    stored: inventory,
    command: { distinct: 'c', key: 'dept', collation: { locale: 'fr' } },
    code: 40_415,
  },
  { page: 'reference/command/count', says: 'all', stored: inventory, command: { count: 'c' }, reply: { n: 4 } },
  {
    page: 'reference/command/count',
    says: 'by query, after skipping',
    stored: inventory,
    command: { count: 'c', query: { dept: 'A' }, skip: 1 },
    reply: { n: 2 },
  },
  { page: 'reference/command/count', says: 'of a collection that is not there', command: { count: 'c' }, reply: { n: 0 } },
  // findAndModify
  {
    page: 'reference/command/findAndModify',
    says: 'the first in the order, as it was',
    stored: people,
    command: { findAndModify: 'c', query: { name: 'Tom' }, sort: { rating: 1 }, update: { $inc: { score: 1 } } },
    reply: { value: { _id: 2, name: 'Tom', rating: 50, score: 1 }, lastErrorObject: { updatedExisting: true, n: 1 } },
  },
  {
    page: 'reference/command/findAndModify',
    says: 'new: as it is',
    stored: people,
    command: { findAndModify: 'c', query: { _id: 1 }, update: { $inc: { score: 1 } }, new: true, fields: { score: 1 } },
    reply: { value: { _id: 1, score: 6 } },
  },
  {
    page: 'reference/command/findAndModify',
    says: 'null where nothing matches',
    stored: people,
    command: { findAndModify: 'c', query: { name: 'Ann' }, update: { $inc: { score: 1 } } },
    reply: { value: null },
  },
  {
    page: 'reference/command/findAndModify',
    says: 'an upsert answers null, and tells the new _id',
    command: { findAndModify: 'c', query: { _id: 7, name: 'Gus' }, update: { $inc: { score: 1 } }, upsert: true },
    reply: { value: null, lastErrorObject: { updatedExisting: false, upserted: 7, n: 1 } },
    after: [{ _id: 7, name: 'Gus', score: 1 }],
  },
  {
    page: 'reference/command/findAndModify',
    says: 'an upsert with new answers what it made',
    command: { findAndModify: 'c', query: { _id: 7 }, update: { $set: { a: 1 } }, upsert: true, new: true },
    reply: { value: { _id: 7, a: 1 } },
  },
  {
    page: 'reference/command/findAndModify',
    says: 'remove answers what it removed',
    stored: people,
    command: { findAndModify: 'c', query: { name: 'Tom' }, sort: { rating: 1 }, remove: true },
    reply: { value: { _id: 2 } },
    after: [people[0] as Document],
  },
  {
    page: 'reference/command/findAndModify',
    says: 'neither update nor remove is an error',
    stored: people,
    command: { findAndModify: 'c', query: {} },
    code: 9,
  },
  // update, upsert, delete, insert
  {
    page: 'reference/command/update',
    says: 'one document, unless multi',
    stored: people,
    command: { update: 'c', updates: [{ q: { name: 'Tom' }, u: { $set: { score: 0 } } }] },
    reply: { n: 1, nModified: 1 },
  },
  {
    page: 'reference/command/update',
    says: 'n counts what matched, nModified what changed',
    stored: people,
    command: { update: 'c', updates: [{ q: { name: 'Tom' }, u: { $set: { score: 5 } }, multi: true }] },
    reply: { n: 2, nModified: 1 },
  },
  {
    page: 'reference/command/update',
    says: 'multi and a replacement are an error',
    stored: people,
    command: { update: 'c', updates: [{ q: {}, u: { a: 1 }, multi: true }] },
    code: 9,
  },
  {
    page: 'reference/command/update',
    says: 'an upsert has the equalities of its filter, and no ranges',
    command: upsert({ _id: 1, item: 'x', qty: { $gt: 5 } }, { $set: { a: 1 } }),
    reply: { n: 1, nModified: 0, upserted: [{ index: 0, _id: 1 }] },
    after: [{ _id: 1, item: 'x', a: 1 }],
  },
  {
    page: 'reference/command/update',
    says: 'an upsert by replacement has the replacement alone',
    command: upsert({ _id: 1, item: 'x' }, { a: 1 }),
    after: [{ _id: 1, a: 1 }],
  },
  {
    page: 'reference/operator/update/setOnInsert',
    says: 'on insert',
    command: upsert({ _id: 1 }, { $set: { item: 'apple' }, $setOnInsert: { defaultQty: 100 } }),
    after: [{ _id: 1, defaultQty: 100, item: 'apple' }],
  },
  {
    page: 'reference/operator/update/setOnInsert',
    says: 'and not otherwise',
    stored: [{ _id: 1 }],
    command: upsert({ _id: 1 }, { $set: { item: 'apple' }, $setOnInsert: { defaultQty: 100 } }),
    after: [{ _id: 1, item: 'apple' }],
  },
  {
    page: 'reference/operator/update/positional-filtered',
    says: 'an upsert by the exact array',
    command: upsert({ _id: 1, list: [0, 1] }, { $set: { 'list.$[e]': 2 } }, { arrayFilters: [{ e: 0 }] }),
    after: [{ _id: 1, list: [2, 1] }],
  },
  {
    page: 'reference/operator/update/positional-filtered',
    says: 'and an error without it',
    command: upsert({ _id: 1 }, { $set: { 'list.$[e]': 2 } }, { arrayFilters: [{ e: 0 }] }),
    code: 2,
    after: [],
  },
  {
    page: 'reference/operator/update/positional-all',
    says: 'an upsert by the exact array',
    command: upsert({ _id: 1, list: [5, 8] }, { $set: { 'list.$[]': 10 } }),
    after: [{ _id: 1, list: [10, 10] }],
  },
  {
    page: 'reference/operator/update/positional-all',
    says: 'and an error by one element of it',
    command: upsert({ _id: 1, list: 5 }, { $set: { 'list.$[]': 10 } }),
    code: 2,
  },
  {
    page: 'reference/command/delete',
    says: 'limit 1: one',
    stored: people,
    command: { delete: 'c', deletes: [{ q: { name: 'Tom' }, limit: 1 }] },
    reply: { n: 1 },
  },
  {
    page: 'reference/command/delete',
    says: 'limit 0: all',
    stored: people,
    command: { delete: 'c', deletes: [{ q: { name: 'Tom' }, limit: 0 }] },
    reply: { n: 2 },
    after: [],
  },
  {
    page: 'reference/command/insert',
    says: 'ordered: stops at the first error',
    stored: [{ _id: 1 }],
    command: insert({ _id: 2 }, { _id: 1 }, { _id: 3 }),
    reply: { n: 1, writeErrors: [{ index: 1, code: 11_000 }] },
    after: [{ _id: 1 }, { _id: 2 }],
  },
  {
    page: 'reference/command/insert',
    says: 'unordered: goes on',
    stored: [{ _id: 1 }],
    command: { ...insert({ _id: 2 }, { _id: 1 }, { _id: 3 }), ordered: false },
    reply: { n: 2, writeErrors: [{ index: 1, code: 11_000 }] },
    after: [{ _id: 1 }, { _id: 2 }, { _id: 3 }],
  },
  { page: 'core/document', says: 'the _id is no array', command: insert({ _id: [1] }), code: 53 },
  // Indexes
  {
    page: 'core/index-unique',
    says: 'refuses a second of a value',
    stored: [{ _id: 1, a: 1 }],
    indexes: [unique({ a: 1 })],
    command: insert({ _id: 2, a: 1 }),
    code: 11_000,
  },
  {
    page: 'core/index-unique',
    says: 'a compound one binds the combination',
    stored: [{ _id: 1, a: 1, b: 1 }],
    indexes: [unique({ a: 1, b: 1 })],
    command: insert({ _id: 2, a: 1, b: 2 }),
    reply: { n: 1 },
  },
  {
    page: 'core/index-unique',
    says: 'a missing field is null: one only',
    stored: [{ _id: 1 }],
    indexes: [unique({ a: 1 })],
    command: insert({ _id: 2, a: null }),
    code: 11_000,
  },
  {
    page: 'core/index-unique',
    says: 'binds documents, not the elements within one',
    indexes: [unique({ 'a.x': 1 })],
    command: insert({ _id: 1, a: [{ x: 1 }, { x: 1 }] }),
    reply: { n: 1 },
  },
  {
    page: 'core/index-unique',
    says: 'is not built over duplicates',
    stored: [
      { _id: 1, a: 1 },
      { _id: 2, a: 1 },
    ],
    command: { createIndexes: 'c', indexes: [unique({ a: 1 })] },
    code: 11_000,
  },
  {
    page: 'core/index-sparse',
    says: 'unique and sparse: several without the field',
    stored: scores,
    indexes: [unique({ score: 1 }, { sparse: true })],
    command: insert({ _id: 4, user: 'C' }),
    reply: { n: 1 },
  },
  {
    page: 'core/index-sparse',
    says: 'and none twice with it',
    stored: scores,
    indexes: [unique({ score: 1 }, { sparse: true })],
    command: insert({ _id: 4, score: 82 }),
    code: 11_000,
  },
  {
    page: 'core/index-sparse',
    says: 'is not used where it would leave some out',
    stored: scores,
    indexes: [{ key: { score: 1 }, name: 'k', sparse: true }],
    command: { find: 'c', sort: { score: -1 }, projection: { _id: 1 } },
    documents: [{ _id: 3 }, { _id: 2 }, { _id: 1 }],
  },
  {
    page: 'core/index-sparse',
    says: 'unless a hint asks for it',
    stored: scores,
    indexes: [{ key: { score: 1 }, name: 'k', sparse: true }],
    command: { find: 'c', sort: { score: -1 }, projection: { _id: 1 }, hint: { score: 1 } },
    documents: [{ _id: 3 }, { _id: 2 }],
  },
  {
    page: 'core/index-partial',
    says: 'unique where its filter holds',
    stored: [{ _id: 1, user: 'd', age: 29 }],
    indexes: [unique({ user: 1 }, { partialFilterExpression: { age: { $gte: 21 } } })],
    command: insert({ _id: 2, user: 'd', age: 24 }),
    code: 11_000,
  },
  {
    page: 'core/index-partial',
    says: 'and free where it does not',
    stored: [{ _id: 1, user: 'd', age: 29 }],
    indexes: [unique({ user: 1 }, { partialFilterExpression: { age: { $gte: 21 } } })],
    command: insert({ _id: 2, user: 'd', age: 20 }, { _id: 3, user: 'd' }),
    reply: { n: 2 },
  },
  {
    page: 'core/index-partial',
    says: 'not together with sparse',
    command: { createIndexes: 'c', indexes: [{ key: { a: 1 }, name: 'k', sparse: true, partialFilterExpression: { a: 1 } }] },
    code: 67,
  },
  {
    page: 'core/indexes/index-types/index-multikey',
    says: 'no two arrays in one compound index',
    stored: [],
    indexes: [{ key: { a: 1, b: 1 }, name: 'k' }],
    command: insert({ _id: 1, a: [1, 2], b: [1, 2] }),
    code: 171,
  },
  {
    page: 'core/indexes/index-types/index-multikey',
    says: 'one array is fine, whichever it is',
    stored: [{ _id: 1, a: [1, 2], b: 1 }],
    indexes: [{ key: { a: 1, b: 1 }, name: 'k' }],
    command: insert({ _id: 2, a: 1, b: [1, 2] }),
    reply: { n: 1 },
  },
  {
    page: 'reference/command/createIndexes',
    says: 'the same again is nothing',
    stored: [{ _id: 1 }],
    indexes: [{ key: { a: 1 }, name: 'k' }],
    command: { createIndexes: 'c', indexes: [{ key: { a: 1 }, name: 'k' }] },
    reply: { numIndexesBefore: 2, numIndexesAfter: 2 },
  },
  {
    page: 'reference/command/dropIndexes',
    says: 'an index that is not there',
    stored: [{ _id: 1 }],
    command: { dropIndexes: 'c', index: 'nowhere' },
    code: 27,
  },
  {
    page: 'reference/command/dropIndexes',
    says: 'the one on _id stays',
    stored: [{ _id: 1 }],
    command: { dropIndexes: 'c', index: '_id_' },
    code: 72,
  },
  {
    page: 'reference/command/getMore',
    says: 'of a cursor that is not there',
    stored: [{ _id: 1 }],
    command: { getMore: 5n, collection: 'c' },
    code: 43,
  },
  // Aggregation
  {
    page: 'reference/operator/aggregation/unwind',
    says: 'a document for each element; none for null, missing and empty',
    stored: sized,
    command: pipeline({ $unwind: '$sizes' }, { $project: { sizes: 1 } }),
    documents: [
      { _id: 1, sizes: 'S' },
      { _id: 1, sizes: 'M' },
      { _id: 1, sizes: 'L' },
      { _id: 3, sizes: 'M' },
    ],
  },
  {
    page: 'reference/operator/aggregation/unwind',
    says: 'preserveNullAndEmptyArrays',
    stored: sized,
    command: pipeline(
      { $unwind: { path: '$sizes', preserveNullAndEmptyArrays: true } },
      { $match: { _id: { $gt: 1 } } },
      { $project: { sizes: 1 } },
    ),
    documents: [{ _id: 2 }, { _id: 3, sizes: 'M' }, { _id: 4 }, { _id: 5, sizes: null }],
  },
  {
    page: 'reference/operator/aggregation/unwind',
    says: 'group by unwound values: averages of decimals',
    stored: sized,
    command: pipeline(
      { $unwind: { path: '$sizes', preserveNullAndEmptyArrays: true } },
      { $group: { _id: '$sizes', average: { $avg: '$price' } } },
      { $sort: { average: -1, _id: 1 } },
    ),
    documents: [
      { _id: 'M', average: Decimal128.fromString('120') },
      { _id: 'L', average: Decimal128.fromString('80') },
      { _id: 'S', average: Decimal128.fromString('80') },
      { _id: null, average: Decimal128.fromString('45.25') },
    ],
  },
  {
    page: 'reference/operator/aggregation/group',
    says: 'null: one group of all',
    stored: people,
    command: pipeline({
      $group: { _id: null, n: { $sum: 1 }, most: { $max: '$rating' }, least: { $min: '$rating' }, all: { $push: '$score' } },
    }),
    documents: [{ _id: null, n: 2, most: 100, least: 50, all: [5, 1] }],
  },
  {
    page: 'reference/operator/aggregation/group',
    says: 'needs an _id',
    stored: people,
    command: pipeline({ $group: { n: { $sum: 1 } } }),
    code: 15_952,
  },
  {
    page: 'reference/operator/aggregation/sum',
    says: 'passes over what is no number',
    stored: [{ _id: 1, v: 1 }, { _id: 2, v: 'x' }, { _id: 3 }],
    command: pipeline({ $group: { _id: null, n: { $sum: '$v' } } }),
    documents: [{ _id: null, n: 1 }],
  },
  {
    page: 'reference/operator/aggregation/avg',
    says: 'of no number is null',
    stored: [{ _id: 1, v: 'x' }],
    command: pipeline({ $group: { _id: null, n: { $avg: '$v' } } }),
    documents: [{ _id: null, n: null }],
  },
  {
    page: 'reference/operator/aggregation/addFields',
    says: 'in embedded documents, too',
    stored: one,
    command: pipeline({ $addFields: { 'b.e': 9 } }, { $project: { b: 1 } }),
    documents: [{ _id: 1, b: { c: 2, d: 3, e: 9 } }],
  },
  {
    page: 'reference/operator/aggregation/count',
    says: 'the number of documents',
    stored: people,
    command: pipeline({ $match: { rating: { $gt: 60 } } }, { $count: 'passing' }),
    documents: [{ passing: 1 }],
  },
  {
    page: 'reference/operator/aggregation/facet',
    says: 'several pipelines over the same documents',
    stored: people,
    command: pipeline({ $facet: { a: [{ $count: 'n' }], b: [{ $match: { rating: 50 } }, { $project: { _id: 1 } }] } }),
    documents: [{ a: [{ n: 2 }], b: [{ _id: 2 }] }],
  },
  {
    page: 'reference/operator/aggregation/divide',
    says: 'a fraction',
    stored: [{ _id: 1 }],
    command: computed({ $divide: [80, 8] }),
    documents: [{ v: 10 }],
  },
  {
    page: 'reference/operator/aggregation/add',
    says: 'milliseconds to a date',
    stored: [{ _id: 1, d: new Date(1_000) }],
    command: computed({ $add: ['$d', 500] }),
    documents: [{ v: new Date(1_500) }],
  },
  {
    page: 'reference/operator/aggregation/subtract',
    says: 'two dates are milliseconds',
    stored: [{ _id: 1, d: new Date(1_500) }],
    command: computed({ $subtract: ['$d', new Date(1_000)] }),
    documents: [{ v: 500 }],
  },
  {
    page: 'reference/operator/aggregation/ifNull',
    says: 'the first that is neither null nor missing',
    stored: [{ _id: 1, b: null }],
    command: computed({ $ifNull: ['$a', '$b', 'x'] }),
    documents: [{ v: 'x' }],
  },
  {
    page: 'reference/operator/aggregation/concat',
    says: 'null with null',
    stored: [{ _id: 1, a: 'x' }],
    command: computed({ $concat: ['$a', '$b'] }),
    documents: [{ v: null }],
  },
  {
    page: 'reference/operator/aggregation/arrayElemAt',
    says: 'a negative index counts from the end',
    stored: [{ _id: 1, l: [1, 2, 3] }],
    command: computed({ $arrayElemAt: ['$l', -2] }),
    documents: [{ v: 2 }],
  },
  {
    page: 'reference/operator/aggregation/arrayElemAt',
    says: 'no field outside of the bounds',
    stored: [{ _id: 1, l: [1, 2, 3] }],
    command: computed({ $arrayElemAt: ['$l', 15] }),
    documents: [{}],
  },
  {
    page: 'reference/operator/aggregation/literal',
    says: 'a text with a dollar',
    stored: [{ _id: 1 }],
    command: computed({ $literal: '$1' }),
    documents: [{ v: '$1' }],
  },
  {
    page: 'reference/operator/aggregation/cond',
    says: 'one of two',
    stored: [{ _id: 1, q: 300 }],
    command: computed({ $cond: [{ $gte: ['$q', 250] }, 30, 20] }),
    documents: [{ v: 30 }],
  },
  {
    page: 'reference/operator/aggregation/size',
    says: 'of what is no array is an error',
    stored: [{ _id: 1, l: 5 }],
    command: computed({ $size: '$l' }),
    code: 17_124,
  },
];

const asRead = (document: Document): string => printed(deserialize(serialize(document), { promoteValues: false }));

describe("what MongoDB's manual says of commands", () => {
  const servers: Server[] = [];
  beforeAll(async () => {
    const named = await startNamed();
    servers.push(await startInProcess(), ...(named ? [named] : []));
  });
  afterAll(() => Promise.all(servers.map((server) => server.close())));

  it.each(rows)('$page: $says', async ({ stored = [], indexes = [], command, code = null, documents, reply, after }) => {
    for (const server of servers) {
      await server.ask({ drop: 'c' });
      if (indexes.length > 0) await server.ask({ createIndexes: 'c', indexes });
      if (stored.length > 0) expect(codeIn(await server.ask({ insert: 'c', documents: stored }))).toBeNull();
      const answer = await server.ask(command);
      // A part of a bulk that is refused where the row tells of the reply is part of what it tells.
      if (!reply?.['writeErrors']) expect(codeIn(answer), server.name).toBe(code);
      if (documents) expect((answer['cursor'].firstBatch as Document[]).map(printed), server.name).toEqual(documents.map(asRead));
      if (reply) expect(deserialize(serialize(answer)), server.name).toMatchObject(reply);
      const all = async () => (await server.ask({ find: 'c', sort: { _id: 1 } }))['cursor'].firstBatch as Document[];
      if (after) expect((await all()).map(printed), server.name).toEqual(after.map(asRead));
    }
  });
});
