/**
 * Frames of the long connection, in protobuf. Written from the SDK's schema: larksuite/node-sdk ws-client/proto-buf/pbbp2.d.ts (read 2026-11-28):
 * `Frame { uint64 SeqID = 1; uint64 LogID = 2; int32 service = 3; int32 method = 4; repeated Header headers = 5; string payloadEncoding = 6;
 * string payloadType = 7; bytes payload = 8; string LogIDNew = 9; }`, `Header { string key = 1; string value = 2; }`; the first four are required.
 */
export interface Frame {
  readonly seqId: number;
  readonly logId: number;
  readonly service: number;
  /** 0: control (ping, pong), 1: data. */
  readonly method: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Buffer;
}

const varintWire = 0;
const bytesWire = 2;

export function encodeFrame({ seqId, logId, service, method, headers, payload }: Frame): Buffer {
  const header = ([key, value]: [string, string]) =>
    bytesField(5, Buffer.concat([bytesField(1, Buffer.from(key)), bytesField(2, Buffer.from(value))]));
  return Buffer.concat([
    ...[seqId, logId, service, method].map((value, index) => Buffer.concat([varint(((index + 1) << 3) | varintWire), varint(value)])),
    ...Object.entries(headers).map(header),
    bytesField(8, payload),
  ]);
}

/** Throws when the bytes are no frame. */
export function decodeFrame(bytes: Buffer): Frame {
  const numbers = new Map<number, number>();
  const headers: Record<string, string> = {};
  let payload = Buffer.alloc(0);
  for (const { field, value } of fieldsOf(bytes)) {
    if (typeof value === 'number') numbers.set(field, value);
    else if (field === 5) {
      const [key, text] = [1, 2].map((wanted) => fieldsOf(value).find((one) => one.field === wanted)?.value);
      if (!Buffer.isBuffer(key) || !Buffer.isBuffer(text)) throw new Error('a header needs key and value');
      headers[key.toString()] = text.toString();
    } else if (field === 8) payload = Buffer.from(value);
  }
  const need = (field: number): number => {
    const value = numbers.get(field);
    if (value === undefined) throw new Error(`a frame needs field ${field}`);
    return value;
  };
  return { seqId: need(1), logId: need(2), service: need(3), method: need(4), headers, payload };
}

const bytesField = (field: number, value: Buffer): Buffer => Buffer.concat([varint((field << 3) | bytesWire), varint(value.length), value]);

/** @param value a whole number, not negative */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return Buffer.from([...bytes, rest]);
}

function fieldsOf(bytes: Buffer): { readonly field: number; readonly value: number | Buffer }[] {
  const fields: { field: number; value: number | Buffer }[] = [];
  let at = 0;
  function next(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[at];
      if (byte === undefined) throw new Error('a frame ends in the middle');
      at += 1;
      value += (byte % 128) * factor;
      if (byte < 128) return value;
    }
  }
  while (at < bytes.length) {
    const tag = next();
    const [field, wire] = [Math.floor(tag / 8), tag % 8];
    if (wire === varintWire) fields.push({ field, value: next() });
    else if (wire === bytesWire) {
      const length = next();
      if (at + length > bytes.length) throw new Error('a frame ends in the middle');
      fields.push({ field, value: bytes.subarray(at, at + length) });
      at += length;
    } else throw new Error(`a frame has no wire type ${wire}`);
  }
  return fields;
}
