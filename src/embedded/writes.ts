import type { Document } from 'bson';
import { changedFields, mostLevels, pick, RawDocument, replaceFields, withIdFirst } from './bytes.ts';
import { type Collection, namespaceOf } from './catalog.ts';
import { CommandError } from './errors.ts';
import type { Index } from './indexes.ts';
import { valuesAt } from './paths.ts';
import type { Records, StoredRecord } from './records.ts';
import { isRegex } from './regex.ts';
import type { Update } from './update.ts';
import { encode } from './wire.ts';

export const maxDocumentBytes = 16 * 1024 * 1024;

export type Writes = ReturnType<typeof createWrites>;

/**
 * Puts documents and their index entries into the store. Each write is checked before it touches anything, so one that is refused leaves
 * nothing behind.
 */
export function createWrites(records: Records) {
  /** @throws CommandError 11000 when another record stands in a unique index under one of these keys */
  function checkUnique(collection: Collection, { index, keys }: Entries, bytes: Uint8Array, rid: number | null): void {
    if (!index.spec.unique) return;
    for (const key of keys) {
      const holder = records.holder(index.id, key);
      if (holder !== null && holder !== rid) throw duplicate(collection, index, pick(bytes, index.fields));
    }
  }

  function noteMultikey({ index, keys }: Entries): void {
    if (index.multikey || keys.length < 2) return;
    index.multikey = true;
    records.setMultikey(index.id);
  }

  return {
    /** Returns what is stored: the document with its `_id` in the first place. */
    insert(collection: Collection, given: Document): Uint8Array {
      // An undefined one would be null once it is encoded.
      checkId(given);
      const bytes = withIdFirst(bytesOf(given));
      checkSize(bytes);
      const document = pick(bytes, collection.indexed);
      checkId(document);
      const all = collection.indexes.map((index) => ({ index, keys: index.keysOf(document) }));
      for (const entries of all) checkUnique(collection, entries, bytes, null);
      const rid = collection.nextRid;
      collection.nextRid += 1;
      records.insert(rid, bytes);
      for (const entries of all) {
        noteMultikey(entries);
        for (const key of entries.keys) records.insertEntry(entries.index.id, key, rid);
      }
      return bytes;
    },

    /** False: nothing changed. */
    update(collection: Collection, { rid, bytes: stored }: StoredRecord, bytes: Uint8Array): boolean {
      checkSize(bytes);
      if (Buffer.compare(bytes, stored) === 0) return false;
      const changes = changesOf(collection, stored, bytes);
      for (const { index, added } of changes) checkUnique(collection, { index, keys: added }, bytes, rid);
      records.update(rid, bytes);
      for (const { index, keys, gone, added } of changes) {
        noteMultikey({ index, keys });
        for (const key of gone) records.deleteEntry(index.id, key, rid);
        for (const key of added) records.insertEntry(index.id, key, rid);
      }
      return true;
    },

    delete(collection: Collection, { rid, bytes }: StoredRecord): void {
      const document = pick(bytes, collection.indexed);
      for (const index of collection.indexes) for (const key of index.keysOf(document)) records.deleteEntry(index.id, key, rid);
      records.delete(rid);
    },

    /** Puts what is stored into a new index. */
    fill(collection: Collection, index: Index): void {
      for (const { rid, bytes } of records.scan(collection, false)) {
        const keys = index.keysOf(pick(bytes, index.fields));
        checkUnique(collection, { index, keys }, bytes, rid);
        noteMultikey({ index, keys });
        for (const key of keys) records.insertEntry(index.id, key, rid);
      }
    },
  };
}

/** The keys under which a document stands in an index. */
interface Entries {
  readonly index: Index;
  readonly keys: readonly Buffer[];
}

interface Changes extends Entries {
  readonly gone: readonly Buffer[];
  readonly added: readonly Buffer[];
}

function changesOf({ indexes, indexed }: Collection, stored: Uint8Array, bytes: Uint8Array): readonly Changes[] {
  const changed = changedFields(stored, bytes, indexed);
  // An index whose fields are what they were has the same entries.
  const touched = changed.length === 0 ? [] : indexes.filter(({ fields }) => fields.some((field) => changed.includes(field)));
  if (touched.length === 0) return [];
  const asked = indexed.filter((field) => touched.some(({ fields }) => fields.includes(field)));
  const before = pick(stored, asked);
  const after = pick(bytes, asked);
  return touched.map((index) => {
    const old = index.keysOf(before);
    const keys = index.keysOf(after);
    const gone = old.filter((key) => !keys.some((other) => key.equals(other)));
    const added = keys.filter((key) => !old.some((other) => key.equals(other)));
    return { index, keys, gone, added };
  });
}

/** What an update makes of a stored document. */
export function updated(stored: Uint8Array, { reads, writes, apply }: Update, now: Date): Uint8Array {
  const after = bytesOf(apply(pick(stored, reads), { now, inserting: false }));
  return writes === 'all' ? after : replaceFields(stored, writes, after);
}

function bytesOf(given: Document): Uint8Array {
  if (given instanceof RawDocument) {
    if (given.levels > mostLevels) throw tooDeep();
    return given.bytes;
  }
  if (isDeeper(given, mostLevels)) throw tooDeep();
  return encode(given);
}

const tooDeep = (): CommandError => new CommandError(15, `the document has more than ${mostLevels} levels of nesting`);

function checkSize({ length }: Uint8Array): void {
  if (length > maxDocumentBytes) throw new CommandError(10_334, `the document has ${length} bytes; ${maxDocumentBytes} is the most`);
}

function checkId(document: Document): void {
  const id: unknown = document['_id'];
  if (Array.isArray(id) || isRegex(id) || (id === undefined && '_id' in document)) {
    throw new CommandError(53, "The '_id' value cannot be an array, a regular expression or undefined");
  }
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
