import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { BackupReport } from './backup-process.ts';
import { StoreError, toStoreError } from './store-error.ts';

const program = new URL('./backup-process.ts', import.meta.url);

export interface Backups {
  /**
   * A copy of the store as it is at one moment, whole and checked: the name `to` appears only when all of it is on the disk.
   * @returns its size
   * @throws StoreError; nothing of the name `to` has appeared then
   */
  make(to: string): Promise<{ readonly bytes: number }>;
  /** Ends what is under way, and whatever is asked for later: it throws. */
  cancel(): Promise<void>;
}

export function createBackups(source: string): Backups {
  const running = new Set<ChildProcess>();
  let cancelled = false;

  async function copy(target: string): Promise<{ readonly bytes: number }> {
    if (cancelled) throw new StoreError('failed', 'the store is being closed');
    const child = fork(program, [source, target], { execArgv: [], env: {}, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    running.add(child);
    try {
      const told: BackupReport[] = [];
      child.on('message', (report) => told.push(report as BackupReport));
      await once(child, 'close');
      const [report] = told;
      if (!report) throw new StoreError('failed', 'the copying of the store was ended from outside');
      if ('failure' in report) throw new StoreError(report.failure, report.message);
      return report;
    } finally {
      running.delete(child);
    }
  }

  return {
    async make(to) {
      const draft = `${to}.part`;
      try {
        // What a process that was killed left behind.
        await removeDraft(draft);
        const made = await copy(draft);
        await rename(draft, to);
        await syncFolder(dirname(to));
        return made;
      } catch (error) {
        await removeDraft(draft).catch(() => undefined);
        throw toStoreError(error);
      }
    },

    async cancel() {
      cancelled = true;
      await Promise.all(
        [...running].map(async (child) => {
          const closed = once(child, 'close');
          child.kill('SIGKILL');
          await closed;
        }),
      );
    },
  };
}

/** With the journal that SQLite keeps beside it while it writes. */
async function removeDraft(draft: string): Promise<void> {
  for (const path of [draft, `${draft}-journal`]) await rm(path, { force: true });
}

async function syncFolder(dir: string): Promise<void> {
  const folder = await open(dir, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
