import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { text as words } from '../../src/core/texts/index.ts';
import { eventually } from './eventually.ts';
import { createWorld, type World } from './world.ts';

describe('Slack over Socket Mode', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld({ shops: 1, channels: 1, timeScale: 20, random: Math.random, socketMode: true });
    await world.service.start();
  });
  afterAll(() => world.close());

  it('takes replies without a public address, also after the connection was cut by a kill', async () => {
    const { tiktok, slack, service, shopIds, channelIds, agents } = world;
    const [shop = '', channel = '', agent = ''] = [shopIds[0], channelIds[0], agents[0]];
    const conversation = tiktok.openConversation(shop);
    tiktok.buyerWrites(shop, conversation, 'Do you ship to Laos?');
    const thread = await eventually(() => slack.threads(channel)[0], service.output);
    slack.personPosts(agent, channel, thread.rootTs, 'We do.');
    await eventually(() => tiktok.received.find(({ text }) => text === 'We do.'), service.output);
    await service.kill();
    slack.personPosts(agent, channel, thread.rootTs, 'It takes a week.');
    await service.start();
    await eventually(() => tiktok.received.find(({ text }) => text === 'It takes a week.'), service.output);
    expect(tiktok.received.map(({ text }) => text)).toEqual(['We do.', 'It takes a week.']);
  });

  it('answers a command with its acknowledgement', async () => {
    const { slack, service, channelIds, agents } = world;
    const [channel = '', agent = ''] = [channelIds[0], agents[0]];
    await slack.useCommand(agent, channel, '/tm', 'help');
    const shown = await eventually(() => slack.ephemerals.find(({ user }) => user === agent), service.output);
    expect(JSON.stringify(shown.blocks)).toContain(words('en', 'help.note'));
  });
});
