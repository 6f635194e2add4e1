import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createScene, type Scene } from './scene.ts';
import { createWorld, type World } from './world.ts';

const numbered = (count: number, words: string): string[] => Array.from({ length: count }, (_, index) => `${words} ${index + 1}.`);

/** At the platforms' own pace: their limits are felt, however slow the machine. */
describe('when more happens than a channel takes', () => {
  let world: World;
  let scene: Scene;
  beforeAll(async () => {
    world = await createWorld({ shops: 1, channels: 1, timeScale: 1, random: Math.random });
    scene = createScene(world);
    await world.service.start();
  });
  afterAll(() => world.close());

  it('shows several messages in one post, in order, and none twice', async () => {
    const talk = await scene.opens('I have many questions.');
    const questions = numbered(24, 'Question');
    for (const words of questions) scene.buyerWrites(talk, words);
    await scene.shown(talk, 'Question 24.');
    const posts = scene.thread(talk).posts.slice(1);
    expect(posts.length).toBeLessThan(questions.length);
    expect(posts.flatMap(({ text }) => text.match(/Question \d+\./g) ?? [])).toEqual(questions);
  });

  it('lets the newest receipt vouch for the earlier ones, and still shows what is held', async () => {
    const talk = await scene.opens('Tell me about the bed.');
    const answers = numbered(16, 'Answer');
    const written: string[] = [];
    for (const words of answers) {
      written.push(scene.agentWrites(talk, words));
      // Slack sends its events side by side; what is to be in order has to arrive in order.
      await world.slack.settled();
    }
    const blocked = 'Write to lamp@example.com';
    scene.agentWrites(talk, blocked);
    await scene.shown(talk, 'This reply is held');
    await scene.marked(talk, written.at(-1) ?? '', 'white_check_mark');
    expect(scene.received(talk)).toEqual(answers);
    expect(written.filter((ts) => scene.post(talk, ts).reactions.length > 0).length).toBeLessThan(written.length);
    // With the message its mark goes: the reply before it has to show one of its own.
    world.slack.personDeletes(talk.channelId, written.at(-1) ?? '');
    await scene.marked(talk, written.at(-2) ?? '', 'white_check_mark');
  });
});
