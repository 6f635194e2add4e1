import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Db, type Document, MongoClient } from 'mongodb';

interface Engine {
  readonly uri: string;
  close(): Promise<void>;
}

const entry = new URL('../../src/embedded/index.ts', import.meta.url);

/** These tests see the engine from outside, so they can stand before it does. */
export const engineMissing = !existsSync(entry);

export async function startEngine(dir: string): Promise<Engine> {
  const { startEmbedded } = (await import(entry.href)) as { startEmbedded: (dir: string) => Promise<Engine> };
  return startEmbedded(dir);
}

export interface Store {
  readonly dir: string;
  readonly uri: string;
  readonly client: MongoClient;
  readonly db: Db;
  close(): Promise<void>;
}

export async function startStore(): Promise<Store> {
  const dir = await mkdtemp(join(tmpdir(), 'embedded-'));
  const engine = await startEngine(dir);
  const client = await new MongoClient(engine.uri).connect();
  return {
    dir,
    uri: engine.uri,
    client,
    db: client.db('test'),
    async close() {
      await client.close();
      await engine.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** A collection of its own, filled in the given order. */
export async function filled(db: Db, name: string, documents: readonly Document[]) {
  const collection = db.collection<Document>(name);
  if (documents.length > 0) await collection.insertMany(documents as never);
  return collection;
}

/** The code of what the server refused; null when it did not. */
export async function codeOf(work: Promise<unknown>): Promise<number | string | null> {
  try {
    await work;
    return null;
  } catch (error) {
    return typeof error === 'object' && error !== null && 'code' in error ? (error.code as number | string) : String(error);
  }
}
