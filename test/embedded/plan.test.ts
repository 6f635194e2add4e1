import type { Document } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engineMissing, filled, type Store, startStore } from './engine.ts';

describe.skipIf(engineMissing)('plans', () => {
  let store: Store;
  beforeAll(async () => {
    store = await startStore();
  });
  afterAll(() => store.close());

  it('explains: IXSCAN where an index serves, COLLSCAN where none does', async () => {
    const queue = await filled(
      store.db,
      'queue',
      Array.from({ length: 3_000 }, (_, index) => ({
        _id: `${index}`,
        gate: `g${index % 3}`,
        state: index % 2 ? 'queued' : 'sent',
        rank: 3_000 - index,
        lane: `l${index % 50}`,
        dueAt: new Date(index),
      })),
    );
    await queue.createIndex({ gate: 1, state: 1, rank: 1 });
    await queue.createIndex({ lane: 1, state: 1, rank: 1 });
    const stages = (plan: unknown): string[] => {
      if (typeof plan !== 'object' || plan === null) return [];
      return Object.entries(plan).flatMap(([name, value]) => (name === 'stage' ? [String(value)] : stages(value)));
    };
    const planOf = async (query: Document, order?: Document) => {
      const cursor = queue.find(query).limit(10);
      const explained = await (order ? cursor.sort(order as never) : cursor).explain('executionStats');
      return {
        stages: stages(explained['queryPlanner'].winningPlan),
        read: Number(explained['executionStats']?.totalDocsExamined ?? Number.NaN),
      };
    };
    const due = await planOf({ gate: 'g1', state: 'queued', dueAt: { $lte: new Date(9_999) } }, { rank: 1 });
    expect(due.stages).toContain('IXSCAN');
    expect(due.stages).not.toContain('SORT');
    expect(due.read).toBeLessThan(50);
    const merged = await planOf({ gate: 'g1', state: { $in: ['queued', 'sent'] } }, { rank: 1 });
    expect(merged.stages).not.toContain('SORT');
    expect(merged.read).toBeLessThan(50);
    const lanes = await planOf({ lane: { $in: ['l1', 'l2'] }, state: { $in: ['queued', 'sending'] } });
    expect(lanes.stages).toContain('IXSCAN');
    expect(
      (
        await planOf({
          $or: [
            { gate: 'g1', state: 'none' },
            { lane: 'l1', state: 'none' },
          ],
        })
      ).stages,
    ).not.toContain('COLLSCAN');
    // A list of ids reads those, whatever else is asked of them.
    const listed = await planOf({ _id: { $in: ['7', '8', '9'] }, gate: 'g1', state: 'queued' });
    expect(listed.read).toBeLessThanOrEqual(3);
    expect((await planOf({ dueAt: new Date(5) })).stages).toContain('COLLSCAN');
    expect((await planOf({ _id: '7' })).stages.join()).toMatch(/IXSCAN|IDHACK/);
  });
});
