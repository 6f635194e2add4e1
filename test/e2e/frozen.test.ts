import type { Connection } from 'mongoose';
import { describe, expect, it } from 'vitest';
import type { Delivery } from '../../src/core/delivery.ts';
import type { Step } from '../../src/pipeline/deps.ts';
import { openDatabase } from '../../src/store/open-database.ts';
import { startTestServer } from '../store-helper.ts';
import { check } from './checker.ts';
import { eventually } from './eventually.ts';
import { seeded } from './random.ts';
import type { ServiceProcess } from './service-process.ts';
import { createTraffic, type Traffic } from './traffic.ts';
import { clean, isClean, type Verdict } from './verdict.ts';
import { createWorld, type World } from './world.ts';

/** A slow machine. */
const longestMs = 300_000;

interface Frozen {
  readonly world: World;
  readonly twin: ServiceProcess;
  readonly traffic: Traffic;
  /** What the frozen one had claimed when it stopped, as it stood before it was woken. */
  readonly claimed: readonly Delivery[];
  /** The same, as it stands now. */
  claimedNow(): Promise<readonly Delivery[]>;
}

/** Two processes on one store; the one that serves stands still at `step` until the other has taken all over, is woken, and finds what it finds. */
async function standsStill(step: Step | 'anywhere', then: (frozen: Frozen) => Promise<void>): Promise<void> {
  const server = await startTestServer();
  const world = await createWorld({ shops: 2, channels: 1, timeScale: 50, random: seeded(1), mongodbUri: server.uri });
  const store = await openDatabase(server.uri);
  try {
    const { service } = world;
    const twin = await world.twin();
    await service.start(step === 'anywhere' ? {} : { FREEZE_AT: `${step}:8` });
    await twin.start();
    // Who stands still takes no webhook; that is the platforms' affair and the other's gain.
    world.sendEventsTo(twin);
    const traffic = createTraffic(world, 2, seeded(2));
    if (step === 'anywhere') {
      await traffic.run({ forMs: 1_000 + Math.random() * 1_000, everyMs: 50 });
      service.freeze();
    } else await traffic.run({ until: service.frozen(), everyMs: 100 });
    const ids = await idsUnderWay(store);
    await traffic.run({ until: takesAllGates(world, twin), everyMs: 600 });
    await eventually(async () => (await outboxOf(store, ids)).every(({ doneAt }) => doneAt), twin.output);
    const claimed = await outboxOf(store, ids);
    service.thaw();
    await eventually(() => service.output().includes('lease taken over by another process'), service.output);
    await traffic.run({ forMs: 1_000, everyMs: 100 });
    await then({ world, twin, traffic, claimed, claimedNow: () => outboxOf(store, ids) });
  } finally {
    await store.close();
    await world.close();
    await server.stop();
  }
}

const outboxOf = async (store: Connection, ids: readonly string[]): Promise<readonly Delivery[]> =>
  store
    .collection<Delivery>('outbox')
    .find({ _id: { $in: [...ids] as Delivery['_id'][] } })
    .sort({ _id: 1 })
    .toArray() as Promise<Delivery[]>;

const idsUnderWay = async (store: Connection): Promise<readonly string[]> =>
  (
    await store
      .collection<{ _id: string }>('outbox')
      .find({ state: { $in: ['sending', 'uncertain', 'settling'] } })
      .toArray()
  ).map(({ _id }) => _id);

/** Both shops' and the bot's. */
async function takesAllGates({ shopIds }: World, { output }: ServiceProcess): Promise<void> {
  await eventually(() => output().split('gate taken').length > shopIds.length + 1, output);
}

async function settles({ world, twin, traffic }: Frozen, enough: (verdict: Verdict) => boolean): Promise<Verdict> {
  await eventually(
    () => enough(check(world, traffic.talks)),
    () => `${JSON.stringify(check(world, traffic.talks))}\n${world.service.output().slice(-3_000)}\n${twin.output().slice(-3_000)}`,
  );
  return check(world, traffic.talks);
}

/**
 * Told under "not promised": no check can stand after the last one. Of what was being sent at that moment, and of nothing else, a second one may arrive, wherever
 * else the process stood still.
 */
function expectOnlyInFlight({ doubled, ...rest }: Verdict, { claimed }: Frozen): void {
  expect({ ...rest, doubled: [] }).toEqual(clean);
  const inFlight = JSON.stringify(claimed.map(({ content }) => content));
  expect(doubled.filter((what) => !what.startsWith('thread of ') && !inFlight.includes(what))).toEqual([]);
}

describe('a process that stood still past its lease, and is woken', () => {
  const steps: readonly (Step | 'anywhere')[] = ['anywhere', 'inquiry-replaced', 'after-send', 'sending'];

  it.each(steps)(
    'at %s: changes nothing of what the other did',
    (step) =>
      standsStill(step, async (frozen) => {
        expectOnlyInFlight(await settles(frozen, ({ doubled, ...rest }) => isClean({ ...rest, doubled: [] })), frozen);
        expect(await frozen.claimedNow()).toEqual(frozen.claimed);
        if (step === 'after-send') expect(frozen.world.service.output()).toContain('results came after another process had taken the gate');
      }),
    longestMs,
  );
});
