import type { Connection } from 'mongoose';
import type { ConnectorLog } from '../core/connector.ts';
import { StartError } from '../start-error.ts';
import { indexesOf } from './collection.ts';
import type { Leases } from './leases.ts';
import type { MetaStore } from './meta.ts';

/** Brings the data from the version before to `version`. It may be cut off and run again, so it changes only what it has not changed yet. */
export interface Migration {
  readonly version: number;
  readonly run: (connection: Connection) => Promise<void>;
}

/** In order; the first release is version 1 and needs none. */
const migrations: readonly Migration[] = [{ version: 2, run: dropWholeIndexes }];

/**
 * Indexes of the inbox and outbox were of all documents; now most are of what waits, or of what has ended. The new ones are made after the migrations, with
 * all others.
 */
async function dropWholeIndexes(connection: Connection): Promise<void> {
  for (const collection of [connection.collection('inbox'), connection.collection('outbox')]) {
    for (const { name, key, partialFilterExpression } of await indexesOf(collection)) {
      if (!('_id' in key) && partialFilterExpression === undefined) await collection.dropIndex(name);
    }
  }
}

/** The newest schema that this program knows. */
export const schemaVersion = migrations.at(-1)?.version ?? 1;

/**
 * Brings the data to this version's schema, one process at a time.
 * @throws StartError when the data is of a newer version, or not all there
 */
export async function migrate(deps: {
  readonly connection: Connection;
  readonly meta: MetaStore;
  readonly leases: Leases;
  readonly log: ConnectorLog;
  readonly steps?: readonly Migration[];
}): Promise<void> {
  const { connection, meta, leases, log, steps = migrations } = deps;
  const target = steps.at(-1)?.version ?? 1;

  if (await meta.importUnfinished()) throw new StartError('start.import-unfinished');

  async function current(): Promise<number> {
    const stored = await meta.schemaVersion();
    if (stored === null) {
      await meta.raiseSchemaVersion(null, target);
      return (await meta.schemaVersion()) ?? target;
    }
    if (stored > target) throw new StartError('start.newer-data', { stored, known: target });
    return stored;
  }

  if ((await current()) === target) return;
  await leases.hold('migrate', async () => {
    let version = await current();
    for (const step of steps.filter((migration) => migration.version > version)) {
      log.info({ from: version, to: step.version }, 'migrating the database');
      await step.run(connection);
      if (!(await meta.raiseSchemaVersion(version, step.version))) throw new StartError('start.migrated-elsewhere');
      version = step.version;
    }
  });
}
