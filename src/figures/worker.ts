import type { FigureKeeper } from './keeper.ts';
import { Stopped } from './pace.ts';
import type { Rebuild } from './rebuild.ts';

/** How long a rebuild works at a time. */
const rebuildMs = 10_000;

/** What the job does, once at a time in this process. */
export function createFigureWorker({
  keeper,
  rebuild,
}: {
  readonly keeper: Pick<FigureKeeper, 'drain'>;
  readonly rebuild: Pick<Rebuild, 'work'>;
}) {
  let running: Promise<void> | null = null;

  async function work(): Promise<void> {
    try {
      await keeper.drain();
      await rebuild.work(rebuildMs);
    } catch (err) {
      if (!(err instanceof Stopped)) throw err;
    }
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
