import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../test/e2e/service-process.ts';
import type { BaselineSetup } from './baseline.ts';
import { type Child, nodeOptions, startChild } from './child.ts';
import type { Arrival } from './fakes.ts';
import { closedLoop } from './load.ts';
import { buyerWrites, channelName, type OpenTalk, secrets, shopName, type Talk } from './messages.ts';
import { printProfiles } from './profile.ts';
import { monotonicMs } from './stats.ts';
import type { Usage } from './usage.ts';

export interface StageOptions {
  /** Everything of this stage lies here, and is removed with it. */
  readonly folder: string;
  readonly shops: number;
  readonly channels: number;
  readonly talksPerShop: number;
  /** True: the platforms' own limits hold; else none does. */
  readonly paced?: boolean;
  /** More of `threadmart.yaml`. */
  readonly yaml?: string;
  /** False: the service alone. */
  readonly withBaseline?: boolean;
  /** What the service does with its CPU is written here. */
  readonly profileDir?: string | null;
}

/** What is measured: answers HTTP on `port`, and tells what it uses. */
export interface Measured {
  readonly name: 'product' | 'baseline';
  readonly child: Child;
  readonly port: number;
  usage(): Promise<Usage>;
}

/** The product, the bare baseline, and the far side of both, each in a process of its own. */
export interface Stage {
  readonly product: Measured;
  readonly baseline: Measured;
  readonly talks: readonly Talk[];
  /** Numbers for messages, each given once. */
  marks(count: number): readonly number[];
  /** Waits until all of these are there, and takes them, with whatever else is there. Throws when they do not come. */
  arrivals(marks: readonly number[]): Promise<ReadonlyMap<number, Arrival>>;
  /** Waits until these are there, whatever else is, and tells when each came. */
  timesOf(marks: readonly number[]): Promise<ReadonlyMap<number, number>>;
  /** Waits until something in a channel itself leads to each of these posts (`C01 1700.000100`), and tells when each such link came. */
  linksTo(posts: readonly string[]): Promise<readonly (readonly number[])[]>;
  /** Waits until nobody calls the platforms any more: what follows from messages (marks, cards) is over, and disturbs nothing that is measured next. */
  rest(): Promise<void>;
  /** Every talk's thread, opened by one message each. */
  open(): Promise<readonly OpenTalk[]>;
  /** Requests that hold one of these (a shop, a channel) are refused, or never answered. */
  away(holding: readonly string[], how?: 'refuses' | 'hangs'): Promise<void>;
  /** Resolves to the milliseconds from the start of its process until it answers. */
  restart(name: Measured['name']): Promise<number>;
  /** Lets something be done to the data of the service while it does not run. */
  whileStopped(work: (dataDir: string) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

const longestDrainMs = 300_000;
/** Without a call for so long, it rests. */
const quietMs = 400;
const longestRestMs = 30_000;
const adminToken = 'an-admin-token-for-the-bench';
/** One stage follows another in one run; no number is given twice. */
let lastMark = 0;

function nextMark(): number {
  lastMark += 1;
  return lastMark;
}

interface Started {
  readonly child: Child;
  readonly port: number;
  readonly readyMs: number;
}

export async function createStage(options: StageOptions): Promise<Stage> {
  const { folder, shops, channels, talksPerShop, paced = false, withBaseline = true, profileDir = null, yaml: more = '' } = options;
  await mkdir(folder, { recursive: true });
  const log = (name: string) => join(folder, `${name}.log`);
  const fakes = await startChild({ entry: './fakes.ts', logFile: log('fakes') });
  const fakesUrl = `http://127.0.0.1:${await fakes.ask<number>('port')}`;
  const setup: BaselineSetup = { dataDir: join(folder, 'baseline'), fakes: fakesUrl, secrets };
  let baseline = withBaseline ? await startBaseline() : null;

  async function startBaseline(): Promise<Started> {
    const startedMs = monotonicMs();
    const child = await startChild({ entry: './baseline.ts', env: { BENCH_SETUP: JSON.stringify(setup) }, logFile: log('baseline') });
    return { child, port: await child.ask<number>('port'), readyMs: monotonicMs() - startedMs };
  }
  const yaml = join(folder, 'threadmart.yaml');
  await writeFile(yaml, `${yamlOf(shops, channels)}\n${more}`);
  const port = await freePort();
  const env = {
    PORT: String(port),
    DATA_DIR: join(folder, 'data'),
    THREADMART_CONFIG: yaml,
    ADMIN_TOKEN: adminToken,
    TIKTOK_SHOP_APP_KEY: secrets.appKey,
    TIKTOK_SHOP_APP_SECRET: secrets.appSecret,
    TIKTOK_SHOP_API_URL: fakesUrl,
    TIKTOK_SHOP_AUTH_URL: fakesUrl,
    SLACK_BOT_TOKEN: secrets.slackToken,
    SLACK_SIGNING_SECRET: secrets.slackSigning,
    SLACK_API_URL: `${fakesUrl}/api/`,
    ...(paced ? {} : { BENCH_PACES: 'off' }),
    ...(profileDir ? { BENCH_PROFILE: profileDir } : {}),
  };
  const execArgv = [...nodeOptions(), ...(profileDir ? ['--cpu-prof', `--cpu-prof-dir=${profileDir}`] : [])];

  async function startService(): Promise<Started> {
    const startedMs = monotonicMs();
    const starting = startChild({ entry: './service.mjs', env, execArgv, logFile: log('service') });
    const ready = untilReady(`http://127.0.0.1:${port}/readyz`, starting);
    const [child] = await Promise.all([starting, ready]);
    return { child, port, readyMs: (await ready) - startedMs };
  }
  let service = await startService();
  const measured = (name: Measured['name'], started: () => Started): Measured => ({
    name,
    get child() {
      return started().child;
    },
    get port() {
      return started().port;
    },
    usage: () => started().child.ask<Usage>('usage'),
  });
  const talks: Talk[] = Array.from({ length: shops * talksPerShop }, (_, index) => {
    const shop = index % shops;
    return { shopId: shopName(shop), conversationId: `75${String(index).padStart(17, '0')}`, channelId: channelName(shop % channels) };
  });

  const stage: Stage = {
    product: measured('product', () => service),
    baseline: measured('baseline', () => baseline ?? absent()),
    talks,
    marks: (count) => Array.from({ length: count }, nextMark),
    async arrivals(marks) {
      const untilMs = monotonicMs() + longestDrainMs;
      // Counting is cheap, looking for each is not.
      const isThere = async () => (await fakes.ask<number>('count')) >= marks.length && (await fakes.ask<number>('missing', marks)) === 0;
      while (!(await isThere())) {
        if (monotonicMs() > untilMs)
          throw new Error(`of ${marks.length} messages ${await fakes.ask('missing', marks)} are missing; see ${log('service')}`);
        await pause(20);
      }
      const { arrivals } = await fakes.ask<{ arrivals: Arrival[] }>('take');
      return new Map(arrivals.map((arrival) => [arrival.mark, arrival]));
    },
    async timesOf(marks) {
      const untilMs = monotonicMs() + longestDrainMs;
      for (;;) {
        const times = await fakes.ask<(number | null)[]>('timesOf', marks);
        const there = times.flatMap((atMs, index) => (atMs === null ? [] : [[marks[index] ?? 0, atMs] as const]));
        if (there.length === marks.length) return new Map(there);
        if (monotonicMs() > untilMs) throw new Error(`of ${marks.length} messages ${there.length} arrived; see ${log('service')}`);
        await pause(50);
      }
    },
    async linksTo(posts) {
      const untilMs = monotonicMs() + longestDrainMs;
      for (;;) {
        const found = await fakes.ask<number[][]>('linksTo', posts);
        const missing = found.filter((times) => times.length === 0).length;
        if (missing === 0) return found;
        if (monotonicMs() > untilMs) throw new Error(`nothing leads to ${missing} of ${posts.length} threads; see ${log('service')}`);
        await pause(500);
      }
    },
    async rest() {
      const untilMs = monotonicMs() + longestRestMs;
      for (let before = -1; monotonicMs() < untilMs; await pause(quietMs)) {
        const calls = await fakes.ask<number>('calls');
        if (calls === before) return;
        before = calls;
      }
    },
    async open() {
      const opened = talks.map((talk) => ({ talk, ...buyerWrites(talk, nextMark()) }));
      await closedLoop(
        port,
        opened.map(({ request }) => request),
        8,
      );
      const arrived = await stage.arrivals(opened.map(({ mark }) => mark));
      // What follows from an opening is written a moment after it.
      await pause(1_000);
      return opened.map(({ talk, mark }) => ({ ...talk, rootTs: arrived.get(mark)?.threadTs ?? '' }));
    },
    away: (holding, how = 'refuses') => fakes.ask('away', { holding, how }),
    async restart(name) {
      if (name === 'baseline') {
        await baseline?.child.stop();
        baseline = await startBaseline();
        return baseline.readyMs;
      }
      await service.child.stop();
      service = await startService();
      return service.readyMs;
    },
    async whileStopped(work) {
      await service.child.stop();
      await work(env.DATA_DIR);
      service = await startService();
    },
    async close() {
      await service.child.stop();
      await Promise.all([baseline?.child.stop(), fakes.stop()]);
      await rm(folder, { recursive: true, force: true });
      if (profileDir) await printProfiles(profileDir);
    },
  };
  return stage;
}

function absent(): never {
  throw new Error('this stage has no baseline');
}

/** Resolves to the moment of the first 200; ends when the process does. */
async function untilReady(url: string, starting: Promise<Child>): Promise<number> {
  let gone = false;
  starting.catch(() => {
    gone = true;
  });
  while (!gone) {
    const answer = await fetch(url).catch(() => null);
    if (answer?.status === 200) return monotonicMs();
    await pause(5);
  }
  return Number.NaN;
}

function yamlOf(shops: number, channels: number): string {
  const dayMs = 86_400_000;
  const at = (days: number) => new Date(Date.now() + days * dayMs).toISOString();
  const indexes = (count: number) => Array.from({ length: count }, (_, index) => index);
  const shop = (index: number) => `  - marketplace: tiktok-shop
    externalId: "${shopName(index)}"
    name: Shop ${index + 1}
    timezone: Asia/Bangkok
    locale: en
    credentials:
      accessToken: token-${index}
      accessTokenExpiresAt: ${at(7)}
      refreshToken: refresh-${index}
      refreshTokenExpiresAt: ${at(300)}
      shopCipher: cipher-${index}`;
  const route = (index: number) => `  - { when: { shop: "${shopName(index)}" }, channel: slack/${channelName(index % channels)} }`;
  return [
    'shops:',
    ...indexes(shops).map(shop),
    'channels:',
    ...indexes(channels).map((index) => `  - { platform: slack, id: ${channelName(index)}, name: channel-${index + 1} }`),
    'routes:',
    ...indexes(shops).map(route),
    'reply: { undoSeconds: 0 }',
  ].join('\n');
}
