import type { Collection, Document, WriteConcernSettings } from 'mongodb';
import { MongoBulkWriteError } from 'mongodb';
import type { Connection, Model } from 'mongoose';
import mongoose from 'mongoose';
import { together } from './together.ts';

/** A document whose `_id` is a string of ours. */
export type Keyed = Document & { readonly _id: string };

/**
 * The model of one collection. Documents are plain values of the core's own types (checked by the compiler, not by casting),
 * so the schema names only what queries stand on and lets the rest through as it is.
 */
export function modelOf<T extends { readonly _id: string }>(connection: Connection, name: string): Model<T> {
  const existing = connection.models[name];
  if (existing) return existing as unknown as Model<T>;
  const schema = new mongoose.Schema(
    { _id: String },
    { strict: false, minimize: false, versionKey: false, autoIndex: false, collection: name, id: false },
  );
  return connection.model(name, schema) as unknown as Model<T>;
}

/** The driver's collection behind a model: the pipeline writes in bulk, where casting each document again would be the cost. */
export function collectionOf<T extends { readonly _id: string }>(connection: Connection, name: string): Collection<T & Keyed> {
  return modelOf<T>(connection, name).collection as unknown as Collection<T & Keyed>;
}

/**
 * For what is only a step on the way, where the store lives and dies with this process: on disk with the next write that waits for the disk, since all stand in
 * one log, one after the other. Nothing may be told to the outside on the strength of it alone: before an acknowledgement and before every send that may not
 * be repeated stands a write that waits. Not for a MongoDB: it can lose such steps and come back while this process goes on from them.
 * @see https://www.mongodb.com/docs/manual/reference/write-concern/#j-option (2026-11-27)
 */
export const onTheWay: WriteOptions = { writeConcern: { w: 'majority', journal: false } };

/** How a step is written. */
export interface WriteOptions {
  readonly writeConcern?: WriteConcernSettings;
}

const duplicateKey = 11_000;

export function isDuplicateKey(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === duplicateKey;
}

/** Each failed write of a bulk by its position. @throws what is no failure of single writes: nothing is known to be in place then */
function failuresOf(error: unknown): ReadonlyMap<number, { readonly code?: unknown }> {
  if (!(error instanceof MongoBulkWriteError)) throw error;
  const failures = Array.isArray(error.writeErrors) ? error.writeErrors : [error.writeErrors];
  // Without one failed write it was the command that failed (a cut connection, a full disk), which the driver wraps alike.
  if (failures.length === 0 || error.result.getWriteConcernError()) throw error;
  return new Map(failures.map((failure) => [failure.index, failure]));
}

/** Inserts what is not there yet, in one round trip with whatever else comes meanwhile. Resolves to the positions of those that were there already. */
export function missingInserter<T extends { readonly _id: string }>(
  collection: Collection<T & Keyed>,
  options: WriteOptions = {},
): (documents: readonly T[]) => Promise<ReadonlySet<number>> {
  const insert = together(async (documents: readonly T[]): Promise<readonly ('new' | 'known' | { readonly failed: unknown })[]> => {
    try {
      await collection.insertMany(documents as never, { ordered: false, ...options });
      return documents.map(() => 'new');
    } catch (error) {
      const failures = failuresOf(error);
      return documents.map((_, index) => {
        const failure = failures.get(index);
        if (!failure) return 'new';
        return failure.code === duplicateKey ? 'known' : { failed: error };
      });
    }
  });
  return async (documents) => {
    const outcomes = await insert(documents);
    for (const outcome of outcomes) if (typeof outcome === 'object') throw outcome.failed;
    return new Set(outcomes.flatMap((outcome, index) => (outcome === 'known' ? [index] : [])));
  };
}

/**
 * Writes that each concern one document, in one round trip with whatever else comes meanwhile. Resolves to false when one of them may have found none: then
 * the caller has to look.
 */
export function bulkWriter<T extends { readonly _id: string }>(
  collection: Collection<T & Keyed>,
  options: WriteOptions = {},
): (writes: readonly object[]) => Promise<boolean> {
  const write = together(async (writes: readonly object[]): Promise<readonly (boolean | { readonly failed: unknown })[]> => {
    try {
      const { matchedCount } = await collection.bulkWrite(writes as never, { ordered: false, ...options });
      return writes.map(() => matchedCount === writes.length);
    } catch (error) {
      const failures = failuresOf(error);
      return writes.map((_, index) => (failures.has(index) ? { failed: error } : false));
    }
  });
  return async (writes) => {
    const outcomes = await write(writes);
    for (const outcome of outcomes) if (typeof outcome === 'object') throw outcome.failed;
    return outcomes.every((outcome) => outcome === true);
  };
}

/** Reads documents by id, in one round trip with whatever else is asked meanwhile. */
export function idReader<T extends { readonly _id: string }, Shown extends { readonly _id: string } = T>(
  collection: Collection<T & Keyed>,
  projection: object = {},
): (ids: readonly string[]) => Promise<ReadonlyMap<string, Shown>> {
  const read = together(async (ids: readonly string[]): Promise<readonly (Shown | null)[]> => {
    const found = (await collection.find({ _id: { $in: [...new Set(ids)] } } as never, { projection }).toArray()) as unknown as Shown[];
    const byId = new Map(found.map((one) => [one._id, one]));
    return ids.map((id) => byId.get(id) ?? null);
  });
  return async (ids) => new Map((await read(ids)).flatMap((one) => (one ? [[one._id, one] as const] : [])));
}

const namespaceNotFound = 26;

interface StoredIndex {
  readonly name: string;
  readonly key: object;
  readonly partialFilterExpression?: object;
}

/** Indexes of a collection; none where there is no such collection. */
export async function indexesOf(collection: { indexes(): Promise<object[]> }): Promise<readonly StoredIndex[]> {
  try {
    return (await collection.indexes()) as StoredIndex[];
  } catch (error) {
    if (error instanceof mongoose.mongo.MongoServerError && error.code === namespaceNotFound) return [];
    throw error;
  }
}
