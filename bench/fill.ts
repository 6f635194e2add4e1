import { statSync } from 'node:fs';
import { join } from 'node:path';
import { type Db, MongoClient } from 'mongodb';
import { startEmbedded } from '../src/embedded/index.ts';
import { answers } from './child.ts';
import { messagesPerTalk, type PastOptions, pastTalk } from './past.ts';

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
  const client = await new MongoClient(engine.uri).connect();
  try {
    const db = client.db('threadmart');
    const [first, last] = [from / messagesPerTalk, to / messagesPerTalk];
    for (let index = first; index < last; index += talksPerBite)
      await bite(db, index, Math.min(last, index + talksPerBite), { shops, channels });
    const names = await db.listCollections().toArray();
    const counts = await Promise.all(names.map(({ name }) => db.collection(name).estimatedDocumentCount()));
    return { documents: counts.reduce((sum, count) => sum + count, 0), fileBytes: statSync(join(dataDir, 'store.sqlite')).size };
  } finally {
    await client.close();
    await engine.close();
  }
}

async function bite(db: Db, from: number, to: number, among: Pick<FillOptions, 'shops' | 'channels'>): Promise<void> {
  const left = Array.from({ length: to - from }, (_, offset) => {
    const index = from + offset;
    const recent = index * messagesPerTalk < recentMessages;
    const at = new Date(Date.now() - (recent ? 0.1 + (0.8 * (index % 1_000)) / 1_000 : 1 + (index % 50)) * weekMs);
    return pastTalk({ ...among, index, at, recent });
  });
  const names = Object.keys(left[0] ?? {}) as (keyof (typeof left)[number])[];
  await Promise.all(
    names.map(async (name) => {
      const documents = left.flatMap((one) => one[name] as readonly object[]);
      if (documents.length > 0) await db.collection(name).insertMany([...documents], { ordered: false, writeConcern: { w: 1 } });
    }),
  );
}

answers({ fill });
