import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Job, startJobs } from '../../jobs/job.ts';
import { eventually } from '../e2e/eventually.ts';
import { openTestStore, type TestStore } from '../store-helper.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

describe('the job clock', () => {
  let store: TestStore;
  beforeAll(async () => {
    store = await openTestStore();
  });
  afterAll(() => store.close());

  it('runs each job at once and again at its own pace, also after a run that failed', async () => {
    const { db } = store.connection;
    if (!db) throw new Error('no database');
    const runs: string[] = [];
    const errors: object[] = [];
    const job = (name: string, everyMs: number, fails = false): Job => ({
      name,
      everyMs,
      lockLifetimeMs: 60_000,
      async run() {
        runs.push(name);
        if (fails) throw new Error('it fails');
      },
    });
    const runner = await startJobs({
      database: db,
      jobs: [job('often', 1_000), job('broken', 1_000, true), job('seldom', 3_600_000)],
      now: () => new Date(),
      log: { ...quiet, error: (fields) => errors.push(fields) },
    });
    try {
      const count = (name: string) => runs.filter((run) => run === name).length;
      await eventually(
        () => count('often') >= 2 && count('broken') >= 2 && count('seldom') >= 1,
        () => runs.join(' '),
      );
      expect(count('seldom')).toBe(1);
      expect(errors).toContainEqual(expect.objectContaining({ job: 'broken' }));
      await eventually(
        async () => (await runner.states()).some(({ name, lastFailed }) => name === 'broken' && lastFailed),
        () => runs.join(' '),
      );
      const states = await runner.states();
      expect(states.map(({ name, lastRunAt, lastFailed }) => [name, lastRunAt !== null, lastFailed])).toEqual([
        ['often', true, false],
        ['broken', true, true],
        ['seldom', true, false],
      ]);
      const [kept] = await db.collection('agendaJobs').find({ name: 'seldom' }).toArray();
      const waitMs = Number(kept?.['nextRunAt']) - Number(kept?.['lastRunAt']);
      expect(waitMs).toBeGreaterThan(3_500_000);
      expect(waitMs).toBeLessThan(3_700_000);
    } finally {
      await runner.stop();
    }
    // A restart keeps one entry a job.
    const again = await startJobs({ database: db, jobs: [job('often', 1_000)], now: () => new Date(), log: quiet });
    await again.stop();
    expect(await db.collection('agendaJobs').countDocuments({ name: 'often' })).toBe(1);
  });
});
