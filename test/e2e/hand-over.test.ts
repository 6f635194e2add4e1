import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../store-helper.ts';
import { eventually } from './eventually.ts';
import { createWorld, type World } from './world.ts';

describe('two processes on one store', () => {
  let server: TestServer;
  let world: World;
  beforeAll(async () => {
    server = await startTestServer();
    world = await createWorld({ shops: 2, channels: 1, timeScale: 20, random: Math.random, mongodbUri: server.uri });
  });
  afterAll(async () => {
    await world.close();
    await server.stop();
  });

  // Lease, request deadline and a beat make up to 18 s until the other process is sure.
  it('hand over when one dies, and show each message once', async () => {
    const { tiktok, slack, service, shopIds, channelIds, agents } = world;
    const [shop = '', channel = '', agent = ''] = [shopIds[0], channelIds[0], agents[0]];
    const twin = await world.twin();
    await service.start();
    await twin.start();
    const conversation = tiktok.openConversation(shop);
    tiktok.buyerWrites(shop, conversation, 'first words');
    const thread = await eventually(
      () => slack.threads(channel).find(({ posts }) => posts[0]?.text.includes('first words')),
      service.output,
    );

    await service.kill();
    world.sendEventsTo(twin);
    tiktok.buyerWrites(shop, conversation, 'second words');
    slack.personPosts(agent, channel, thread.rootTs, 'an answer');
    await eventually(() => slack.posts(channel).find(({ text }) => text.includes('second words')), twin.output);
    await eventually(() => tiktok.received.find(({ text }) => text === 'an answer'), twin.output);

    await service.start();
    tiktok.buyerWrites(shop, conversation, 'third words');
    await eventually(() => slack.posts(channel).find(({ text }) => text.includes('third words')), twin.output);
    for (const words of ['first words', 'second words', 'third words']) {
      expect(slack.posts(channel).filter(({ text }) => text.includes(words))).toHaveLength(1);
    }
    expect(tiktok.received).toHaveLength(1);
  });
});
