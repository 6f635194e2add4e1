import { MongoBackend } from '@agendajs/mongo-backend';
import { Agenda } from 'agenda';
import type { Db } from 'mongodb';
import type { ConnectorLog } from '../src/core/connector.ts';

/** What is due now and again. `run` may happen twice, late or not at all: it reads what is due and repairs what was missed. */
export interface Job {
  readonly name: string;
  readonly everyMs: number;
  /** Longer than a run can take: Agenda starts a job again once its lock has run out, whether the first run lives or not. */
  readonly lockLifetimeMs: number;
  run(context: { readonly now: Date; readonly log: ConnectorLog }): Promise<void>;
}

export interface JobState {
  readonly name: string;
  readonly lastRunAt: Date | null;
  readonly nextRunAt: Date | null;
  readonly lastFailed: boolean;
}

export interface JobRunner {
  /** How each job stands, whichever process ran it last. */
  states(): Promise<readonly JobState[]>;
  /** Waits for runs under way. */
  stop(): Promise<void>;
}

export interface JobRunnerDeps {
  readonly database: Db;
  readonly jobs: readonly Job[];
  readonly now: () => Date;
  readonly log: ConnectorLog;
}

const collection = 'agendaJobs';
const processEveryMs = 5_000;
/** Jobs locked ahead of their run; without a limit Agenda locks all that are due and may let the locks run out. */
const lockLimit = 10;

/** Agenda is the clock; the inbox and the outbox are the truth. This is the only file that knows it. */
export async function startJobs({ database, jobs, now, log }: JobRunnerDeps): Promise<JobRunner> {
  const agenda = new Agenda({
    backend: new MongoBackend({ mongo: database, collection }),
    processEvery: processEveryMs,
    lockLimit,
    defaultConcurrency: 1,
  });
  agenda.on('error', (err: Error) => log.error({ err }, 'the job clock failed; it tries again'));
  for (const job of jobs) {
    // The next run repairs what a failed one left. Agenda keeps that it failed, and no message: it may hold an address.
    const failed = (err: unknown) => {
      log.error({ err, job: job.name }, 'job failed; it runs again at its next time');
      throw new Error('failed; see the log');
    };
    const run = () => job.run({ now: now(), log }).catch(failed);
    agenda.define(job.name, run, { concurrency: 1, lockLimit: 1, lockLifetime: job.lockLifetimeMs });
  }
  // Agenda makes an index for jobs that are due; it also asks for those whose lock has run out.
  await database.collection(collection).createIndex({ name: 1, lockedAt: 1 });
  await agenda.start();
  for (const { name, everyMs } of jobs) await agenda.every(everyMs, name, undefined, { skipImmediate: false });
  return {
    async states() {
      const found = await database
        .collection(collection)
        .find({ name: { $in: jobs.map(({ name }) => name) } })
        .toArray();
      const kept = new Map(found.map((one) => [String(one['name']), one]));
      return jobs.map(({ name }) => {
        const [lastRunAt, nextRunAt, failedAt, finishedAt] = ['lastRunAt', 'nextRunAt', 'failedAt', 'lastFinishedAt'].map((field) => {
          const moment: unknown = kept.get(name)?.[field];
          return moment instanceof Date ? moment : null;
        });
        const lastFailed = failedAt != null && (finishedAt == null || failedAt >= finishedAt);
        return { name, lastRunAt: lastRunAt ?? null, nextRunAt: nextRunAt ?? null, lastFailed };
      });
    },
    async stop() {
      await agenda.drain(5_000);
      await agenda.stop();
    },
  };
}
