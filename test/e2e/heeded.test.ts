import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createScene, type Scene } from './scene.ts';
import { createWorld, type World } from './world.ts';

/** Long enough for a slow machine to start twice within it. */
const undoSeconds = 15;

describe('a process that dies with an edit in its inbox', () => {
  let world: World;
  let scene: Scene;
  beforeAll(async () => {
    world = await createWorld({ shops: 1, channels: 1, timeScale: 50, random: Math.random, undoSeconds });
    scene = createScene(world);
    await world.service.start();
  });
  afterAll(() => world.close());

  it('heeds it before it sends the reply that has become due meanwhile', async () => {
    const { service, slack } = world;
    const talk = await scene.opens('Is it blue?');
    const ts = scene.agentWrites(talk, 'It is bleu.');
    const dueAtMs = Date.now() + undoSeconds * 1_000;
    // It has been decided on, so that the next decision is the one about the edit.
    await slack.settled();
    await scene.eventually(() => slack.posts().some(({ text }) => text.includes('With agent-1')));
    await service.kill();
    await service.start({ KILL_AT: 'before-decide:1' });
    slack.personEdits(talk.channelId, ts, 'It is blue.');
    await service.died();
    await new Promise((resolve) => setTimeout(resolve, dueAtMs + 500 - Date.now()));
    // The service asks anew who wrote, and is not told at once: the decision takes longer than a send.
    slack.server.planFaults(({ path }) => (path === '/api/users.info' ? { kind: 'status', status: 503 } : null));
    await service.start();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    slack.server.planFaults(null);
    await scene.marked(talk, ts, 'white_check_mark');
    expect(scene.received(talk)).toEqual(['It is blue.']);
  });
});
