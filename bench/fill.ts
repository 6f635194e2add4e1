import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Db } from 'mongodb';
import { startEmbedded } from '../src/embedded/index.ts';
import { createIndexes, openDatabase } from '../src/store/open-database.ts';
import { answers } from './child.ts';
import { type Left, messagesPerTalk, type PastOptions, pastTalk } from './past.ts';

// Fills the store of a service that is not running, through the engine and the driver as the service would, in large bites.

export interface FillOptions extends Pick<PastOptions, 'shops' | 'channels'> {
  readonly dataDir: string;
  /** Messages that are there already, and that are to be there. */
  readonly from: number;
  readonly to: number;
}

export interface Filled {
  readonly documents: number;
  readonly fileBytes: number;
}

const talksPerBite = 400;
const weekMs = 7 * 86_400_000;
/** Of a million in a year, a week. What is older is kept without its inbox and outbox entries, as the product prunes them. */
const recentMessages = 20_000;

async function fill({ dataDir, from, to, shops, channels }: FillOptions): Promise<Filled> {
  const engine = await startEmbedded(dataDir);
  const connection = await openDatabase(engine.uri);
  try {
    await createIndexes(connection);
    const { db } = connection;
    if (!db) throw new Error('the database is not connected');
    const [first, last] = [from / messagesPerTalk, to / messagesPerTalk];
    // While the store writes one bite, the next is made.
    let writing: Promise<void> = Promise.resolve();
    for (let index = first; index < last; index += talksPerBite) {
      const next = bite(index, Math.min(last, index + talksPerBite), { shops, channels });
      await writing;
      writing = put(db, next);
      writing.catch(() => undefined);
      // The driver sends before the next is made.
      await new Promise((resolve) => setImmediate(resolve));
    }
    await writing;
    const names = await db.listCollections().toArray();
    const counts = await Promise.all(names.map(({ name }) => db.collection(name).estimatedDocumentCount()));
    return { documents: counts.reduce((sum, count) => sum + count, 0), fileBytes: statSync(join(dataDir, 'store.sqlite')).size };
  } finally {
    await connection.close();
    await engine.close();
  }
}

function bite(from: number, to: number, among: Pick<FillOptions, 'shops' | 'channels'>): readonly Left[] {
  return Array.from({ length: to - from }, (_, offset) => {
    const index = from + offset;
    const recent = index * messagesPerTalk < recentMessages;
    const at = new Date(Date.now() - (recent ? 0.1 + (0.8 * (index % 1_000)) / 1_000 : 1 + (index % 50)) * weekMs);
    return pastTalk({ ...among, index, at, recent });
  });
}

async function put(db: Db, left: readonly Left[]): Promise<void> {
  const names = Object.keys(left[0] ?? {}) as (keyof Left)[];
  await Promise.all(
    names.map(async (name) => {
      const documents = left.flatMap((one) => one[name] as readonly object[]);
      if (documents.length > 0) await db.collection(name).insertMany([...documents], { ordered: false, writeConcern: { w: 1 } });
    }),
  );
}

answers({ fill });
