import type { CommandStartedEvent } from 'mongodb';
import type { Connection } from 'mongoose';
import mongoose from 'mongoose';
import { StartError } from '../start-error.ts';
import { grantIndexes } from './grants.ts';
import { inboxIndexes } from './inbox.ts';
import type { IndexSpec } from './index-spec.ts';
import { inquiryIndexes } from './inquiries.ts';
import { outboxIndexes } from './outbox.ts';
import { pauseIndexes } from './pauses.ts';
import { shopIndexes } from './shops.ts';
import { ticketIndexes } from './tickets.ts';

/** Every index of the product. */
export const allIndexes: readonly IndexSpec[] = [
  ...inboxIndexes,
  ...outboxIndexes,
  ...inquiryIndexes,
  ...pauseIndexes,
  ...shopIndexes,
  ...grantIndexes,
  ...ticketIndexes,
];

/** Where the address names no database. */
export const defaultDatabase = 'threadmart';

const options: mongoose.ConnectOptions = {
  appName: 'threadmart',
  // Acknowledged means durable, here and on a majority.
  writeConcern: { w: 'majority', journal: true },
  readPreference: 'primary',
  // A store that is away is said to be so quickly: marketplaces wait for an answer.
  serverSelectionTimeoutMS: 2_000,
  connectTimeoutMS: 5_000,
  socketTimeoutMS: 30_000,
  heartbeatFrequencyMS: 2_000,
  maxPoolSize: 40,
  // Raw events come back as bytes, not as the driver's wrapper.
  promoteBuffers: true,
  bufferCommands: false,
  autoCreate: false,
  autoIndex: false,
};

export interface Observer {
  /** Called with every command that is sent. The driver makes these events only where somebody listens: tests do. */
  readonly onCommand?: (event: CommandStartedEvent) => void;
}

/**
 * Connects, no more: see `migrate` and `createIndexes`.
 * @throws StartError when nothing answers there
 */
export async function openDatabase(uri: string, { onCommand }: Observer = {}): Promise<Connection> {
  const named = /^mongodb(?:\+srv)?:\/\/[^/]+\/[^?]/.test(uri);
  const monitorCommands = onCommand !== undefined;
  const connection = mongoose.createConnection(uri, { ...options, monitorCommands, ...(named ? {} : { dbName: defaultDatabase }) });
  try {
    await connection.asPromise();
    if (onCommand) connection.getClient().on('commandStarted', onCommand);
    return connection;
  } catch (cause) {
    await connection.close(true);
    throw new StartError('start.store-unreachable', {}, cause);
  }
}

/** Makes what is missing, all collections at once: on some servers one index takes seconds. */
export async function createIndexes(connection: Connection, specs: readonly IndexSpec[] = allIndexes): Promise<void> {
  const byCollection = Map.groupBy(specs, ({ collection }) => collection);
  await Promise.all([...byCollection].map(([name, wanted]) => createMissing(connection, name, wanted)));
}

async function createMissing(connection: Connection, name: string, wanted: readonly IndexSpec[]): Promise<void> {
  if (!connection.db) throw new Error('The database is not connected');
  const collection = connection.db.collection(name);
  const existing = new Set((await listIndexes(collection)).map(({ key }) => keyName(key)));
  const missing = wanted.filter(({ key }) => !existing.has(keyName(key)));
  if (missing.length > 0) await collection.createIndexes(missing.map(({ key, options: given }) => ({ key: { ...key }, ...given })));
}

/** The order of the fields is part of an index. */
const keyName = (key: object): string => JSON.stringify(Object.entries(key));

const namespaceNotFound = 26;

async function listIndexes(collection: { indexes(): Promise<{ key: object }[]> }): Promise<readonly { readonly key: object }[]> {
  try {
    return await collection.indexes();
  } catch (error) {
    if (error instanceof mongoose.mongo.MongoServerError && error.code === namespaceNotFound) return [];
    throw error;
  }
}
