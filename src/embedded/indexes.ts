import type { Document } from 'bson';
import { type Predicate, predicatesOf } from './bounds.ts';
import { fieldsNamed } from './bytes.ts';
import { CommandError, onlyFields } from './errors.ts';
import { encodeKey } from './keys.ts';
import { compileFilter, fieldNames, type Matches } from './matcher.ts';
import { isNumber } from './numbers.ts';
import { firstPart, keyTuples, splitPath } from './paths.ts';
import type { Direction, Sort } from './sort.ts';
import { equalValues, isPlainObject } from './values.ts';

/** An index as `createIndexes` names it and `listIndexes` shows it. */
export interface IndexSpec {
  readonly name: string;
  readonly key: Sort;
  readonly unique: boolean;
  readonly sparse: boolean;
  readonly partialFilterExpression: Document | null;
  readonly expireAfterSeconds: number | null;
}

export const idIndex: IndexSpec = {
  name: '_id_',
  key: [['_id', 1]],
  unique: true,
  sparse: false,
  partialFilterExpression: null,
  expireAfterSeconds: null,
};

/** One condition of a partial index, and whether a value meets it. */
export interface Asked {
  readonly predicate: Predicate;
  readonly holds: (value: unknown) => boolean;
}

export interface Index {
  readonly id: number;
  readonly spec: IndexSpec;
  /** Some document has stood in it under several keys: bounds on one field may then be met by different elements. */
  multikey: boolean;
  /** What a partial index asks of a document, one condition after the other. */
  readonly asked: readonly Asked[];
  /** The fields that its keys are made of, and on which it depends whether there are any. */
  readonly fields: readonly string[];
  /** The keys under which a document stands in it; none where a sparse or partial index leaves it out. */
  keysOf(document: Document): readonly Buffer[];
}

export function createIndex(id: number, spec: IndexSpec, multikey: boolean): Index {
  const paths = spec.key.map(([field]) => splitPath(field));
  const directions = spec.key.map(([, direction]) => direction);
  const holds: Matches | null = spec.partialFilterExpression ? compileFilter(spec.partialFilterExpression) : null;
  const encode = (tuple: readonly unknown[]) => encodeKey(tuple, directions);
  const asked = predicatesOf(spec.partialFilterExpression ?? {}).map((predicate): Asked => {
    const matches = compileFilter({ value: { [predicate.operator]: predicate.argument } });
    return { predicate, holds: (value) => matches({ value }) };
  });
  return {
    id,
    spec,
    multikey,
    asked,
    fields: fieldsNamed([...spec.key.map(([field]) => field), ...fieldNames(spec.partialFilterExpression ?? {})].map(firstPart)),
    keysOf(document) {
      if (holds && !holds(document)) return [];
      const tuples = keyTuples(document, paths);
      const kept = spec.sparse ? tuples.filter((tuple) => tuple.some((value) => value !== undefined)) : tuples;
      if (kept.length < 2) return kept.map(encode);
      const keys = new Map(kept.map((tuple) => [tuple, encode(tuple)]));
      return [...new Map([...keys.values()].map((key) => [key.toString('latin1'), key])).values()];
    },
  };
}

/** Reads one entry of `createIndexes`. What MongoDB has and this engine has not is refused. */
export function readIndexSpec(given: unknown): IndexSpec {
  if (!isPlainObject(given)) throw new CommandError(14, 'an index specification must be an object');
  onlyFields(given, 'an index', [
    'v',
    'key',
    'name',
    'ns',
    'unique',
    'sparse',
    'background',
    'partialFilterExpression',
    'expireAfterSeconds',
  ]);
  const key = readKey(given['key']);
  const name = given['name'] ?? key.map(([field, direction]) => `${field}_${direction}`).join('_');
  if (typeof name !== 'string' || name === '') throw new CommandError(67, 'an index needs a name');
  const isId = key.length === 1 && key[0]?.[0] === '_id';
  const partial = given['partialFilterExpression'] ?? null;
  if (partial !== null) checkPartialFilter(partial);
  const expire = given['expireAfterSeconds'] ?? null;
  if (expire !== null && (!isNumber(expire) || Number(expire) < 0))
    throw new CommandError(67, 'expireAfterSeconds must be a number from 0 on');
  if (expire !== null && (key.length > 1 || isId)) throw new CommandError(67, 'TTL indexes are single-field indexes, and not on _id');
  if (isId) return idIndex;
  const sparse = given['sparse'] === true;
  if (sparse && partial !== null) throw new CommandError(67, 'cannot mix "partialFilterExpression" and "sparse" options');
  return {
    name,
    key,
    unique: given['unique'] === true,
    sparse,
    partialFilterExpression: partial,
    expireAfterSeconds: expire === null ? null : Number(expire),
  };
}

function readKey(key: unknown): Sort {
  if (!isPlainObject(key) || Object.keys(key).length === 0) throw new CommandError(67, 'Index keys cannot be empty.');
  return Object.entries(key).map(([field, direction]): [string, Direction] => {
    if (typeof direction === 'string') throw new CommandError(67, `the built-in store has no '${direction}' indexes`);
    if (field.includes('$**')) throw new CommandError(67, 'the built-in store has no wildcard indexes');
    if (splitPath(field).some((part) => part === '' || part.startsWith('$'))) throw new CommandError(67, `'${field}' cannot be indexed`);
    const value = isNumber(direction) ? Number(direction) : 0;
    if (value === 0 || Number.isNaN(value)) throw new CommandError(67, 'Values in an index key pattern must be numbers other than 0');
    return [field, value > 0 ? 1 : -1];
  });
}

function checkPartialFilter(filter: unknown): void {
  if (!isPlainObject(filter)) throw new CommandError(67, 'partialFilterExpression must be an object');
  compileFilter(filter);
  const allowed = ['$eq', '$gt', '$gte', '$lt', '$lte', '$exists', '$type', '$in', '$and', '$or'];
  const check = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(check);
    if (!isPlainObject(value)) return;
    for (const [name, inner] of Object.entries(value)) {
      if (name.startsWith('$') && !allowed.includes(name)) throw new CommandError(67, `unsupported expression in partial index: ${name}`);
      check(inner);
    }
  };
  check(filter);
}

export function printIndexSpec(spec: IndexSpec): Document {
  return {
    v: 2,
    key: Object.fromEntries(spec.key),
    name: spec.name,
    ...(spec.unique && spec.name !== idIndex.name ? { unique: true } : {}),
    ...(spec.sparse ? { sparse: true } : {}),
    ...(spec.partialFilterExpression ? { partialFilterExpression: spec.partialFilterExpression } : {}),
    ...(spec.expireAfterSeconds === null ? {} : { expireAfterSeconds: spec.expireAfterSeconds }),
  };
}

const sameKey = (a: IndexSpec, b: IndexSpec): boolean => equalValues(a.key, b.key);
const sameSpec = (a: IndexSpec, b: IndexSpec): boolean => equalValues(printIndexSpec(a), printIndexSpec({ ...b, name: a.name }));

/** Whether the index is there already, under that name and with those options. @throws CommandError 85 or 86: there, but otherwise */
export function isPresent(wanted: IndexSpec, present: readonly IndexSpec[]): boolean {
  const named = present.find(({ name }) => name === wanted.name);
  if (named) {
    if (sameKey(named, wanted) && (sameSpec(named, wanted) || named.name === idIndex.name)) return true;
    throw new CommandError(86, `An existing index has the same name as the requested index '${wanted.name}', but another key or options`);
  }
  const like = present.find(
    (other) => sameKey(other, wanted) && equalValues(other.partialFilterExpression, wanted.partialFilterExpression),
  );
  if (!like) return false;
  if (like.name === idIndex.name) return true;
  throw new CommandError(85, `Index already exists with a different name: ${like.name}`);
}
