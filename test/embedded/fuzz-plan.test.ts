import type { Document } from 'bson';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeValue } from '../../src/embedded/keys.ts';
import { sortKeyOf } from '../../src/embedded/sort.ts';
import { narrow, type SortSpec, type World, wide } from './fuzz-values.ts';
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
  { weight: 12, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.constantFrom<Document>({ unique: true }, { sparse: true }, { unique: true, sparse: true }) },
  {
    weight: 2,
    arbitrary: fc.tuple(partial, fc.boolean()).map(([partialFilterExpression, unique]) => ({ partialFilterExpression, unique })),
  },
);

interface Aimed {
  readonly aim: number;
  readonly conditions: readonly Document[];
  readonly from: number;
  readonly reverse: boolean;
  readonly limit: number;
}
interface Question {
  readonly filter: Document;
  readonly order: SortSpec;
  readonly skip: number;
  readonly limit: number;
  readonly hint: number | null;
  readonly projection: Document | null;
}
/** Fields in, or fields out, or a part of an array. */
const projection: fc.Arbitrary<Document> = fc.oneof(
  fc.tuple(fc.constantFrom('a', 'b.x', 'c', 'a.y'), fc.constantFrom(0, 1)).map(([name, shown]) => ({ [name]: shown })),
  fc.tuple(fc.constantFrom(0, 1), fc.constantFrom(0, 1)).map(([shown, id]) => ({ 'a.x': shown, b: shown, _id: id })),
  fc.constantFrom<Document>({ a: { $slice: 1 } }, { b: { $slice: [-2, 1] } }, { a: { $elemMatch: { x: 1 } } }),
);

/** What one round is made of: documents, indexes, how many of them are made before the documents, and then questions and writes. */
function roundOf({ scalar, field, row, path, served, filter, sort }: World) {
  const index: fc.Arbitrary<Document> = fc
    .tuple(fc.oneof({ weight: 2, arbitrary: sort(1) }, sort(3)), options, fc.boolean())
    .filter(([key]) => key.length > 0 && !(key.length === 1 && key[0]?.[0] === '_id'))
    .map(([key, chosen, expires]) => ({
      key: Object.fromEntries(key),
      ...chosen,
      ...(expires && key.length === 1 ? { expireAfterSeconds: 60 } : {}),
    }));

  const question: fc.Arbitrary<Question> = fc.record({
    filter,
    order: fc.oneof({ weight: 2, arbitrary: sort(1) }, sort(3)),
    skip: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(3)),
    limit: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, fc.nat(6)),
    hint: fc.option(fc.nat(3), { freq: 6 }),
    projection: fc.option(projection, { freq: 2 }),
  });

  /** A question made for one of the indexes: conditions on its first fields, and an order that it has from there on. */
  const aimed: fc.Arbitrary<Aimed> = fc.record({
    aim: fc.nat(3),
    conditions: fc.array(served, { maxLength: 2 }),
    from: fc.nat(2),
    reverse: fc.boolean(),
    limit: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, fc.nat(4)),
  });

  /** Rarely: what changes or takes them all leaves little to ask about. */
  const multi = fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.constant(true));
  /** Writes of every kind, to one document or to many. */
  const write: fc.Arbitrary<Document> = fc.oneof(
    fc
      .tuple(filter, path, field, multi)
      .map(([q, name, value, many]) => ({ updates: [{ q, u: { $set: { [name]: value } }, multi: many }] })),
    fc.tuple(filter, path, multi).map(([q, name, many]) => ({ updates: [{ q, u: { $unset: { [name]: 1 } }, multi: many }] })),
    fc
      .tuple(filter, path, scalar, multi)
      .map(([q, name, value, many]) => ({ updates: [{ q, u: { $push: { [name]: value } }, multi: many }] })),
    fc.tuple(filter, row).map(([q, document]) => ({ updates: [{ q, u: document }] })),
    fc.tuple(filter, multi).map(([q, many]) => ({ deletes: [{ q, limit: many ? 0 : 1 }] })),
  );

  const steps = fc.array(fc.oneof({ weight: 5, arbitrary: question }, { weight: 5, arbitrary: aimed }, { weight: 1, arbitrary: write }), {
    minLength: 1,
    maxLength: 60,
    size: 'max',
  });

  return fc.tuple(fc.array(row, { maxLength: 30, size: 'max' }), fc.array(index, { minLength: 1, maxLength: 4 }), fc.nat(4), steps);
}

function questionFor({ aim, conditions, from, reverse, limit }: Aimed, made: readonly Document[]): Question {
  const fields = Object.entries((made[aim % made.length] as Document)['key'] as Document);
  const filter = Object.fromEntries(
    conditions.flatMap((condition, position) => (fields[position] ? [[fields[position][0], condition]] : [])),
  );
  const order = fields.slice(from).map(([name, direction]) => [name, Number(direction) > 0 === reverse ? -1 : 1] as const);
  return { filter, order, skip: 0, limit, hint: null, projection: null };
}

describe('plans', () => {
  let engine: InProcess;
  let named: Server | null;
  beforeAll(async () => {
    [engine, named] = [await startInProcess(), await startNamed()];
  });
  afterAll(() => Promise.all([engine.close(), named?.close()]));

  it.each([
    ['values of every type', wide],
    ['few values, often in arrays', narrow],
  ])(
    'an index never changes an answer, nor its order, nor what is written: %s',
    async (_, world) => {
      await fc.assert(
        fc.asyncProperty(roundOf(world), async ([rows, indexes, before, asked]) => {
          const specs = indexes.map((spec, position) => ({ name: `i${position}`, ...spec }));
          const servers = [engine, ...(named ? [named] : [])];
          const create = async (some: readonly Document[]) => {
            for (const spec of some) await engine.ask({ createIndexes: 'indexed', indexes: [spec] });
          };
          await engine.ask({ drop: 'indexed' });
          await copy(servers, { drop: 'scanned' });
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
            if ('aim' in step) await compare(servers, questionFor(step as Aimed, made), made);
            else if ('filter' in step) await compare(servers, step as Question, made);
            else await change(servers, step);
          }
          expect(engine.faults()).toEqual([]);
        }),
        fuzz(30),
      );
    },
    3_600_000,
  );

  async function copy(servers: readonly Server[], command: Document): Promise<void> {
    for (const server of servers) expect(codeIn(await server.ask(command)), server.name).toBeNull();
  }

  /** One question to both collections, and to the named server: the same documents, in the same order as far as the sort gives one. */
  async function compare(
    servers: readonly Server[],
    { filter: query, order, skip, limit, hint, projection: shown }: Question,
    made: readonly Document[],
  ) {
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
        const projected = shown ? await server.ask({ find: name, filter: query, sort: { _id: 1 }, projection: shown }) : null;
        const { values } = await server.ask({ distinct: name, key: order[0]?.[0] ?? 'a', query });
        // Of equal numbers of different types any one may be listed.
        const documents = (projected?.['cursor']?.firstBatch as Document[] | undefined)?.map(printed);
        return [
          Number(n),
          code ?? null,
          documents ?? projected?.['code'] ?? null,
          (values as unknown[] | undefined)?.map((value) => encodeValue(value).toString('hex')).sort(),
        ];
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
