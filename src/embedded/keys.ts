import type { ObjectId, Timestamp } from 'bson';
import { encodeNumber } from './numbers.ts';
import { binaryOf, fieldsOf, rankOf, regexParts, typeRank } from './values.ts';

/**
 * Order-preserving bytes: comparing two keys byte by byte gives the order of the values. One leading byte for the type, then the value;
 * a descending field has its bytes inverted.
 */
export function encodeKey(values: readonly unknown[], directions: readonly (1 | -1)[]): Buffer {
  length = 0;
  for (const [index, value] of values.entries()) {
    const from = length;
    put(value);
    if (directions[index] === -1) invert(bytes, from, length);
  }
  return taken();
}

/** No value's bytes begin with the bytes of another value. */
export function encodeValue(value: unknown): Buffer {
  length = 0;
  put(value);
  return taken();
}

export function inverted(key: Uint8Array): Buffer {
  const result = Buffer.from(key);
  invert(result, 0, result.length);
  return result;
}

function invert(key: Buffer, from: number, end: number): void {
  for (let index = from; index < end; index += 1) key[index] = 255 - (key[index] as number);
}

/** Where a key is put together, piece by piece, before it is copied out as a whole; each begins anew, whatever one that failed has left. */
const usualRoom = 4_096;
let bytes = Buffer.allocUnsafe(usualRoom);
let length = 0;

function need(room: number): void {
  if (length + room > bytes.length) bytes = Buffer.concat([bytes.subarray(0, length)], 2 * (length + room));
}

function taken(): Buffer {
  const key = Buffer.from(bytes.subarray(0, length));
  // A key can be as large as a document; that room is not kept.
  if (bytes.length > usualRoom) bytes = Buffer.allocUnsafe(usualRoom);
  return key;
}

function putByte(byte: number): void {
  need(1);
  bytes[length] = byte;
  length += 1;
}

function putBytes(more: Uint8Array): void {
  need(more.length);
  bytes.set(more, length);
  length += more.length;
}

function put32(value: number): void {
  need(4);
  length = bytes.writeUInt32BE(value >>> 0, length);
}

function put(value: unknown): void {
  const rank = rankOf(value);
  putByte(rank);
  putContent(rank, value);
}

function putContent(rank: number, value: unknown): void {
  if (rank === typeRank.number) putBytes(encodeNumber(value));
  else if (rank === typeRank.string) putText(String(value));
  else if (rank === typeRank.boolean) putByte(value ? 1 : 0);
  else if (rank === typeRank.date) putTime((value as Date).getTime());
  else if (rank === typeRank.objectId) putBytes((value as ObjectId).id);
  else if (rank === typeRank.binary) putBinary(binaryOf(value));
  else if (rank === typeRank.timestamp) put64(value as Timestamp);
  else if (rank === typeRank.regex) regexParts(value).forEach(putText);
  else if (rank === typeRank.array) {
    for (const element of value as unknown[]) put(element);
    putByte(0);
  } else if (rank === typeRank.object) {
    for (const [name, field] of fieldsOf(value)) putField(name, field);
    putByte(0);
  }
}

function putBinary({ bytes: content, subtype }: { readonly bytes: Uint8Array; readonly subtype: number }): void {
  put32(content.length);
  putByte(subtype);
  putBytes(content);
}

function put64({ high, low }: { readonly high: number; readonly low: number }): void {
  put32(high);
  put32(low);
}

/** Objects compare type first, then name, then value. */
function putField(name: string, value: unknown): void {
  const rank = rankOf(value);
  putByte(rank);
  putText(name);
  putContent(rank, value);
}

const zeroInside = Buffer.from([0, 255]);

/** Ends in 0 0; a zero inside becomes 0 255, so a prefix sorts first and nothing is confused with the end. */
function putText(text: string): void {
  text.split('\0').forEach((part, index) => {
    if (index > 0) putBytes(zeroInside);
    putUtf8(part);
  });
  putByte(0);
  putByte(0);
}

function putUtf8(text: string): void {
  // No character takes more than three bytes for each of its two-byte units.
  need(3 * text.length);
  length += bytes.write(text, length, 'utf8');
}

/** As whole milliseconds in 64 bits, the sign turned so that what is earlier is less. An invalid date has no place in time; it sorts first. */
function putTime(ms: number): void {
  const high = Math.floor(ms / 2 ** 32);
  put64(Number.isNaN(ms) ? { high: 0, low: 0 } : { high: high ^ 0x80_00_00_00, low: ms - high * 2 ** 32 });
}

/** The smallest bytes after everything that begins with `prefix`. No prefix of keys is all 255, since types are below that. */
export function afterPrefix(prefix: Uint8Array): Buffer {
  let last = prefix.length - 1;
  while (last > 0 && prefix[last] === 255) last -= 1;
  const after = Buffer.from(prefix.subarray(0, last + 1));
  after[last] = (after[last] as number) + 1;
  return after;
}
