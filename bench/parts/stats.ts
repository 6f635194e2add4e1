import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { statsRange } from '../../src/core/figures/range.ts';
import type { Shop } from '../../src/core/shop.ts';
import { startEmbedded } from '../../src/embedded/index.ts';
import { createStats } from '../../src/figures/stats.ts';
import { createFigureSourceStore } from '../../src/store/figure-sources.ts';
import { createFigureStore } from '../../src/store/figures.ts';
import { createIndexes, openDatabase } from '../../src/store/open-database.ts';
import { createPerformanceStore } from '../../src/store/performance.ts';
import type { Context } from '../context.ts';
import { type Figure, toFigure } from '../figure.ts';
import { percentile } from '../stats.ts';
import { putYear, shopIds } from '../year-of-figures.ts';

const sizes = [
  { messages: 1_000_000, name: '1m' },
  { messages: 10_000_000, name: '10m' },
] as const;
/** Neither UTC nor a zone without summer time: as many edges as a range can have. */
const zone = 'Europe/Berlin';
const ranges = { '30d': '30d', year: '365d' } as const;
const mostMs = 300;

/** How long `threadmart stats` takes with the figures of a year of 50 shops, by shop; compared with the same of one day. */
export async function stats(context: Context): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const size of context.quick ? sizes.slice(0, 1) : sizes) figures.push(...(await statsWith(context, size)));
  return figures;
}

async function statsWith({ folder, rounds, quick, say }: Context, { messages, name }: (typeof sizes)[number]): Promise<readonly Figure[]> {
  const dataDir = join(folder, `stats-${name}`);
  mkdirSync(dataDir, { recursive: true });
  const engine = await startEmbedded(dataDir);
  const connection = await openDatabase(engine.uri);
  try {
    await createIndexes(connection);
    const { db } = connection;
    if (!db) throw new Error('the database is not connected');
    const now = new Date();
    const clock = { now: () => now, monotonicMs: () => performance.now() };
    const tomorrow = new Date(Math.ceil(now.getTime() / 86_400_000) * 86_400_000);
    const documents = await putYear(db, messages, tomorrow, seeded(1));
    say(
      `stats: the figures of ${messages} messages are ${documents} documents, ${Math.round(statSync(join(dataDir, 'store.sqlite')).size / 1e6)} MB`,
    );
    const shops = shopIds.map((_id) => ({ _id, name: _id, marketplace: 'market', timezone: zone }) as unknown as Shop);
    const stats = createStats({
      store: createFigureStore(connection, clock),
      sources: createFigureSourceStore(connection),
      shops: async () => shops,
      channelName: () => null,
      agents: () => [],
      titles: () => ({}),
      performance: createPerformanceStore(connection),
      running: async () => [],
      clock,
    });
    const answerMs = async (words: string): Promise<number> => {
      const range = statsRange(words, zone, now);
      if (!range) throw new Error(`${words} is no range`);
      const times: number[] = [];
      for (let index = 0; index < (quick ? 5 : 20); index += 1) {
        const startedMs = performance.now();
        const { total } = await stats.answer({ range, scope: {}, by: 'shop' });
        times.push(performance.now() - startedMs);
        if (total.buyerMessages === 0) throw new Error('there are no figures');
      }
      return percentile(times, 0.95);
    };
    await answerMs('today');
    const figures: Figure[] = [];
    for (const [id, words] of Object.entries(ranges)) {
      const pairs: { product: number; against: number }[] = [];
      for (let round = 0; round < rounds; round += 1) pairs.push({ product: await answerMs(words), against: await answerMs('yesterday') });
      figures.push(toFigure(`stats.${id}.${name}`, 'ms', 'lower', pairs, { of: 'value', atMost: mostMs }));
    }
    return figures;
  } finally {
    await connection.close();
    await engine.close();
  }
}

/** The same year each time. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
