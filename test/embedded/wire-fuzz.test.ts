import { connect, type Socket } from 'node:net';
import { type Document, deserialize, serialize } from 'bson';
import fc from 'fast-check';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFrames, maxMessageBytes, parseMessage } from '../../src/embedded/wire.ts';
import { type Store, startStore } from './engine.ts';
import { fuzz, startInProcess } from './servers.ts';

const opQuery = 2004;
const opMsg = 2013;

/** A message of the protocol: header, then what is given. */
function framed(opcode: number, content: Uint8Array, length = 16 + content.length, requestId = 7): Buffer {
  const head = Buffer.alloc(16);
  head.writeInt32LE(length | 0, 0);
  head.writeInt32LE(requestId, 4);
  head.writeInt32LE(opcode, 12);
  return Buffer.concat([head, content]);
}
const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value | 0);
  return bytes;
};
const body = (document: Document): Buffer => Buffer.concat([Buffer.from([0]), serialize({ ...document, $db: 'fuzz' })]);
const sequence = (name: string, documents: readonly Document[], size?: number): Buffer => {
  const inner = Buffer.concat([Buffer.from(`${name}\0`), ...documents.map((document) => serialize(document))]);
  return Buffer.concat([Buffer.from([1]), int32(size ?? 4 + inner.length), inner]);
};
const message = (flags: number, ...sections: Uint8Array[]): Buffer => framed(opMsg, Buffer.concat([int32(flags), ...sections]));
/** Documents larger than any that `serialize` makes. */
const huge = (...elements: Uint8Array[]): Buffer => {
  const inner = Buffer.concat([...elements, Buffer.from([0])]);
  return Buffer.concat([int32(4 + inner.length), inner]);
};
const textElement = (name: string, text: string): Buffer =>
  Buffer.concat([Buffer.from(`\u0002${name}\0`), int32(Buffer.byteLength(text) + 1), Buffer.from(`${text}\0`)]);
const objectElement = (name: string, document: Uint8Array): Buffer => Buffer.concat([Buffer.from(`\u0003${name}\0`), document]);
const large = 'x'.repeat(20_000_000);
const filterOf = (condition: Uint8Array): Uint8Array[] => [textElement('find', 'victims'), objectElement('filter', huge(condition))];

const handshake = (document: Document): Buffer =>
  framed(opQuery, Buffer.concat([int32(0), Buffer.from('admin.$cmd\0'), int32(0), int32(-1), serialize(document)]));

/** Messages that are answered, of every kind that the protocol has here. */
const good: readonly Buffer[] = [
  message(0, body({ ping: 1 })),
  message(0, body({ find: 'victims', filter: { name: 'text', 'list.x': { $in: [1, null, 'ü'] } }, sort: { _id: 1 }, batchSize: 2 })),
  message(
    0,
    body({ insert: 'victims', ordered: true }),
    sequence('documents', [{ name: 'text', list: [{ x: 1 }], at: new Date(5), big: 9n }]),
  ),
  message(
    0,
    body({ update: 'victims' }),
    sequence('updates', [{ q: { name: 'text' }, u: { $push: { list: { $each: [1.5, true, null] } } } }]),
  ),
  message(
    0,
    body({ aggregate: 'victims', pipeline: [{ $match: { name: /^t/ } }, { $group: { _id: '$name', n: { $sum: 1 } } }], cursor: {} }),
  ),
  message(0, body({ delete: 'victims' }), sequence('deletes', [{ q: { name: 'text' }, limit: 1 }])),
  message(2, body({ insert: 'victims', documents: [{ name: 'nobody waits' }] })),
  handshake({ ismaster: 1, helloOk: true, client: { driver: { name: 'x' } } }),
];
const anyGood = fc.constantFrom(...good);

/** Numbers that lengths, flags, opcodes and sizes are replaced with. */
const extreme = fc.oneof(
  fc.constantFrom(
    0,
    1,
    3,
    4,
    5,
    15,
    16,
    17,
    21,
    -1,
    -2,
    -16,
    255,
    65_536,
    2_012,
    2_013,
    1,
    maxMessageBytes,
    maxMessageBytes + 1,
    2 ** 31 - 1,
    -(2 ** 31),
  ),
  fc.integer({ min: -64, max: 512 }),
);
/** An answerable message, broken in one to three places. */
const broken: fc.Arbitrary<Buffer> = anyGood.chain((bytes) =>
  fc
    .array(
      fc.oneof(
        fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)).map(
          ([at, value]) =>
            (copy: Buffer) =>
              void copy.writeUInt8(value, at),
        ),
        fc.tuple(fc.nat(bytes.length - 4), extreme).map(
          ([at, value]) =>
            (copy: Buffer) =>
              void copy.writeInt32LE(value | 0, at),
        ),
        fc.tuple(fc.nat(bytes.length - 1), fc.nat(bytes.length)).map(
          ([from, to]) =>
            (copy: Buffer) =>
              void copy.copy(copy, from, to),
        ),
      ),
      { minLength: 1, maxLength: 3 },
    )
    .map((changes) => {
      const copy = Buffer.from(bytes);
      for (const change of changes) change(copy);
      return copy;
    }),
);
/** The length stays right, so that what is inside is read. */
const wholeBroken = broken.map((bytes) => {
  bytes.writeInt32LE(bytes.length, 0);
  return bytes;
});

const nested = (levels: number): Buffer => {
  const inner = Buffer.from([5, 0, 0, 0, 0]);
  const parts: Buffer[] = [];
  for (let level = 0; level < levels; level += 1)
    parts.push(Buffer.concat([int32(inner.length + (level + 1) * 8), Buffer.from([3, 97, 0])]));
  return Buffer.concat([...parts.reverse(), inner, Buffer.alloc(levels)]);
};

/** Each is wrong in its own way; the name says how. All are complete, so each must be answered or its connection closed. */
const wrong: readonly (readonly [name: string, bytes: Buffer])[] = [
  ['no section', message(0)],
  ['two bodies', message(0, body({ ping: 1 }), body({ ping: 1 }))],
  ['a section of an unknown kind', message(0, Buffer.from([2]), body({ ping: 1 }))],
  ['a sequence without a body', message(0, sequence('documents', [{}]))],
  ['a sequence longer than the message', message(0, body({ insert: 'victims' }), sequence('documents', [{}], 4_000))],
  ['a sequence of negative size', message(0, body({ insert: 'victims' }), sequence('documents', [{}], -5))],
  ['the same sequence twice', message(0, body({ insert: 'victims' }), sequence('documents', [{}]), sequence('documents', [{}]))],
  ['a sequence named __proto__', message(0, body({ ping: 1 }), sequence('__proto__', [{ find: 'victims' }]))],
  ['a sequence named as a field of the body', message(0, body({ insert: 'victims', documents: [] }), sequence('documents', [{}]))],
  ['a checksum that is none', message(1, body({ ping: 1 }), Buffer.from([1, 2, 3, 4]))],
  ['required flags that nobody knows', message(0xfc, body({ ping: 1 }))],
  ['an opcode of long ago (OP_INSERT)', framed(2002, body({ ping: 1 }))],
  ['OP_COMPRESSED', framed(2012, Buffer.concat([int32(opMsg), int32(10), Buffer.from([2, 1, 2, 3])]))],
  ['OP_REPLY from a client', framed(1, Buffer.alloc(20))],
  ['OP_QUERY without an end of its name', framed(opQuery, Buffer.from('aaaaaaaaaaaaaaaaaaaa'))],
  ['OP_QUERY without a document', framed(opQuery, Buffer.concat([int32(0), Buffer.from('a.$cmd\0'), int32(0), int32(1)]))],
  [
    'invalid UTF-8',
    message(
      0,
      Buffer.from([0]),
      serialize({ insert: 'victims', name: 'ab' }).map((byte) => (byte === 98 ? 0xff : byte)),
    ),
  ],
  ['a boolean that is neither', message(0, Buffer.from([0, 12, 0, 0, 0, 8, 97, 0, 7, 0, 0, 0, 0]))],
  ['a type of value that nobody knows', message(0, Buffer.from([0, 9, 0, 0, 0, 0x7e, 97, 0, 0]))],
  ['a text of negative length', message(0, Buffer.concat([Buffer.from([0, 14, 0, 0, 0, 2, 97, 0]), int32(-1), Buffer.from([0, 0])]))],
  ['more levels than a stack has', message(0, Buffer.from([0]), nested(200_000))],
  ['a command named __proto__', message(0, body(JSON.parse('{"__proto__": 1}')))],
  ['a command named constructor', message(0, body({ constructor: 1 }))],
  ['fields of the wrong types', message(0, body({ find: { a: 1 }, filter: [1], sort: 'x', limit: {}, skip: -1, batchSize: 'many' }))],
  ['a command without a name', message(0, Buffer.from([0, 5, 0, 0, 0, 0]))],
  [
    'an answer larger than an answer may be',
    message(0, Buffer.from([0]), huge(objectElement('explain', huge(...filterOf(textElement('name', large)))), textElement('$db', 'fuzz'))),
  ],
  [
    'a refusal that would repeat 20 MB',
    message(0, Buffer.from([0]), huge(...filterOf(textElement(`$${large}`, '')), textElement('$db', 'fuzz'))),
  ],
];

/** Takes apart what a server sends; throws on what is no reply. */
function repliesIn(bytes: Buffer): { readonly to: number; readonly document: Document }[] {
  const found: { to: number; document: Document }[] = [];
  for (let at = 0; at < bytes.length; at += bytes.readInt32LE(at)) {
    const head = bytes.readInt32LE(at + 12) === opMsg ? 21 : 36;
    found.push({ to: bytes.readInt32LE(at + 8), document: deserialize(bytes.subarray(at + head, at + bytes.readInt32LE(at))) });
  }
  return found;
}

describe('what is read from a connection', () => {
  it('is a request or an error, never anything else; whatever it asks is answered, and another client is answered rightly', async () => {
    const engine = await startInProcess();
    const ask = (command: Document) => engine.ask(command);
    await ask({ insert: 'bystander', documents: Array.from({ length: 20 }, (_, n) => ({ _id: n, even: n % 2 === 0 })) });
    const chunks = fc.tuple(
      fc.oneof(
        broken,
        wholeBroken,
        fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)),
      ),
      fc.nat(100),
    );
    await fc.assert(
      fc.asyncProperty(chunks, async ([bytes, cut]) => {
        const frames = createFrames();
        const messages: Buffer[] = [];
        try {
          for (const part of [bytes.subarray(0, cut), bytes.subarray(cut)]) messages.push(...frames(part));
          for (const one of messages) {
            const { command } = parseMessage(one);
            expect(Object.getPrototypeOf(command)).toBe(Object.prototype);
            // `ask` reads the answer, and so sees to it that there is a well-formed one.
            const { ok } = await engine.askRaw(one);
            expect([0, 1]).toContain(Number(ok));
          }
        } catch (error) {
          // What is not the protocol: the connection is closed.
          expect(error).toBeInstanceOf(Error);
          if (error instanceof Error && error.name === 'AssertionError') throw error;
        }
        const { cursor } = await ask({ find: 'bystander', filter: { even: true }, sort: { _id: -1 }, limit: 3 });
        expect(cursor.firstBatch.map(({ _id }: Document) => Number(_id))).toEqual([18, 16, 14]);
      }),
      fuzz(2_000),
    );
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(engine.faults()).toEqual([]);
    await engine.close();
  }, 3_600_000);
});

describe('a store with rude clients', () => {
  let store: Store;
  let bystander: MongoClient;
  let isWatching = true;
  let rounds = 0;
  let watched: Promise<void>;

  /** A client at work all the while: writes, reads back by an index, and finds what it wrote. */
  async function watch(): Promise<void> {
    const works = bystander.db('bystander').collection<{ _id: number; double: number; list: number[] }>('works');
    await works.createIndex({ double: 1 }, { unique: true });
    for (; isWatching; rounds += 1) {
      await works.insertOne({ _id: rounds, double: 2 * rounds, list: [rounds] });
      await works.updateOne({ _id: rounds }, { $push: { list: rounds + 1 } });
      expect(await works.findOne({ double: 2 * rounds })).toEqual({ _id: rounds, double: 2 * rounds, list: [rounds, rounds + 1] });
      const last = await works.find().sort({ double: -1 }).limit(2).toArray();
      expect(last.map(({ _id }) => _id)).toEqual(rounds === 0 ? [0] : [rounds, rounds - 1]);
    }
  }

  beforeAll(async () => {
    store = await startStore();
    bystander = await new MongoClient(store.uri).connect();
    watched = watch();
    // A failure is looked at in the end; until then it must not be an unhandled one.
    watched.catch(() => undefined);
  });
  afterAll(async () => {
    await bystander.close();
    await store.close();
  });

  const open = (): Promise<Socket> =>
    new Promise((resolve, reject) => {
      const socket = connect(decodeURIComponent(store.uri.slice('mongodb://'.length)), () => resolve(socket));
      socket.once('error', reject);
    });

  /** What comes back until `enough` bytes are a reply, or the connection is closed (null). */
  function answered(socket: Socket): Promise<Buffer | null> {
    return new Promise((resolve) => {
      let got = Buffer.alloc(0);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => resolve(null));
      socket.on('data', (chunk) => {
        got = Buffer.concat([got, chunk]);
        if (got.length >= 16 && got.length >= got.readInt32LE(0)) resolve(got);
      });
    });
  }

  it.each(wrong)('%s: is answered with an error, or its connection is closed', async (_, bytes) => {
    const socket = await open();
    const answer = answered(socket);
    socket.write(bytes);
    const got = await answer;
    if (got) for (const { to, document } of repliesIn(got)) expect([to, document['ok']]).toEqual([7, 0]);
    socket.destroy();
  });

  it('messages broken at random: answered or closed, every one', async () => {
    await fc.assert(
      fc.asyncProperty(
        wholeBroken.filter((bytes) => bytes.readInt32LE(12) !== opMsg || (bytes.readUInt32LE(16) & 2) === 0),
        async (bytes) => {
          const socket = await open();
          const answer = answered(socket);
          socket.write(bytes);
          const got = await answer;
          if (got) for (const { document } of repliesIn(got)) expect([0, 1]).toContain(document['ok']);
          socket.destroy();
        },
      ),
      fuzz(300),
    );
  }, 3_600_000);

  it('a message cut off anywhere waits for its rest, and is forgotten with its connection', async () => {
    const whole = good[2] as Buffer;
    for (let length = 1; length < whole.length; length += 7) {
      const socket = await open();
      socket.write(whole.subarray(0, length));
      socket.destroy();
    }
  });

  it('a message that comes byte by byte, with others behind it, is answered in its turn', async () => {
    const socket = await open();
    const numbered = [1, 2, 3].map((requestId) => framed(opMsg, (good[0] as Buffer).subarray(16), undefined, requestId));
    const all: Promise<Buffer> = new Promise((resolve) => {
      let got = Buffer.alloc(0);
      socket.on('data', (chunk) => {
        got = Buffer.concat([got, chunk]);
        if (repliesIfWhole(got).length === numbered.length) resolve(got);
      });
    });
    for (const byte of Buffer.concat(numbered)) {
      socket.write(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(repliesIn(await all).map(({ to, document }) => [to, document['ok']])).toEqual([1, 2, 3].map((to) => [to, 1]));
    socket.destroy();
  });

  it('hundreds that say nothing, and half a message each of hundreds more, keep nobody waiting', async () => {
    const sockets = await Promise.all(Array.from({ length: 400 }, open));
    for (const [index, socket] of sockets.entries()) if (index % 2) socket.write((good[1] as Buffer).subarray(0, 4 + (index % 60)));
    const before = rounds;
    await expect.poll(() => rounds, { timeout: 60_000 }).toBeGreaterThan(before + 20);
    for (const socket of sockets) socket.destroy();
  }, 120_000);

  it('a client that asks without end and reads nothing fills its own memory', async () => {
    const text = 'x'.repeat(1_000_000);
    await store.db.collection('large').insertMany(Array.from({ length: 8 }, () => ({ text })));
    const socket = await open();
    socket.pause();
    const before = process.memoryUsage().rss;
    // A thousand times 8 MB would be asked for; the store is to answer one and wait.
    const ask = message(0, Buffer.concat([Buffer.from([0]), serialize({ find: 'large', $db: 'test' })]));
    for (let turn = 0; turn < 1_000; turn += 1) socket.write(ask);
    const round = rounds;
    await expect.poll(() => rounds, { timeout: 60_000 }).toBeGreaterThan(round + 20);
    expect((process.memoryUsage().rss - before) / 1_000_000).toBeLessThan(400);
    socket.destroy();
  }, 120_000);

  it('and all the while another client was answered rightly', async () => {
    isWatching = false;
    await watched;
    expect(rounds).toBeGreaterThan(20);
    expect(await bystander.db('bystander').collection('works').countDocuments()).toBe(rounds);
  });
});

/** Whole replies at the front of what has come so far. */
function repliesIfWhole(bytes: Buffer): number[] {
  const ends: number[] = [];
  for (let at = 0; at + 16 <= bytes.length && at + bytes.readInt32LE(at) <= bytes.length; at += bytes.readInt32LE(at)) ends.push(at);
  return ends;
}
