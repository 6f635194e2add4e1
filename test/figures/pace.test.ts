import { describe, expect, it } from 'vitest';
import { createPace, Stopped } from '../../src/figures/pace.ts';

/** Time passes by hand; a sleep that is asked for is noted, and over when `wake` is called. */
function handTime() {
  let nowMs = 5_000;
  const sleeps: { readonly ms: number; wake(): void }[] = [];
  return {
    sleeps,
    pass: (ms: number) => {
      nowMs += ms;
    },
    clock: { now: () => new Date(nowMs), monotonicMs: () => nowMs },
    timers: {
      after(ms: number, task: () => void) {
        const sleep = {
          ms,
          wake() {
            nowMs += ms;
            task();
          },
        };
        sleeps.push(sleep);
        return () => sleeps.splice(sleeps.indexOf(sleep), 1);
      },
    },
  };
}

describe('the pace of what can wait', () => {
  it('rests for its share after each piece of work, and does not count the rest as work', async () => {
    const time = handTime();
    const pace = createPace({ share: 0.1, ...time });
    time.pass(60_000);
    pace.begin();
    for (const workedMs of [4, 10]) {
      time.pass(workedMs);
      const rested = pace.rest();
      expect(time.sleeps.map(({ ms }) => Math.round(ms))).toEqual([workedMs * 9]);
      time.sleeps.pop()?.wake();
      await rested;
    }
  });

  it('rests no longer than half a minute, however long a piece took, as where the process was stopped or the store away', async () => {
    const time = handTime();
    const pace = createPace({ share: 0.04, ...time });
    pace.begin();
    time.pass(10 * 60_000);
    const rested = pace.rest();
    expect(time.sleeps.map(({ ms }) => ms)).toEqual([30_000]);
    time.sleeps.pop()?.wake();
    await rested;
  });

  it('asks for no sleep where no time has passed', async () => {
    const time = handTime();
    const pace = createPace({ share: 0.1, ...time });
    pace.begin();
    await pace.rest();
    expect(time.sleeps).toEqual([]);
  });

  it('ends its rest and the work when the service stops', async () => {
    const time = handTime();
    const pace = createPace({ share: 0.5, ...time });
    pace.begin();
    time.pass(3_000);
    const rested = pace.rest();
    pace.stop();
    await expect(rested).rejects.toThrow(Stopped);
    expect(time.sleeps).toEqual([]);
    await expect(pace.rest()).rejects.toThrow(Stopped);
  });
});
