import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { platforms } from './desk.ts';
import { createScene, type Scene, type Talk } from './scene.ts';
import { createWorld, type World } from './world.ts';

/** The team's target, short enough to be waited for. */
const yaml = `
sla:
  policies:
    - { name: quick, within: 12s, reminders: [{ after: 6s, to: group }, { after: 12s, to: supervisor }] }`;

describe.each(platforms)('reminders in %s', (chat) => {
  // Who is reminded of what is decided where no chat is known: that is played through once.
  const itOnce = it.skipIf(chat !== 'slack');
  let world: World;
  let scene: Scene;
  beforeAll(async () => {
    world = await createWorld({ shops: 1, channels: 1, timeScale: 20, random: Math.random, yaml, chat });
    await world.service.start();
    scene = createScene(world);
  });
  afterAll(() => world.close());

  /** Posts in the channel itself that lead to this talk's thread. */
  const reminders = ({ channelId, rootTs }: Talk) =>
    world.desk.announced(channelId).filter((raw) => world.desk.leadsTo(raw, channelId, rootTs));
  const warned = (talk: Talk) => reminders(talk).filter((words) => words.includes('answer by'));

  it('come before the time is over and when it is, once each, and lead to the thread', async () => {
    const talk = await scene.opens('Is anybody there?');
    const first = await scene.eventually(() => warned(talk)[0]);
    expect(world.desk.callsAll(first)).toBe(true);
    await scene.eventually(() => reminders(talk).find((words) => words.includes('still waits')));
    await scene.marked(talk, scene.agentWrites(talk, 'Yes, how may I help?'), world.desk.marks.sent);
    expect(warned(talk)).toHaveLength(1);
    expect(reminders(talk)).toHaveLength(2);
  });

  itOnce('do not come for what was answered in time', async () => {
    const talk = await scene.opens('A quick question');
    // Marketplaces cut their times to the second: what is answered within it does not count as an answer to it.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await scene.marked(talk, scene.agentWrites(talk, 'A quick answer'), world.desk.marks.sent);
    const later = await scene.opens('Another one, later');
    await scene.eventually(() => warned(later)[0]);
    expect(reminders(talk)).toEqual([]);
  });

  itOnce('that were missed while nothing ran come as one digest', async () => {
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

  itOnce('of what came while nothing ran lead to the threads that are opened for it', async () => {
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
      const talk = await scene.threadOf(shopId, conversationId, words);
      await scene.eventually(() => reminders(talk).some((line) => line.includes('still waits')));
      expect(reminders(talk)).toHaveLength(1);
    }
  });
});
