import type { DatabaseSync } from 'node:sqlite';
import type { Collection } from './catalog.ts';

export interface StoredRecord {
  readonly rid: number;
  readonly bytes: Uint8Array;
}

export interface StoredEntry extends StoredRecord {
  readonly key: Uint8Array;
}

export type Records = ReturnType<typeof createRecords>;

/** Less than every key, and more than every key: no key is empty, and none begins with 255. */
export const lowestKey = Buffer.alloc(0);
export const highestKey = Buffer.from([255]);

/** A first piece of a scan is small, since most scans want few rows; later pieces grow. */
const firstPiece = 4;
const largestPiece = 1_024;

/** The SQL of the engine: all of it is here. */
export function createRecords(database: DatabaseSync) {
  const sql = (text: string) => database.prepare(text);
  const insertRecord = sql('insert into documents (rid, bytes) values (?, ?)');
  const updateRecord = sql('update documents set bytes = ? where rid = ?');
  const deleteRecord = sql('delete from documents where rid = ?');
  const insertEntry = sql('insert into entries (idx, key, rid) values (?, ?, ?)');
  const deleteEntry = sql('delete from entries where idx = ? and key = ? and rid = ?');
  const holder = sql('select rid from entries where idx = ? and key = ? limit 1');
  const recordAt = sql('select rid, bytes from entries cross join documents using (rid) where idx = ? and key = ? limit 1');
  const setMultikey = sql('update indexes set multikey = 1 where id = ?');
  const lastRid = sql('select max(rid) as rid from documents where rid >= ? and rid < ?');
  const countRecords = sql('select count(*) as n from documents where rid >= ? and rid < ?');
  const recordsUp = sql('select rid, bytes from documents where rid > ? and rid < ? order by rid limit ?');
  const recordsDown = sql('select rid, bytes from documents where rid < ? and rid >= ? order by rid desc limit ?');
  // Row values make a scan go on right after the entry that it last saw; the join is one look-up by record id for each entry.
  const entriesUp = sql(
    'select key, rid, bytes from entries cross join documents using (rid) where idx = ? and (key, rid) > (?, ?) and key < ? order by key, rid limit ?',
  );
  const entriesDown = sql(
    'select key, rid, bytes from entries cross join documents using (rid) where idx = ? and (key, rid) < (?, ?) and key >= ? order by key desc, rid desc limit ?',
  );

  return {
    listCollections: () =>
      sql('select id, database, name from collections order by id').all() as unknown as Pick<Collection, 'id' | 'database' | 'name'>[],
    listIndexes: () =>
      sql('select id, collection, spec, multikey from indexes order by id')
        .all()
        .map((row) => ({
          id: Number(row['id']),
          collection: Number(row['collection']),
          spec: row['spec'] as Uint8Array,
          multikey: row['multikey'] === 1,
        })),
    addCollection: ({ id, database: name, name: collection }: Collection) =>
      sql('insert into collections (id, database, name) values (?, ?, ?)').run(id, name, collection),
    removeCollection({ id, firstRid, endRid }: Collection) {
      sql('delete from documents where rid >= ? and rid < ?').run(firstRid, endRid);
      sql('delete from collections where id = ?').run(id);
    },
    addIndex: (id: number, collection: number, spec: Uint8Array) =>
      sql('insert into indexes (id, collection, spec, multikey) values (?, ?, ?, 0)').run(id, collection, spec),
    removeIndex(id: number) {
      sql('delete from entries where idx = ?').run(id);
      sql('delete from indexes where id = ?').run(id);
    },
    setMultikey: (id: number) => setMultikey.run(id),

    lastRid: ({ firstRid, endRid }: Collection) => Number(lastRid.get(firstRid, endRid)?.['rid'] ?? firstRid - 1),
    count: ({ firstRid, endRid }: Collection) => Number(countRecords.get(firstRid, endRid)?.['n']),
    insert: (rid: number, bytes: Uint8Array) => insertRecord.run(rid, bytes),
    update: (rid: number, bytes: Uint8Array) => updateRecord.run(bytes, rid),
    delete: (rid: number) => deleteRecord.run(rid),
    insertEntry: (index: number, key: Uint8Array, rid: number) => insertEntry.run(index, key, rid),
    deleteEntry: (index: number, key: Uint8Array, rid: number) => deleteEntry.run(index, key, rid),
    /** The record that stands in an index under this key; null: none. */
    holder: (index: number, key: Uint8Array) => (holder.get(index, key)?.['rid'] ?? null) as number | null,

    /** The same, as it is stored. Half the work of a range. */
    at: (index: number, key: Uint8Array) => recordAt.get(index, key) as unknown as StoredRecord | undefined,

    /** Records in the order in which they were inserted, or the other way round. No statement stays open between two of them. */
    *scan({ firstRid, endRid }: Collection, reverse: boolean): Generator<StoredRecord> {
      let at = reverse ? endRid : firstRid - 1;
      for (let piece = firstPiece; ; piece = Math.min(piece * 4, largestPiece)) {
        const rows = (reverse ? recordsDown.all(at, firstRid, piece) : recordsUp.all(at, endRid, piece)) as unknown as StoredRecord[];
        yield* rows;
        const last = rows.at(-1);
        if (!last || rows.length < piece) return;
        at = last.rid;
      }
    },

    /** Entries of an index with keys from `low` up to, but not including, `high`, each with its record. */
    *range(index: number, low: Uint8Array, high: Uint8Array, reverse: boolean): Generator<StoredEntry> {
      let key = reverse ? high : low;
      let rid = -1;
      for (let piece = firstPiece; ; piece = Math.min(piece * 4, largestPiece)) {
        const rows = (reverse
          ? entriesDown.all(index, key, rid, low, piece)
          : entriesUp.all(index, key, rid, high, piece)) as unknown as StoredEntry[];
        yield* rows;
        const last = rows.at(-1);
        if (!last || rows.length < piece) return;
        ({ key, rid } = last);
      }
    },
  };
}
