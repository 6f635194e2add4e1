import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { notice } from './core/plan.ts';
import type { BackupPolicy } from './core/settings.ts';
import type { Notice } from './core/thread.ts';
import type { Clock } from './core/time.ts';
import { StoreError, type StoreFailure } from './embedded/index.ts';
import type { Log } from './log.ts';

/** A backup that is whole: only such have the name of one. */
export interface BackupFile {
  readonly path: string;
  readonly at: Date;
  readonly bytes: number;
}

export interface BackupStatus {
  /** Newest first. */
  readonly kept: readonly BackupFile[];
  /** Of this process; null: none since the newest that is kept. */
  readonly lastFailure: { readonly at: Date; readonly failure: StoreFailure } | null;
}

export interface BackupMeter {
  backupMade(at: Date): void;
  backupFailed(failure: StoreFailure): void;
}

export interface BackupsDeps {
  /** Of the built-in store. */
  readonly backup: (to: string) => Promise<{ readonly bytes: number }>;
  readonly dataDir: string;
  readonly policy: () => BackupPolicy;
  readonly announce: (id: string, what: Notice) => Promise<void>;
  readonly meter: BackupMeter;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Backups {
  /** Makes one now, or waits for the one that is being made; older ones than `keep` go. @throws StoreError */
  make(): Promise<BackupFile>;
  /** Makes one if the newest is older than the policy has it; one that fails is told in the ops channel. */
  makeIfDue(now: Date): Promise<void>;
  status(): Promise<BackupStatus>;
}

const namePattern = /^(\d{4}-\d\d-\d\dT)(\d\d)-(\d\d)-(\d\d)-(\d{3})Z\.sqlite$/;
const hourMs = 3_600_000;
/** Where there is none yet, the first is made this long after the start: a start has enough to do, and there is little to lose. */
const firstAfterMs = hourMs;

export const backupFolder = (dataDir: string): string => join(dataDir, 'backups');

export function createBackupKeeper({ backup, dataDir, policy, announce, meter, clock, log }: BackupsDeps): Backups {
  const folder = backupFolder(dataDir);
  const startedAtMs = clock.monotonicMs();
  let underWay: Promise<BackupFile> | null = null;
  let lastFailure: BackupStatus['lastFailure'] = null;

  async function copy(): Promise<BackupFile> {
    const at = clock.now();
    const startMs = clock.monotonicMs();
    const path = join(folder, `${at.toISOString().replace(/[:.]/g, '-')}.sqlite`);
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await removeDrafts(folder);
      const { bytes } = await backup(path);
      lastFailure = null;
      meter.backupMade(at);
      log.info({ bytes, durationMs: Math.round(clock.monotonicMs() - startMs) }, 'backup made');
      await removeOld(folder, policy().keep);
      return { path, at, bytes };
    } catch (err) {
      const failure = err instanceof StoreError ? err.failure : 'unreachable';
      lastFailure = { at, failure };
      meter.backupFailed(failure);
      log.error({ err, failure }, 'backup failed; the ones before it are kept');
      throw err instanceof StoreError ? err : new StoreError(failure, err instanceof Error ? err.message : String(err), err);
    }
  }

  function make(): Promise<BackupFile> {
    underWay ??= copy().finally(() => {
      underWay = null;
    });
    return underWay;
  }

  return {
    make,
    status: async () => ({ kept: await listBackups(folder), lastFailure }),

    async makeIfDue(now) {
      const { everyHours } = policy();
      const [newest] = await listBackups(folder);
      if (newest) meter.backupMade(newest.at);
      if (everyHours === 0) return;
      const dueMs = newest ? now.getTime() - newest.at.getTime() - everyHours * hourMs : clock.monotonicMs() - startedAtMs - firstAfterMs;
      // A clock that was set back must not put the next one off for ever.
      const inFuture = newest !== undefined && newest.at > now;
      if (dueMs < 0 && !inFuture) return;
      try {
        await make();
      } catch (error) {
        const reason = `backup.failure.${error instanceof StoreError ? error.failure : 'failed'}`;
        await announce(`backup-failed:${now.toISOString().slice(0, 10)}`, notice('trouble.backup-failed', { reason }));
      }
    },
  };
}

/** Newest first; none where there is no folder. */
export async function listBackups(folder: string): Promise<readonly BackupFile[]> {
  const names = (await namesIn(folder)).filter((name) => namePattern.test(name)).sort();
  return Promise.all(
    names.reverse().map(async (name) => {
      const path = join(folder, name);
      return { path, at: new Date(name.replace(namePattern, '$1$2:$3:$4.$5Z')), bytes: (await stat(path)).size };
    }),
  );
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

/** What a process that was killed while it copied left behind. */
async function removeDrafts(folder: string): Promise<void> {
  for (const name of await namesIn(folder)) if (/\.sqlite\.part(-journal)?$/.test(name)) await rm(join(folder, name), { force: true });
}

async function removeOld(folder: string, keep: number): Promise<void> {
  for (const { path } of (await listBackups(folder)).slice(keep)) await rm(path, { force: true });
}
