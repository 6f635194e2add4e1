import type { Connection } from 'mongoose';
import type { ConnectorLog } from './core/connector.ts';
import { addMs, type Clock, type Timers } from './core/time.ts';

export interface SharedClockDeps {
  readonly connection: Pick<Connection, 'db'>;
  /** This machine's. */
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: ConnectorLog;
  /** By how many milliseconds this machine's clock is ahead of the platforms'; null when none of them tells. Asked only where two clocks disagree. */
  readonly platformSkewMs: () => Promise<number | null>;
}

export interface SharedClock {
  readonly clock: Clock;
  close(): void;
}

/** Clocks that differ by no more are good ones: nothing that is due minds, and no platform does. */
const toleratedMs = 2_000;
const lookEveryMs = 60_000;

/**
 * The wall clock of all processes on one store. What one plans another does, so they have to agree on when it is due, how old a reply is and how old a
 * signature. This machine's clock is good while the store's agrees with it; where they do not, the platforms decide, and if none answers, the store.
 */
export async function followSharedClock({ connection, clock, timers, log, platformSkewMs }: SharedClockDeps): Promise<SharedClock> {
  let aheadMs = 0;
  let closed = false;
  let cancel = (): void => undefined;

  /** By how much this machine's clock is ahead of the store's, as far as the way there lets one tell. */
  async function storeSkewMs(): Promise<number> {
    const [askedAt, askedAtMs] = [clock.now(), clock.monotonicMs()];
    const answer = await connection.db?.admin().command({ hello: 1 });
    const wayMs = clock.monotonicMs() - askedAtMs;
    const theirs: unknown = answer?.['localTime'];
    if (!(theirs instanceof Date)) return 0;
    const skewMs = addMs(askedAt, wayMs / 2).getTime() - theirs.getTime();
    return Math.abs(skewMs) <= toleratedMs + wayMs / 2 ? 0 : skewMs;
  }

  async function look(): Promise<void> {
    const storeMs = await storeSkewMs();
    const skewMs = storeMs === 0 ? 0 : ((await platformSkewMs()) ?? storeMs);
    const next = Math.abs(skewMs) <= toleratedMs ? 0 : skewMs;
    if (Math.abs(next - aheadMs) > toleratedMs) {
      const fields = { durationMs: Math.round(next) };
      if (next === 0) log.info(fields, "this machine's clock is right again");
      else log.error(fields, "this machine's clock is wrong by this much, and is corrected here; set it right");
    }
    aheadMs = next;
  }

  function schedule(): void {
    if (closed) return;
    cancel = timers.after(lookEveryMs, () => {
      look()
        .catch((err: unknown) => log.warn({ err }, "this machine's clock could not be compared with the store's"))
        .finally(schedule);
    });
  }

  await look();
  schedule();
  return {
    clock: { now: () => addMs(clock.now(), -aheadMs), monotonicMs: () => clock.monotonicMs() },
    close() {
      closed = true;
      cancel();
    },
  };
}
