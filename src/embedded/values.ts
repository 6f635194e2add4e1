import { Binary, BSONRegExp, Decimal128, type Document, Long, MaxKey, MinKey, ObjectId, Timestamp } from 'bson';
import { compareNumbers, isNumber } from './numbers.ts';

/** MongoDB's order of types when values of different types are compared. @see https://www.mongodb.com/docs/manual/reference/bson-type-comparison-order/ (2026-11-22) */
export const typeRank = {
  minKey: 1,
  emptyArray: 4,
  null: 5,
  number: 10,
  string: 15,
  object: 20,
  array: 25,
  binary: 30,
  objectId: 35,
  boolean: 40,
  date: 45,
  timestamp: 47,
  regex: 50,
  maxKey: 127,
} as const;

/** Stands for an empty array where an array sorts or is indexed by its elements: below null. */
export const emptyArray = Symbol('empty array');

export function isPlainObject(value: unknown): value is Document {
  return rankOf(value) === typeRank.object;
}

export function rankOf(value: unknown): number {
  if (typeof value === 'string') return typeRank.string;
  // A missing field is null wherever values are compared.
  if (value === undefined || value === null) return typeRank.null;
  if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) return typeRank.object;
  if (isNumber(value)) return typeRank.number;
  if (typeof value === 'boolean') return typeRank.boolean;
  if (Array.isArray(value)) return typeRank.array;
  if (value instanceof Date) return typeRank.date;
  if (value instanceof ObjectId) return typeRank.objectId;
  if (value instanceof Binary || value instanceof Uint8Array) return typeRank.binary;
  if (value instanceof Timestamp) return typeRank.timestamp;
  if (value instanceof BSONRegExp || value instanceof RegExp) return typeRank.regex;
  if (value instanceof MinKey) return typeRank.minKey;
  if (value instanceof MaxKey) return typeRank.maxKey;
  if (value === emptyArray) return typeRank.emptyArray;
  return typeRank.object;
}

/** Less than, equal, greater: as MongoDB sorts. Missing sorts as null. */
export function compareValues(a: unknown, b: unknown): number {
  const left = rankOf(a);
  const right = rankOf(b);
  if (left !== right) return left - right;
  switch (left) {
    case typeRank.number:
      return compareNumbers(a, b);
    case typeRank.string:
      return Buffer.compare(Buffer.from(String(a), 'utf8'), Buffer.from(String(b), 'utf8'));
    case typeRank.boolean:
      return Number(a) - Number(b);
    case typeRank.date:
      return (a as Date).getTime() - (b as Date).getTime();
    case typeRank.objectId:
      return Buffer.compare((a as ObjectId).id, (b as ObjectId).id);
    case typeRank.binary:
      return compareBinary(a, b);
    case typeRank.timestamp:
      return (a as Timestamp).compare(b as Timestamp);
    case typeRank.array:
      return compareLists(a as unknown[], b as unknown[]);
    case typeRank.object:
      return compareObjects(fieldsOf(a), fieldsOf(b));
    case typeRank.regex:
      return compareLists(regexParts(a), regexParts(b));
    default:
      return 0;
  }
}

/** DBRef and the like are objects of a class; their fields are what they print. */
export function fieldsOf(value: unknown): [string, unknown][] {
  const object = value as Document & { toJSON?: () => Document };
  const plain = Object.getPrototypeOf(object) === Object.prototype || Object.getPrototypeOf(object) === null;
  return Object.entries(plain || !object.toJSON ? object : object.toJSON());
}

export function binaryOf(value: unknown): { readonly bytes: Uint8Array; readonly subtype: number } {
  return value instanceof Binary
    ? { bytes: value.buffer.subarray(0, value.position), subtype: value.sub_type }
    : { bytes: value as Uint8Array, subtype: 0 };
}

/** Length, then subtype, then bytes: that is MongoDB's order. */
function compareBinary(a: unknown, b: unknown): number {
  const left = binaryOf(a);
  const right = binaryOf(b);
  return left.bytes.length - right.bytes.length || left.subtype - right.subtype || Buffer.compare(left.bytes, right.bytes);
}

export function regexParts(value: unknown): [string, string] {
  return value instanceof BSONRegExp ? [value.pattern, value.options] : [(value as RegExp).source, (value as RegExp).flags];
}

function compareLists(a: readonly unknown[], b: readonly unknown[]): number {
  for (let index = 0; index < a.length && index < b.length; index += 1) {
    const order = compareValues(a[index], b[index]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Field by field in stored order: type, then name, then value. */
function compareObjects(a: readonly [string, unknown][], b: readonly [string, unknown][]): number {
  for (let index = 0; index < a.length && index < b.length; index += 1) {
    const [leftName, leftValue] = a[index] as [string, unknown];
    const [rightName, rightValue] = b[index] as [string, unknown];
    const byType = rankOf(leftValue) - rankOf(rightValue);
    if (byType !== 0) return byType;
    const byName = Buffer.compare(Buffer.from(leftName), Buffer.from(rightName));
    if (byName !== 0) return byName;
    const byValue = compareValues(leftValue, rightValue);
    if (byValue !== 0) return byValue;
  }
  return a.length - b.length;
}

export const equalValues = (a: unknown, b: unknown): boolean => compareValues(a, b) === 0;

/** What `$type` calls a value; integers that were stored as doubles count as `int` once their field was rewritten. */
export function typeAliases(value: unknown): readonly string[] {
  if (value instanceof Decimal128) return ['decimal', 'number'];
  if (value instanceof Long && !(value instanceof Timestamp)) return ['long', 'number'];
  if (value === undefined) return [];
  if (isNumber(value)) return [Number.isInteger(Number(value)) && Math.abs(Number(value)) < 2 ** 31 ? 'int' : 'double', 'number'];
  const byRank: Record<number, string> = {
    [typeRank.null]: 'null',
    [typeRank.string]: 'string',
    [typeRank.object]: 'object',
    [typeRank.array]: 'array',
    [typeRank.binary]: 'binData',
    [typeRank.objectId]: 'objectId',
    [typeRank.boolean]: 'bool',
    [typeRank.date]: 'date',
    [typeRank.timestamp]: 'timestamp',
    [typeRank.regex]: 'regex',
    [typeRank.minKey]: 'minKey',
    [typeRank.maxKey]: 'maxKey',
  };
  const alias = byRank[rankOf(value)];
  return alias ? [alias] : [];
}

export const typeNumbers: Readonly<Record<number, string>> = {
  1: 'double',
  2: 'string',
  3: 'object',
  4: 'array',
  5: 'binData',
  7: 'objectId',
  8: 'bool',
  9: 'date',
  10: 'null',
  11: 'regex',
  16: 'int',
  17: 'timestamp',
  18: 'long',
  19: 'decimal',
  [-1]: 'minKey',
  127: 'maxKey',
};
