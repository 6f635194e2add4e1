import { type Document, deserialize, Long, serialize } from 'bson';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { equal, naiveUpdate, type Plain, Refused, type Situation } from './naive-update.ts';
import { codeIn, fuzz, type InProcess, printed, type Server, startInProcess, startNamed } from './servers.ts';

const now = new Date(1_800_000_000_000);

const scalar: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, 0, 1, 2, 5, -3, 1.5, 2_147_483_647, 'a', 'b', '', new Date(7)),
  fc.constantFrom<unknown>(2n, 9_007_199_254_740_993n, 9_223_372_036_854_775_807n),
);
const element: fc.Arbitrary<Plain> = fc.record({ x: scalar, y: scalar }, { requiredKeys: [], noNullPrototype: true });
const list = fc.oneof(
  fc.array(scalar, { maxLength: 4 }),
  fc.array(element, { maxLength: 3 }),
  fc.array(fc.oneof(scalar, element, fc.array(scalar, { maxLength: 2 })), { maxLength: 3 }),
);
const object: fc.Arbitrary<Plain> = fc.record(
  { x: fc.oneof(scalar, element), y: scalar, list },
  { requiredKeys: [], noNullPrototype: true },
);
const value = fc.oneof({ weight: 4, arbitrary: scalar }, { weight: 2, arbitrary: list }, { weight: 2, arbitrary: object });
const stored: fc.Arbitrary<Plain> = fc.record({ a: value, b: value, l: list, o: object }, { requiredKeys: [], noNullPrototype: true });

const path = fc.constantFrom(
  ...['a', 'b', 'l', 'o', 'new', 'a.x', 'o.x', 'o.y', 'o.list', 'o.x.y', 'o.new.deep', 'l.0', 'l.1', 'l.5', 'l.0.x', 'l.1.y', 'b.list.0'],
  ...['l.$', 'l.$.x', 'l.$[]', 'l.$[].x', 'l.$[e]', 'l.$[e].x', 'o.list.$[]', 'o.list.$[e]', 'a.$[]', 'l.x'],
);
const plainPath = fc.constantFrom('a', 'b', 'o', 'o.x', 'o.x.y', 'o.list', 'l', 'new', 'o.new', 'a.x', 'l.0');

const number = fc.constantFrom<unknown>(1, -2, 3, 1.5, 2_147_483_647, 2n, 9_223_372_036_854_775_807n);
const each = fc.array(fc.oneof(scalar, element), { maxLength: 3 });
const push = fc.oneof(
  value,
  fc.record(
    {
      $each: each,
      $position: fc.integer({ min: -3, max: 3 }),
      $slice: fc.integer({ min: -3, max: 3 }),
      $sort: fc.constantFrom<unknown>(1, -1, { x: 1 }, { y: -1, x: 1 }),
    },
    { requiredKeys: ['$each'], noNullPrototype: true },
  ),
);
const pull = fc.oneof(scalar, list, fc.constantFrom<unknown>({ $gte: 1 }, { $gte: 'a' }, { x: { $gte: 1 } }, { x: null }, {}), element);

const operation: fc.Arbitrary<readonly [string, string, unknown]> = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(fc.constant('$set'), path, value) },
  fc.tuple(fc.constant('$unset'), path, fc.constant('')),
  fc.tuple(fc.constantFrom('$inc', '$mul'), path, fc.oneof({ weight: 9, arbitrary: number }, fc.constant('x'))),
  fc.tuple(fc.constantFrom('$min', '$max'), path, value),
  fc.tuple(fc.constant('$bit'), path, fc.constantFrom({ and: 6 }, { or: 5 }, { xor: 3 })),
  { weight: 2, arbitrary: fc.tuple(fc.constant('$push'), path, push) },
  fc.tuple(
    fc.constant('$addToSet'),
    path,
    fc.oneof(
      value,
      each.map((values) => ({ $each: values })),
    ),
  ),
  fc.tuple(fc.constant('$pop'), path, fc.constantFrom(1, -1, 1, -1, 2)),
  fc.tuple(fc.constant('$pull'), path, pull),
  fc.tuple(fc.constant('$pullAll'), path, fc.oneof({ weight: 9, arbitrary: fc.array(scalar, { maxLength: 3 }) }, fc.constant(1))),
  fc.tuple(fc.constant('$rename'), plainPath, plainPath),
  fc.tuple(fc.constant('$setOnInsert'), path, value),
  fc.tuple(fc.constant('$currentDate'), path, fc.constantFrom<unknown>(true, { $type: 'date' })),
);

const update: fc.Arbitrary<Plain> = fc.array(operation, { minLength: 1, maxLength: 4 }).map((operations) => {
  const byOperator: Record<string, Plain> = {};
  for (const [operator, name, argument] of operations) byOperator[operator] = { ...byOperator[operator], [name]: argument };
  return byOperator;
});

/** What `$[e]` stands for: the array filter, and the condition that the interpreter reads. */
const chosen = fc.constantFrom<{ readonly arrayFilter: Plain; readonly element: unknown; readonly elementField: string | null }>(
  { arrayFilter: { e: 1 }, element: 1, elementField: null },
  { arrayFilter: { e: { $gte: 1 } }, element: { $gte: 1 }, elementField: null },
  { arrayFilter: { 'e.x': 1 }, element: 1, elementField: 'x' },
  { arrayFilter: { 'e.x': { $gte: 'a' } }, element: { $gte: 'a' }, elementField: 'x' },
);

/** 64-bit integers as the driver and the interpreter have them. */
const toBson = (plain: unknown): unknown => {
  if (typeof plain === 'bigint') return Long.fromBigInt(plain);
  if (Array.isArray(plain)) return plain.map(toBson);
  if (typeof plain !== 'object' || plain === null || plain instanceof Date) return plain;
  return Object.fromEntries(Object.entries(plain).map(([name, inner]) => [name, toBson(inner)]));
};
/** As it comes back from a server. */
const asRead = (document: unknown): string => printed(deserialize(serialize(document as Document), { promoteValues: false }));

function interpreted(document: Plain, change: Plain, situation: Situation): { readonly code: number } | { readonly text: string } {
  try {
    return { text: asRead(toBson(naiveUpdate(document, change, situation))) };
  } catch (error) {
    if (error instanceof Refused) return { code: error.code };
    throw error;
  }
}

describe('updates', () => {
  let engine: InProcess;
  let named: Server | null;
  beforeAll(async () => {
    [engine, named] = [await startInProcess(now.getTime()), await startNamed()];
  });
  afterAll(() => Promise.all([engine.close(), named?.close()]));

  it('are what a naive interpreter makes of them, and what the named server does', async () => {
    await fc.assert(
      fc.asyncProperty(
        stored,
        update,
        chosen,
        fc.nat(3),
        fc.boolean(),
        async (document, change, { arrayFilter, ...element }, at, returned) => {
          const before: Plain = { _id: 1, ...document };
          const used = Object.values(change).flatMap((fields) => Object.keys(fields as Plain));
          const array = Array.isArray(document['l']) ? document['l'] : [];
          const position = used.some((name) => /\.\$(\.|$)/.test(name)) && at < array.length ? at : null;
          fc.pre(position === null || isFirst(array, position));
          const filter = { _id: 1, ...(position === null ? {} : { l: toBson(array[position]) }) };
          const usesFilter = used.some((name) => name.includes('$[e]'));
          const wanted = interpreted(before, change, { position, ...element, inserting: false, now });
          for (const server of [engine, ...(named && !('$currentDate' in change) ? [named] : [])]) {
            await server.ask({ delete: 'updates', deletes: [{ q: {}, limit: 0 }] });
            await server.ask({ insert: 'updates', documents: [toBson(before) as Document] });
            const more = usesFilter ? { arrayFilters: [toBson(arrayFilter)] } : {};
            const reply = await server.ask(
              returned
                ? { findAndModify: 'updates', query: filter, update: toBson(change), new: true, ...more }
                : { update: 'updates', updates: [{ q: filter, u: toBson(change), ...more }] },
            );
            const code = codeIn(reply);
            const [after] = (await server.ask({ find: 'updates' }))['cursor'].firstBatch as Document[];
            expect(code === null ? { text: printed(after) } : { code }, server.name).toEqual(wanted);
            if (returned && code === null) expect(printed(reply['value'])).toBe(printed(after));
            // What is refused changes nothing.
            if (code !== null) expect(printed(after)).toBe(asRead(toBson(before)));
          }
        },
      ),
      fuzz(1_000),
    );
    expect(engine.faults()).toEqual([]);
  }, 3_600_000);

  it('make of an upsert what the filter says, changed by the update', async () => {
    const equalities = fc.record({ a: scalar, b: scalar, 'o.x': scalar, l: list }, { requiredKeys: [], noNullPrototype: true });
    await fc.assert(
      fc.asyncProperty(equalities, update, async (given, change) => {
        fc.pre(!Object.values(change).some((fields) => Object.keys(fields as Plain).some((name) => name.includes('.$'))));
        const { a, b, l, 'o.x': x } = given;
        // Of the filter's fields the first are made, in the order of their names.
        const start = Object.fromEntries(
          Object.entries({ _id: 1, a, b, l, o: x === undefined ? undefined : { x } }).filter(([, value]) => value !== undefined),
        );
        const wanted = interpreted(start, change, { position: null, element: null, elementField: null, inserting: true, now });
        for (const server of [engine, ...(named && !('$currentDate' in change) ? [named] : [])]) {
          await server.ask({ delete: 'upserts', deletes: [{ q: {}, limit: 0 }] });
          const q = toBson({ ...given, _id: 1 });
          const code = codeIn(await server.ask({ update: 'upserts', updates: [{ q, u: toBson(change), upsert: true }] }));
          const [after] = (await server.ask({ find: 'upserts' }))['cursor'].firstBatch as Document[];
          expect(code === null ? { text: printed(after) } : { code }, server.name).toEqual(wanted);
          expect(after === undefined).toBe(code !== null);
        }
      }),
      fuzz(300),
    );
  }, 3_600_000);
});

/** Whether a condition that is the element finds that element, and finds it first. */
const isFirst = (array: readonly unknown[], position: number): boolean =>
  !Array.isArray(array[position]) && array.findIndex((element) => equal(element, array[position])) === position;
