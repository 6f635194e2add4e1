import { randomInt } from 'node:crypto';
import { startEmbedded } from '../src/embedded/index.ts';
import { openDatabase } from '../src/store/open-database.ts';
import { createOutboxStore } from '../src/store/outbox.ts';
import { answers } from './child.ts';
import { pastMessageId, pastTalk } from './past.ts';
import { monotonicMs, percentile } from './stats.ts';

// The built-in store alone, with the driver and one caller: what it answers, not what the product makes of it.

export interface EngineOptions {
  readonly dataDir: string;
  /** How many messages are in it: which ones is asked for by chance. */
  readonly messages: number;
  readonly queries: number;
  readonly shops: number;
}

export interface EngineFigures {
  /** From its start to its first answer. */
  readonly startMs: number;
  readonly queryP99Ms: number;
  readonly claimP99Ms: number;
  /** Of a process that has the store, the driver and what asked the queries, without the garbage that this left. */
  readonly rssBytes: number;
}

/** Above all that is filled in, and above what an earlier run claimed. */
let nextTalk = Date.now();

async function measure({ dataDir, messages, queries, shops }: EngineOptions): Promise<EngineFigures> {
  const startedMs = monotonicMs();
  const engine = await startEmbedded(dataDir);
  const connection = await openDatabase(engine.uri);
  const { db } = connection;
  if (!db) throw new Error('the database is not connected');
  await db.command({ ping: 1 });
  const startMs = monotonicMs() - startedMs;
  try {
    const known = db.collection<{ _id: string }>('messages');
    const queryMs = await times(queries, async () => {
      const number = randomInt(messages);
      const found = await known.findOne({ _id: pastMessageId(number, shops) });
      if (!found) throw new Error(`message ${number} is not there`);
    });
    globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
    const rssBytes = process.memoryUsage.rss();
    const outbox = createOutboxStore(connection);
    const waiting = Array.from({ length: Math.ceil(queries / 5) }, () => {
      nextTalk += 1;
      return pastTalk({ index: nextTalk, at: new Date(), shops, channels: 8, recent: true }).outbox;
    })
      .flat()
      .map((delivery) => ({ ...delivery, state: 'queued' as const, outcome: null, doneAt: null, term: 0, attemptedAt: null }));
    await outbox.insert(waiting);
    const claimMs = await times(waiting.length, async (index) => {
      const one = waiting[index];
      if (!one) throw new Error('there is nothing to claim');
      const ours = await outbox.claim([{ id: one._id, members: [], patchedBy: null }], 1, new Date());
      if (ours.size !== 1) throw new Error('a queued delivery could not be claimed');
    });
    return { startMs, queryP99Ms: percentile(queryMs, 0.99), claimP99Ms: percentile(claimMs, 0.99), rssBytes };
  } finally {
    await connection.close();
    await engine.close();
  }
}

async function times(count: number, work: (index: number) => Promise<void>): Promise<number[]> {
  const all: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const fromMs = monotonicMs();
    await work(index);
    all.push(monotonicMs() - fromMs);
  }
  return all;
}

answers({ measure });
