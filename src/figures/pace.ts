import type { Clock, Timers } from '../core/time.ts';

/** Lets work that can wait take no more than its share of the time, a little at a time: whoever is waited for never stands behind it for long. */
export interface Pace {
  /** Work begins. */
  begin(): void;
  /** Called between two small pieces of work. Rejects with `Stopped` from then on when the service stops. */
  rest(): Promise<void>;
  stop(): void;
}

/** The service stops; what is left is done after the next start. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

/** Who was stopped for an hour, or waited for a store that was away, has not worked for so long. */
const longestRestMs = 30_000;

/** @param share of the time, above 0 and at most 1 */
export function createPace({ share, clock, timers }: { readonly share: number; readonly clock: Clock; readonly timers: Timers }): Pace {
  let beganMs = clock.monotonicMs();
  let stopped = false;
  let wakeUp: (() => void) | null = null;

  function sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = timers.after(ms, () => resolve());
      wakeUp = () => {
        cancel();
        resolve();
      };
    });
  }

  return {
    begin() {
      beganMs = clock.monotonicMs();
    },
    async rest() {
      const restMs = Math.min((clock.monotonicMs() - beganMs) * (1 / share - 1), longestRestMs);
      if (restMs > 0 && !stopped) await sleep(restMs);
      if (stopped) throw new Stopped('the service stops');
      beganMs = clock.monotonicMs();
    },
    stop() {
      stopped = true;
      wakeUp?.();
    },
  };
}
