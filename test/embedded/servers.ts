import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Document, deserialize, EJSON, serialize } from 'bson';
import { MongoClient } from 'mongodb';
import { createEngine } from '../../src/embedded/engine.ts';
import { checkStore, type StoreProblem, storeFile } from '../../src/embedded/offline.ts';
import { openStorage } from '../../src/embedded/storage.ts';
import { encodeReply, parseMessage } from '../../src/embedded/wire.ts';

/** How many cases a fuzz runs, and from which seed: `FUZZ_RUNS=20000 FUZZ_SEED=7 npx vitest run test/embedded/fuzz`. */
export const fuzz = (runs: number) => ({
  seed: Number(process.env['FUZZ_SEED'] ?? 20261127),
  numRuns: Number(process.env['FUZZ_RUNS'] ?? runs),
  endOnFailure: process.env['FUZZ_RUNS'] !== undefined,
});

/** A server that is asked command by command. What it refuses is an answer as well: `ok: 0` with a code, or `writeErrors`. */
export interface Server {
  readonly name: string;
  ask(command: Document): Promise<Document>;
  close(): Promise<void>;
}

/** What a message of the protocol is answered: values keep their types of number. */
const readReply = (bytes: Uint8Array): Document => deserialize(bytes, { promoteValues: false, bsonRegExp: true });

/** The engine in this process: no thread, no socket, no waiting for the disk, and a clock that stands. Every command still goes through the protocol. */
export interface InProcess extends Server {
  /** The answer to the bytes of a message. @throws Error where they are none */
  askRaw(message: Buffer): Promise<Document>;
  /** What is wrong with the store as it lies: every document against every index entry. */
  faults(): readonly StoreProblem[];
}

export async function startInProcess(nowMs = 1_800_000_000_000): Promise<InProcess> {
  const dir = await mkdtemp(join(tmpdir(), 'embedded-fuzz-'));
  const storage = openStorage(dir);
  storage.database.exec('pragma synchronous = off');
  const engine = createEngine(storage, () => nowMs);
  async function askRaw(message: Buffer): Promise<Document> {
    const request = parseMessage(message);
    const [reply] = engine.run([request.command]);
    if (!reply) throw new Error('no answer');
    return readReply(encodeReply(reply, request, 1).subarray(request.legacy ? 36 : 21));
  }
  return {
    name: 'in process',
    ask(command) {
      const body = serialize({ ...command, $db: 'fuzz' }, { ignoreUndefined: false });
      const head = Buffer.alloc(21);
      head.writeInt32LE(head.length + body.length, 0);
      head.writeInt32LE(2013, 12);
      return askRaw(Buffer.concat([head, body]));
    },
    askRaw,
    faults: () => checkStore(storeFile(dir)).problems,
    async close() {
      storage.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** The server that `MONGODB_URI` names, where it names one: its answers are compared with the engine's. */
export async function startNamed(): Promise<Server | null> {
  const uri = process.env['MONGODB_URI'] ?? '';
  if (uri === '') return null;
  const client = await new MongoClient(uri).connect();
  const database = client.db(`fuzz-${process.pid}`);
  return {
    name: 'the named server',
    async ask(command) {
      const reply = await database
        .command(command, { promoteValues: false, bsonRegExp: true })
        .catch((error: unknown) => (error as { readonly errorResponse?: Document }).errorResponse ?? Promise.reject(error));
      // The driver has classes of its own for what this file has from `bson`.
      return readReply(serialize(reply, { ignoreUndefined: false }));
    },
    async close() {
      await database.dropDatabase();
      await client.close();
    },
  };
}

/** The code of a refusal, of the command or of its first part; null: it was done. */
export const codeIn = (reply: Document): number | null => {
  const code: unknown = reply['writeErrors']?.[0]?.code ?? reply['code'];
  return code === undefined ? null : Number(code);
};

/** A value as text, types of number told apart except that whole doubles are as good as integers (see src/embedded/README.md). */
export function printed(value: unknown): string {
  const text = EJSON.stringify(value, { relaxed: false });
  return text
    .replace(/\{"\$numberDouble":"(-?\d+)(?:\.0)?"\}/g, (whole, digits: string) =>
      Math.abs(Number(digits)) < 2 ** 31 ? `{"$numberInt":"${Number(digits)}"}` : whole,
    )
    .replaceAll('"-0"', '"0"');
}
