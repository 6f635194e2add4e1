import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, open, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { startEmbedded } from '../../embedded/index.ts';
import { closeFolder, storeFile } from '../../embedded/offline.ts';
import { openDatabase } from '../../store/open-database.ts';
import { createOutboxStore } from '../../store/outbox.ts';
import { createSettingsStore } from '../../store/settings.ts';
import { type Context, print } from '../command.ts';
import { findingLines } from '../findings.ts';
import { CliError, exitCodes } from '../io.ts';
import { examineFile, keyFindings, problemFindings, schemaFindings } from './examine.ts';
import { inWords, keyIdsAt, readPlace } from './place.ts';

/**
 * Puts a backup in the place of the data, with the service stopped. It is copied into the data folder and read through first; the data that was there is
 * moved aside, never deleted. Cut off at any moment, it can be done again; while the data is half replaced, no service starts on it.
 */
export async function restore(context: Context, backup: string, options: { readonly json?: true }): Promise<void> {
  const { io, say } = context;
  const config = readPlace(io);
  if (config.mongodbUri !== null) throw new CliError(exitCodes.usage, 'cli.restore.use-mongorestore');
  const { dataDir } = config;
  await requireBackup(backup, dataDir);
  const keys = await keyIdsAt(io, config);
  const restored = await inWords(dataDir, async () => {
    const folder = closeFolder(dataDir);
    const draft = join(dataDir, 'restoring');
    try {
      await rm(draft, { recursive: true, force: true });
      const candidate = await copyInto(draft, backup);
      const { problems, facts } = examineFile(candidate);
      const findings = [...problemFindings(say, problems), ...(facts ? schemaFindings(say, facts) : [])];
      if (!facts || findings.some(({ ok }) => !ok)) return { findings };
      const doubted = await doubt(draft, io.now());
      const stamp = io.now().toISOString().replace(/[:.]/g, '-');
      const hadData = existsSync(storeFile(dataDir));
      const aside = folder.replace(candidate, join(dataDir, `replaced-${stamp}`));
      return { facts, doubted, aside: hadData || existsSync(storeFile(aside)) ? aside : null };
    } finally {
      await rm(draft, { recursive: true, force: true });
      folder.release();
    }
  });
  if ('findings' in restored) {
    const lines = [say('cli.restore.refused', { backup }), '', ...findingLines(context, restored.findings)];
    return print(context, options, { data: { backup, ...restored }, lines, exitCode: exitCodes.failed });
  }
  const { facts, doubted, aside } = restored;
  const warnings = keyFindings(say, facts, keys).filter(({ ok }) => !ok);
  print(context, options, {
    data: { backup, aside, schemaVersion: facts.schemaVersion, lookedUpFirst: doubted, warnings },
    lines: [
      say('cli.restore.done', { backup }),
      ...(aside === null ? [] : [say('cli.restore.aside', { aside })]),
      ...(doubted > 0 ? [say('cli.restore.doubted', { count: doubted })] : []),
      say('cli.restore.since'),
      ...warnings.flatMap(({ problem = '', effect = '' }) => [problem, effect]),
    ],
  });
}

/** What lies in a write-ahead log beside a file would be lost: such a file is no backup. */
async function requireBackup(backup: string, dataDir: string): Promise<void> {
  const found = await stat(backup).catch(() => null);
  if (!found?.isFile()) throw new CliError(exitCodes.usage, 'cli.no-file', { path: backup });
  const log = await stat(`${backup}-wal`).catch(() => null);
  const isData = resolve(backup) === resolve(storeFile(dataDir));
  if (isData || (log && log.size > 0)) throw new CliError(exitCodes.usage, 'cli.restore.no-backup', { backup });
}

async function copyInto(folder: string, backup: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const candidate = storeFile(folder);
  await copyFile(backup, candidate);
  await chmod(candidate, 0o600);
  return candidate;
}

/**
 * What waited to be sent when the backup was made may have been sent since; so may what was written after it, which the chat still has.
 * @returns how many wait
 */
async function doubt(folder: string, now: Date): Promise<number> {
  const store = await startEmbedded(folder);
  try {
    const connection = await openDatabase(store.uri, { patient: true });
    try {
      const settings = createSettingsStore(connection);
      // Nobody else has this store open.
      await settings.replace({ restoredAt: now }, await settings.revision());
      return await createOutboxStore(connection).doubtQueued();
    } finally {
      await connection.close();
    }
  } finally {
    // Writes everything into the one file.
    await store.close();
    await sync(storeFile(folder));
  }
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
