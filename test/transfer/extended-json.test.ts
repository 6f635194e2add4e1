import {
  Binary,
  BSONRegExp,
  Code,
  Decimal128,
  type Document,
  Double,
  EJSON,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  serialize,
  Timestamp,
} from 'bson';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromExtendedJson, toExtendedJson } from '../../src/transfer/extended-json.ts';
import { parseJson } from '../../src/transfer/json.ts';

const again = (bytes: Uint8Array): Buffer => Buffer.from(serialize(fromExtendedJson(toExtendedJson(bytes)), { ignoreUndefined: false }));

/** Texts of https://www.mongodb.com/docs/manual/reference/mongodb-extended-json/ and of the BSON corpus. */
const table: readonly (readonly [string, unknown, string])[] = [
  ['a double', new Double(10.5), '{"$numberDouble":"10.5"}'],
  ['a whole double', new Double(42), '{"$numberDouble":"42.0"}'],
  ['minus zero', new Double(-0), '{"$numberDouble":"-0.0"}'],
  ['not a number', new Double(Number.NaN), '{"$numberDouble":"NaN"}'],
  ['infinity', new Double(Number.NEGATIVE_INFINITY), '{"$numberDouble":"-Infinity"}'],
  ['a large double', new Double(1.2345678901234568e30), '{"$numberDouble":"1.2345678901234568e+30"}'],
  ['an int', new Int32(-42), '{"$numberInt":"-42"}'],
  ['a long', Long.MAX_VALUE, '{"$numberLong":"9223372036854775807"}'],
  ['the least long', Long.MIN_VALUE, '{"$numberLong":"-9223372036854775808"}'],
  ['a decimal', Decimal128.fromString('0.30'), '{"$numberDecimal":"0.30"}'],
  ['a text', 'a "quoted"\n\u2028 \ud83d\ude00 \u0000 text', '"a \\"quoted\\"\\n\u2028 \ud83d\ude00 \\u0000 text"'],
  ['a date', new Date('2026-11-27T10:00:00.123Z'), '{"$date":{"$numberLong":"1795773600123"}}'],
  ['a date before 1970', new Date(-1), '{"$date":{"$numberLong":"-1"}}'],
  ['an object id', new ObjectId('5f43a1b2c3d4e5f601234567'), '{"$oid":"5f43a1b2c3d4e5f601234567"}'],
  ['bytes', new Binary(Buffer.from([0, 255, 1])), '{"$binary":{"base64":"AP8B","subType":"00"}}'],
  ['bytes of the old kind', new Binary(Buffer.from([1, 2]), 2), '{"$binary":{"base64":"AQI=","subType":"02"}}'],
  ['a UUID', new Binary(Buffer.alloc(16, 7), 4), '{"$binary":{"base64":"BwcHBwcHBwcHBwcHBwcHBw==","subType":"04"}}'],
  ['bytes of a user', new Binary(Buffer.from([1]), 128), '{"$binary":{"base64":"AQ==","subType":"80"}}'],
  ['a timestamp', new Timestamp({ t: 4_294_967_295, i: 1 }), '{"$timestamp":{"t":4294967295,"i":1}}'],
  ['a pattern', new BSONRegExp('^a/"b"', 'im'), '{"$regularExpression":{"pattern":"^a/\\"b\\"","options":"im"}}'],
  ['code', new Code('return 1'), '{"$code":"return 1"}'],
  ['nothing', null, 'null'],
  ['true', true, 'true'],
  ['the least', new MinKey(), '{"$minKey":1}'],
  ['the greatest', new MaxKey(), '{"$maxKey":1}'],
  ['an empty array and object', [[], {}], '[[],{}]'],
];

describe('a document as Extended JSON', () => {
  it.each(table)('%s: as the manual writes it, and the same bytes again', (_, value, text) => {
    const bytes = serialize({ v: value }, { ignoreUndefined: false });
    expect(toExtendedJson(bytes)).toBe(`{"v":${text}}`);
    expect(again(bytes).equals(bytes)).toBe(true);
  });

  it('keeps the order of its fields, whatever their names', () => {
    const names = ['b', '10', '1', '', '__proto__', 'constructor', '_bsontype', 'toBSON', 'a.b', '$ref', 'z'];
    const bytes = serialize(new Map(names.map((name, index) => [name, new Map([[name, new Int32(index)]])])));
    expect([...fromExtendedJson(toExtendedJson(bytes)).keys()]).toEqual(names);
    expect(again(bytes).equals(bytes)).toBe(true);
  });

  it.each([
    ['a field that would be taken for a value', serialize({ v: new Map([['$oid', 'x']]) })],
    ['an undefined value', serialize({ v: undefined }, { ignoreUndefined: false }).map((byte) => (byte === 10 ? 6 : byte))],
  ])('refuses %s rather than writing something else', (_, bytes) => {
    expect(() => toExtendedJson(bytes)).toThrow(expect.objectContaining({ name: 'UnsupportedValue' }));
  });

  it.each([
    ['{"a":{"$date":"2026-11-27T10:00:00Z"}}', { a: new Date('2026-11-27T10:00:00Z') }],
    ['{ "a" : 1 , "b" : 5000000000, "c": 1.5 }', { a: new Int32(1), b: Long.fromNumber(5_000_000_000), c: new Double(1.5) }],
  ])('reads what mongoexport writes by itself: %s', (text, expected) => {
    expect(Buffer.from(serialize(fromExtendedJson(text))).equals(serialize(expected))).toBe(true);
  });

  it.each([
    '',
    '[]',
    '5',
    '{',
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '{"a":1}x',
    '{"a":"\n"}',
    '{"a":{"$oid":5}}',
    '{"a":{"$numberInt":"x"}}',
    '{"a":01}',
  ])('refuses what is none: %s', (text) => {
    expect(() => fromExtendedJson(text)).toThrow();
  });

  it('keeps the order of fields whose names are numbers, inside as well', () => {
    const bytes = serialize(
      new Map([
        [
          'b',
          new Map([
            ['', new Int32(1)],
            ['0', new Int32(2)],
          ]),
        ],
      ]) as Document,
    );
    expect(toExtendedJson(bytes)).toBe('{"b":{"":{"$numberInt":"1"},"0":{"$numberInt":"2"}}}');
    expect(again(bytes).equals(bytes)).toBe(true);
  });

  it('of any content gives the same bytes again, and says what the bson library says', () => {
    const leaf = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.double().map((value) => new Double(value)),
      fc.integer().map((value) => new Int32(value)),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => Long.fromBigInt(value)),
      fc.date({ noInvalidDate: true }),
      fc.boolean(),
      fc.constant(null),
      fc.uint8Array().map((bytes) => new Binary(bytes)),
      fc.uint8Array({ minLength: 12, maxLength: 12 }).map((bytes) => new ObjectId(bytes)),
      fc.tuple(fc.nat(), fc.nat()).map(([t, i]) => new Timestamp({ t, i })),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => Decimal128.fromString(String(value))),
    );
    const name = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0') && !text.startsWith('$'));
    const { document } = fc.letrec((tie) => ({
      value: fc.oneof({ depthSize: 'small' }, leaf, tie('document'), fc.array(tie('value'), { maxLength: 4 })),
      document: fc.array(fc.tuple(name, tie('value')), { maxLength: 5 }).map((fields) => new Map(fields)),
    }));
    fc.assert(
      fc.property(document as fc.Arbitrary<Map<string, unknown>>, (fields) => {
        const bytes = serialize(fields, { ignoreUndefined: false });
        const text = toExtendedJson(bytes);
        expect(again(bytes).equals(bytes)).toBe(true);
        expect(JSON.stringify(plain(parseJson(text)))).toBe(JSON.stringify(plain(parseJson(EJSON.stringify(fields, { relaxed: false })))));
      }),
      { numRuns: 300 },
    );
  });
});

/** Maps as lists of pairs, by name: the bson library makes objects of nested maps, which puts names such as "0" first. The bytes show the order. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!(value instanceof Map)) return value;
  const pairs = [...(value as Map<string, unknown>)].map(([name, inner]) => [name, plain(inner)] as const);
  return pairs.sort(([one], [other]) => (one < other ? -1 : 1));
}
