import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../store-helper.ts';
import { type Passage, type StoreProxy, startStoreProxy } from '../store-proxy.ts';
import { check } from './checker.ts';
import { eventually } from './eventually.ts';
import { seeded } from './random.ts';
import { createTraffic, type Traffic } from './traffic.ts';
import { clean } from './verdict.ts';
import { createWorld, type World } from './world.ts';

const everyMs = 60;
/** What a marketplace was refused twice it sends again after half an hour: 18 seconds. */
const timeScale = 100;
/** Below the three seconds that platforms wait, with room for a slow machine. */
const answerWithinMs = 10_000;

describe('when the way to the store', () => {
  let server: TestServer;
  let proxy: StoreProxy;
  let world: World;
  let traffic: Traffic;
  beforeAll(async () => {
    server = await startTestServer();
    proxy = await startStoreProxy(server.uri);
    world = await createWorld({ shops: 2, channels: 1, timeScale, random: seeded(1), mongodbUri: proxy.uri });
    traffic = createTraffic(world, 2, seeded(2));
    await world.service.start();
    // It takes events before it has started in full, and a start without a store fails.
    await eventually(() => world.service.output().includes('"listening"'), world.service.output);
  });
  afterEach(() => proxy.pass('open'));
  afterAll(async () => {
    await world.close();
    await proxy.close();
    await server.stop();
  });

  it.each<[string, Passage, { readonly delayMs?: number; readonly forMs: number }]>([
    ['is cut', 'cut', { forMs: 2_000 }],
    ['loses what comes back', 'no-answers', { forMs: 1_500 }],
    // Longer than a lease, and than it takes to notice: nothing ends the connections.
    ['lets nothing through and stays open', 'held', { forMs: 12_000 }],
    ['is slow', 'open', { forMs: 3_000, delayMs: 250 }],
  ])('%s under load: nothing acknowledged is lost, nothing doubled, and all goes on by itself', async (_, passage, { delayMs, forMs }) => {
    await traffic.run({ forMs: 1_000, everyMs });
    proxy.pass(passage, delayMs);
    const writing = traffic.run({ forMs, everyMs: 4 * everyMs });
    if (passage !== 'open') {
      // Whoever comes meanwhile is asked to come again, and does not wait until he gives up.
      await eventually(async () => {
        const { body, headers } = world.tiktok.signed(
          JSON.stringify({ type: 999, tts_notification_id: String(Math.random()), shop_id: '1' }),
        );
        const signal = AbortSignal.timeout(answerWithinMs);
        const answer = await fetch(`${world.service.url}/hooks/tiktok-shop`, {
          method: 'POST',
          headers: { ...headers },
          body: Buffer.from(body),
          signal,
        });
        return answer.status === 503;
      }, world.service.output);
    }
    await writing;
    proxy.pass('open');
    await eventually(async () => (await fetch(`${world.service.url}/readyz`)).ok, world.service.output);
    await traffic.run({ forMs: 500, everyMs });
    const verdict = () => check(world, traffic.talks);
    await eventually(
      () => Object.values(verdict()).every((list: readonly string[]) => list.length === 0),
      () => `${JSON.stringify(verdict())}\n${world.service.output()}`,
    );
    expect(verdict()).toEqual(clean);
  });
});
