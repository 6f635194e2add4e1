import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connection } from 'mongoose';
import { startEmbedded } from '../src/embedded/index.ts';
import { createIndexes, openDatabase } from '../src/store/open-database.ts';

export interface TestServer {
  readonly uri: string;
  stop(): Promise<void>;
}

export interface TestStore {
  readonly connection: Connection;
  readonly uri: string;
  /** Closes the connection and leaves nothing behind. */
  close(): Promise<void>;
}

/**
 * A store for one test file, with all indexes: on the embedded engine; on the server that `MONGODB_URI` names, in a database of its own;
 * or on the mongod that `MONGOMS_SYSTEM_BINARY` names.
 * @param patient waits for an answer however long it takes: for a test that must come out the same on the busiest machine
 */
export async function openTestStore({ patient = false }: { readonly patient?: boolean } = {}): Promise<TestStore> {
  const server = await startTestServer();
  const connection = await openDatabase(server.uri, { patient });
  await createIndexes(connection);
  return {
    connection,
    uri: server.uri,
    async close() {
      await connection.dropDatabase();
      await connection.close();
      await server.stop();
    },
  };
}

/** True where tests run on a MongoDB that was named, and not on the embedded engine. */
export const namesServer = (environment: Readonly<Record<string, string | undefined>>): boolean =>
  Boolean(environment['MONGODB_URI'] || environment['MONGOMS_SYSTEM_BINARY']);

/** A server alone, for tests that run the product in processes of their own. */
export async function startTestServer(): Promise<TestServer> {
  const name = `threadmart-test-${randomBytes(6).toString('hex')}`;
  const given = process.env['MONGODB_URI'];
  if (given) {
    const uri = withDatabase(given, name);
    return { uri, stop: () => dropDatabase(uri) };
  }
  if (process.env['MONGOMS_SYSTEM_BINARY']) return startMongod(name);
  const directory = await mkdtemp(join(tmpdir(), 'threadmart-'));
  const engine = await startEmbedded(directory);
  return {
    uri: withDatabase(engine.uri, name),
    async stop() {
      await engine.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function dropDatabase(uri: string): Promise<void> {
  const connection = await openDatabase(uri);
  await connection.dropDatabase();
  await connection.close();
}

async function startMongod(name: string): Promise<TestServer> {
  const { MongoMemoryServer } = await import('mongodb-memory-server');
  const server = await MongoMemoryServer.create();
  return { uri: withDatabase(server.getUri(), name), stop: async () => void (await server.stop()) };
}

/** The same server and options, another database. */
function withDatabase(uri: string, name: string): string {
  const [, server = uri, query = ''] = /^(mongodb(?:\+srv)?:\/\/[^/?]+)(?:\/[^?]*)?(\?.*)?$/.exec(uri) ?? [];
  return `${server}/${name}${query}`;
}
