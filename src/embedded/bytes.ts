import { isUtf8 } from 'node:buffer';
import { type Document, deserialize, Long, ObjectId } from 'bson';
import { setField } from './paths.ts';

/**
 * BSON read and changed as bytes, field by field at the top level: most of a document is neither asked for nor changed by a write, and is left as it is.
 * @see https://bsonspec.org/spec.html (2026-11-27)
 */

/** Numbers stay what they are: 64-bit integers are not rounded. */
export const decode = (bytes: Uint8Array): Document => deserialize(bytes, { promoteLongs: false, promoteBuffers: false, bsonRegExp: true });

/** Fields at the top level, each by its name in UTF-8, one character for each byte: so they are compared with a document's bytes. */
export type Fields = readonly string[] | 'all';

export function fieldsNamed(names: Iterable<string>): readonly string[] {
  return [...new Set(names)].map((name) => (isAscii(name) ? name : Buffer.from(name, 'utf8').toString('latin1')));
}

const isAscii = (name: string): boolean => /^[\0-\x7f]*$/.test(name);

const nameOf = (field: string): string => (isAscii(field) ? field : Buffer.from(field, 'latin1').toString('utf8'));

export function union(...all: readonly Fields[]): Fields {
  if (all.includes('all')) return 'all';
  return [...new Set((all as readonly (readonly string[])[]).flat())];
}

/** No BSON, or not all of it. */
class BrokenBson extends Error {}

/** A document that a client sent, not looked into beyond its being valid. `levels` of nesting are counted up to one too many. */
export class RawDocument {
  readonly bytes: Uint8Array;
  readonly levels: number;
  /** @throws Error where the bytes are not a whole and valid document */
  constructor(bytes: Uint8Array, levels: number = checkedLevels(bytes, 0, bytes.length, mostLevels)) {
    this.bytes = bytes;
    this.levels = levels;
  }
}

/** A part of an update. A replacement in it is not decoded: it is stored as it was sent. */
export function readUpdatePart(bytes: Uint8Array): Document {
  const [change, second] = elementsOf(bytes, ['u']);
  const isReplacement = change && !second && bytes[change.from] === types.object && bytes[change.value + 5] !== dollar;
  if (!isReplacement) return decode(bytes);
  const part = decode(replaceFields(bytes, ['u'], nothing));
  part['u'] = new RawDocument(bytes.subarray(change.value, change.end));
  return part;
}

const dollar = '$'.charCodeAt(0);

/** @see https://www.mongodb.com/docs/manual/reference/limits/#nested-depth-for-bson-documents (2026-11-27) */
export const mostLevels = 100;

/** The named fields of a document, decoded. A name that stands there twice counts by its last value, as wherever documents are decoded. */
export function pick(bytes: Uint8Array, fields: Fields): Document {
  if (fields === 'all') return decode(bytes);
  const document: Document = {};
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  for (const element of elementsOf(text, fields)) setField(document, nameOf(fields[element.index] as string), valueIn(element, text));
  return document;
}

/** The document with these fields as they are in `part`: each in its place, what is new at the end, and what `part` has not is gone. */
export function replaceFields(bytes: Uint8Array, fields: readonly string[], part: Uint8Array): Uint8Array {
  const wanted = new Map(elementsOf(part, fields).map((element) => [element.index, element]));
  const spans: Span[] = [];
  const placed = new Set<number>();
  let kept = 4;
  for (const { index, from, end } of elementsOf(bytes, fields)) {
    spans.push({ bytes, from: kept, end: from });
    kept = end;
    const replacement = wanted.get(index);
    if (replacement && !placed.has(index)) spans.push(replacement);
    placed.add(index);
  }
  spans.push({ bytes, from: kept, end: bytes.length - 1 });
  for (const element of wanted.values()) if (!placed.has(element.index)) spans.push(element);
  return joined(spans);
}

/** The name of the first field that begins as operators do. */
export function dollarField(bytes: Uint8Array): string | undefined {
  for (let at = 4; at < bytes.length - 1; ) {
    const value = afterText(bytes, at + 1, bytes.length);
    if (bytes[at + 1] === dollar) return Buffer.from(bytes.subarray(at + 1, value - 1)).toString('utf8');
    at = valueEnd(bytes, at, value, bytes.length);
  }
  return undefined;
}

const idField = ['_id'];
const nothing = Buffer.from([5, 0, 0, 0, 0]);

/** The document with its `_id` in the first place; one is made where it has none. */
export function withIdFirst(bytes: Uint8Array): Uint8Array {
  if (bytes.length > 5 && indexOfName(idField, bytes, 5, afterText(bytes, 5, bytes.length) - 1) === 0) return bytes;
  const made = Buffer.concat([Buffer.from('\u0007_id\0', 'latin1'), new ObjectId().id]);
  return withId(bytes, elementsOf(bytes, idField).at(-1) ?? { bytes: made, from: 0, end: made.length });
}

/** The document with the `_id` of another, which has one, in the first place. */
export function withIdOf(bytes: Uint8Array, other: Uint8Array): Uint8Array {
  return withId(bytes, elementsOf(other, idField).at(-1) as Element);
}

function withId(bytes: Uint8Array, id: Span): Uint8Array {
  const rest = replaceFields(bytes, idField, nothing);
  return joined([id, { bytes: rest, from: 4, end: rest.length - 1 }]);
}

/** Those of the fields that are not the same in both documents, byte by byte. */
export function changedFields(before: Uint8Array, after: Uint8Array, fields: readonly string[]): readonly string[] {
  const [old, now] = [before, after].map((bytes) => {
    const last: (Element | undefined)[] = fields.map(() => undefined);
    for (const element of elementsOf(bytes, fields)) last[element.index] = element;
    return last;
  }) as [(Element | undefined)[], (Element | undefined)[]];
  return fields.filter((_, index) => !isSame(old[index], now[index]));
}

/** Bytes of a document, from `from` up to, but not including, `end`. */
interface Span {
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly end: number;
}

/** One field with its type, name and value. `index`: which of the named it is; `value`: where what follows its name begins. */
interface Element extends Span {
  readonly index: number;
  readonly value: number;
}

/** The named fields in the order in which they stand in a document, one that stands there twice as two. */
function elementsOf(bytes: Uint8Array, fields: readonly string[]): Element[] {
  const elements: Element[] = [];
  // A few names are compared one by one, of many a table is made.
  const table = fields.length > mostCompared ? new Map(fields.map((field, index) => [field, index])) : null;
  for (let at = 4; at < bytes.length - 1; ) {
    const value = afterText(bytes, at + 1, bytes.length);
    const end = valueEnd(bytes, at, value, bytes.length);
    const index = table ? (table.get(latin1(bytes, at + 1, value - 1)) ?? -1) : indexOfName(fields, bytes, at + 1, value - 1);
    if (index >= 0) elements.push({ index, bytes, from: at, value, end });
    at = end;
  }
  return elements;
}

const mostCompared = 32;
const latin1 = (bytes: Uint8Array, from: number, end: number): string => Buffer.from(bytes.subarray(from, end)).toString('latin1');

/** The common types are read here, at a fraction of what the library takes for a document of one field; the others are left to it. */
function valueIn(element: Element, bytes: Buffer): unknown {
  const { from, value, end } = element;
  switch (bytes[from]) {
    case types.string:
      return bytes.toString('utf8', value + 4, end - 1);
    case types.int:
      return bytes.readInt32LE(value);
    case types.null:
      return null;
    case types.boolean:
      return bytes[value] === 1;
    case types.double:
      return bytes.readDoubleLE(value);
    case types.date:
      return new Date(new Long(bytes.readInt32LE(value), bytes.readInt32LE(value + 4)).toNumber());
    case types.long:
      return new Long(bytes.readInt32LE(value), bytes.readInt32LE(value + 4));
    default:
      return Object.values(decode(joined([element])))[0];
  }
}

function isSame(a: Element | undefined, b: Element | undefined): boolean {
  if (!a || !b) return a === b;
  const length = a.end - a.from;
  if (b.end - b.from !== length) return false;
  for (let at = 0; at < length; at += 1) if (a.bytes[a.from + at] !== b.bytes[b.from + at]) return false;
  return true;
}

/** A document of these elements. */
function joined(spans: readonly Span[]): Uint8Array {
  const length = spans.reduce((sum, { from, end }) => sum + end - from, 5);
  const document = Buffer.allocUnsafe(length);
  let at = document.writeInt32LE(length, 0);
  for (const { bytes, from, end } of spans) at = copy(bytes, from, end, document, at);
  document[at] = 0;
  return document;
}

function indexOfName(names: readonly string[], bytes: Uint8Array, from: number, end: number): number {
  const length = end - from;
  for (let index = 0; index < names.length; index += 1) {
    const name = names[index] as string;
    if (name.length !== length) continue;
    let at = 0;
    while (at < length && name.charCodeAt(at) === bytes[from + at]) at += 1;
    if (at === length) return index;
  }
  return -1;
}

/** Returns where in `to` the copy ends. */
function copy(bytes: Uint8Array, from: number, end: number, to: Uint8Array, at: number): number {
  if (end - from > 48) to.set(bytes.subarray(from, end), at);
  else for (let index = from; index < end; index += 1) to[at + index - from] = bytes[index] as number;
  return at + end - from;
}

/** How deep the document between `from` and `end` is, one level for itself, counted no further than one past `most`. @throws BrokenBson */
function checkedLevels(bytes: Uint8Array, from: number, end: number, most: number): number {
  if (most === 0) return 1;
  if (end - from < 5 || int32(bytes, from) !== end - from || bytes[end - 1] !== 0) throw new BrokenBson('a document has another length');
  let levels = 0;
  let at = from + 4;
  while (at < end - 1) {
    const value = afterText(bytes, at + 1, end);
    if (!isText(bytes, at + 1, value - 1)) throw new BrokenBson('a name is not UTF-8');
    const next = valueEnd(bytes, at, value, end);
    const type = bytes[at];
    if (type === types.object || type === types.array) levels = Math.max(levels, checkedLevels(bytes, value, next, most - 1));
    else if (!isValid(bytes, at, value, next)) throw new BrokenBson('a value is not valid');
    at = next;
  }
  return levels + 1;
}

function isValid(bytes: Uint8Array, at: number, value: number, end: number): boolean {
  switch (bytes[at]) {
    case types.string:
      return bytes[end - 1] === 0 && isText(bytes, value + 4, end - 1);
    case types.boolean:
      return bytes[value] === 0 || bytes[value] === 1;
    case types.binary:
      // Subtype 2 has a second length inside.
      return bytes[value + 4] !== 2 || isDecodable(bytes, at, end);
    case types.regex:
    case types.pointer:
    case types.code:
    case types.symbol:
    case types.codeWithScope:
      return isDecodable(bytes, at, end);
    default:
      return true;
  }
}

/** What is rare is left to the library. */
function isDecodable(bytes: Uint8Array, at: number, end: number): boolean {
  decode(joined([{ bytes, from: at, end }]));
  return true;
}

function isText(bytes: Uint8Array, from: number, end: number): boolean {
  if (end - from > 48) return isUtf8(bytes.subarray(from, end));
  for (let at = from; at < end; at += 1) if ((bytes[at] as number) > 127) return isUtf8(bytes.subarray(from, end));
  return true;
}

const types = {
  double: 1,
  string: 2,
  object: 3,
  array: 4,
  binary: 5,
  undefined: 6,
  objectId: 7,
  boolean: 8,
  date: 9,
  null: 10,
  regex: 11,
  pointer: 12,
  code: 13,
  symbol: 14,
  codeWithScope: 15,
  int: 16,
  timestamp: 17,
  long: 18,
  decimal: 19,
  maxKey: 127,
  minKey: 255,
} as const;

const int32 = (bytes: Uint8Array, at: number): number =>
  (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24);

/** Where the value of an element ends, of which the type stands at `at`; within a document that ends at `limit`. @throws BrokenBson */
function valueEnd(bytes: Uint8Array, at: number, value: number, limit: number): number {
  const end = value + lengthOf(bytes, bytes[at] as number, value, limit);
  // The last byte is the document's own.
  if (end < value || end >= limit) throw new BrokenBson('a value is longer than its document');
  return end;
}

function lengthOf(bytes: Uint8Array, type: number, value: number, limit: number): number {
  switch (type) {
    case types.string:
    case types.code:
    case types.symbol:
      return 4 + sizeAt(bytes, value, limit, 1);
    case types.int:
      return 4;
    case types.object:
    case types.array:
    case types.codeWithScope:
      return sizeAt(bytes, value, limit, 5);
    case types.double:
    case types.date:
    case types.long:
    case types.timestamp:
      return 8;
    case types.null:
    case types.undefined:
    case types.minKey:
    case types.maxKey:
      return 0;
    case types.boolean:
      return 1;
    case types.objectId:
      return 12;
    case types.binary:
      return 5 + sizeAt(bytes, value, limit, 0);
    case types.decimal:
      return 16;
    case types.regex:
      return afterText(bytes, afterText(bytes, value, limit), limit) - value;
    case types.pointer:
      return 16 + sizeAt(bytes, value, limit, 1);
    default:
      throw new BrokenBson(`there is no type ${type}`);
  }
}

function sizeAt(bytes: Uint8Array, at: number, limit: number, least: number): number {
  const size = at + 4 < limit ? int32(bytes, at) : -1;
  if (size < least) throw new BrokenBson('a value has an impossible length');
  return size;
}

/** Where what follows a text begins that ends in a zero byte. @throws BrokenBson */
function afterText(bytes: Uint8Array, from: number, limit: number): number {
  let at = from;
  while (at < limit - 1 && bytes[at] !== 0) at += 1;
  if (at >= limit - 1) throw new BrokenBson('a text has no end');
  return at + 1;
}
