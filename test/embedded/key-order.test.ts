import * as bson from 'bson';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeKey } from '../../src/embedded/keys.ts';
import { compareValues } from '../../src/embedded/values.ts';

const leaf = fc.oneof(
  fc.constantFrom<unknown>(null, NaN, Infinity, -Infinity, 0, -0, 2 ** 53, 2 ** 53 + 2, 2 ** 63, -(2 ** 63)),
  fc.boolean(),
  fc.integer({ min: -5, max: 5 }),
  fc.double(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((integer) => bson.Long.fromBigInt(integer)),
  fc.constantFrom(bson.Long.MAX_VALUE, bson.Long.MIN_VALUE, bson.Long.fromString('9007199254740993')),
  fc.constantFrom('', '\0', 'a', 'a\0', 'a\0b', 'a\u0001', '\uffff', '😀'),
  fc.date({ noInvalidDate: true }),
  fc.uint8Array({ minLength: 12, maxLength: 12 }).map((bytes) => new bson.ObjectId(bytes)),
  fc.uint8Array({ maxLength: 4 }).map((bytes) => new bson.Binary(bytes)),
  fc.tuple(fc.nat(2 ** 32 - 1), fc.nat(9)).map(([t, i]) => new bson.Timestamp({ t, i })),
  fc.constantFrom<unknown>(new bson.BSONRegExp('a'), new bson.BSONRegExp('a', 'i'), new bson.MinKey(), new bson.MaxKey()),
);

const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'ab'), tie('any'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).any;

describe('index keys', () => {
  it('sort byte by byte as their values compare, in both directions', () => {
    fc.assert(
      fc.property(value, value, fc.constantFrom<1 | -1>(1, -1), (left, right, direction) => {
        const bytes = Math.sign(Buffer.compare(encodeKey([left], [direction]), encodeKey([right], [direction])));
        expect(bytes * direction + 0).toBe(Math.sign(compareValues(left, right)) + 0);
      }),
      { seed: 20261122, numRuns: 20_000 },
    );
  });

  it('keep apart what compares by its second field only', () => {
    fc.assert(
      fc.property(value, value, value, (shared, left, right) => {
        const bytes = Math.sign(Buffer.compare(encodeKey([shared, left], [-1, 1]), encodeKey([shared, right], [-1, 1])));
        expect(bytes + 0).toBe(Math.sign(compareValues(left, right)) + 0);
      }),
      { seed: 20261123, numRuns: 5_000 },
    );
  });
});

describe('keys are the same bytes in every version that reads the same stores', () => {
  it.each<readonly [unknown, string]>([
    [null, '05'],
    ['aé', '0f61c3a90000'],
    ['a\0b', '0f6100ff620000'],
    [1.5, '0abff800000000000001'],
    [-2, '0a3fffffffffffffff01'],
    [bson.Long.fromString('9007199254740993'), '0ac3400000000000000280003100'],
    [new Date(1_800_000_000_000), '2d800001a3185c5000'],
    [new Date(-1), '2d7fffffffffffffff'],
    [new Date(NaN), '2d0000000000000000'],
    [true, '2801'],
    [new bson.ObjectId('507f1f77bcf86cd799439011'), '23507f1f77bcf86cd799439011'],
    [new bson.Binary(Buffer.from([1, 255]), 4), '1e000000020401ff'],
    [new bson.Timestamp({ t: 4_000_000_000, i: 2 }), '2fee6b280000000002'],
    [new bson.BSONRegExp('^a', 'i'), '325e610000690000'],
    [[1, ['a']], '190abff000000000000001190f6100000000'],
    [{ a: 1, b: { c: null } }, '140a610000bff00000000000000114620000056300000000'],
    [new bson.MaxKey(), '7f'],
  ])('%s', (one, hex) => {
    expect(encodeKey([one], [1]).toString('hex')).toBe(hex);
  });

  it('of several values, some descending, and after one that could not be made', () => {
    const endless: unknown[] = [];
    endless.push('left over', endless);
    expect(() => encodeKey([endless], [1])).toThrow(RangeError);
    expect(encodeKey(['a', 1, null], [1, -1, -1]).toString('hex')).toBe('0f610000f5400ffffffffffffffefa');
  });
});

describe('decimals compare exactly, not as doubles', () => {
  const decimal = (text: string) => bson.Decimal128.fromString(text);
  it.each([
    ['0.1 is not the double 0.1', decimal('0.1'), 0.1, -1],
    ['a tiny fraction counts', decimal('1.00000000000000000000001'), 1, 1],
    ['beyond 2^53', decimal('9007199254740993'), bson.Long.fromString('9007199254740993'), 0],
    ['trailing zeros do not', decimal('1.50'), 1.5, 0],
  ])('%s', (_, left, right, expected) => {
    expect(Math.sign(compareValues(left, right)) + 0).toBe(expected);
  });
});
