import { MongoBackend } from '@agendajs/mongo-backend';
import { Agenda } from 'agenda';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { engineMissing, type Store, startStore } from './engine.ts';

const minuteMs = 60_000;

describe.skipIf(engineMissing)('Agenda on the built-in store', () => {
  let store: Store;
  const agendas: Agenda[] = [];
  beforeEach(async () => {
    store = await startStore();
  });
  afterEach(async () => {
    await Promise.all(agendas.splice(0).map((agenda) => agenda.stop()));
    await store.close();
  });

  const agendaOf = (removeOnComplete: boolean, lockLifetimeMs = 10 * minuteMs): Agenda => {
    const agenda = new Agenda({
      backend: new MongoBackend({ mongo: store.db as never }),
      processEvery: 50,
      defaultLockLimit: 20,
      defaultLockLifetime: lockLifetimeMs,
      removeOnComplete,
    });
    agendas.push(agenda);
    return agenda;
  };
  const jobs = () => store.db.collection('agendaJobs');

  it('two instances share the jobs; each runs once', async () => {
    const ran: string[] = [];
    for (const instance of ['a', 'b']) {
      const agenda = agendaOf(true);
      agenda.define<{ n: number }>('count', (job, done) => {
        ran.push(`${job.attrs.data.n}`);
        done();
      });
      await agenda.start();
      if (instance === 'a') await Promise.all(Array.from({ length: 100 }, (_, n) => agenda.now('count', { n })));
    }
    await expect.poll(() => jobs().countDocuments(), { timeout: 20_000 }).toBe(0);
    expect(ran.sort()).toEqual(Array.from({ length: 100 }, (_, n) => `${n}`).sort());
  });

  it('schedules for later, keeps one job per `every`, and finds its jobs again', async () => {
    const agenda = agendaOf(false);
    agenda.define('sweep', (_, done) => done());
    await agenda.start();
    await agenda.schedule(new Date(Date.now() + 60 * minuteMs), 'sweep', { once: true });
    for (let turn = 0; turn < 3; turn += 1) await agenda.every(minuteMs, 'sweep', {}, { skipImmediate: true });
    const { jobs: found, total } = await agenda.queryJobs({ name: 'sweep' });
    expect([total, found.map(({ type }) => type).sort()]).toEqual([2, ['normal', 'single']]);
    expect(await agenda.cancel({ name: 'sweep' })).toBe(2);
    expect(await jobs().countDocuments()).toBe(0);
  });

  it('takes over a job whose lock has expired, and no other', async () => {
    const ran: string[] = [];
    const agenda = agendaOf(false);
    agenda.define<{ who: string }>('work', (job, done) => {
      ran.push(job.attrs.data.who);
      done();
    });
    const locked = (who: string, ageMs: number) => ({
      name: 'work',
      type: 'normal',
      priority: 0,
      data: { who },
      nextRunAt: new Date(Date.now() - 2 * ageMs),
      lockedAt: new Date(Date.now() - ageMs),
      disabled: null,
    });
    await jobs().insertMany([locked('stale', 11 * minuteMs), locked('held', minuteMs)]);
    await agenda.start();
    await agenda.now('work', { who: 'new' });
    await expect.poll(() => ran.length, { timeout: 10_000 }).toBe(2);
    expect(ran.sort()).toEqual(['new', 'stale']);
    expect(await jobs().countDocuments({ 'data.who': 'held', lockedAt: { $ne: null } })).toBe(1);
  });

  it('finds the next job by index bounds, however many finished ones are kept', async () => {
    await agendaOf(false).start();
    await jobs().createIndex({ name: 1, lockedAt: 1 });
    const finished = { name: 'work', priority: 0, nextRunAt: null, lockedAt: null, disabled: null };
    await jobs().insertMany(Array.from({ length: 2_000 }, () => ({ ...finished })));
    await jobs().insertOne({ ...finished, nextRunAt: new Date(0) });
    const explained = await jobs()
      .find({
        name: 'work',
        disabled: { $ne: true },
        $or: [{ lockedAt: { $eq: null }, nextRunAt: { $lte: new Date() } }, { lockedAt: { $lte: new Date(0) } }],
      })
      .sort({ nextRunAt: 1, priority: -1 })
      .limit(1)
      .explain('executionStats');
    expect(explained['executionStats']).toMatchObject({ nReturned: 1 });
    expect(explained['executionStats'].totalDocsExamined).toBeLessThan(10);
  });
});
