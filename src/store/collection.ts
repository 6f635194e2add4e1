import type { Collection, Document } from 'mongodb';
import { MongoBulkWriteError } from 'mongodb';
import type { Connection, Model } from 'mongoose';
import mongoose from 'mongoose';

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

const duplicateKey = 11_000;

export function isDuplicateKey(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === duplicateKey;
}

/** Inserts what is not there yet, all in one round trip. Returns the positions of those that were there already. */
export async function insertMissing<T extends { readonly _id: string }>(
  collection: Collection<T & Keyed>,
  documents: readonly T[],
): Promise<ReadonlySet<number>> {
  if (documents.length === 0) return new Set();
  try {
    await collection.insertMany(documents as never, { ordered: false });
    return new Set();
  } catch (error) {
    if (!(error instanceof MongoBulkWriteError)) throw error;
    const failures = Array.isArray(error.writeErrors) ? error.writeErrors : [error.writeErrors];
    const other = failures.find((failure) => failure.code !== duplicateKey);
    // Without one failed write it was the command that failed (a cut connection, a full disk), which the driver wraps alike: nothing is known to be in place.
    if (failures.length === 0 || other || error.result.getWriteConcernError()) throw error;
    return new Set(failures.map((failure) => failure.index));
  }
}
