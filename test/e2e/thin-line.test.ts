import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from './eventually.ts';
import { createWorld, type World } from './world.ts';

describe('one message there and back', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld({ shops: 1, channels: 1, timeScale: 20, random: Math.random });
    await world.service.start();
  });
  afterAll(() => world.close());

  it('opens a thread for a buyer, and sends the answer in it back with a receipt', async () => {
    const { tiktok, slack, shopIds, channelIds, agents } = world;
    const [shop = '', channel = '', agent = ''] = [shopIds[0], channelIds[0], agents[0]];
    const conversation = tiktok.openConversation(shop, { nickname: 'Somchai' });
    tiktok.buyerWrites(shop, conversation, 'Is it in stock?');
    const thread = await eventually(
      () => slack.threads(channel).find(({ posts }) => posts[0]?.text.includes('Is it in stock?')),
      world.service.output,
    );
    slack.personPosts(agent, channel, thread.rootTs, 'Yes, it ships today.');
    await eventually(
      () => tiktok.received.find(({ conversationId, text }) => conversationId === conversation && text === 'Yes, it ships today.'),
      world.service.output,
    );
    await eventually(
      () => slack.posts(channel).find(({ text, reactions }) => text === 'Yes, it ships today.' && reactions.length > 0),
      world.service.output,
    );
    expect(tiktok.received).toHaveLength(1);
    expect(slack.threads(channel)).toHaveLength(1);
    expect(await world.service.stop()).toBe(0);
  });
});
