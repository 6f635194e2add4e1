import type { Document } from 'bson';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeIn, fuzz, type InProcess, printed, type Server, startInProcess, startNamed } from './servers.ts';

/** Values of which no two are equal as another type of number, so that their text tells whether they are equal. */
const scalar = fc.constantFrom<unknown>(null, 0, 1, 2, 'a', 'b', true);
const inner: fc.Arbitrary<Document> = fc.record({ x: scalar, y: scalar }, { requiredKeys: [], noNullPrototype: true });
const field = fc.oneof({ weight: 4, arbitrary: scalar }, inner, fc.array(scalar, { maxLength: 2 }), fc.array(inner, { maxLength: 2 }));
const row: fc.Arbitrary<Document> = fc.record({ a: field, b: field }, { requiredKeys: [], noNullPrototype: true });

interface Spec {
  readonly paths: readonly string[];
  readonly kind: 'plain' | 'sparse' | 'partial';
}
const spec: fc.Arbitrary<Spec> = fc.record({
  paths: fc.uniqueArray(fc.constantFrom('a', 'b', 'a.x', 'a.y', 'b.x'), { minLength: 1, maxLength: 2 }),
  kind: fc.constantFrom<Spec['kind']>('plain', 'plain', 'sparse', 'partial'),
});

const partialFilter = { b: { $exists: true } };

/**
 * The keys under which a document stands in an index, as text; null: it has two arrays in it, which is refused. Worked out path by path:
 * each path meets at most one array here, and where two paths meet the same one they are taken element by element.
 * @see https://www.mongodb.com/docs/manual/core/indexes/index-types/index-multikey/ (2026-11-27)
 */
function naiveKeys(document: Document, { paths, kind }: Spec): ReadonlySet<string> | null {
  if (kind === 'partial' && !('b' in document)) return new Set();
  const arrays = [...new Set(paths.map((path) => path.split('.')[0] as string))].filter((name) => Array.isArray(document[name]));
  if (arrays.length > 1) return null;
  const [spread] = arrays;
  const elements: readonly unknown[] = spread === undefined ? [undefined] : document[spread].length === 0 ? [emptyArray] : document[spread];
  const keys = elements.map((element) =>
    paths.map((path) => {
      const [name = '', rest] = path.split('.');
      const value: unknown = name === spread ? element : document[name];
      if (rest === undefined) return value;
      return isObject(value) ? value[rest] : undefined;
    }),
  );
  const kept = kind === 'sparse' ? keys.filter((key) => key.some((value) => value !== undefined)) : keys;
  return new Set(kept.map((key) => printed({ key: key.map((value) => (value === emptyArray ? 'an empty array' : (value ?? null))) })));
}
const emptyArray = Symbol('an empty array');
const isObject = (value: unknown): value is Document => typeof value === 'object' && value !== null && !Array.isArray(value);

describe('unique indexes', () => {
  let engine: InProcess;
  let named: Server | null;
  beforeAll(async () => {
    [engine, named] = [await startInProcess(), await startNamed()];
  });
  afterAll(() => Promise.all([engine.close(), named?.close()]));

  it('refuse what shares a key with another document, and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(spec, fc.array(row, { minLength: 2, maxLength: 12, size: 'max' }), async (index, rows) => {
        const options = { plain: {}, sparse: { sparse: true }, partial: { partialFilterExpression: partialFilter } }[index.kind];
        const key = Object.fromEntries(index.paths.map((path) => [path, 1]));
        for (const server of [engine, ...(named ? [named] : [])]) {
          await server.ask({ drop: 'unique' });
          await server.ask({ createIndexes: 'unique', indexes: [{ key, name: 'k', unique: true, ...options }] });
          const taken = new Map<string, number>();
          for (const [_id, document] of rows.entries()) {
            const keys = naiveKeys(document, index);
            const wanted = keys === null ? 171 : [...keys].some((text) => taken.has(text)) ? 11_000 : null;
            // Now and then the document comes by an update of one that was free.
            const reply = await (_id % 3 === 2
              ? changed(server, _id, document)
              : server.ask({ insert: 'unique', documents: [{ _id, ...document }] }));
            expect(codeIn(reply), `${server.name} ${printed({ index, document, taken: [...taken.keys()] })}`).toBe(wanted);
            if (wanted === null) for (const text of keys ?? []) taken.set(text, _id);
          }
        }
        expect(engine.faults()).toEqual([]);
      }),
      fuzz(150),
    );
  }, 3_600_000);

  async function changed(server: Server, _id: number, document: Document): Promise<Document> {
    // Stands nowhere in the index's way: its own value is like none of the others.
    const own = { x: `own ${_id}`, y: `own ${_id}` };
    expect(codeIn(await server.ask({ insert: 'unique', documents: [{ _id, a: own, b: own }] }))).toBeNull();
    const reply = await server.ask({ update: 'unique', updates: [{ q: { _id }, u: { ...document } }] });
    if (codeIn(reply) !== null) await server.ask({ delete: 'unique', deletes: [{ q: { _id }, limit: 1 }] });
    return reply;
  }
});
