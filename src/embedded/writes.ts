import { type Document, ObjectId } from 'bson';
import { type Collection, namespaceOf } from './catalog.ts';
import { CommandError } from './errors.ts';
import type { Index } from './indexes.ts';
import { valuesAt } from './paths.ts';
import type { Row } from './query.ts';
import type { Records } from './records.ts';
import { isRegex } from './regex.ts';
import { decode, encode, rawBytes } from './wire.ts';

export const maxDocumentBytes = 16 * 1024 * 1024;

/** @see https://www.mongodb.com/docs/manual/reference/limits/#nested-depth-for-bson-documents (2026-11-27) */
const mostLevels = 100;

export type Writes = ReturnType<typeof createWrites>;

/**
 * Puts documents and their index entries into the store. Each write is checked before it touches anything, so one that is refused leaves
 * nothing behind.
 */
export function createWrites(records: Records) {
  /** @throws CommandError 11000 when another record stands in a unique index under one of these keys */
  function checkUnique(collection: Collection, index: Index, keys: readonly Buffer[], document: Document, rid: number | null): void {
    if (!index.spec.unique) return;
    for (const key of keys) {
      const holder = records.holder(index.id, key);
      if (holder !== null && holder !== rid) throw duplicate(collection, index, document);
    }
  }

  function noteMultikey(index: Index, keys: readonly Buffer[]): void {
    if (index.multikey || keys.length < 2) return;
    index.multikey = true;
    records.setMultikey(index.id);
  }

  function checkedBytes(document: Document): Uint8Array {
    if (isDeeper(document, mostLevels)) throw new CommandError(15, `the document has more than ${mostLevels} levels of nesting`);
    const bytes = rawBytes(document) ?? encode(document);
    if (bytes.length > maxDocumentBytes)
      throw new CommandError(10_334, `the document has ${bytes.length} bytes; ${maxDocumentBytes} is the most`);
    return bytes;
  }

  return {
    insert(collection: Collection, given: Document): Document {
      const document = withId(given);
      const bytes = checkedBytes(document);
      const entries = collection.indexes.map((index) => ({ index, keys: index.keysOf(document) }));
      for (const { index, keys } of entries) checkUnique(collection, index, keys, document, null);
      const rid = collection.nextRid;
      collection.nextRid += 1;
      records.insert(rid, bytes);
      for (const { index, keys } of entries) {
        noteMultikey(index, keys);
        for (const key of keys) records.insertEntry(index.id, key, rid);
      }
      return document;
    },

    /** False: nothing changed. */
    update(collection: Collection, { rid, bytes: stored, document: before }: Row, after: Document): boolean {
      const bytes = checkedBytes(after);
      if (Buffer.compare(bytes, stored) === 0) return false;
      const changes = collection.indexes.flatMap((index) => {
        const old = index.keysOf(before);
        const keys = index.keysOf(after);
        const gone = old.filter((key) => !keys.some((other) => key.equals(other)));
        const added = keys.filter((key) => !old.some((other) => key.equals(other)));
        return gone.length + added.length === 0 ? [] : [{ index, keys, gone, added }];
      });
      for (const { index, added } of changes) checkUnique(collection, index, added, after, rid);
      records.update(rid, bytes);
      for (const { index, keys, gone, added } of changes) {
        noteMultikey(index, keys);
        for (const key of gone) records.deleteEntry(index.id, key, rid);
        for (const key of added) records.insertEntry(index.id, key, rid);
      }
      return true;
    },

    delete(collection: Collection, rid: number, stored: Uint8Array): void {
      const document = decode(stored);
      for (const index of collection.indexes) for (const key of index.keysOf(document)) records.deleteEntry(index.id, key, rid);
      records.delete(rid);
    },

    /** Puts what is stored into a new index. */
    fill(collection: Collection, index: Index): void {
      for (const { rid, bytes } of records.scan(collection, false)) {
        const document = decode(bytes);
        const keys = index.keysOf(document);
        checkUnique(collection, index, keys, document, rid);
        noteMultikey(index, keys);
        for (const key of keys) records.insertEntry(index.id, key, rid);
      }
    },
  };
}

/** `_id` stands first, and is made where the client gave none. */
function withId(document: Document): Document {
  const id: unknown = document['_id'];
  if (Array.isArray(id) || isRegex(id) || (id === undefined && '_id' in document)) {
    throw new CommandError(53, "The '_id' value cannot be an array, a regular expression or undefined");
  }
  if (Object.keys(document)[0] === '_id') return document;
  const { _id = new ObjectId(), ...rest } = document;
  return { _id, ...rest };
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const isList = Array.isArray(value);
  if (!isList && Object.getPrototypeOf(value) !== Object.prototype) return false;
  if (levels === 0) return true;
  for (const inner of isList ? value : Object.values(value)) if (isDeeper(inner, levels - 1)) return true;
  return false;
}

function duplicate(collection: Collection, index: Index, document: Document): CommandError {
  const keyValue = Object.fromEntries(index.spec.key.map(([field]) => [field, valuesAt(document, field)[0] ?? null]));
  return new CommandError(11_000, `E11000 duplicate key error collection: ${namespaceOf(collection)} index: ${index.spec.name}`, {
    keyPattern: Object.fromEntries(index.spec.key),
    keyValue,
  });
}
