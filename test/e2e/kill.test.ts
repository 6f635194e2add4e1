import { describe, expect, it } from 'vitest';
import { check, type Verdict } from './checker.ts';
import { slackRateLimited, tiktokRateLimited, troubled } from './faults.ts';
import { seeded } from './random.ts';
import { createTraffic } from './traffic.ts';
import { createWorld, type World } from './world.ts';

const timeScale = 50;
const kills = 6;
const drainMs = 60_000;

/** Buyers and agents write while the service is killed again and again and both platforms misbehave; then the far ends are counted. */
async function ordeal(
  seed: number,
  more: Readonly<Record<string, string>> = {},
): Promise<{ readonly verdict: Verdict; readonly messages: number; readonly output: string }> {
  const random = seeded(seed);
  const world = await createWorld({ shops: 5, channels: 3, timeScale, random });
  const { tiktok, slack, service } = world;
  try {
    tiktok.webhooks.behave({ duplicated: 0.1, shuffled: 0.1, shuffleMs: 300 });
    slack.disturb({ duplicate: 0.1, shuffleMs: 100 });
    await service.start(more);
    tiktok.server.planFaults(troubled(random, tiktokRateLimited, ({ path }) => path.startsWith('/customer_service/')));
    slack.server.planFaults(troubled(random, slackRateLimited, ({ path }) => path.startsWith('/api/')));
    const traffic = createTraffic(world, 3, random);
    for (let kill = 0; kill < kills; kill += 1) {
      await traffic.run({ forMs: 1_000 + random() * 1_000, everyMs: 40 });
      await service.kill();
      // Some is written while nobody is there to take it.
      await traffic.run({ forMs: 200, everyMs: 40 });
      await service.start(more);
    }
    await traffic.run({ forMs: 1_000, everyMs: 40 });
    tiktok.server.planFaults(null);
    slack.server.planFaults(null);
    let verdict = check(world, traffic.talks);
    for (const until = performance.now() + drainMs; !isClean(verdict) && performance.now() < until; verdict = check(world, traffic.talks)) {
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    const unfinished = isClean(verdict) ? '' : await unfinishedOf(world, verdict);
    const messages = traffic.talks.reduce((sum, { buyer, replies }) => sum + buyer.length + replies.length, 0);
    return { verdict, messages, output: `${service.output().slice(-3_000)}\n${unfinished}` };
  } finally {
    await world.close();
  }
}

/** What the service itself says of the messages that are missing. */
async function unfinishedOf({ service, slack, adminToken }: World, { doubled }: Verdict): Promise<string> {
  const ask = async (path: string) =>
    (await fetch(`${service.url}/api/${path}`, { headers: { authorization: `Bearer ${adminToken}` } })).text();
  const twice = slack.posts().filter(({ text }) => doubled.some((one) => text.includes(one)));
  const deliveries = new Set(twice.map(({ metadata }) => String(metadata?.event_payload['delivery_id'])));
  const traces = [...deliveries].map((id) => `trace/${encodeURIComponent(id)}`);
  return (await Promise.all(['outbox?limit=100', 'dead-letters?limit=100', ...traces].map(ask))).join('\n');
}

const isClean = (verdict: Verdict): boolean => Object.values(verdict).every((list: readonly string[]) => list.length === 0);

describe('killed again and again', () => {
  const seed = Number(process.env['KILL_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

  it(`loses nothing, doubles nothing, keeps the order (KILL_SEED=${seed})`, async () => {
    const { verdict, messages, output } = await ordeal(seed);
    expect(verdict, output).toEqual({ lost: [], doubled: [], outOfOrder: [], withoutReceipt: [], leaked: [] });
    expect(messages).toBeGreaterThan(150);
  }, 180_000);
});
