import { type Document, Long } from 'bson';
import type { Catalog, Collection } from '../catalog.ts';
import type { Cursors } from '../cursors.ts';
import { CommandError } from '../errors.ts';
import { isNumber } from '../numbers.ts';
import type { Records } from '../records.ts';
import { isPlainObject } from '../values.ts';
import type { Reply } from '../wire.ts';
import type { Writes } from '../writes.ts';

export interface Context {
  readonly records: Records;
  readonly catalog: Catalog;
  readonly writes: Writes;
  readonly cursors: Cursors;
  readonly database: string;
  readonly now: Date;
  /** From `maxTimeMS`; null: none. */
  readonly deadlineMs: number | null;
}

/** One command: the fields it knows beside those of all commands, and what it does. */
export interface Command {
  readonly fields: readonly string[];
  /** One that may write runs in a transaction; one that touches nothing has its answer whatever becomes of that. */
  readonly store: 'untouched' | 'reads' | 'writes';
  run(command: Document, context: Context): Reply;
}

export const ok = (fields: Document = {}): Reply => ({ document: { ...fields, ok: 1 } });

export function namedCollection(name: unknown, { catalog, database }: Context): Collection | null {
  return catalog.find(database, collectionName(name));
}

export function ensureCollection(name: unknown, context: Context): Collection {
  return namedCollection(name, context) ?? context.catalog.create(context.database, collectionName(name));
}

export function collectionName(name: unknown): string {
  if (typeof name === 'string' && name !== '') return name;
  throw new CommandError(73, 'collection name has invalid type or is empty');
}

export function objectIn(value: unknown, what: string): Document {
  if (value === undefined || value === null) return {};
  if (!isPlainObject(value)) throw new CommandError(14, `${what} must be an object`);
  return value;
}

export function listIn(value: unknown, what: string): readonly Document[] {
  if (!Array.isArray(value)) throw new CommandError(14, `${what} must be an array`);
  return value.map((element) => objectIn(element, `each of ${what}`));
}

/** A count that a client gives as any kind of number. */
export function countIn(value: unknown, what: string, otherwise: number): number {
  if (value === undefined || value === null) return otherwise;
  const number = isNumber(value) ? Number(value) : Number.NaN;
  if (!Number.isInteger(number) || number < 0) throw new CommandError(2, `${what} must be a whole number from 0 on`);
  return number;
}

export function longIn(value: unknown, what: string): bigint {
  if (value instanceof Long) return value.toBigInt();
  if (isNumber(value) && Number.isInteger(Number(value))) return BigInt(Number(value));
  throw new CommandError(14, `${what} must be a 64-bit integer`);
}
