import type { Clock } from '../core/time.ts';
import type { FigureKeeper } from './keeper.ts';
import type { Rebuild } from './rebuild.ts';

/** Counting takes no more than a tenth of the time: in a flood one slot is read again and again, and is the longer the more it holds. */
const restFactor = 9;
const mostRestMs = 5 * 60_000;
/** How long a rebuild works at a time. */
const rebuildMs = 10_000;

/** What the job does, once at a time in this process. */
export function createFigureWorker(deps: {
  readonly keeper: Pick<FigureKeeper, 'drain'>;
  readonly rebuild: Pick<Rebuild, 'work'>;
  readonly clock: Clock;
}) {
  const { keeper, rebuild, clock } = deps;
  let running: Promise<void> | null = null;
  let restsUntilMs = 0;

  async function work(): Promise<void> {
    if (clock.monotonicMs() >= restsUntilMs) {
      const beganMs = clock.monotonicMs();
      await keeper.drain();
      const endedMs = clock.monotonicMs();
      restsUntilMs = endedMs + Math.min(mostRestMs, (endedMs - beganMs) * restFactor);
    }
    await rebuild.work(rebuildMs);
  }

  return {
    work(): Promise<void> {
      running ??= work().finally(() => {
        running = null;
      });
      return running;
    },
  };
}
