import type { Timers } from '../core/time.ts';

/** Wakes a waiting worker at once; the poll is only the net below. A signal given while nobody waits is not lost. */
export interface Signal {
  notify(): void;
  /** Resolves when notified, or after `atMostMs`. */
  wait(atMostMs: number): Promise<void>;
}

export function createSignal(timers: Timers): Signal {
  let pending = false;
  let wake: (() => void) | null = null;
  return {
    notify() {
      pending = true;
      wake?.();
    },
    wait(atMostMs) {
      if (pending) {
        pending = false;
        return Promise.resolve();
      }
      return new Promise((resolve) => {
        const cancel = timers.after(atMostMs, () => done());
        const done = () => {
          cancel();
          wake = null;
          pending = false;
          resolve();
        };
        wake = done;
      });
    },
  };
}
