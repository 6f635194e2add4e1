import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createScene, type Scene, type Talk } from './scene.ts';
import { createWorld, type World } from './world.ts';

const sentMark = 'white_check_mark';

/** The team's target, short enough to be waited for. */
const yaml = `
sla:
  policies:
    - { name: quick, within: 12s, reminders: [{ after: 6s, to: group }, { after: 12s, to: supervisor }] }`;

describe('reminders', () => {
  let world: World;
  let scene: Scene;
  beforeAll(async () => {
    world = await createWorld({ shops: 1, channels: 1, timeScale: 20, random: Math.random, yaml });
    await world.service.start();
    scene = createScene(world);
  });
  afterAll(() => world.close());

  /** Posts in the channel itself that lead to this talk's thread. */
  function reminders({ channelId, rootTs }: Talk): string[] {
    const messages = world.slack.world.channels.get(channelId)?.messages ?? [];
    const raw = messages.filter(({ ts, threadTs }) => threadTs === null && ts !== rootTs).map((message) => JSON.stringify(message));
    return raw.filter((words) => words.includes(`/p${rootTs.replace('.', '')}"`));
  }
  const warned = (talk: Talk) => reminders(talk).filter((words) => words.includes('answer by'));

  it('come before the time is over and when it is, once each, and lead to the thread', async () => {
    const talk = await scene.opens('Is anybody there?');
    const first = await scene.eventually(() => warned(talk)[0]);
    expect(first).toContain('"range":"here"');
    await scene.eventually(() => reminders(talk).find((words) => words.includes('still waits')));
    await scene.marked(talk, scene.agentWrites(talk, 'Yes, how may I help?'), sentMark);
    expect(warned(talk)).toHaveLength(1);
    expect(reminders(talk)).toHaveLength(2);
  });

  it('do not come for what was answered in time', async () => {
    const talk = await scene.opens('A quick question');
    // Marketplaces cut their times to the second: what is answered within it does not count as an answer to it.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await scene.marked(talk, scene.agentWrites(talk, 'A quick answer'), sentMark);
    const later = await scene.opens('Another one, later');
    await scene.eventually(() => warned(later)[0]);
    expect(reminders(talk)).toEqual([]);
  });

  it('that were missed while nothing ran come as one digest', async () => {
    const talks: Talk[] = [];
    for (const words of ['one', 'two', 'three', 'four']) talks.push(await scene.opens(`${words} of many`));
    await world.service.kill();
    await new Promise((resolve) => setTimeout(resolve, 12_000));
    await world.service.start();
    await scene.eventually(() => talks.every((talk) => reminders(talk).some((words) => words.includes('still waits'))));
    const digests = new Set(talks.flatMap(reminders).filter((words) => words.includes('still waits')));
    expect(digests.size).toBeLessThan(talks.length);
    for (const talk of talks) expect(reminders(talk).filter((words) => words.includes('still waits'))).toHaveLength(1);
  });

  it('of what came while nothing ran lead to the threads that are opened for it', async () => {
    const [shopId = ''] = world.shopIds;
    await world.service.kill();
    const all = ['five', 'six', 'seven', 'eight'].map((number) => {
      const conversationId = world.tiktok.openConversation(shopId, { nickname: 'Somchai' });
      const words = `${number} of many`;
      world.tiktok.buyerWrites(shopId, conversationId, words);
      return { conversationId, words };
    });
    await new Promise((resolve) => setTimeout(resolve, 12_000));
    await world.service.start();
    for (const { conversationId, words } of all) {
      const { channel, rootTs } = await scene.eventually(() =>
        world.slack.threads().find(({ posts }) => posts[0]?.fromBot && posts[0].text.includes(words)),
      );
      const talk: Talk = { shopId, channelId: channel, conversationId, rootTs };
      await scene.eventually(() => reminders(talk).some((line) => line.includes('still waits')));
      expect(reminders(talk)).toHaveLength(1);
    }
  });
});
