import type { Finding } from '../core/connector.ts';
import type { Say } from './index.ts';

/** How a job of the clock stands. Null: it never ran, or is not planned. */
export interface JobState {
  readonly name: string;
  readonly lastRunAt: Date | null;
  readonly nextRunAt: Date | null;
  readonly lastFailed: boolean;
}

/** The clock looks every five seconds; a run before may take its time. */
const lateMs = 5 * 60_000;

/** Each job with its last run. */
export function jobFindings(jobs: readonly JobState[], now: Date, say: Say): readonly Finding[] {
  return jobs.map(({ name, lastRunAt, nextRunAt, lastFailed }) => {
    const time = lastRunAt?.toISOString().slice(0, 19).replace('T', ' ') ?? '-';
    const check = `job ${name} (${time} UTC)`;
    const isLate = nextRunAt === null || now.getTime() - nextRunAt.getTime() > lateMs;
    if (!lastFailed && !isLate) return { check, ok: true };
    return { check, ok: false, problem: say(lastFailed ? 'doctor.jobs.failed' : 'doctor.jobs.late'), effect: say('doctor.jobs.effect') };
  });
}
