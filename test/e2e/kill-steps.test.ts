import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Step, steps } from '../../src/pipeline/deps.ts';
import { check } from './checker.ts';
import { eventually } from './eventually.ts';
import { seeded } from './random.ts';
import { createTraffic, type Traffic } from './traffic.ts';
import { clean } from './verdict.ts';
import { createWorld, type World } from './world.ts';

const everyMs = 40;
/** A slow machine starts slowly. */
const longestMs = 120_000;

describe('killed at each step of the pipeline', () => {
  let world: World;
  let traffic: Traffic;
  beforeAll(async () => {
    world = await createWorld({ shops: 2, channels: 1, timeScale: 50, random: seeded(7) });
    traffic = createTraffic(world, 1, seeded(8));
  });
  afterEach(() => world.service.kill());
  afterAll(() => world.close());

  it.each(steps)(
    '%s',
    async (step: Step) => {
      const { service, slack } = world;
      // What is looked up is what was being sent when the connection broke.
      if (step === 'look-up') slack.server.failNext(({ path }) => path === '/api/chat.postMessage', { kind: 'cut-after' });
      await service.start({ KILL_AT: `${step}:${step === 'look-up' ? 1 : 3}` });
      await traffic.run({ until: service.died(), everyMs });
      await service.start();
      const verdict = () => check(world, traffic.talks);
      const isClean = () => Object.values(verdict()).every((list: readonly string[]) => list.length === 0);
      await eventually(isClean, () => `${JSON.stringify(verdict())}\n${service.output()}`);
      expect(verdict()).toEqual(clean);
    },
    longestMs,
  );
});
