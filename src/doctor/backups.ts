import type { BackupStatus } from '../backups.ts';
import type { Finding } from '../core/connector.ts';
import type { BackupPolicy } from '../core/settings.ts';
import type { Say } from './index.ts';

const hourMs = 3_600_000;

export interface BackupDeps {
  readonly status: () => Promise<BackupStatus>;
  readonly policy: () => Promise<BackupPolicy>;
}

/** Did the last backup succeed, and is the newest not much older than it should be? One that is to come, or is not wanted, is no trouble. */
export async function backupFinding({ status, policy }: BackupDeps, now: Date, say: Say): Promise<readonly Finding[]> {
  const [{ kept, lastFailure }, { everyHours }] = await Promise.all([status(), policy()]);
  const bad = (problem: string): readonly Finding[] => [{ check: 'backup', ok: false, problem, effect: say('doctor.backup.effect') }];
  if (lastFailure) return bad(say('doctor.backup.failed', { reason: say(`backup.failure.${lastFailure.failure}`) }));
  const [newest] = kept;
  const hours = newest ? Math.floor((now.getTime() - newest.at.getTime()) / hourMs) : 0;
  if (everyHours > 0 && hours >= 2 * everyHours) return bad(say('doctor.backup.old', { hours, everyHours }));
  return [{ check: 'backup', ok: true }];
}
