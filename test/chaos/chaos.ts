import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { check } from '../e2e/checker.ts';
import { slackRateLimited, tiktokRateLimited, troubled } from '../e2e/faults.ts';
import { seeded } from '../e2e/random.ts';
import { searchKept } from '../e2e/secrets.ts';
import { createTraffic } from '../e2e/traffic.ts';
import type { Verdict } from '../e2e/verdict.ts';
import { createWorld, type World } from '../e2e/world.ts';
import { type Counted, countOf } from './count.ts';
import { keepAnswers } from './keep.ts';
import { killAtRandom } from './kills.ts';
import type { ChaosOptions } from './options.ts';
import { reconnectPaused } from './sellers.ts';
import { openStore } from './store.ts';

export interface Outcome extends Counted {
  readonly verdict: Verdict;
  readonly kills: number;
  /** Sellers who had to authorise anew. */
  readonly reconnected: number;
  /** From the last message until all was in its place; null: it never was. */
  readonly drainMs: number | null;
  /** Secrets, texts and names that can be read where they must not be. */
  readonly shown: readonly string[];
}

const shops = 20;
const channels = 8;
const talksPerShop = 3;
const timeScale = 50;
const undoSeconds = 2;
/** A token that has less than 30 s left counts as run out: each is renewed about every 45 s. */
const accessLifeMs = 75_000;
/** A token ends before its time this often; one that is refused sooner than 10 s after it came is taken for one that lacks a permission. */
const expiryEveryMs = 4_000;
const youngMs = 15_000;
const people = ['Ada Okafor', 'Ben Sutter', 'Cleo Marsh', 'Dora Lindt', 'Emil Brandt', 'Fay Corwin'];
const longestDrainMs = 300_000;
const quietMs = 10_000;

/** The whole storm: both sides write, the platforms misbehave, processes die. Then all is let settle, and the far ends are counted. */
export async function chaos(options: ChaosOptions, say: (line: string) => void): Promise<Outcome> {
  const random = seeded(options.seed);
  const folder = options.keep ? resolve(options.keep) : await mkdtemp(join(tmpdir(), 'threadmart-chaos-'));
  await mkdir(folder, { recursive: true });
  const store = await openStore(options.store, folder);
  const world = await createWorld({
    shops,
    channels,
    people,
    undoSeconds,
    timeScale,
    accessLifeMs,
    random,
    folder,
    keep: true,
    ...(store.uri ? { mongodbUri: store.uri } : {}),
  });
  async function toItsEnd(): Promise<Omit<Outcome, 'shown'>> {
    try {
      return await storm(world, options, random, say);
    } finally {
      await world.close();
      await store.stop();
    }
  }
  try {
    return { ...(await toItsEnd()), shown: await searchKept(folder) };
  } finally {
    if (!options.keep) await rm(folder, { recursive: true, force: true });
  }
}

async function storm(
  world: World,
  options: ChaosOptions,
  random: () => number,
  say: (line: string) => void,
): Promise<Omit<Outcome, 'shown'>> {
  const { tiktok, slack, service } = world;
  const processes = [service];
  while (processes.length < options.processes) processes.push(await world.twin());
  for (const one of processes) await one.start();
  say(`${processes.length} running, store ${options.store}`);

  tiktok.webhooks.behave({ duplicated: 0.1, shuffled: 0.1, shuffleMs: 300 });
  slack.disturb({ duplicate: 0.1, shuffleMs: 100 });
  tiktok.server.planFaults(troubled(random, tiktokRateLimited, ({ path }) => path.startsWith('/customer_service/')));
  slack.server.planFaults(troubled(random, slackRateLimited, ({ path }) => path.startsWith('/api/')));
  const traffic = createTraffic(world, talksPerShop, random, 0.55, 'all');
  const forMs = options.minutes * 60_000;
  let reconnected = 0;
  const helpers = [
    // As a load balancer would: to any of them, dead or alive.
    often(200, () => world.sendEventsTo(processes[Math.floor(random() * processes.length)] ?? service)),
    often(expiryEveryMs, () => {
      const newest = tiktok.issued.slice(-shops);
      const { accessToken = '', accessTokenExpiresAt } = newest[Math.floor(random() * newest.length)] ?? {};
      if (accessTokenExpiresAt && accessTokenExpiresAt.getTime() - Date.now() < accessLifeMs - youngMs) tiktok.expire(accessToken);
    }),
    often(2_000, async () => {
      const awake = processes.find((one) => one.alive());
      // A process that is being killed answers nothing; the next look finds another.
      if (awake) reconnected += await reconnectPaused(world, awake.url, accessLifeMs).catch(() => 0);
    }),
  ];
  const killing = killAtRandom({ processes, forMs, kills: options.kills, random });
  const everyMs = 1_000 / options.rate;
  await traffic.run({ forMs, everyMs });
  // On a slow machine the killing takes longer; what is written meanwhile must not outgrow it.
  await traffic.run({ until: killing, everyMs: 10 * everyMs });
  const kills = await killing;
  say('all is written; the platforms behave again');
  tiktok.server.planFaults(null);
  slack.server.planFaults(null);

  const from = performance.now();
  const settled = ({ lost, withoutReceipt }: Verdict) => lost.length + withoutReceipt.length === 0;
  let verdict = check(world, traffic.talks);
  while (!settled(verdict) && performance.now() - from < longestDrainMs) {
    const lookedAt = performance.now();
    verdict = check(world, traffic.talks);
    // The platforms answer nobody while it counts, so that most of the time is theirs.
    await pause(Math.max(1_000, 9 * (performance.now() - lookedAt)));
  }
  const drainMs = settled(verdict) ? performance.now() - from : null;
  // What comes once too often comes late.
  await pause(quietMs);
  verdict = check(world, traffic.talks);
  for (const helper of helpers) helper.stop();
  await keepAnswers(world, processes, traffic.talks, people);
  return { verdict, kills, reconnected, drainMs, ...countOf(world, traffic.talks) };
}

/** Until it is stopped; one at a time. */
function often(everyMs: number, work: () => void | Promise<void>): { stop(): void } {
  let timer: NodeJS.Timeout | null = null;
  let stopped = false;
  async function once(): Promise<void> {
    await work();
    if (!stopped) timer = setTimeout(() => void once(), everyMs);
  }
  void once();
  return {
    stop() {
      stopped = true;
      if (timer) clearTimeout(timer);
    },
  };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
