import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { FakeRequest, FaultPlan } from '../kits/fake-server.ts';
import { startTestServer, type TestServer } from '../store-helper.ts';
import { type StoreProxy, startStoreProxy } from '../store-proxy.ts';
import { check } from './checker.ts';
import { eventually } from './eventually.ts';
import { seeded } from './random.ts';
import { createScene, type Scene } from './scene.ts';
import { createTraffic, type Traffic } from './traffic.ts';
import { createWorld, type World } from './world.ts';

/** Two hours of the platforms pass in twelve seconds. */
const timeScale = 600;
const twoHoursMs = (2 * 3_600_000) / timeScale;
const staleAfterMs = 60_000;

/** Gone in every way that a platform goes: refusing, cutting, answering with a gateway's page. */
function away(random: () => number, concerns: (request: FakeRequest) => boolean): FaultPlan {
  return (request) => {
    if (!concerns(request)) return null;
    const chance = random();
    if (chance < 0.3) return { kind: 'cut-before' };
    if (chance < 0.6) return { kind: 'status', status: 503, body: 'upstream connect error' };
    return { kind: 'status', status: 502, headers: { 'content-type': 'text/html' }, body: '<html>bad gateway</html>' };
  };
}

const noFaults = { lost: [], doubled: [], outOfOrder: [], withoutReceipt: [] };

/** Waits until everything that was written stands where it should, and says so. */
async function everythingArrives(world: World, { talks }: Traffic): Promise<void> {
  const counted = () => {
    const { lost, doubled, outOfOrder, withoutReceipt } = check(world, talks);
    return { lost, doubled, outOfOrder, withoutReceipt };
  };
  await eventually(
    () => Object.values(counted()).every((list: readonly string[]) => list.length === 0),
    () => `${world.service.output().slice(-2_000)}\n${JSON.stringify(counted()).slice(0, 3_000)}`,
  );
  expect(counted()).toEqual(noFaults);
  expect((await world.api<{ items: unknown[] }>('dead-letters?limit=200')).items).toEqual([]);
}

/** The platform where the team works is away for two hours. */
async function chatIsAway(world: World, traffic: Traffic): Promise<void> {
  const { chat, service, opsId } = world;
  await traffic.run({ forMs: 1_000, everyMs: 60 });
  chat.server.planFaults(away(seeded(3), chat.isCall));
  await traffic.run({ forMs: twoHoursMs, everyMs: 100 });
  chat.server.planFaults(null);
  const before = chat.server.log.length;
  await everythingArrives(world, traffic);
  // At the pace that the platform allows: it had to refuse nothing.
  expect(chat.server.log.slice(before).filter(({ status }) => status === chat.rateLimited.status)).toEqual([]);
  const told = () => chat.posts(opsId).filter(({ text }) => text.includes('did not answer'));
  await eventually(() => told().length > 0, service.output);
  expect(told()).toHaveLength(1);
}

describe.each(['feishu', 'dingtalk'] as const)('an outage of %s for two hours', (chat) => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld({ shops: 3, channels: 2, timeScale, random: seeded(1), ops: true, chat });
    await world.service.start();
  });
  afterAll(() => world.close());

  it('delays what is said, loses none of it, and is told once', () => chatIsAway(world, createTraffic(world, 2, seeded(2), 0.3)));
});

describe('an outage', () => {
  let server: TestServer;
  let proxy: StoreProxy;
  let world: World;
  let scene: Scene;
  let traffic: Traffic;
  beforeAll(async () => {
    server = await startTestServer();
    proxy = await startStoreProxy(server.uri);
    world = await createWorld({
      shops: 4,
      channels: 2,
      timeScale,
      random: seeded(1),
      ops: true,
      mongodbUri: proxy.uri,
      yaml: 'screening: { release: anyone }',
    });
    await world.service.start();
    await world.apply(`reply: { undoSeconds: 0, staleAfterMinutes: ${staleAfterMs / 60_000} }`);
    scene = createScene(world);
    traffic = createTraffic(world, 2, seeded(2), 0.3);
  });
  afterEach(() => {
    world.slack.server.planFaults(null);
    world.tiktok.server.planFaults(null);
    proxy.pass('open');
  });
  afterAll(async () => {
    await world.close();
    await proxy.close();
    await server.stop();
  });

  const deadLetters = async () => (await world.api<{ items: unknown[] }>('dead-letters?limit=200')).items;
  const told = (words: string) => world.slack.posts(world.opsId).filter(({ text }) => text.includes(words));
  it('of Slack for two hours delays what is said, loses none of it, and is told once', () => chatIsAway(world, traffic));

  it('of the marketplace for some shops harms no other; what went stale waits for a person, and is told once', async () => {
    const { tiktok, accessTokens } = world;
    const gone = new Set(accessTokens.slice(0, 2));
    const isGone = ({ path, headers }: FakeRequest) =>
      path.startsWith('/customer_service/') && gone.has(headers['x-tts-access-token'] ?? '');
    const [held, fresh, well] = [
      await scene.opens('Is it blue?', 0),
      await scene.opens('Is it green?', 1),
      await scene.opens('Is it red?', 2),
    ];
    const alike = [await scene.opens('Is it grey?', 0), await scene.opens('Is it white?', 1), await scene.opens('Is it black?', 1)];
    tiktok.server.planFaults(away(seeded(4), isGone));
    const stale = ['It is.', 'As the sky.', 'And the sea.'];
    for (const words of stale) {
      scene.agentWrites(held, words);
      await world.slack.settled();
    }
    for (const talk of alike) scene.agentWrites(talk, 'Perhaps.');
    // Others are answered meanwhile, and all buyers are heard.
    const until = performance.now() + staleAfterMs + 2_000;
    const others: string[] = [];
    while (performance.now() < until) {
      others.push(`Red, ${others.length}.`);
      const ts = scene.agentWrites(well, others.at(-1) ?? '');
      await scene.marked(well, ts, 'white_check_mark');
      scene.buyerWrites(held, `Hello, ${others.length}?`);
      await scene.shown(held, `Hello, ${others.length}?`);
      await new Promise((resolve) => setTimeout(resolve, 2_000));
    }
    expect(scene.received(well)).toEqual(others);
    const late = scene.agentWrites(fresh, 'It is, too.');
    await scene.told('does not answer');
    expect([held, fresh, ...alike].flatMap(scene.received)).toEqual([]);

    tiktok.server.planFaults(null);
    await scene.marked(fresh, late, 'white_check_mark');
    for (const [index, words] of stale.entries()) {
      const asked = await scene.eventually(() => {
        const questions = scene.thread(held).posts.filter(({ text }) => text.includes('was not sent by itself'));
        return questions.length > index && questions[index];
      });
      await scene.press(held, asked, 'Send');
      await scene.reaches(held, words);
    }
    expect(scene.received(held)).toEqual(stale);
    expect(alike.flatMap(scene.received), 'nobody said that these are still right').toEqual([]);
    await scene.told('works again');
    expect([told('does not answer').length, told('tiktok-shop works again').length]).toEqual([1, 1]);
    expect(await deadLetters()).toEqual([]);
  }, 240_000);

  it('of the store for a while under load refuses what it cannot keep, and loses nothing that it took', async () => {
    await traffic.run({ forMs: 1_000, everyMs: 60 });
    proxy.pass('cut');
    await traffic.run({ forMs: Number(process.env['STORE_AWAY_MS'] ?? 10_000), everyMs: 100 });
    proxy.pass('open');
    await everythingArrives(world, traffic);
  });
});
