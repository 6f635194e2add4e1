import type { Document } from 'bson';
import { CommandError, unsupported } from './errors.ts';
import { encodeKey } from './keys.ts';
import { isNumber } from './numbers.ts';
import { keyTuples, splitPath } from './paths.ts';
import { isPlainObject } from './values.ts';

export type Direction = 1 | -1;
export type Sort = readonly (readonly [field: string, direction: Direction])[];

export function readSort(sort: unknown): Sort {
  if (sort === undefined || sort === null) return [];
  if (!isPlainObject(sort)) throw new CommandError(14, 'a sort must be an object');
  return Object.entries(sort).map(([field, direction]) => {
    if (isPlainObject(direction)) throw unsupported('$meta in a sort');
    const value = isNumber(direction) ? Number(direction) : 0;
    if (value !== 1 && value !== -1)
      throw new CommandError(2, `$sort key ordering must be 1 (for ascending) or -1 (for descending): ${field}`);
    return [field, value];
  });
}

/** Bytes by which documents sort: the same as in an index on these fields, so an array stands by its first element in that order. */
export function sortKeyOf(sort: Sort): (document: Document) => Buffer {
  const paths = sort.map(([field]) => splitPath(field));
  const directions = sort.map(([, direction]) => direction);
  return (document) => {
    const keys = tuplesOf(document, paths).map((tuple) => encodeKey(tuple, directions));
    return keys.reduce((least, key) => (Buffer.compare(key, least) < 0 ? key : least));
  };
}

/** @throws CommandError 2, where an index would be refused with 171: MongoDB tells the two apart */
function tuplesOf(document: Document, paths: readonly (readonly string[])[]): unknown[][] {
  try {
    return keyTuples(document, paths);
  } catch (error) {
    if (error instanceof CommandError) throw new CommandError(2, 'cannot sort with keys that are parallel arrays');
    throw error;
  }
}

/** Sorts, and keeps no more than about `most` at any time. Equal ones stay in the order in which they came. */
export function sorted<T>(items: Iterable<T>, keyOf: (item: T) => Buffer, most: number): T[] {
  let kept: { readonly key: Buffer; readonly item: T }[] = [];
  const trim = (): void => {
    kept.sort((a, b) => Buffer.compare(a.key, b.key));
    kept = kept.slice(0, most);
  };
  for (const item of items) {
    kept.push({ key: keyOf(item), item });
    if (kept.length > 2 * most + 1_000) trim();
  }
  trim();
  return kept.map(({ item }) => item);
}
