import { Binary, BSONRegExp, Code, Decimal128, Double, Int32, Long, MaxKey, MinKey, ObjectId, Timestamp } from 'bson';
import { JsonError, parseJson } from './json.ts';

/**
 * BSON to MongoDB's Extended JSON (v2, canonical) and back, so that the same bytes come out. It goes from bytes to text without making objects, and back
 * to maps: JavaScript's objects would put fields whose names are numbers first, and could be spoilt by names such as `__proto__`.
 * @see https://www.mongodb.com/docs/manual/reference/mongodb-extended-json/ (2026-11-27)
 */

/** One that Extended JSON has no unambiguous words for, or that JavaScript's driver cannot write again. */
export class UnsupportedValue extends Error {
  override readonly name = 'UnsupportedValue';
}

/** Element types (https://bsonspec.org/spec.html). */
const type = {
  double: 1,
  string: 2,
  object: 3,
  array: 4,
  binary: 5,
  objectId: 7,
  boolean: 8,
  date: 9,
  null: 10,
  regex: 11,
  code: 13,
  int: 16,
  timestamp: 17,
  long: 18,
  decimal: 19,
  maxKey: 127,
  minKey: 255,
} as const;

/** Binary data of this subtype has its length twice. */
const oldBinary = 2;
/** Objects that begin with one of these are values, not objects. */
const keywords: ReadonlySet<string> = new Set([
  ...[
    '$numberDouble',
    '$numberInt',
    '$numberLong',
    '$numberDecimal',
    '$oid',
    '$date',
    '$binary',
    '$uuid',
    '$timestamp',
    '$code',
    '$symbol',
  ],
  ...['$regularExpression', '$minKey', '$maxKey', '$undefined', '$dbPointer'],
]);

/** @param bytes one document of valid BSON. @throws UnsupportedValue */
export function toExtendedJson(bytes: Uint8Array): string {
  return document(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0, false);
}

function document(bytes: Buffer, start: number, isArray: boolean): string {
  const end = start + bytes.readInt32LE(start) - 1;
  let text = isArray ? '[' : '{';
  for (let at = start + 4, first = true; at < end; first = false) {
    const kind = bytes[at] as number;
    const nameEnd = bytes.indexOf(0, at + 1);
    const name = bytes.toString('utf8', at + 1, nameEnd);
    if (!isArray && first && keywords.has(name)) throw new UnsupportedValue(`a field named ${name}`);
    const value = nameEnd + 1;
    text += `${first ? '' : ','}${isArray ? '' : `${JSON.stringify(name)}:`}${element(bytes, kind, value)}`;
    at = value + lengthOf(bytes, kind, value);
  }
  return text + (isArray ? ']' : '}');
}

function element(bytes: Buffer, kind: number, at: number): string {
  switch (kind) {
    case type.double:
      return `{"$numberDouble":"${doubleText(bytes.readDoubleLE(at))}"}`;
    case type.string:
      return stringText(bytes, at);
    case type.object:
      return document(bytes, at, false);
    case type.array:
      return document(bytes, at, true);
    case type.binary:
      return binaryText(bytes, at);
    case type.objectId:
      return `{"$oid":"${bytes.toString('hex', at, at + 12)}"}`;
    case type.boolean:
      return bytes[at] === 1 ? 'true' : 'false';
    case type.date:
      return `{"$date":{"$numberLong":"${bytes.readBigInt64LE(at)}"}}`;
    case type.null:
      return 'null';
    case type.regex: {
      const patternEnd = bytes.indexOf(0, at);
      const pattern = bytes.toString('utf8', at, patternEnd);
      const options = bytes.toString('utf8', patternEnd + 1, bytes.indexOf(0, patternEnd + 1));
      return `{"$regularExpression":{"pattern":${JSON.stringify(pattern)},"options":${JSON.stringify(options)}}}`;
    }
    case type.code:
      return `{"$code":${stringText(bytes, at)}}`;
    case type.int:
      return `{"$numberInt":"${bytes.readInt32LE(at)}"}`;
    case type.timestamp:
      return `{"$timestamp":{"t":${bytes.readUInt32LE(at + 4)},"i":${bytes.readUInt32LE(at)}}}`;
    case type.long:
      return `{"$numberLong":"${bytes.readBigInt64LE(at)}"}`;
    case type.decimal:
      return `{"$numberDecimal":"${new Decimal128(Buffer.from(bytes.subarray(at, at + 16)))}"}`;
    case type.minKey:
      return '{"$minKey":1}';
    case type.maxKey:
      return '{"$maxKey":1}';
    default:
      throw new UnsupportedValue(`a value of BSON type ${kind}`);
  }
}

function lengthOf(bytes: Buffer, kind: number, at: number): number {
  switch (kind) {
    case type.double:
    case type.date:
    case type.timestamp:
    case type.long:
      return 8;
    case type.string:
    case type.code:
      return 4 + bytes.readInt32LE(at);
    case type.object:
    case type.array:
      return bytes.readInt32LE(at);
    case type.binary:
      return 5 + bytes.readInt32LE(at);
    case type.objectId:
      return 12;
    case type.boolean:
      return 1;
    case type.regex:
      return bytes.indexOf(0, bytes.indexOf(0, at) + 1) + 1 - at;
    case type.int:
      return 4;
    case type.decimal:
      return 16;
    default:
      return 0;
  }
}

const stringText = (bytes: Buffer, at: number): string => JSON.stringify(bytes.toString('utf8', at + 4, at + 3 + bytes.readInt32LE(at)));

/** Whole numbers with a fraction, so that a reader sees a double. */
function doubleText(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? value.toFixed(1) : String(value);
}

function binaryText(bytes: Buffer, at: number): string {
  const subtype = bytes[at + 4] as number;
  const start = at + 5 + (subtype === oldBinary ? 4 : 0);
  const base64 = bytes.toString('base64', start, at + 5 + bytes.readInt32LE(at));
  return `{"$binary":{"base64":"${base64}","subType":"${subtype.toString(16).padStart(2, '0')}"}}`;
}

/**
 * One document, as a map that the driver writes field by field. Reads relaxed Extended JSON as well, as `mongoexport` writes it.
 * @throws JsonError, UnsupportedValue
 */
export function fromExtendedJson(text: string): Map<string, unknown> {
  const value = toValue(parseJson(text));
  if (value instanceof Map) return value as Map<string, unknown>;
  throw new JsonError('not a document');
}

function toValue(parsed: unknown): unknown {
  if (typeof parsed === 'number') return relaxedNumber(parsed);
  if (Array.isArray(parsed)) return parsed.map(toValue);
  if (!(parsed instanceof Map)) return parsed;
  const [first] = parsed.keys();
  if (typeof first === 'string' && keywords.has(first)) return wrapped(first, parsed as Map<string, unknown>);
  return new Map([...(parsed as Map<string, unknown>)].map(([name, value]) => [name, toValue(value)]));
}

const relaxedNumber = (value: number): unknown => {
  if (!Number.isInteger(value) || Object.is(value, -0)) return new Double(value);
  if (Math.abs(value) < 2 ** 31) return new Int32(value);
  return Number.isSafeInteger(value) ? Long.fromNumber(value) : new Double(value);
};

function wrapped(keyword: string, object: ReadonlyMap<string, unknown>): unknown {
  const inner = object.get(keyword);
  switch (keyword) {
    case '$numberDouble':
      return new Double(doubleOf(string(inner)));
    case '$numberInt':
      return new Int32(Number(integer(inner)));
    case '$numberLong':
      return Long.fromBigInt(integer(inner));
    case '$numberDecimal':
      return Decimal128.fromString(string(inner));
    case '$oid':
      return ObjectId.createFromHexString(string(inner));
    case '$date':
      return dateOf(inner);
    case '$binary':
      return new Binary(Buffer.from(string(field(inner, 'base64')), 'base64'), Number.parseInt(string(field(inner, 'subType')), 16));
    case '$timestamp':
      return new Timestamp({ t: number(field(inner, 't')), i: number(field(inner, 'i')) });
    case '$regularExpression':
      return new BSONRegExp(string(field(inner, 'pattern')), string(field(inner, 'options')));
    case '$code':
      if (object.size > 1) throw new UnsupportedValue('code with a scope');
      return new Code(string(inner));
    case '$minKey':
      return new MinKey();
    case '$maxKey':
      return new MaxKey();
    default:
      throw new UnsupportedValue(keyword);
  }
}

function field(value: unknown, name: string): unknown {
  return value instanceof Map ? value.get(name) : undefined;
}

function string(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new JsonError('a text is expected here');
}

function number(value: unknown): number {
  if (typeof value === 'number') return value;
  throw new JsonError('a number is expected here');
}

function integer(value: unknown): bigint {
  if (typeof value === 'string' && /^-?\d+$/.test(value)) return BigInt(value);
  throw new JsonError('a whole number is expected here');
}

function doubleOf(text: string): number {
  const value = Number(text);
  if (text === 'NaN' || !Number.isNaN(value)) return value;
  throw new JsonError('a number is expected here');
}

function dateOf(inner: unknown): Date {
  const date = new Date(typeof inner === 'string' ? Date.parse(inner) : Number(integer(field(inner, '$numberLong'))));
  if (Number.isNaN(date.getTime())) throw new UnsupportedValue('a time further from now than JavaScript knows');
  return date;
}
