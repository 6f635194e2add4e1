import type { Timers } from '../core/time.ts';

/** What `work` comes to, or `late` where it takes longer; then it goes on, and nobody waits for it. `work` never throws. */
export function withPatience<T>(work: Promise<T>, ms: number, late: T, timers: Timers): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = timers.after(ms, () => resolve(late));
    work.finally(cancel).then(resolve, reject);
  });
}
