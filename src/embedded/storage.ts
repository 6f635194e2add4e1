import { chmodSync, closeSync, existsSync, fdatasync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { resultCode, StoreError } from './store-error.ts';
import { lockFile, pidFile, replacingFile, storeFile } from './store-files.ts';

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
  /** Whether the next commit waits until the disk has it. One that does takes all before it along: they stand in one log, one after the other. */
  waitForDisk(on: boolean): void;
  /** Sends to the disk what commits left with the operating system. The work is done beside this thread; a failure is warned about, and the next commit meets it. */
  flush(): void;
  /** Writes everything into the one file and lets go of the folder. */
  close(): void;
}

/**
 * Opens the store in a folder, which becomes this process's own until `close` or its death.
 * @throws StoreError with a sentence for the operator: the folder is taken, or what is in it is half replaced, of another version or no store
 */
export function openStorage(dir: string): Storage {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const lock = takeLock(dir);
  try {
    if (existsSync(replacingFile(dir))) {
      throw new StoreError('half-replaced', `a restore into ${dir} was cut off: run it again, with the same backup, before anything else`);
    }
    const file = storeFile(dir);
    // Made by us before SQLite opens it: it holds buyers' words, and its log files take over its mode.
    closeSync(openSync(file, 'a', 0o600));
    chmodSync(file, 0o600);
    const database = new DatabaseSync(file, { timeout: 1_000 });
    try {
      prepare(database, file);
    } catch (error) {
      database.close();
      throw error;
    }
    const log = createLog(database, `${file}-wal`);
    return {
      database,
      waitForDisk: log.waitForDisk,
      flush: log.flush,
      close() {
        log.close();
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

/** @see https://www.sqlite.org/pragma.html#pragma_synchronous (2026-11-27): `normal` leaves the log to the operating system, `full` waits for the disk */
function createLog(database: DatabaseSync, path: string): Pick<Storage, 'waitForDisk' | 'flush' | 'close'> {
  let waits = true;
  let left = false;
  let file: number | null = null;
  let flushing = false;
  const warn = (error: unknown): void =>
    process.emitWarning(`what was written a moment ago may not be on disk yet: ${error instanceof Error ? error.message : String(error)}`);
  return {
    waitForDisk(on) {
      // One that waits takes the others along only if it writes anything itself.
      left ||= !on;
      // It may not change within a transaction.
      if (on === waits || database.isTransaction) return;
      database.exec(`pragma synchronous = ${on ? 'full' : 'normal'}`);
      waits = on;
    },
    flush() {
      if (!left || flushing) return;
      left = false;
      try {
        file ??= openSync(path, 'r');
      } catch (error) {
        return warn(error);
      }
      flushing = true;
      fdatasync(file, (error) => {
        flushing = false;
        if (error) warn(error);
      });
    },
    close() {
      // One that is being flushed goes with its thread.
      if (file !== null && !flushing) closeSync(file);
    },
  };
}

/**
 * Takes the folder for this process.
 * @throws StoreError `in-use`
 *
 * SQLite holds the lock by a lock of the kernel, so it goes with the process however that ends, and no pid can be mistaken.
 */
export function takeLock(dir: string): DatabaseSync {
  const lock = new DatabaseSync(lockFile(dir));
  try {
    lock.exec('pragma journal_mode = memory; begin exclusive');
  } catch (error) {
    lock.close();
    if (resultCode(error) !== sqliteBusy) throw error;
    throw new StoreError(
      'in-use',
      `the data folder ${dir} is in use by another process (pid ${readPid(pidFile(dir))}); stop that one first, or choose another folder`,
    );
  }
  writeFileSync(pidFile(dir), String(process.pid));
  return lock;
}

function readPid(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return 'unknown';
  }
}

function prepare(database: DatabaseSync, file: string): void {
  database.exec('pragma journal_mode = wal; pragma synchronous = full; pragma temp_store = memory');
  // Small: a commit after which a tree was balanced goes through the whole cache, and what is not in it the system has in its own.
  database.exec('pragma cache_size = -8192');
  // Twice SQLite's own: fewer checkpoints, none so large that an answer waits long for it; the log stays within tens of megabytes.
  database.exec('pragma wal_autocheckpoint = 2000; pragma journal_size_limit = 67108864');
  const tables = Number(database.prepare('select count(*) as n from sqlite_schema').get()?.['n']);
  if (tables > 0) requireFormat(database, file);
  else database.exec(`begin immediate; ${schema} pragma application_id = ${applicationId}; pragma user_version = ${formatVersion}; commit`);
}

/** @throws StoreError `unknown-format` */
export function requireFormat(database: DatabaseSync, file: string): void {
  const pragma = (name: string): number => Number(Object.values(database.prepare(`pragma ${name}`).get() ?? {})[0]);
  if (pragma('application_id') !== applicationId) throw new StoreError('unknown-format', `${file} was not made by the built-in store`);
  const version = pragma('user_version');
  if (version === formatVersion) return;
  throw new StoreError(
    'unknown-format',
    `${file} has format ${version}, this version reads format ${formatVersion}: use the version that wrote it`,
  );
}

const sqliteBusy = 5;
