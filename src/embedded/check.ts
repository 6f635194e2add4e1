import { DatabaseSync } from 'node:sqlite';
import type { Document } from 'bson';
import { decode } from './bytes.ts';
import { type Catalog, type Collection, createCatalog, namespaceOf } from './catalog.ts';
import { type Index, printIndexSpec } from './indexes.ts';
import { createRecords, type Records } from './records.ts';
import { requireFormat } from './storage.ts';
import { toStoreError } from './store-error.ts';

export type ProblemKind =
  /** SQLite finds its own file broken, or cannot read it; `examples` are its words. */
  | 'file-damaged'
  | 'unknown-format'
  /** What says which collections and indexes there are cannot be read. */
  | 'catalog-damaged'
  /** No valid BSON, or without an `_id`. */
  | 'document-damaged'
  /** Of no collection. */
  | 'document-stray'
  /** A document does not stand in an index under a key that it has. */
  | 'entry-missing'
  /** An index has an entry that no document accounts for. */
  | 'entry-stray'
  /** A unique index has a key twice. */
  | 'not-unique'
  /** A document stands in an index several times, and the index does not say so. */
  | 'multikey-unmarked';

/** What is wrong, once for each kind and place. */
export interface StoreProblem {
  readonly kind: ProblemKind;
  /** `database.collection`; null: the file as a whole. */
  readonly collection: string | null;
  readonly index: string | null;
  readonly count: number;
  /** A few of them: record numbers, or words of SQLite. Never content. */
  readonly examples: readonly string[];
}

export interface StoreCheck {
  readonly problems: readonly StoreProblem[];
  readonly collections: readonly CheckedCollection[];
}

export interface CheckedCollection {
  readonly database: string;
  readonly name: string;
  readonly documents: number;
  /** As `listIndexes` shows them. */
  readonly indexes: readonly Document[];
}

const mostExamples = 3;
const mostWordsOfSqlite = 20;

/**
 * Reads a store through: the file's own structure, every document, and every index entry in both directions. Changes nothing.
 * @param file nobody may be writing it
 * @throws StoreError `unreachable`: there is none
 */
export function checkStore(file: string): StoreCheck {
  const problems = new Problems();
  const collections: CheckedCollection[] = [];
  const database = openToRead(file);
  try {
    requireFormat(database, file);
    const words = database
      .prepare(`pragma integrity_check(${mostWordsOfSqlite})`)
      .all()
      .map((row) => String(row['integrity_check']));
    for (const word of words) if (word !== 'ok') problems.add('file-damaged', word);
    const records = createRecords(database);
    const catalog = loadCatalog(records, problems);
    for (const collection of catalog?.all() ?? []) {
      const documents = checkCollection(database, records, collection, problems);
      const { database: inDatabase, name, indexes } = collection;
      collections.push({ database: inDatabase, name, documents, indexes: indexes.map(({ spec }) => printIndexSpec(spec)) });
    }
    if (catalog) checkStrays(database, catalog, problems);
  } catch (error) {
    const { failure, message } = toStoreError(error);
    problems.add(failure === 'unknown-format' ? 'unknown-format' : 'file-damaged', message);
  } finally {
    database.close();
  }
  return { problems: problems.list(), collections };
}

class Problems {
  readonly #found = new Map<
    string,
    { kind: ProblemKind; collection: string | null; index: string | null; count: number; examples: string[] }
  >();

  add(kind: ProblemKind, example: string | number, place: { readonly collection?: Collection; readonly index?: Index } = {}): void {
    const collection = place.collection ? namespaceOf(place.collection) : null;
    const index = place.index?.spec.name ?? null;
    const key = JSON.stringify([kind, collection, index]);
    const problem = this.#found.get(key) ?? { kind, collection, index, count: 0, examples: [] };
    problem.count += 1;
    if (problem.examples.length < mostExamples) problem.examples.push(String(example));
    this.#found.set(key, problem);
  }

  list(): StoreProblem[] {
    return [...this.#found.values()];
  }
}

function loadCatalog(records: Records, problems: Problems): Catalog | null {
  try {
    const catalog = createCatalog(records);
    for (const collection of catalog.all()) {
      if (!collection.indexes.some(({ spec }) => spec.name === '_id_')) problems.add('catalog-damaged', 'no _id index', { collection });
    }
    return catalog;
  } catch (error) {
    problems.add('catalog-damaged', error instanceof Error ? error.message : String(error));
    return null;
  }
}

/** @returns how many documents it has */
function checkCollection(database: DatabaseSync, records: Records, collection: Collection, problems: Problems): number {
  const entry = database.prepare('select 1 from entries where idx = ? and key = ? and rid = ?');
  const accounted = new Map(collection.indexes.map((index) => [index, 0]));
  let documents = 0;
  for (const { rid, bytes } of records.scan(collection, false)) {
    documents += 1;
    const document = readable(bytes);
    if (!document) {
      problems.add('document-damaged', rid, { collection });
      continue;
    }
    for (const index of collection.indexes) {
      const keys = keysIn(index, document);
      if (keys === null) problems.add('entry-missing', rid, { collection, index });
      if (keys && keys.length > 1 && !index.multikey) problems.add('multikey-unmarked', rid, { collection, index });
      for (const key of keys ?? []) {
        if (entry.get(index.id, key, rid)) accounted.set(index, (accounted.get(index) ?? 0) + 1);
        else problems.add('entry-missing', rid, { collection, index });
      }
    }
  }
  const count = database.prepare('select count(*) as n from entries where idx = ?');
  for (const [index, found] of accounted) {
    // Every entry that a document accounts for was met above, so where the numbers agree there are no others.
    if (Number(count.get(index.id)?.['n']) !== found) findStrays(database, collection, index, problems);
    if (index.spec.unique) findDoubles(database, collection, index, problems);
  }
  return documents;
}

function readable(bytes: Uint8Array): Document | null {
  try {
    const document = decode(bytes);
    return '_id' in document ? document : null;
  } catch {
    // What cannot be read is what is looked for here.
    return null;
  }
}

/** Null: it has none that could be made, so it cannot have been stored through this index. */
function keysIn(index: Index, document: Document): readonly Buffer[] | null {
  try {
    return index.keysOf(document);
  } catch {
    return null;
  }
}

function findStrays(database: DatabaseSync, collection: Collection, index: Index, problems: Problems): void {
  const entries = database.prepare('select key, entries.rid as rid, bytes from entries left join documents using (rid) where idx = ?');
  for (const { key, rid, bytes } of entries.iterate(index.id) as Iterable<{ key: Uint8Array; rid: number; bytes: Uint8Array | null }>) {
    const inside = rid >= collection.firstRid && rid < collection.endRid;
    const document = inside && bytes ? readable(bytes) : null;
    const keys = document ? keysIn(index, document) : null;
    if (!keys?.some((wanted) => wanted.equals(key))) problems.add('entry-stray', rid, { collection, index });
  }
}

function findDoubles(database: DatabaseSync, collection: Collection, index: Index, problems: Problems): void {
  const doubles = database.prepare('select min(rid) as rid from entries where idx = ? group by key having count(*) > 1');
  for (const { rid } of doubles.iterate(index.id) as Iterable<{ rid: number }>) problems.add('not-unique', rid, { collection, index });
}

function checkStrays(database: DatabaseSync, catalog: Catalog, problems: Problems): void {
  const collections = [...catalog.all()];
  const known = collections.flatMap(({ indexes }) => indexes.map(({ id }) => id));
  // Distinct numbers are found one by one along the primary key: there are a few dozen among millions of entries.
  const next = database.prepare('select min(idx) as idx from entries where idx > ?');
  for (let at = Number.MIN_SAFE_INTEGER; ; ) {
    const found = next.get(at)?.['idx'];
    if (found === null || found === undefined) break;
    at = Number(found);
    if (!known.includes(at)) problems.add('entry-stray', `index ${at}`);
  }
  const outside = collections.map(({ firstRid, endRid }) => `rid < ${firstRid} or rid >= ${endRid}`).map((where) => `(${where})`);
  const where = outside.length > 0 ? `where ${outside.join(' and ')}` : '';
  for (const { rid } of database.prepare(`select rid from documents ${where}`).iterate() as Iterable<{ rid: number }>) {
    problems.add('document-stray', rid);
  }
}

/** All documents of a small collection. @throws StoreError */
export function readCollection(file: string, { database: inDatabase, name }: Pick<Collection, 'database' | 'name'>): Document[] {
  const database = openToRead(file);
  try {
    const records = createRecords(database);
    const collection = createCatalog(records).find(inDatabase, name);
    return collection ? [...records.scan(collection, false)].map(({ bytes }) => decode(bytes)) : [];
  } catch (error) {
    throw toStoreError(error);
  } finally {
    database.close();
  }
}

function openToRead(file: string): DatabaseSync {
  try {
    return new DatabaseSync(file, { readOnly: true });
  } catch (error) {
    throw toStoreError(error);
  }
}
