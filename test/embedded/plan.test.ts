import fc from 'fast-check';
import type { Document } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engineMissing, filled, type Store, startStore } from './engine.ts';

const scalar = fc.oneof(
  fc.constantFrom<unknown>(null, 'a', 'b', 'ab', '', true, new Date(5), new Date(9)),
  fc.integer({ min: -2, max: 4 }),
  fc.constantFrom(1.5, NaN),
);
const field = fc.oneof({ weight: 6, arbitrary: scalar }, { weight: 1, arbitrary: fc.array(scalar, { maxLength: 3 }) });
/** Only `b` may be an array: two of them in one index are refused. */
const row = fc.record({ a: scalar, b: field, c: fc.record({ d: scalar }, { requiredKeys: [] }) }, { requiredKeys: [] });

const condition = fc.oneof(
  scalar,
  fc.tuple(fc.constantFrom('$eq', '$ne', '$gt', '$gte', '$lt', '$lte'), scalar).map(([operator, value]) => ({ [operator]: value })),
  fc.tuple(scalar, scalar).map(([low, high]) => ({ $gte: low, $lt: high })),
  fc.array(scalar, { minLength: 1, maxLength: 3 }).map((values) => ({ $in: values })),
  fc.array(scalar, { minLength: 1, maxLength: 2 }).map((values) => ({ $nin: values })),
  fc.boolean().map((value) => ({ $exists: value })),
  fc.constantFrom<Document>(
    { $not: { $gt: 1 } },
    { $elemMatch: { $gte: 0, $lt: 3 } },
    { $all: [1, 2] },
    { $size: 2 },
    { $regex: '^a' },
    { $type: 'number' },
  ),
);
const flat: fc.Arbitrary<Document> = fc.dictionary(fc.constantFrom('a', 'b', 'c.d', 'c'), condition, { maxKeys: 3, noNullPrototype: true });
const filter: fc.Arbitrary<Document> = fc.oneof(
  { weight: 4, arbitrary: flat },
  {
    weight: 1,
    arbitrary: fc.tuple(flat, fc.array(flat, { minLength: 1, maxLength: 3 })).map(([rest, branches]) => ({ ...rest, $or: branches })),
  },
  { weight: 1, arbitrary: fc.array(flat, { minLength: 1, maxLength: 2 }).map((parts) => ({ $and: parts })) },
);
const sort = fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c.d'), fc.constantFrom<1 | -1>(1, -1)), {
  maxLength: 2,
  selector: ([name]) => name,
});
const indexes: readonly Document[] = [{ a: 1 }, { b: -1 }, { a: 1, b: 1 }, { a: -1, 'c.d': 1, b: -1 }, { 'c.d': 1 }, { b: 1, a: 1 }];

describe.skipIf(engineMissing)('plans', () => {
  let store: Store;
  beforeAll(async () => {
    store = await startStore();
  });
  afterAll(() => store.close());

  it('an index never changes the answer, nor its order', async () => {
    let round = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 5, maxLength: 40 }),
        fc.subarray([...indexes], { minLength: 1 }),
        fc.array(fc.tuple(filter, sort, fc.nat(3), fc.nat(8)), { minLength: 20, maxLength: 20 }),
        async (rows, chosen, queries) => {
          round += 1;
          const documents = rows.map((document, index) => ({ _id: index, ...document }));
          const scanned = await filled(store.db, `scanned${round}`, documents);
          const indexed = store.db.collection<Document>(`indexed${round}`);
          for (const key of chosen) await indexed.createIndex(key);
          await indexed.insertMany(documents as never);
          for (const [query, order, skip, limit] of queries) {
            // With `_id` at the end every order is total, so the two lists must be the same.
            const by: [string, 1 | -1][] = [...order, ['_id', 1]];
            const ids = async (collection: typeof scanned) =>
              (await collection.find(query).sort(by).skip(skip).limit(limit).toArray()).map(({ _id }) => _id);
            expect(await ids(indexed), JSON.stringify({ query, by, chosen })).toEqual(await ids(scanned));
            const count = (collection: typeof scanned) => collection.countDocuments(query);
            expect(await count(indexed), JSON.stringify({ query, chosen })).toBe(await count(scanned));
          }
          await Promise.all([scanned.drop(), indexed.drop()]);
        },
      ),
      { seed: 20261122, numRuns: 40 },
    );
  }, 120_000);

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
