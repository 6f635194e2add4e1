import { Code, type Document, Double, Long, ObjectId, serialize } from 'bson';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changedFields, decode, fieldsNamed, mostLevels, pick, RawDocument, withIdFirst } from '../../src/embedded/bytes.ts';
import { CommandError } from '../../src/embedded/errors.ts';
import { compileFilter, fieldsAsked } from '../../src/embedded/matcher.ts';
import { compileUpdate } from '../../src/embedded/update.ts';
import { encode } from '../../src/embedded/wire.ts';
import { updated } from '../../src/embedded/writes.ts';
import { wide } from './fuzz-values.ts';
import { codeIn, fuzz, type InProcess, startInProcess } from './servers.ts';

const now = new Date(1_800_000_000_000);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const { scalar, field, filter } = wide;

/** Names that fields may have: plain ones, one of several bytes, one that JavaScript keeps for itself. */
const name = fc.constantFrom<string>('a', 'b', 'c', 'new', 'é好', '__proto__', 'ab', '');
/** Documents as bytes, in which a name may stand several times. */
const elements = fc.array(fc.tuple(fc.oneof(name, fc.constantFrom('0', '12')), field), { maxLength: 8 });

/** `__proto__` is a name like any other. */
const documentOf = (fields: readonly (readonly [string, unknown])[]): Document => Object.fromEntries(fields);
function bytesOf(fields: readonly (readonly [string, unknown])[]): Buffer {
  const parts = fields.map((one) => serialize(documentOf([one]), { ignoreUndefined: false }).subarray(4, -1));
  const bytes = Buffer.concat([Buffer.alloc(4), ...parts, Buffer.alloc(1)]);
  bytes.writeInt32LE(bytes.length, 0);
  return bytes;
}

const isSent = (bytes: Uint8Array): boolean => {
  try {
    return new RawDocument(bytes).levels > 0;
  } catch {
    return false;
  }
};
const isDecoded = (bytes: Uint8Array): boolean => {
  try {
    decode(bytes);
    return true;
  } catch {
    return false;
  }
};

const path = fc.constantFrom('a', 'b', 'c', 'new', 'ab', 'é好', 'a.x', 'b.x', 'a.0', 'c.new', 'a.$[]', 'a.$', 'a.$[].x', 'b.$', 'e', 'f');
const operation: fc.Arbitrary<readonly [string, string, unknown]> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(fc.constantFrom('$set', '$min', '$max', '$push', '$addToSet', '$setOnInsert'), path, field) },
  fc.tuple(fc.constantFrom('$unset', '$inc', '$pop', '$mul'), path, fc.constantFrom<unknown>(1, 2, -1, Long.fromNumber(7))),
  fc.tuple(
    fc.constant('$push'),
    path,
    fc.array(scalar, { maxLength: 3 }).map((values) => ({ $each: values, $slice: -3 })),
  ),
  fc.tuple(fc.constant('$rename'), fc.constantFrom('a', 'b', 'c.x'), fc.constantFrom('c', 'new', 'a', 'd.x')),
  fc.tuple(fc.constant('$pull'), path, scalar),
);
const change: fc.Arbitrary<Document> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.array(operation, { minLength: 1, maxLength: 4 }).map((operations) => {
      const byOperator: Record<string, Document> = {};
      for (const [operator, at, argument] of operations) byOperator[operator] = { ...byOperator[operator], [at]: argument };
      return byOperator;
    }),
  },
  { weight: 1, arbitrary: wide.row },
);

/** What it throws is told by its code and words. */
function outcome(work: () => Uint8Array): string {
  try {
    return hex(work());
  } catch (error) {
    if (error instanceof CommandError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

describe('documents as bytes', () => {
  it('are taken where the library reads them, and refused where it does not', () => {
    const broken = fc.tuple(elements.map(bytesOf), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 2 })).map(([bytes, changes]) => {
      const copy = Buffer.from(bytes);
      for (const [at, byte] of changes) copy[at % copy.length] = byte;
      return copy;
    });
    fc.assert(
      fc.property(broken, (bytes) => {
        if (isSent(bytes)) expect(isDecoded(bytes)).toBe(true);
        // A name that is no UTF-8 the library reads as another, which then is not what was sent.
        else expect(isDecoded(bytes) && hex(encode(decode(bytes))) === hex(bytes)).toBe(false);
      }),
      fuzz(20_000),
    );
  });

  it.each<readonly [string, Uint8Array, boolean]>([
    ['text that is no UTF-8', bytesOf([['a', 'xx']]).fill(0xff, 11, 12), false],
    ['long text that is no UTF-8', bytesOf([['a', 'x'.repeat(99)]]).fill(0xff, 50, 51), false],
    ['a name that is no UTF-8', bytesOf([['ab', 1]]).fill(0xff, 5, 6), false],
    ['a boolean that is neither', bytesOf([['a', true]]).fill(2, 7, 8), false],
    ['code with a scope', serialize({ a: new Code('f', { x: 1 }) }), true],
    ['code with a broken scope', Buffer.from(serialize({ a: new Code('f', { x: 1 }) })).fill(99, 21, 22), false],
    ['nothing', Buffer.alloc(0), false],
    ['an empty document', serialize({}), true],
    ['more after its end', Buffer.concat([serialize({}), Buffer.alloc(1)]), false],
  ])('%s', (_, bytes, taken) => {
    expect(isSent(bytes)).toBe(taken);
  });

  it('give the fields that are asked for, and say which are others', () => {
    fc.assert(
      fc.property(elements, elements, fc.array(name), (fields, others, names) => {
        const [bytes, whole] = [bytesOf(fields), decode(bytesOf(fields))];
        const asked = [...new Set(names)].filter((one) => Object.hasOwn(whole, one));
        expect(encode(pick(bytes, fieldsNamed(names)))).toEqual(
          encode(documentOf(Object.entries(whole).filter(([one]) => names.includes(one)))),
        );
        const other = decode(bytesOf(others));
        const changed = changedFields(bytes, bytesOf(others), fieldsNamed(names));
        for (const one of asked) {
          if (!Object.hasOwn(other, one) || hex(encode({ v: whole[one] })) !== hex(encode({ v: other[one] }))) {
            expect(changed).toContain(fieldsNamed([one])[0]);
          }
        }
      }),
      fuzz(3_000),
    );
  });

  it('are found by a filter that sees only its own fields', () => {
    fc.assert(
      fc.property(elements, filter, (fields, asked) => {
        const matches = compileFilter(asked);
        const bytes = bytesOf(fields);
        expect(matches(pick(bytes, fieldsAsked(asked)))).toBe(matches(decode(bytes)));
      }),
      fuzz(3_000),
    );
  });

  it.each<readonly [string, Document, unknown]>([
    ['paths', { 'a.b': 1, é: 2, 'a.c': { $gt: 1 } }, ['a', 'Ã©']],
    ['clauses', { $or: [{ a: 1 }, { $and: [{ b: 1 }, { $nor: [{ 'c.d': 1 }] }] }] }, ['a', 'b', 'c']],
    ['an expression', { a: 1, $and: [{ $expr: { $eq: ['$b', 1] } }] }, 'all'],
    ['a reference, whose fields are named as operators are', { $id: [null], $ref: 'c' }, ['$id', '$ref']],
  ])('a filter looks at: %s', (_, asked, fields) => {
    compileFilter(asked);
    expect(fieldsAsked(asked)).toEqual(fields);
  });

  it('become by an update what they become when all of them is decoded and encoded again', () => {
    const plain = fc.uniqueArray(fc.tuple(name, field), { selector: ([one]) => one, maxLength: 6 });
    fc.assert(
      fc.property(plain, change, filter, (fields, operators, found) => {
        const stored = encode({ _id: 1, ...decode(bytesOf(fields)) });
        const compiled = (): ReturnType<typeof compileUpdate> => compileUpdate(operators, { filter: found, arrayFilters: [] });
        expect(outcome(() => updated(stored, compiled(), now))).toBe(
          outcome(() => {
            const after = compiled().apply(decode(stored), { now, inserting: false });
            return encode(after instanceof RawDocument ? { _id: 1, ...operators } : after);
          }),
        );
      }),
      fuzz(5_000),
    );
  });

  it('also where an update names very many of their fields', () => {
    const many = (value: number): Document => Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`f${index}`, value]));
    const stored = encode({ _id: 1, ...many(1), more: 1 });
    const startedAtMs = performance.now();
    const after = updated(stored, compileUpdate({ $set: { ...many(2), new: 1 } }, { filter: {}, arrayFilters: [] }), now);
    expect(hex(after)).toBe(hex(encode({ _id: 1, ...many(2), more: 1, new: 1 })));
    // Not the square of their number.
    expect(performance.now() - startedAtMs).toBeLessThan(5_000);
  });

  it('have their _id first, the given one or a new one', () => {
    expect(
      hex(
        withIdFirst(
          bytesOf([
            ['a', 1],
            ['_id', 5],
            ['b', new Double(2)],
          ]),
        ),
      ),
    ).toBe(
      hex(
        bytesOf([
          ['_id', 5],
          ['a', 1],
          ['b', new Double(2)],
        ]),
      ),
    );
    const made = withIdFirst(bytesOf([['a', 1]]));
    expect(decode(made)).toEqual({ _id: expect.any(ObjectId), a: 1 });
    expect(withIdFirst(made)).toBe(made);
    expect(Object.keys(decode(withIdFirst(serialize({}))))).toEqual(['_id']);
  });
});

describe('documents that are stored as they were sent', () => {
  let engine: InProcess;
  beforeAll(async () => {
    engine = await startInProcess(now.getTime());
    await engine.ask({ createIndexes: 'raw', indexes: [{ key: { a: 1, 'b.x': -1 }, name: 'a', unique: true, sparse: true }] });
    await engine.ask({ createIndexes: 'raw', indexes: [{ key: { c: 1 }, name: 'c', partialFilterExpression: { 'a.x': { $gt: 0 } } }] });
  });
  afterAll(() => engine.close());

  function message(command: Document, name: string, documents: readonly Uint8Array[]): Buffer {
    const body = serialize({ ...command, $db: 'fuzz' });
    const inner = Buffer.concat([Buffer.from(`${name}\0`), ...documents]);
    const head = Buffer.alloc(21);
    const size = Buffer.alloc(5);
    size[0] = 1;
    size.writeInt32LE(4 + inner.length, 1);
    head.writeInt32LE(head.length + body.length + size.length + inner.length, 0);
    head.writeInt32LE(2013, 12);
    return Buffer.concat([head, body, size, inner]);
  }
  const insert = async (bytes: Uint8Array) => codeIn(await engine.askRaw(message({ insert: 'raw' }, 'documents', [bytes])));
  const replace = async (q: Document, replacement: Uint8Array, options: Document = {}) => {
    const part = Buffer.concat([Buffer.alloc(4), Buffer.from('\u0003u\0'), replacement, serialize({ q, ...options }).subarray(4)]);
    part.writeInt32LE(part.length, 0);
    return engine.askRaw(message({ update: 'raw' }, 'updates', [part]));
  };
  const stored = async (q: Document) => {
    const found = (await engine.ask({ find: 'raw', filter: q }))['cursor'].firstBatch as Document[];
    return found.map((document) => hex(serialize(document, { ignoreUndefined: false })));
  };

  it('stand in every index, also after an update, whatever fields they have', async () => {
    const id = fc.nat(9).map((one): [string, unknown] => ['_id', one]);
    await fc.assert(
      fc.asyncProperty(elements, id, fc.nat(8), change, async (fields, given, at, operators) => {
        await engine.ask({ delete: 'raw', deletes: [{ q: { _id: given[1] }, limit: 1 }] });
        const code = await insert(bytesOf(fields.toSpliced(at, 0, given)));
        expect([null, 171, 11_000]).toContain(code);
        await engine.ask({ update: 'raw', updates: [{ q: { _id: given[1] }, u: operators }] });
        expect(engine.faults()).toEqual([]);
        expect([null, 171, 11_000]).toContain(codeIn(await replace({ _id: given[1] }, bytesOf(fields))));
        expect(engine.faults()).toEqual([]);
      }),
      fuzz(400),
    );
  });

  it('keep what an update does not touch byte by byte: types of numbers, the order of fields', async () => {
    await engine.ask({ delete: 'raw', deletes: [{ q: {}, limit: 0 }] });
    const bytes = bytesOf([
      ['_id', 'kept'],
      ['b', new Double(2)],
      ['12', 1],
      ['a', 1],
      ['d', { x: new Double(3), 4: 5 }],
    ]);
    expect(await insert(bytes)).toBeNull();
    await engine.ask({ update: 'raw', updates: [{ q: { _id: 'kept' }, u: { $set: { a: 'longer', new: 1 } } }] });
    const [after] = (await engine.ask({ find: 'raw', filter: { _id: 'kept' } }))['cursor'].firstBatch as Document[];
    expect(Object.keys(after ?? {})).toEqual(['12', '_id', 'b', 'a', 'd', 'new']);
    expect([after?.['b'], after?.['d'].x]).toEqual([new Double(2), new Double(3)]);
    // Nothing changed, so nothing was written.
    expect(await engine.ask({ update: 'raw', updates: [{ q: { _id: 'kept' }, u: { $set: { a: 'longer' } } }] })).toMatchObject({
      n: { value: 1 },
      nModified: { value: 0 },
    });
  });

  it('replace another, whose _id they have then', async () => {
    await engine.ask({ delete: 'raw', deletes: [{ q: {}, limit: 0 }] });
    await insert(serialize({ _id: 1, a: 1 }));
    expect(
      await replace(
        { _id: 1 },
        bytesOf([
          ['b', new Double(2)],
          ['a', 'x'],
        ]),
      ),
    ).toMatchObject({ nModified: { value: 1 } });
    expect(await stored({ a: 'x' })).toEqual([
      hex(
        bytesOf([
          ['_id', 1],
          ['b', new Double(2)],
          ['a', 'x'],
        ]),
      ),
    ]);
    expect(
      await replace(
        { _id: 1 },
        bytesOf([
          ['b', new Double(2)],
          ['a', 'x'],
          ['_id', new Double(1)],
        ]),
      ),
    ).toMatchObject({
      nModified: { value: 0 },
    });
    expect(await replace({ _id: 7 }, bytesOf([['a', 7]]), { upsert: true })).toMatchObject({ upserted: [{ _id: { value: 7 } }] });
    expect(await stored({ a: 7 })).toEqual([
      hex(
        bytesOf([
          ['_id', 7],
          ['a', 7],
        ]),
      ),
    ]);
    expect(
      await replace(
        { a: 8 },
        bytesOf([
          ['a', 8],
          ['_id', 'eight'],
        ]),
        { upsert: true },
      ),
    ).toMatchObject({ upserted: [{ _id: 'eight' }] });
    expect(
      codeIn(
        await replace(
          { a: 9 },
          bytesOf([
            ['a', 9],
            ['_id', [9]],
          ]),
          { upsert: true },
        ),
      ),
    ).toBe(53);
    expect(codeIn(await replace({ _id: 1 }, bytesOf([['_id', 2]])))).toBe(66);
    expect(
      codeIn(
        await replace(
          { _id: 1 },
          bytesOf([
            ['a', 2],
            ['$b', 2],
          ]),
        ),
      ),
    ).toBe(52);
    expect(codeIn(await replace({ _id: 1 }, bytesOf([['a', 2]]), { multi: true }))).toBe(9);
    expect(codeIn(await replace({ _id: 1 }, bytesOf([['a', 'x'.repeat(16 * 1024 * 1024)]])))).toBe(10_334);
    await expect(replace({ _id: 1 }, bytesOf([['a', 'xx']]).fill(0xff, 11, 12))).rejects.toThrow();
    expect(engine.faults()).toEqual([]);
  });

  it('are refused where they are too deep, too large, or have an _id that cannot be', async () => {
    await engine.ask({ delete: 'raw', deletes: [{ q: {}, limit: 0 }] });
    const deep = (levels: number): Document => (levels === 1 ? {} : { a: deep(levels - 1) });
    expect(await insert(serialize({ _id: 1, b: deep(mostLevels - 1) }))).toBeNull();
    expect(await insert(serialize({ _id: 2, b: deep(mostLevels) }))).toBe(15);
    expect(codeIn(await replace({ _id: 1 }, serialize({ b: deep(mostLevels) })))).toBe(15);
    expect(await insert(serialize({ _id: 3, b: 'x'.repeat(16 * 1024 * 1024 + 1) }))).toBe(10_334);
    expect(await insert(serialize({ _id: [4] }))).toBe(53);
    expect(await insert(serialize({ b: 1, _id: undefined }, { ignoreUndefined: false }).map((byte, at) => (at === 11 ? 6 : byte)))).toBe(
      53,
    );
    await expect(insert(bytesOf([['a', 'xx']]).fill(0xff, 11, 12))).rejects.toThrow();
    expect(engine.faults()).toEqual([]);
  });
});
