import type { Document } from 'bson';
import { createCatalog } from './catalog.ts';
import { type Context, countIn } from './commands/command.ts';
import { commandIn, storeUse, waitsForDisk } from './commands/index.ts';
import { createCursors } from './cursors.ts';
import { CommandError } from './errors.ts';
import { createRecords } from './records.ts';
import type { Storage } from './storage.ts';
import { resultCode } from './store-error.ts';
import { expire } from './ttl.ts';
import type { Reply } from './wire.ts';
import { createWrites } from './writes.ts';

export type Engine = ReturnType<typeof createEngine>;

/** Answers commands out of the store. Those given together share one commit, and no answer is given before it. */
export function createEngine({ database, waitForDisk }: Storage, nowMs: () => number) {
  const records = createRecords(database);
  const catalog = createCatalog(records);
  const writes = createWrites(records);
  const cursors = createCursors(nowMs);

  const begin = database.prepare('begin immediate');
  const savepoint = database.prepare('savepoint command');
  const release = database.prepare('release command');

  /** Work of which nothing stays when it throws, while what others did in the same transaction does. */
  function alone<T>(work: () => T): T {
    // Who comes first has nobody's work before it: it needs no savepoint, for which SQLite copies every page that is changed.
    const isFirst = !database.isTransaction;
    const before = catalog.changes();
    (isFirst ? begin : savepoint).run();
    try {
      const result = work();
      if (!isFirst) release.run();
      return result;
    } catch (error) {
      // A full disk takes the whole transaction back by itself; then there is no savepoint left to return to.
      if (database.isTransaction) database.exec(isFirst ? 'rollback' : 'rollback to command; release command');
      if (catalog.changes() !== before) catalog.load();
      throw error;
    }
  }

  function answer(command: Document): Reply {
    try {
      const definition = commandIn(command);
      const startedAtMs = nowMs();
      const maxTimeMs = countIn(command['maxTimeMS'], 'maxTimeMS', 0);
      const context: Context = {
        records,
        catalog,
        writes,
        cursors,
        database: String(command['$db'] ?? 'admin'),
        now: new Date(startedAtMs),
        deadlineMs: maxTimeMs > 0 ? startedAtMs + maxTimeMs : null,
      };
      return definition.store === 'writes' ? alone(() => definition.run(command, context)) : definition.run(command, context);
    } catch (error) {
      return refusal(error);
    }
  }

  function takeBack(error: unknown): Reply {
    if (database.isTransaction) database.exec('rollback');
    catalog.load();
    return refusal(error);
  }

  return {
    /** Replies in the order of the commands. */
    run(commands: readonly Document[]): Reply[] {
      const replies: Reply[] = [];
      /** Where the open transaction began: what is answered from there on may rest on it. */
      let began: number | null = null;
      const writing = commands.filter((command) => storeUse(command) === 'writes');
      try {
        if (writing.length > 0) waitForDisk(writing.some(waitsForDisk));
      } catch (error) {
        return commands.map(() => refusal(error));
      }
      for (const [index, command] of commands.entries()) {
        const reply = answer(command);
        replies.push(reply);
        if (database.isTransaction) began ??= index;
        else if (began !== null) {
          // SQLite took all of it back, for the reason that this command was told.
          catalog.load();
          replaceFrom(replies, commands, began, reply);
          began = null;
        }
      }
      if (began === null) return replies;
      try {
        database.exec('commit');
      } catch (error) {
        replaceFrom(replies, commands, began, takeBack(error));
      }
      return replies;
    },

    /** What has to be done now and then: documents past their time go, and cursors that nobody asks for. */
    tidy(): void {
      cursors.closeIdle();
      try {
        waitForDisk(true);
        alone(() => expire(catalog, records, writes, nowMs()));
        database.exec('commit');
      } catch (error) {
        takeBack(error);
      }
    },
  };
}

/** All that was answered since a transaction began rests on it. */
function replaceFrom(replies: Reply[], commands: readonly Document[], began: number, refused: Reply): void {
  for (let index = began; index < replies.length; index += 1) {
    if (storeUse(commands[index] ?? {}) !== 'untouched') replies[index] = refused;
  }
}

const diskCodes: ReadonlyMap<number | null, string> = new Map([
  [8, 'is read-only'],
  [10, 'cannot be written or read (disk error)'],
  [13, 'has no room left on its disk'],
  [14, 'cannot be opened'],
]);

/** What a client is told. Errors that are nobody's refusal are faults of the engine: they are said, and also warned about. */
function refusal(error: unknown): Reply {
  const told = error instanceof CommandError ? error : toCommandError(error);
  return { document: { ok: 0, errmsg: told.message, code: told.code, codeName: told.codeName, ...told.details } };
}

function toCommandError(error: unknown): CommandError {
  const disk = diskCodes.get(resultCode(error));
  if (disk !== undefined) return new CommandError(14_031, `the store ${disk}`);
  // The stack was not deep enough for it: filters, updates and expressions are read one in the other.
  if (error instanceof RangeError && /call stack/.test(error.message)) return new CommandError(15, 'the command is nested too deeply');
  process.emitWarning(error instanceof Error ? error : String(error));
  return new CommandError(1, `the built-in store failed: ${error instanceof Error ? error.message : String(error)}`);
}
