import { describe, expect, it } from 'vitest';
import { inquiryId, shopId } from '../../src/core/ids.ts';
import { createDueTimers } from '../../src/pipeline/due-timers.ts';
import type { Incoming } from '../../src/pipeline/ingest.ts';
import type { Due } from '../../src/store/inquiries.ts';
import { createHandTime } from './hand-time.ts';

const shop = shopId('tiktok-shop:749');

function create(inStore: readonly Due[] = []) {
  const time = createHandTime();
  const stored: { readonly key: string; readonly atMs: number }[] = [];
  const failures: unknown[] = [];
  let away = false;
  const timers = createDueTimers({
    inquiries: { dueBefore: async (moment) => inStore.filter(({ dueAt }) => dueAt <= moment) },
    store: async (events: readonly Incoming[]) => {
      if (away) throw new Error('the store is away');
      for (const { key } of events) stored.push({ key, atMs: time.clock.monotonicMs() });
    },
    clock: time.clock,
    timers: time.timers,
    failed: (error) => void failures.push(error),
  });
  const startMs = time.clock.now().getTime();
  return {
    ...timers,
    time,
    stored,
    failures,
    seconds: (count: number) => new Date(startMs + count * 1_000),
    goAway: (is: boolean) => (away = is),
  };
}

const due = (id: string, dueAt: Date, version = 1): Due => ({ _id: inquiryId(id), shopId: shop, version, dueAt });

describe('due timers', () => {
  it('name an inquiry and its version once, when its moment has come', async () => {
    const { learn, time, stored, seconds } = create();
    learn([due('a', seconds(30)), due('b', seconds(10), 7)]);
    await time.pass(9_900);
    expect(stored).toEqual([]);
    await time.pass(60_000);
    expect(stored).toEqual([
      { key: 'b:7', atMs: 10_000 },
      { key: 'a:1', atMs: 30_000 },
    ]);
  });
  it('forget what an inquiry no longer waits for', async () => {
    const { learn, time, stored, seconds } = create();
    learn([due('a', seconds(10)), due('b', seconds(10))]);
    learn([{ ...due('a', seconds(10), 2), dueAt: null }, due('b', seconds(20), 2)]);
    await time.pass(60_000);
    expect(stored).toEqual([{ key: 'b:2', atMs: 20_000 }]);
  });
  it('leave what is far away to a sweep, and take what was missed at once', async () => {
    const far = due('far', createHandTime().clock.now());
    const { learn, sweep, time, stored, seconds } = create([far]);
    learn([due('later', seconds(3_600))]);
    expect(await sweep()).toBe(1);
    await time.pass(4_000_000);
    expect(stored).toEqual([{ key: 'far:1', atMs: 100 }]);
  });
  it('store five hundred at a time', async () => {
    const { learn, time, stored, seconds } = create();
    learn(Array.from({ length: 1_200 }, (_, index) => due(`i${index}`, seconds(1))));
    await time.pass(1_000);
    expect(stored).toHaveLength(500);
    await time.pass(200);
    expect(new Set(stored.map(({ key }) => key)).size).toBe(1_200);
  });
  it('try again while the store is away, and lose nothing', async () => {
    const { learn, time, stored, failures, seconds, goAway } = create();
    goAway(true);
    learn([due('a', seconds(1))]);
    await time.pass(3_500);
    expect([stored, failures.length]).toEqual([[], 3]);
    goAway(false);
    await time.pass(1_000);
    expect(stored).toEqual([{ key: 'a:1', atMs: 4_000 }]);
  });
  it('are silent once they have stopped', async () => {
    const { learn, stop, time, stored, seconds } = create();
    learn([due('a', seconds(1))]);
    stop();
    learn([due('b', seconds(1))]);
    await time.pass(5_000);
    expect(stored).toEqual([]);
  });
});
