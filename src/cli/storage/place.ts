import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection } from 'mongoose';
import mongoose from 'mongoose';
import { ConfigError, describeProblem } from '../../config/problem.ts';
import { type Config, loadConfig } from '../../config.ts';
import { type EmbeddedStore, StoreError, startEmbedded } from '../../embedded/index.ts';
import { hasStore } from '../../embedded/offline.ts';
import { keyIdOf } from '../../shops/vault.ts';
import { StartError } from '../../start-error.ts';
import { openDatabase } from '../../store/open-database.ts';
import { TransferError } from '../../transfer/manifest.ts';
import { CliError, exitCodes, type Io, localeFrom } from '../io.ts';

/** Where the data is, as the environment says. Connectors are no matter here: data can be looked after where none is configured. */
export function readPlace(io: Io): Config {
  try {
    return loadConfig(io.env, { marketplaces: [], bots: [] });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const details = error.problems.map((problem) => describeProblem(problem, localeFrom(io.env)));
    throw new CliError(exitCodes.usage, 'cli.db.config', {}, details);
  }
}

/**
 * Opens the database for `work`, alone where it is the built-in store.
 * @param options mayBeNew: one that was never there is made
 */
export async function withDatabase<T>(
  { mongodbUri, dataDir }: Config,
  { mayBeNew }: { readonly mayBeNew: boolean },
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  if (mongodbUri === null && !mayBeNew && !hasStore(dataDir)) throw new CliError(exitCodes.failed, 'cli.db.no-data', { dir: dataDir });
  return inWords(dataDir, async () => {
    const store: EmbeddedStore | null = mongodbUri === null ? await startEmbedded(dataDir) : null;
    try {
      const connection = await openDatabase(store?.uri ?? mongodbUri ?? '', { patient: true });
      try {
        return await work(connection);
      } finally {
        await connection.close();
      }
    } finally {
      await store?.close();
    }
  });
}

/** The fingerprints of the keys that are at hand here. */
export async function keyIdsAt(io: Io, { secretKeys, dataDir }: Config): Promise<readonly string[]> {
  if (secretKeys.length > 0) return secretKeys.map(keyIdOf);
  const path = join(dataDir, 'secret-key');
  return existsSync(path) ? [keyIdOf(Buffer.from((await io.readFile(path)).trim(), 'base64'))] : [];
}

/** Which of the keys that the data needs are missing here. */
export const missingKeys = (needed: readonly string[] | null, present: readonly string[]): readonly string[] =>
  (needed ?? []).filter((id) => !present.includes(id));

/** Does it, and says in a sentence what a store, a disk or a database has against it. */
export async function inWords<T>(dir: string, work: () => Promise<T> | T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toCliError(error, dir);
  }
}

function toCliError(error: unknown, dir: string): unknown {
  if (error instanceof StoreError) return new CliError(exitCodes.failed, `store.${error.failure}`, { dir, detail: error.message });
  if (error instanceof TransferError || error instanceof StartError) return new CliError(exitCodes.failed, error.key, error.params);
  if (!(error instanceof Error) || error instanceof CliError) return error;
  const code = 'code' in error ? String(error.code) : error.name;
  if ('syscall' in error)
    return new CliError(exitCodes.failed, 'cli.db.file-failed', { path: 'path' in error ? String(error.path) : '', code });
  // Its own words may hold an address with a password.
  if (error instanceof mongoose.mongo.MongoError) return new CliError(exitCodes.failed, 'cli.db.database-failed', { code });
  return error;
}
