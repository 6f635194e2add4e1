import { resolve } from 'node:path';
import type { Connection } from 'mongoose';
import { table } from '../../core/columns.ts';
import type { Finding } from '../../core/connector.ts';
import { closeFolder, hasStore, isHalfReplaced, storeFile } from '../../embedded/offline.ts';
import { createMetaStore } from '../../store/meta.ts';
import { schemaVersion } from '../../store/migrations.ts';
import { exportDatabase } from '../../transfer/export.ts';
import { importDatabase } from '../../transfer/import.ts';
import { type Manifest, readManifest } from '../../transfer/manifest.ts';
import { type Context, print } from '../command.ts';
import { findingLines } from '../findings.ts';
import { CliError, exitCodes } from '../io.ts';
import { type DataFacts, examineFile, examineServer, factFindings, keyFindings, problemFindings } from './examine.ts';
import { inWords, keyIdsAt, readPlace, withDatabase } from './place.ts';

interface Options {
  readonly json?: true;
}

/** @param given a store file, such as a backup; absent: what the environment names */
export async function check(context: Context, given: string | undefined, options: Options): Promise<void> {
  const { io, say } = context;
  const config = readPlace(io);
  const keys = await keyIdsAt(io, config);
  let examined: { facts: DataFacts | null; findings: readonly Finding[]; where: string };
  if (given === undefined && config.mongodbUri !== null) {
    const facts = await withDatabase(config, { mayBeNew: false }, examineServer);
    examined = { facts, findings: factFindings(say, facts, keys), where: say('cli.db.the-server') };
  } else {
    const where = given ?? storeFile(config.dataDir);
    const { problems, facts } = await (given === undefined
      ? alone(config.dataDir, () => examineFile(where))
      : inWords(given, () => examineFile(where)));
    examined = { facts, findings: [...problemFindings(say, problems), ...(facts ? factFindings(say, facts, keys) : [])], where };
  }
  const { facts, findings, where } = examined;
  const counted = facts && { documents: sumOf(facts.collections, ({ documents }) => documents), collections: facts.collections.length };
  print(context, options, {
    data: { where, schemaVersion: facts?.schemaVersion ?? null, ...counted, findings },
    lines: [say('cli.db.checked', { where }), ...(counted ? [say('cli.db.counted', counted)] : []), '', ...findingLines(context, findings)],
    exitCode: findings.some(({ ok }) => !ok) ? exitCodes.failed : exitCodes.done,
  });
}

/** While no service can open the folder. */
async function alone<T>(dir: string, work: () => T): Promise<T> {
  if (isHalfReplaced(dir)) throw new CliError(exitCodes.failed, 'store.half-replaced', { dir });
  if (!hasStore(dir)) throw new CliError(exitCodes.failed, 'cli.db.no-data', { dir });
  return inWords(dir, () => {
    const folder = closeFolder(dir);
    try {
      return work();
    } finally {
      folder.release();
    }
  });
}

export async function exportTo(context: Context, folder: string, options: Options): Promise<void> {
  const { io, say } = context;
  const config = readPlace(io);
  const manifest = await withDatabase(config, { mayBeNew: false }, async (connection) => {
    const facts = await examineServer(connection);
    if (facts.importUnfinished) throw new CliError(exitCodes.failed, 'start.import-unfinished');
    if (facts.schemaVersion === null) throw new CliError(exitCodes.failed, 'cli.db.schema-none');
    const { schemaVersion: stored, secretKeyIds } = facts;
    return exportDatabase(databaseOf(connection), folder, { schemaVersion: stored, secretKeyIds }, io.now());
  });
  const keys = manifest.secretKeyIds?.join(', ');
  print(context, options, {
    data: { folder: resolve(folder), ...manifest },
    lines: [
      ...collectionTable(context, manifest),
      '',
      say('cli.db.exported', { folder: resolve(folder) }),
      ...(keys ? [say('cli.db.take-key', { keys })] : []),
      ...(config.mongodbUri === null ? [] : [say('cli.db.export-live')]),
    ],
  });
}

export async function importFrom(context: Context, folder: string, options: Options): Promise<void> {
  const { io, say } = context;
  const config = readPlace(io);
  const keys = await keyIdsAt(io, config);
  // Before a store is made for it.
  await inWords(folder, () => readManifest(folder));
  const manifest = await withDatabase(config, { mayBeNew: true }, (connection) => {
    const meta = createMetaStore(connection);
    const marker = { set: () => meta.markImport(true), isSet: () => meta.importUnfinished(), clear: () => meta.markImport(false) };
    return importDatabase(folder, { database: databaseOf(connection), marker, knownSchema: schemaVersion });
  });
  const warnings = keyFindings(say, manifest, keys).filter(({ ok }) => !ok);
  print(context, options, {
    data: { ...manifest, warnings },
    lines: [
      ...collectionTable(context, manifest),
      '',
      say('cli.db.imported', { where: config.mongodbUri === null ? storeFile(config.dataDir) : say('cli.db.the-server') }),
      ...warnings.flatMap(({ problem = '', effect = '' }) => [problem, effect]),
    ],
  });
}

function databaseOf({ db }: Connection) {
  if (!db) throw new Error('the database is not connected');
  return db;
}

function collectionTable({ say }: Context, { collections }: Manifest): string[] {
  const headers = [say('cli.column.collection'), say('cli.column.documents'), say('cli.column.bytes')];
  return table(
    headers,
    collections.map(({ name, documents, bytes }) => [name, documents, bytes]),
  );
}

const sumOf = <T>(list: readonly T[], of: (one: T) => number): number => list.reduce((sum, one) => sum + of(one), 0);
