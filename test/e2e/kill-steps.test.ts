import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Step, steps } from '../../src/pipeline/deps.ts';
import type { FakeRequest } from '../kits/fake-server.ts';
import { check } from './checker.ts';
import { eventually } from './eventually.ts';
import { seeded } from './random.ts';
import { createTraffic, type Traffic } from './traffic.ts';
import { clean, isClean } from './verdict.ts';
import { createWorld, type World } from './world.ts';

const everyMs = 40;
/** A slow machine starts slowly. */
const longestMs = 120_000;

const directions = ['to the thread', 'to the buyer'] as const;
type Direction = (typeof directions)[number];
const cases = steps.flatMap((step) => directions.map((direction) => ({ step, direction })));

const posts = ({ path }: FakeRequest) => path === '/api/chat.postMessage';
const sends = ({ method, path }: FakeRequest) => method === 'POST' && path.endsWith('/messages');

/** Only one side writes while it waits for its death, so the first visit of a step is one in that direction. */
describe('killed at each step of the pipeline, in both directions', () => {
  let world: World;
  let traffic: Traffic;

  /** Starts it; it will die at the first visit of the step once it is armed. Resolves when nothing is left to do. */
  async function recover(step: Step | undefined): Promise<void> {
    const { service } = world;
    await service.start(step ? { KILL_AT: step, ARMED: 'later' } : {});
    const verdict = () => check(world, traffic.talks);
    await eventually(
      () => isClean(verdict()),
      () => `${JSON.stringify(verdict())}\n${service.output()}`,
    );
    while ((await world.api<{ items: unknown[] }>('outbox?limit=1')).items.length > 0)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect(verdict()).toEqual(clean);
  }

  beforeAll(async () => {
    world = await createWorld({ shops: 2, channels: 1, timeScale: 50, random: seeded(7) });
    traffic = createTraffic(world, 1, seeded(8), 0.45, 'replies');
    await world.service.start();
    // Every thread is open, and somebody has it.
    await traffic.run({ everyMs, forMs: 2_000 });
    await world.service.kill();
    await recover(cases[0]?.step);
  });
  afterAll(() => world.close());

  it.each(cases.map((one, index) => ({ ...one, next: cases[index + 1]?.step })))(
    '$step, $direction',
    async ({ step, direction, next }: { readonly step: Step; readonly direction: Direction; readonly next: Step | undefined }) => {
      const { service, slack, tiktok } = world;
      const toBuyer = direction === 'to the buyer';
      // Without webhooks our own sends have no echo, which would go the other way.
      tiktok.webhooks.behave({ dropped: toBuyer ? 1 : 0 });
      // What is looked up is what was being sent when the connection broke.
      if (step === 'look-up') (toBuyer ? tiktok : slack).server.failNext(toBuyer ? sends : posts, { kind: 'cut-after' });
      await service.arm();
      await traffic.run({ until: service.died(), everyMs, answers: toBuyer ? 1 : 0 });
      tiktok.webhooks.behave({ dropped: 0 });
      expect(service.output().trimEnd().split('\n').at(-1)).toBe(`killed at ${step}`);
      await recover(next);
    },
    longestMs,
  );
});
