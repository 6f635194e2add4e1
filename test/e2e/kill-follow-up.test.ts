import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Step } from '../../src/pipeline/deps.ts';
import { createScene, type Scene } from './scene.ts';
import { createWorld, type World } from './world.ts';

const question = 'Somchai, was that all?';

/** Of the way from the moment at which it is due to the buyer, and back to the thread. */
const steps = ['before-decide', 'decided', 'effects-inserted', 'claimed', 'after-send', 'result-stored'] satisfies Step[];

describe('killed while a silent buyer is asked', () => {
  let world: World;
  let scene: Scene;
  beforeAll(async () => {
    world = await createWorld({
      ...{ shops: 1, channels: 1, timeScale: 20, random: Math.random },
      yaml: `
desk: { followUp: { template: still, after: 6s } }
templates: [{ name: still, text: '{{buyer.name}}, was that all?' }]`,
    });
    scene = createScene(world);
  });
  afterAll(() => world.close());

  it.each(steps)('at %s: they are asked once, and the thread shows it once', async (step) => {
    const { service, tiktok } = world;
    await service.start({ KILL_AT: step, ARMED: 'later' });
    const talk = await scene.opens(`Is it ${step}?`);
    // Without webhooks our own sends have no echo: what comes next is the question.
    tiktok.webhooks.behave({ dropped: 1 });
    await scene.marked(talk, scene.agentWrites(talk, 'Yes, it is.'), 'white_check_mark');
    await service.arm();
    // On a machine so slow that it was asked before, there is nothing to be killed at.
    await Promise.race([service.died(), scene.shown(talk, question)]);
    await service.kill();
    tiktok.webhooks.behave({ dropped: 0 });
    await service.start();
    await scene.shown(talk, question);
    expect(scene.received(talk)).toEqual(['Yes, it is.', question]);
    expect(scene.thread(talk).posts.filter(({ text }) => text.includes(question))).toHaveLength(1);
    await service.kill();
  });
});
