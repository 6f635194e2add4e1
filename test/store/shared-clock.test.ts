import type { Connection } from 'mongoose';
import { describe, expect, it } from 'vitest';
import type { ConnectorLog } from '../../src/core/connector.ts';
import { followSharedClock } from '../../src/shared-clock.ts';
import { createHandTime } from '../pipeline/hand-time.ts';

const hourMs = 3_600_000;

/** The store's clock is `storeAheadMs` ahead of this machine's, and the platforms' `platformsAheadMs`; null: no platform answers. */
async function follow(storeAheadMs: number, platformsAheadMs: number | null) {
  const time = createHandTime();
  const said: string[] = [];
  const note = (_fields: object, sentence: string) => void said.push(sentence);
  const log: ConnectorLog = { debug() {}, info: note, warn: note, error: note };
  let away = false;
  const command = async () => {
    if (away) throw new Error('the store is away');
    return { localTime: new Date(time.clock.now().getTime() + storeAheadMs) };
  };
  let asked = 0;
  const { clock, close } = await followSharedClock({
    connection: { db: { admin: () => ({ command }) } } as unknown as Connection,
    clock: time.clock,
    timers: time.timers,
    log,
    async platformSkewMs() {
      asked += 1;
      return platformsAheadMs === null ? null : -platformsAheadMs;
    },
  });
  return {
    time,
    said,
    close,
    asked: () => asked,
    storeGoesAway: () => {
      away = true;
    },
    correctedBy: () => clock.now().getTime() - time.clock.now().getTime(),
    storeJumps(ms: number) {
      storeAheadMs += ms;
    },
  };
}

describe('the clock that all processes on one store share', () => {
  it("is this machine's while the store agrees, and no platform is asked", async () => {
    const { correctedBy, asked, said } = await follow(1_500, hourMs);
    expect([correctedBy(), asked(), said]).toEqual([0, 0, []]);
  });

  it.each([hourMs, -hourMs])('is corrected by %i ms where store and platforms agree that this machine is wrong', async (ms) => {
    const { correctedBy, said } = await follow(ms, ms);
    expect(correctedBy()).toBe(ms);
    expect(said.join()).toContain('wrong');
  });

  it("stays this machine's where the platforms say that the store is wrong", async () => {
    expect((await follow(hourMs, 500)).correctedBy()).toBe(0);
  });

  it("is the store's where no platform answers", async () => {
    expect((await follow(-hourMs, null)).correctedBy()).toBe(-hourMs);
  });

  it('is looked after: what is set right meanwhile counts, and what cannot be asked changes nothing', async () => {
    const { correctedBy, time, storeJumps, storeGoesAway, said, close } = await follow(hourMs, null);
    storeJumps(-hourMs);
    await time.pass(60_000);
    expect(correctedBy()).toBe(0);
    storeJumps(hourMs);
    storeGoesAway();
    await time.pass(60_000);
    expect(correctedBy()).toBe(0);
    expect(said.at(-1)).toContain('could not be compared');
    close();
    const before = said.length;
    await time.pass(600_000);
    expect(said).toHaveLength(before);
  });
});
