import type { Document } from 'bson';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeValue } from '../../src/embedded/keys.ts';
import { sortKeyOf } from '../../src/embedded/sort.ts';
import { field, filter, path, row, type SortSpec, scalar, sort } from './fuzz-values.ts';
import { codeIn, fuzz, type InProcess, printed, type Server, startInProcess, startNamed } from './servers.ts';

const partial = fc.constantFrom<Document>(
  { a: { $exists: true } },
  { a: { $gt: 0 } },
  { b: 'a' },
  { c: { $in: [1, 2, null] } },
  { a: { $type: 'number' } },
  { a: { $lte: 2 }, b: { $exists: true } },
  { $and: [{ b: { $gte: 'a' } }, { b: { $lt: 'b' } }] },
);

const options: fc.Arbitrary<Document> = fc.oneof(
  { weight: 5, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.constantFrom<Document>({ unique: true }, { sparse: true }, { unique: true, sparse: true }) },
  {
    weight: 2,
    arbitrary: fc.tuple(partial, fc.boolean()).map(([partialFilterExpression, unique]) => ({ partialFilterExpression, unique })),
  },
);

const index: fc.Arbitrary<Document> = fc
  .tuple(sort(3), options, fc.boolean())
  .filter(([key]) => key.length > 0 && !(key.length === 1 && key[0]?.[0] === '_id'))
  .map(([key, chosen, expires]) => ({
    key: Object.fromEntries(key),
    ...chosen,
    ...(expires && key.length === 1 ? { expireAfterSeconds: 60 } : {}),
  }));

interface Question {
  readonly filter: Document;
  readonly order: SortSpec;
  readonly skip: number;
  readonly limit: number;
  readonly hint: number | null;
}
const question: fc.Arbitrary<Question> = fc.record({
  filter,
  order: sort(3),
  skip: fc.nat(3),
  limit: fc.nat(6),
  hint: fc.option(fc.nat(3), { freq: 6 }),
});

/** Writes of every kind, to one document or to many. */
const write: fc.Arbitrary<Document> = fc.oneof(
  fc
    .tuple(filter, path, field, fc.boolean())
    .map(([q, name, value, multi]) => ({ updates: [{ q, u: { $set: { [name]: value } }, multi }] })),
  fc.tuple(filter, path, fc.boolean()).map(([q, name, multi]) => ({ updates: [{ q, u: { $unset: { [name]: 1 } }, multi }] })),
  fc
    .tuple(filter, path, scalar, fc.boolean())
    .map(([q, name, value, multi]) => ({ updates: [{ q, u: { $push: { [name]: value } }, multi }] })),
  fc.tuple(filter, row).map(([q, document]) => ({ updates: [{ q, u: document }] })),
  fc.tuple(filter, fc.constantFrom(0, 1)).map(([q, limit]) => ({ deletes: [{ q, limit }] })),
);

const steps = fc.array(fc.oneof({ weight: 8, arbitrary: question }, { weight: 1, arbitrary: write }), {
  minLength: 1,
  maxLength: 40,
  size: 'max',
});

describe('plans', () => {
  let engine: InProcess;
  let named: Server | null;
  beforeAll(async () => {
    [engine, named] = [await startInProcess(), await startNamed()];
  });
  afterAll(() => Promise.all([engine.close(), named?.close()]));

  it('an index never changes an answer, nor its order, nor what is written', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { maxLength: 30, size: 'max' }),
        fc.array(index, { minLength: 1, maxLength: 4 }),
        fc.nat(4),
        steps,
        async (rows, indexes, before, asked) => {
          const specs = indexes.map((spec, position) => ({ name: `i${position}`, ...spec }));
          const servers = [engine, ...(named ? [named] : [])];
          const create = async (some: readonly Document[]) => {
            for (const spec of some) await engine.ask({ createIndexes: 'indexed', indexes: [spec] });
          };
          await create(specs.slice(0, before));
          for (const [_id, document] of rows.entries()) {
            // What an index refuses (a duplicate, two arrays) is in neither collection.
            const refused = codeIn(await engine.ask({ insert: 'indexed', documents: [{ _id, ...document }] }));
            if (refused === null) await copy(servers, { insert: 'scanned', documents: [{ _id, ...document }] });
            else expect([171, 11_000]).toContain(refused);
          }
          await create(specs.slice(before));
          const made = (await engine.ask({ listIndexes: 'indexed' }))['cursor'].firstBatch as Document[];
          for (const step of asked) {
            if ('filter' in step) await compare(servers, step as Question, made);
            else await change(servers, step);
          }
          expect(engine.faults()).toEqual([]);
          await engine.ask({ drop: 'indexed' });
          await copy(servers, { drop: 'scanned' });
        },
      ),
      fuzz(40),
    );
  }, 3_600_000);

  async function copy(servers: readonly Server[], command: Document): Promise<void> {
    for (const server of servers) expect(codeIn(await server.ask(command)), server.name).toBeNull();
  }

  /** One question to both collections, and to the named server: the same documents, in the same order as far as the sort gives one. */
  async function compare(servers: readonly Server[], { filter: query, order, skip, limit, hint }: Question, made: readonly Document[]) {
    const find = { filter: query, sort: Object.fromEntries(order), skip, limit };
    const keyOf = sortKeyOf(order);
    const where = printed({ ...find, indexes: made });
    const told = (reply: Document) => {
      const code = codeIn(reply);
      if (code !== null) return { code };
      const documents = (reply['cursor'].firstBatch as Document[]).map((document) => ({ text: printed(document), key: keyOf(document) }));
      return { keys: documents.map(({ key }) => key.toString('hex')), documents: documents.map(({ text }) => text).sort() };
    };
    // A sparse or partial index that is forced upon a question leaves out what it does not hold: as MongoDB does it.
    const forced = made[(hint ?? -1) % made.length];
    const hinted = forced && !forced['sparse'] && !forced['partialFilterExpression'] ? { hint: forced['name'] } : {};
    const [scanned, ...others] = await Promise.all([
      ...servers.map((server) => server.ask({ find: 'scanned', ...find })),
      engine.ask({ find: 'indexed', ...find, ...hinted }),
    ]);
    const wanted = told(scanned as Document);
    // Where equal ones are cut off by skip and limit, any of them may come.
    const isTotal = order.some(([name]) => name === '_id') || (limit === 0 && skip === 0);
    for (const other of others) {
      const got = told(other);
      expect(isTotal ? got : { ...got, documents: [] }, where).toEqual(isTotal ? wanted : { ...wanted, documents: [] });
    }
    const counts = await Promise.all(
      [...servers.map((server) => [server, 'scanned'] as const), [engine, 'indexed'] as const].map(async ([server, name]) => {
        const { n, code } = await server.ask({ count: name, query });
        const { values } = await server.ask({ distinct: name, key: order[0]?.[0] ?? 'a', query });
        // Of equal numbers of different types any one may be listed.
        return [Number(n), code ?? null, (values as unknown[] | undefined)?.map((value) => encodeValue(value).toString('hex')).sort()];
      }),
    );
    for (const count of counts) expect(count, where).toEqual(counts[0]);
  }

  /** One write to both, where it may choose to the first by `_id`; what an index refuses leaves both as the indexed one is. */
  async function change(servers: readonly Server[], step: Document): Promise<void> {
    const verb = 'updates' in step ? 'update' : 'delete';
    const all = async (name: string) => (await engine.ask({ find: name, sort: { _id: 1 } }))['cursor'].firstBatch as Document[];
    const aimed = await aim(step);
    const reply = await engine.ask({ [verb]: 'indexed', ...aimed });
    const stored = await all('indexed');
    if (codeIn(reply) !== null) {
      await copy(servers, { delete: 'scanned', deletes: [{ q: {}, limit: 0 }] });
      if (stored.length > 0) await copy(servers, { insert: 'scanned', documents: stored });
      return;
    }
    for (const server of servers) {
      const { n, nModified } = await server.ask({ [verb]: 'scanned', ...aimed });
      expect([n, nModified].map(Number), server.name).toEqual([reply['n'], reply['nModified']].map(Number));
    }
    expect((await all('scanned')).map(printed)).toEqual(stored.map(printed));
  }

  async function aim(step: Document): Promise<Document> {
    const [part] = (step['updates'] ?? step['deletes']) as [Document];
    if (part['multi'] === true || part['limit'] === 0) return step;
    const first = (await engine.ask({ find: 'indexed', filter: part['q'], sort: { _id: 1 }, limit: 1 }))['cursor'];
    const q = { $and: [{ _id: first?.firstBatch[0]?._id ?? -1 }, part['q']] };
    return 'updates' in step ? { updates: [{ ...part, q }] } : { deletes: [{ ...part, q }] };
  }
});
