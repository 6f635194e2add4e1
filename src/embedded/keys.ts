import type { ObjectId, Timestamp } from 'bson';
import { encodeNumber } from './numbers.ts';
import { binaryOf, fieldsOf, rankOf, regexParts, typeRank } from './values.ts';

/**
 * Order-preserving bytes: comparing two keys byte by byte gives the order of the values. One leading byte for the type, then the value;
 * a descending field has its bytes inverted.
 */
export function encodeKey(values: readonly unknown[], directions: readonly (1 | -1)[]): Buffer {
  return Buffer.concat(values.map((value, index) => directed(encodeValue(value), directions[index] ?? 1)));
}

function directed(bytes: Buffer, direction: 1 | -1): Buffer {
  return direction === 1 ? bytes : inverted(bytes);
}

export function inverted(bytes: Buffer): Buffer {
  const result = Buffer.alloc(bytes.length);
  for (let index = 0; index < bytes.length; index += 1) result[index] = 255 - (bytes[index] as number);
  return result;
}

/** No value's bytes begin with the bytes of another value. */
export function encodeValue(value: unknown): Buffer {
  const rank = rankOf(value);
  const head = Buffer.from([rank]);
  switch (rank) {
    case typeRank.number:
      return Buffer.concat([head, encodeNumber(value)]);
    case typeRank.string:
      return Buffer.concat([head, escaped(Buffer.from(String(value), 'utf8'))]);
    case typeRank.boolean:
      return Buffer.from([rank, value ? 1 : 0]);
    case typeRank.date:
      return Buffer.concat([head, encodeTime((value as Date).getTime())]);
    case typeRank.objectId:
      return Buffer.concat([head, (value as ObjectId).id]);
    case typeRank.binary: {
      const { bytes, subtype } = binaryOf(value);
      const length = Buffer.alloc(5);
      length.writeUInt32BE(bytes.length);
      length[4] = subtype;
      return Buffer.concat([head, length, bytes]);
    }
    case typeRank.timestamp:
      return Buffer.concat([head, unsigned64((value as Timestamp).toBigInt())]);
    case typeRank.array:
      return Buffer.concat([head, ...(value as unknown[]).map(encodeValue), Buffer.from([0])]);
    case typeRank.object:
      return Buffer.concat([head, ...fieldsOf(value).flatMap(([name, field]) => encodeField(name, field)), Buffer.from([0])]);
    case typeRank.regex:
      return Buffer.concat([head, ...regexParts(value).map((part) => escaped(Buffer.from(part, 'utf8')))]);
    default:
      return head;
  }
}

/** Objects compare type first, then name, then value. */
function encodeField(name: string, value: unknown): Buffer[] {
  const encoded = encodeValue(value);
  return [encoded.subarray(0, 1), escaped(Buffer.from(name, 'utf8')), encoded.subarray(1)];
}

/** Ends in 0 0; a zero inside becomes 0 255, so a prefix sorts first and nothing is confused with the end. */
function escaped(bytes: Buffer): Buffer {
  if (!bytes.includes(0)) return Buffer.concat([bytes, Buffer.from([0, 0])]);
  const out: number[] = [];
  for (const byte of bytes) {
    out.push(byte);
    if (byte === 0) out.push(255);
  }
  return Buffer.from([...out, 0, 0]);
}

/** An invalid date has no place in time; it sorts first. */
const encodeTime = (ms: number): Buffer => unsigned64(Number.isNaN(ms) ? 0n : BigInt(ms) + (1n << 63n));

function unsigned64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}

/** The smallest bytes after everything that begins with `prefix`. No prefix of keys is all 255, since types are below that. */
export function afterPrefix(prefix: Uint8Array): Buffer {
  let last = prefix.length - 1;
  while (last > 0 && prefix[last] === 255) last -= 1;
  const after = Buffer.from(prefix.subarray(0, last + 1));
  after[last] = (after[last] as number) + 1;
  return after;
}
