import { type Document, serialize } from 'bson';
import { decode, RawDocument, readUpdatePart } from './bytes.ts';
import { CommandError } from './errors.ts';

/** MongoDB's wire protocol, as far as today's drivers use it: OP_MSG, and OP_QUERY for the first handshake of a connection. */
const opReply = 1;
const opQuery = 2004;
const opMsg = 2013;
const moreToCome = 2;
export const maxMessageBytes = 48_000_000;

/** A document of the size that may be stored, and what the server says around it. `serialize` cuts off in silence what goes past 17 MiB. */
const mostEncodedBytes = 16 * 1024 * 1024 + 16 * 1024;

/** @throws CommandError 10334 where the result would be larger than any client takes */
export function encode(document: Document): Uint8Array {
  let bytes: Uint8Array | null = null;
  try {
    bytes = serialize(document, { ignoreUndefined: false });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  if (bytes && bytes.length <= mostEncodedBytes) return bytes;
  throw new CommandError(10_334, `BSONObj exceeds maximum object size of ${mostEncodedBytes} bytes, or is nested too deeply`);
}

export interface Request {
  readonly requestId: number;
  readonly command: Document;
  readonly legacy: boolean;
  /** False: the client waits for no answer (write concern 0). */
  readonly wantsAnswer: boolean;
}

export class WireError extends Error {}

/** Cuts what arrives on one connection into messages. The function throws `WireError` on a length that no driver sends. */
export function createFrames(): (chunk: Buffer) => Buffer[] {
  let chunks: Buffer[] = [];
  let bytes = 0;
  let wanted = 4;
  return (chunk) => {
    chunks.push(chunk);
    bytes += chunk.length;
    // A large message is put together once, when all of it is there.
    if (bytes < wanted) return [];
    const buffer = chunks.length === 1 ? chunk : Buffer.concat(chunks);
    const messages: Buffer[] = [];
    let offset = 0;
    wanted = 4;
    while (buffer.length - offset >= 4) {
      const length = buffer.readInt32LE(offset);
      if (length < 16 || length > maxMessageBytes) throw new WireError(`message of ${length} bytes`);
      if (buffer.length - offset < length) {
        wanted = length;
        break;
      }
      messages.push(buffer.subarray(offset, offset + length));
      offset += length;
    }
    const rest = buffer.subarray(offset);
    chunks = rest.length === 0 ? [] : [rest];
    bytes = rest.length;
    return messages;
  };
}

export function parseMessage(message: Buffer): Request {
  const requestId = message.readInt32LE(4);
  const opcode = message.readInt32LE(12);
  if (opcode === opQuery) return { requestId, command: parseQuery(message), legacy: true, wantsAnswer: true };
  if (opcode !== opMsg) throw new WireError(`opcode ${opcode} is not spoken here`);
  const flags = message.readUInt32LE(16);
  // Among these is the checksum, which no driver sends: it would have to be checked.
  if ((flags & 0xffff & ~moreToCome) !== 0) throw new WireError(`flags ${flags}`);
  return { requestId, command: parseSections(message, 20), legacy: false, wantsAnswer: (flags & moreToCome) === 0 };
}

function parseQuery(message: Buffer): Document {
  const nameEnd = message.indexOf(0, 20);
  if (nameEnd < 0) throw new WireError('OP_QUERY without a name');
  const start = nameEnd + 1 + 8;
  return decode(message.subarray(start, start + sizeAt(message, start, message.length)));
}

function parseSections(message: Buffer, from: number): Document {
  const end = message.length;
  let offset = from;
  let command: Document | null = null;
  const sequences: [string, Document[]][] = [];
  while (offset < end) {
    const kind = message.readUInt8(offset);
    offset += 1;
    const size = sizeAt(message, offset, end);
    if (kind === 0 && command) throw new WireError('OP_MSG with two bodies');
    if (kind === 0) command = decode(message.subarray(offset, offset + size));
    else if (kind === 1) sequences.push(parseSequence(message, offset, offset + size));
    else throw new WireError(`section of kind ${kind}`);
    offset += size;
  }
  if (!command) throw new WireError('OP_MSG without a body');
  for (const [name, documents] of sequences) {
    if (Object.hasOwn(command, name)) throw new WireError(`the field '${name}' is given twice`);
    Object.defineProperty(command, name, { value: documents, enumerable: true });
  }
  return command;
}

/** What is to be stored is stored as it was sent, so field order and number types stay; all else is decoded. */
const readers: ReadonlyMap<string, (bytes: Uint8Array) => Document> = new Map([
  ['documents', (bytes: Uint8Array) => new RawDocument(bytes)],
  ['updates', readUpdatePart],
]);

function parseSequence(message: Buffer, from: number, end: number): [string, Document[]] {
  const nameEnd = message.indexOf(0, from + 4);
  if (nameEnd < 0 || nameEnd >= end) throw new WireError('document sequence without a name');
  const name = message.toString('utf8', from + 4, nameEnd);
  const read = readers.get(name) ?? decode;
  const documents: Document[] = [];
  for (let offset = nameEnd + 1; offset < end; ) {
    const size = sizeAt(message, offset, end);
    const bytes = message.subarray(offset, offset + size);
    documents.push(read(bytes));
    offset += size;
  }
  return [name, documents];
}

function sizeAt(message: Buffer, offset: number, end: number): number {
  const size = offset + 4 <= end ? message.readInt32LE(offset) : -1;
  if (size < 5 || offset + size > end) throw new WireError('a length points outside its message');
  return size;
}

/** A reply whose cursor batch holds documents as they are stored: no decoding, no loss of types. */
export interface Reply {
  readonly document: Document;
  readonly batch?: {
    readonly name: 'firstBatch' | 'nextBatch';
    readonly documents: readonly Uint8Array[];
    readonly cursorId: bigint;
    readonly namespace: string;
  };
}

export function encodeReply(reply: Reply, request: Request, responseId: number): Buffer {
  const body = encodeBody(reply);
  const head = Buffer.alloc(request.legacy ? 36 : 21);
  head.writeInt32LE(head.length + body.length, 0);
  head.writeInt32LE(responseId, 4);
  head.writeInt32LE(request.requestId, 8);
  head.writeInt32LE(request.legacy ? opReply : opMsg, 12);
  if (request.legacy) {
    head.writeInt32LE(8, 16); // AwaitCapable
    head.writeInt32LE(1, 32); // one document
  }
  return Buffer.concat([head, body]);
}

function encodeBody({ document, batch }: Reply): Buffer {
  try {
    return batch ? spliceBatch(document, batch) : Buffer.from(encode(document));
  } catch (error) {
    // An answer too large to be given is an answer all the same.
    if (!(error instanceof CommandError)) throw error;
    return Buffer.from(encode({ ok: 0, errmsg: error.message, code: error.code, codeName: error.codeName }));
  }
}

/** `{ cursor: { <name>: [...], id, ns }, ...document }` with the documents copied in as bytes. */
function spliceBatch(document: Document, { name, documents, cursorId, namespace }: NonNullable<Reply['batch']>): Buffer {
  const elements: Uint8Array[] = [];
  let arrayBytes = 5;
  documents.forEach((bytes, index) => {
    const key = Buffer.from(`\u0003${index}\0`, 'latin1');
    elements.push(key, bytes);
    arrayBytes += key.length + bytes.length;
  });
  const id = Buffer.alloc(12);
  id.write('\u0012id\0', 0, 'latin1');
  id.writeBigInt64LE(cursorId, 4);
  const ns = Buffer.from(namespace, 'utf8');
  const nsElement = Buffer.concat([Buffer.from('\u0002ns\0', 'latin1'), int32(ns.length + 1), ns, Buffer.from([0])]);
  const batchKey = Buffer.from(`\u0004${name}\0`, 'latin1');
  const cursorBytes = 4 + batchKey.length + arrayBytes + id.length + nsElement.length + 1;
  const rest = Buffer.from(encode(document)).subarray(4);
  const cursorKey = Buffer.from('\u0003cursor\0', 'latin1');
  const zero = Buffer.from([0]);
  return Buffer.concat([
    int32(4 + cursorKey.length + cursorBytes + rest.length),
    cursorKey,
    int32(cursorBytes),
    batchKey,
    int32(arrayBytes),
    ...elements,
    zero,
    id,
    nsElement,
    zero,
    rest,
  ]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}
