import type { CommandStartedEvent } from 'mongodb';
import type { Connection } from 'mongoose';
import mongoose from 'mongoose';
import { StartError } from '../start-error.ts';
import { indexesOf } from './collection.ts';
import './driver-mend.ts';
import { figureIndexes } from './figures.ts';
import { findIndexes } from './find.ts';
import { grantIndexes } from './grants.ts';
import { inboxIndexes } from './inbox.ts';
import type { IndexSpec } from './index-spec.ts';
import { inquiryIndexes } from './inquiries.ts';
import { outboxIndexes } from './outbox.ts';
import { pauseIndexes } from './pauses.ts';
import { performanceIndexes } from './performance.ts';
import { queueIndexes } from './queue.ts';
import { shopIndexes } from './shops.ts';
import { ticketIndexes } from './tickets.ts';

/** Every index of the product. */
export const allIndexes: readonly IndexSpec[] = [
  ...inboxIndexes,
  ...outboxIndexes,
  ...inquiryIndexes,
  ...figureIndexes,
  ...performanceIndexes,
  ...queueIndexes,
  ...findIndexes,
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

/**
 * For what may hold a store up: the driver watches a server by asking it again and again, and cuts every connection to one that answers none of that for
 * `connectTimeoutMS`. A built-in store that makes an index over a million documents is such a one.
 */
const patience: mongoose.ConnectOptions = { connectTimeoutMS: 86_400_000, socketTimeoutMS: 0 };

export interface Observer {
  /** Called with every command that is sent. The driver makes these events only where somebody listens: tests do. */
  readonly onCommand?: (event: CommandStartedEvent) => void;
}

interface OpenOptions extends Observer {
  /** Waits for an answer however long it takes. */
  readonly patient?: boolean;
}

/**
 * Connects, no more: see `migrate` and `createIndexes`.
 * @throws StartError when nothing answers there
 */
export async function openDatabase(uri: string, { onCommand, patient = false }: OpenOptions = {}): Promise<Connection> {
  const named = /^mongodb(?:\+srv)?:\/\/[^/]+\/[^?]/.test(uri);
  const monitorCommands = onCommand !== undefined;
  const connection = mongoose.createConnection(uri, {
    ...options,
    ...(patient ? patience : {}),
    monitorCommands,
    ...(named ? {} : { dbName: defaultDatabase }),
  });
  try {
    await connection.asPromise();
    if (onCommand) connection.getClient().on('commandStarted', onCommand);
    return connection;
  } catch (cause) {
    await connection.close(true);
    throw new StartError('start.store-unreachable', {}, cause);
  }
}

/**
 * Makes what is missing, all collections at once: on some servers one index takes seconds.
 * @param uri where a connection of its own is opened for that, a patient one; absent: `connection` does it
 */
export async function createIndexes(connection: Connection, specs: readonly IndexSpec[] = allIndexes, uri?: string): Promise<void> {
  const byCollection = [...Map.groupBy(specs, ({ collection }) => collection)];
  const missing = (
    await Promise.all(byCollection.map(async ([name, wanted]) => ({ name, specs: await missingIn(connection, name, wanted) })))
  ).filter((one) => one.specs.length > 0);
  if (missing.length === 0) return;
  const maker = uri === undefined ? connection : await openDatabase(uri, { patient: true });
  try {
    await Promise.all(
      missing.map((one) =>
        databaseOf(maker)
          .collection(one.name)
          .createIndexes(one.specs.map(({ key, options: given }) => ({ key: { ...key }, ...given }))),
      ),
    );
  } finally {
    if (maker !== connection) await maker.close();
  }
}

async function missingIn(connection: Connection, name: string, wanted: readonly IndexSpec[]): Promise<readonly IndexSpec[]> {
  const existing = new Set((await indexesOf(databaseOf(connection).collection(name))).map(({ key }) => keyName(key)));
  return wanted.filter(({ key }) => !existing.has(keyName(key)));
}

function databaseOf({ db }: Connection) {
  if (!db) throw new Error('The database is not connected');
  return db;
}

/** The order of the fields is part of an index. */
const keyName = (key: object): string => JSON.stringify(Object.entries(key));
