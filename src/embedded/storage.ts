import { chmodSync, closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** "TMen": marks the file as this engine's (https://www.sqlite.org/pragma.html#pragma_application_id). */
const applicationId = 0x54_4d_65_6e;
/** Raised when the tables or the bytes of the index keys change. */
const formatVersion = 1;

/**
 * Documents of all collections live in one table, a collection's side by side: a record id is the collection's number and a rising count.
 * Entries of all indexes live in another, sorted by their order-preserving bytes.
 */
const schema = `
  create table collections (id integer primary key, database text not null, name text not null, unique (database, name)) strict;
  create table indexes (id integer primary key, collection integer not null, spec blob not null, multikey integer not null) strict;
  create table documents (rid integer primary key, bytes blob not null) strict;
  create table entries (idx integer not null, key blob not null, rid integer not null, primary key (idx, key, rid)) strict, without rowid;
`;

export interface Storage {
  readonly database: DatabaseSync;
  /** Writes everything into the one file and lets go of the folder. */
  close(): void;
}

/**
 * Opens the store in a folder, which becomes this process's own until `close` or its death.
 * @throws Error with a sentence for the operator: the folder is taken, or what is in it is of another version or no store
 */
export function openStorage(dir: string): Storage {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const lock = takeLock(dir);
  try {
    const file = join(dir, 'store.sqlite');
    // Made by us before SQLite opens it: it holds buyers' words, and its log files take over its mode.
    closeSync(openSync(file, 'a', 0o600));
    chmodSync(file, 0o600);
    const database = new DatabaseSync(file, { timeout: 1_000 });
    try {
      prepare(database, dir);
    } catch (error) {
      database.close();
      throw error;
    }
    return {
      database,
      close() {
        try {
          database.exec('pragma wal_checkpoint(truncate)');
        } catch (error) {
          // Nothing is lost: what could not be moved stays in the log beside the file, and the next start reads it there.
          process.emitWarning(`the store was closed with its log unmerged: ${error instanceof Error ? error.message : String(error)}`);
        } finally {
          database.close();
          lock.close();
        }
      },
    };
  } catch (error) {
    lock.close();
    throw error;
  }
}

/** SQLite holds the lock by a lock of the kernel, so it goes with the process however that ends, and no pid can be mistaken. */
function takeLock(dir: string): DatabaseSync {
  const pidFile = join(dir, 'store.pid');
  const lock = new DatabaseSync(join(dir, 'store.lock'));
  try {
    lock.exec('pragma journal_mode = memory; begin exclusive');
  } catch (error) {
    lock.close();
    if (resultCode(error) !== sqliteBusy) throw error;
    throw new Error(
      `the data folder ${dir} is in use by another process (pid ${readPid(pidFile)}); stop that one first, or choose another folder`,
    );
  }
  writeFileSync(pidFile, String(process.pid));
  return lock;
}

function readPid(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return 'unknown';
  }
}

function prepare(database: DatabaseSync, dir: string): void {
  database.exec('pragma journal_mode = wal; pragma synchronous = full; pragma temp_store = memory; pragma cache_size = -65536');
  // Fewer, larger checkpoints; the log stays within tens of megabytes.
  database.exec('pragma wal_autocheckpoint = 4000; pragma journal_size_limit = 67108864');
  const pragma = (name: string): number => Number(Object.values(database.prepare(`pragma ${name}`).get() ?? {})[0]);
  const tables = Number(database.prepare('select count(*) as n from sqlite_schema').get()?.['n']);
  if (tables === 0) {
    database.exec(`begin immediate; ${schema} pragma application_id = ${applicationId}; pragma user_version = ${formatVersion}; commit`);
    return;
  }
  if (pragma('application_id') !== applicationId) throw new Error(`${dir}/store.sqlite was not made by the built-in store`);
  const version = pragma('user_version');
  if (version !== formatVersion) {
    throw new Error(`${dir}/store.sqlite has format ${version}, this version reads format ${formatVersion}: use the version that wrote it`);
  }
}

export const sqliteBusy = 5;

/** SQLite's primary result code (https://www.sqlite.org/rescode.html); null for an error that is not SQLite's. */
export function resultCode(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return null;
  return error.errcode & 0xff;
}
