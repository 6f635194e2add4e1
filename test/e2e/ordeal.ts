import type { FaultPlan } from '../kits/fake-server.ts';
import type { Chat } from './chat.ts';
import { check } from './checker.ts';
import { eventually } from './eventually.ts';
import { tiktokRateLimited, troubled } from './faults.ts';
import { seeded } from './random.ts';
import { createTraffic, type Talk, type Traffic, threadsOf } from './traffic.ts';
import { isClean, type Verdict } from './verdict.ts';
import { createWorld, type World } from './world.ts';

export interface OrdealOptions {
  readonly seed: number;
  readonly shops: number;
  readonly talksPerShop: number;
  /** How much faster than in life the platforms send again what was refused, and refill their limits; 50 if absent. The service itself always runs at 50. */
  readonly platformScale?: number;
  /** False: only buyers write. */
  readonly answers?: boolean;
  /** How the service dies, time after time: at a random moment, or by itself at a named step (`step:visits`). */
  readonly deaths: readonly ('at random' | `${string}:${number}`)[];
  /** What the platforms do wrong, until the writing ends; every kind of trouble by chance if absent. */
  readonly faults?: Partial<Record<'tiktok' | 'chat', FaultPlan>> & {
    /** They go on until then, whatever the machine takes for it. */
    readonly untilFelt?: () => boolean;
  };
  /** True: each buyer says one thing more, and the count begins when that has arrived. What is missing then will not come, for order holds. */
  readonly lastWords?: boolean;
  /** When to stop waiting before all is well. */
  readonly enough?: (verdict: Verdict) => boolean;
  /** Where the team works; Slack if absent. */
  readonly chat?: Chat['platform'];
  /** More for the service's environment. */
  readonly environment?: Readonly<Record<string, string>>;
}

interface Outcome {
  readonly verdict: Verdict;
  readonly messages: number;
  /** For a failing test: what the service wrote last, and what it says of what is missing. */
  readonly output: string;
}

const serviceScale = 50;
const everyMs = 40;
const drainMs = 60_000;

/** Buyers and agents write while the service dies again and again and both platforms misbehave; then the far ends are counted. */
export async function ordeal(options: OrdealOptions): Promise<Outcome> {
  const { seed, shops, talksPerShop, deaths, enough = () => false, environment = {} } = options;
  const random = seeded(seed);
  const world = await createWorld({
    shops,
    channels: Math.ceil(shops / 2),
    timeScale: options.platformScale ?? serviceScale,
    random,
    ...(options.chat ? { chat: options.chat } : {}),
    environment: { TIME_SCALE: String(serviceScale), ...environment },
  });
  const { tiktok, chat, service } = world;
  const start = (death: string | undefined) => service.start(death?.includes(':') ? { KILL_AT: death } : {});
  try {
    tiktok.webhooks.behave({ duplicated: 0.1, shuffled: 0.1, shuffleMs: 300 });
    chat.disturb({ duplicate: 0.1, shuffleMs: 100 });
    await start(deaths[0]);
    const { faults } = options;
    tiktok.server.planFaults(
      faults ? (faults.tiktok ?? null) : troubled(random, tiktokRateLimited, ({ path }) => path.startsWith('/customer_service/')),
    );
    chat.server.planFaults(faults ? (faults.chat ?? null) : troubled(random, chat.rateLimited, chat.isCall));
    const traffic = createTraffic(world, talksPerShop, random, options.answers === false ? 0 : 0.45);
    for (const [index, death] of deaths.entries()) {
      if (death === 'at random') {
        await traffic.run({ forMs: 1_000 + random() * 1_000, everyMs });
        await service.kill();
        // Some is written while nobody is there to take it.
        await traffic.run({ forMs: 200, everyMs });
      } else await traffic.run({ until: service.died(), everyMs });
      await start(deaths[index + 1]);
    }
    await traffic.run({ forMs: 1_000, everyMs });
    const { untilFelt } = faults ?? {};
    if (untilFelt) await eventually(untilFelt, service.output);
    if (options.lastWords) await lastWords(world, traffic);
    tiktok.server.planFaults(null);
    chat.server.planFaults(null);
    const until = performance.now() + drainMs;
    let verdict = check(world, traffic.talks);
    while (!isClean(verdict) && !enough(verdict) && performance.now() < until) {
      const lookedAt = performance.now();
      verdict = check(world, traffic.talks);
      // The platforms answer nobody while it counts.
      await new Promise((resolve) => setTimeout(resolve, Math.max(200, 9 * (performance.now() - lookedAt))));
    }
    const unfinished = isClean(verdict) ? '' : await unfinishedOf(world, verdict);
    const messages = traffic.talks.reduce((sum, { buyer, replies }) => sum + buyer.length + replies.length, 0);
    return { verdict, messages, output: `${service.output().slice(-3_000)}\n${unfinished}` };
  } finally {
    await world.close();
  }
}

/** Once all that was said before has been taken. */
async function lastWords(world: World, traffic: Traffic): Promise<void> {
  await world.tiktok.webhooks.settled();
  traffic.everyBuyerWrites();
  await eventually(() => traffic.talks.every((talk) => wasShown(world, talk, talk.buyer.at(-1)?.text ?? '')), world.service.output);
}

const wasShown = (world: World, talk: Talk, text: string): boolean =>
  threadsOf(world, talk).some(({ posts }) => posts.some((post) => post.fromBot && post.text.includes(text)));

/** What the service itself says of the messages that are missing. */
async function unfinishedOf({ service, chat, adminToken }: World, { doubled }: Verdict): Promise<string> {
  const ask = async (path: string) =>
    (await fetch(`${service.url}/api/${path}`, { headers: { authorization: `Bearer ${adminToken}` } })).text();
  const twice = chat.posts().filter(({ text }) => doubled.some((one) => text.includes(one)));
  const deliveries = new Set(chat.deliveryIds(twice));
  const traces = [...deliveries].map((id) => `trace/${encodeURIComponent(id)}`);
  return [JSON.stringify(twice), ...(await Promise.all(['outbox?limit=100', 'dead-letters?limit=100', ...traces].map(ask)))].join('\n');
}
