import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startTroubledStore, type TroubledStore } from '../troubled-store.ts';
import { check } from './checker.ts';
import { eventually } from './eventually.ts';
import { seeded } from './random.ts';
import { createTraffic, type Traffic } from './traffic.ts';
import { clean } from './verdict.ts';
import { createWorld, type World } from './world.ts';

interface Ready {
  readonly ready: boolean;
  readonly checks: readonly { readonly name: string; readonly ok: boolean; readonly problem?: string }[];
}

describe('when the disk of the store takes no more', () => {
  let store: TroubledStore;
  let world: World;
  let traffic: Traffic;
  beforeAll(async () => {
    store = await startTroubledStore();
    world = await createWorld({ shops: 2, channels: 1, timeScale: 50, random: seeded(1), mongodbUri: store.uri });
    traffic = createTraffic(world, 2, seeded(2));
    await world.service.start();
  });
  afterEach(() => store.disk('good'));
  afterAll(async () => {
    await world.close();
    await store.close();
  });

  const readyz = async () => (await (await fetch(`${world.service.url}/readyz`)).json()) as Ready;
  /** One event larger than what is free in the pages that are there. It can only become a dead letter. */
  async function sendEvent() {
    const { body, headers } = world.tiktok.signed(`{"type":14,"filler":"${Math.random()}${'x'.repeat(300_000)}"}`);
    return fetch(`${world.service.url}/hooks/tiktok-shop`, { method: 'POST', headers: { ...headers }, body: Buffer.from(body) });
  }

  it.each([
    ['full', 'has no room left'],
    ['read-only', 'is read-only'],
  ] as const)('(%s): senders are asked to come again, the operator is told what to do, and all goes on by itself', async (state, words) => {
    await traffic.run({ forMs: 1_000, everyMs: 50 });
    store.disk(state);
    const refused = await eventually(async () => {
      const answer = await sendEvent();
      return answer.status === 503 && answer;
    }, world.service.output);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    await traffic.run({ forMs: 2_000, everyMs: 50 });

    const { ready, checks } = await readyz();
    expect([ready, checks.find(({ name }) => name === 'store')]).toEqual([false, { name: 'store', ok: false, problem: state }]);
    const { findings } = await world.api<{ findings: { check: string; problem?: string }[] }>('doctor');
    expect(findings.find(({ check: name }) => name === 'store')?.problem).toContain(words);
    // A small change still finds room in the pages that are there.
    if (state === 'read-only') await expect(world.apply('reply: { staleAfterMinutes: 45 }')).rejects.toThrow('503');
    expect(world.service.output().split(`"msg":"the store ${words}`), 'said once in the log').toHaveLength(2);
    expect((await fetch(`${world.service.url}/healthz`)).status).toBe(200);

    store.disk('good');
    await eventually(async () => (await readyz()).ready, world.service.output);
    expect((await sendEvent()).status).toBe(200);
    await traffic.run({ forMs: 500, everyMs: 50 });
    const verdict = () => check(world, traffic.talks);
    await eventually(
      () => Object.values(verdict()).every((list: readonly string[]) => list.length === 0),
      () => `${JSON.stringify(verdict())}\n${world.service.output()}`,
    );
    expect(verdict()).toEqual(clean);
  });
});
