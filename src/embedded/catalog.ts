import { decode } from './bytes.ts';
import { CommandError } from './errors.ts';
import { createIndex, type Index, type IndexSpec, idIndex, isPresent, printIndexSpec, readIndexSpec } from './indexes.ts';
import type { Records } from './records.ts';
import { isPlainObject } from './values.ts';
import { encode } from './wire.ts';

/** A record id is the collection's number times this, plus a count: 2^17 collections of 2^36 records fit a double exactly. */
const recordsPerCollection = 2 ** 36;
const mostCollections = 2 ** 17;

export interface Collection {
  readonly id: number;
  readonly database: string;
  readonly name: string;
  readonly indexes: Index[];
  /** All fields that its indexes look at. */
  indexed: readonly string[];
  /** Record ids of this collection are from `firstRid` up to, but not including, `endRid`. */
  readonly firstRid: number;
  readonly endRid: number;
  nextRid: number;
}

export type Catalog = ReturnType<typeof createCatalog>;

/** Which collections and indexes there are: in memory, read from and written through to the store. */
export function createCatalog(records: Records) {
  const collections = new Map<string, Collection>();
  let nextCollectionId = 1;
  let nextIndexId = 1;

  const keyOf = (database: string, name: string): string => `${database}.${name}`;

  function load(): void {
    collections.clear();
    const indexes = Map.groupBy(records.listIndexes(), ({ collection }) => collection);
    for (const { id, database, name } of records.listCollections()) {
      const collection = collectionOf(id, database, name);
      for (const { id: indexId, spec, multikey } of indexes.get(id) ?? []) {
        collection.indexes.push(createIndex(indexId, readIndexSpec(decode(spec)), multikey));
        nextIndexId = Math.max(nextIndexId, indexId + 1);
      }
      noteFields(collection);
      collection.nextRid = records.lastRid(collection) + 1;
      collections.set(keyOf(database, name), collection);
      nextCollectionId = Math.max(nextCollectionId, id + 1);
    }
  }

  function collectionOf(id: number, database: string, name: string): Collection {
    const firstRid = id * recordsPerCollection;
    return { id, database, name, indexes: [], indexed: [], firstRid, endRid: firstRid + recordsPerCollection, nextRid: firstRid };
  }

  /** Rises with every change, so it tells whether a transaction that is taken back has changed anything here. */
  let changes = 0;

  function addIndex(collection: Collection, spec: IndexSpec): Index {
    const index = createIndex(nextIndexId, spec, false);
    nextIndexId += 1;
    changes += 1;
    records.addIndex(index.id, collection.id, encode(printIndexSpec(spec)));
    collection.indexes.push(index);
    noteFields(collection);
    return index;
  }

  function removeIndex(collection: Collection, index: Index): void {
    changes += 1;
    records.removeIndex(index.id);
    collection.indexes.splice(collection.indexes.indexOf(index), 1);
    noteFields(collection);
  }

  load();
  return {
    /** Reads the store again: after a transaction was taken back. */
    load,
    changes: () => changes,

    find: (database: string, name: string): Collection | null => collections.get(keyOf(database, name)) ?? null,
    list: (database: string): Collection[] => [...collections.values()].filter((collection) => collection.database === database),
    databases: (): string[] => [...new Set([...collections.values()].map(({ database }) => database))].sort(),
    all: (): Iterable<Collection> => collections.values(),

    create(database: string, name: string): Collection {
      checkNames(database, name);
      if (nextCollectionId >= mostCollections) throw new CommandError(72, 'the built-in store has run out of collection numbers');
      const collection = collectionOf(nextCollectionId, database, name);
      nextCollectionId += 1;
      records.addCollection(collection);
      collections.set(keyOf(database, name), collection);
      addIndex(collection, idIndex);
      return collection;
    },

    drop(collection: Collection): void {
      for (const index of [...collection.indexes]) removeIndex(collection, index);
      records.removeCollection(collection);
      collections.delete(keyOf(collection.database, collection.name));
    },

    /** Makes the index and fills it. False: it was there. @throws CommandError 11000, 171: what is stored does not fit it; take it all back */
    createIndex(collection: Collection, spec: IndexSpec, fill: (index: Index) => void): boolean {
      if (
        isPresent(
          spec,
          collection.indexes.map(({ spec: present }) => present),
        )
      )
        return false;
      fill(addIndex(collection, spec));
      return true;
    },

    dropIndex: removeIndex,
  };
}

function noteFields(collection: Collection): void {
  collection.indexed = [...new Set(collection.indexes.flatMap(({ fields }) => fields))];
}

function checkNames(database: string, name: string): void {
  if (database === '' || database.length > 63 || /[/\\. "$\0]/.test(database))
    throw new CommandError(73, `Invalid database name: '${database}'`);
  if (name === '' || name.length > 200 || name.startsWith('.') || /[$\0]/.test(name)) {
    throw new CommandError(73, `Invalid collection name: '${name}'`);
  }
}

export const namespaceOf = ({ database, name }: Pick<Collection, 'database' | 'name'>): string => `${database}.${name}`;

/** Which index an option names: by its name or by its key. @throws CommandError 27 */
export function indexNamed(collection: Collection, wanted: unknown): Index {
  const key = (index: Index): string => JSON.stringify(index.spec.key);
  const wantedKey = isPlainObject(wanted) ? JSON.stringify(Object.entries(wanted)) : null;
  const found = collection.indexes.find((index) => index.spec.name === wanted || key(index) === wantedKey);
  if (!found) throw new CommandError(27, `index not found: ${typeof wanted === 'string' ? wanted : JSON.stringify(wanted)}`);
  return found;
}
