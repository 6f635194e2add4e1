import type { Clock, Timers } from '../../src/core/time.ts';

/** Time that moves when a test says so. */
export interface HandTime {
  readonly clock: Clock;
  readonly timers: Timers;
  /** Moves on, runs what became due on the way in its order, and lets promises settle. */
  pass(ms: number): Promise<void>;
}

const start = Date.UTC(2026, 2, 2, 8);

export function createHandTime(): HandTime {
  let nowMs = 0;
  const waiting = new Set<{ readonly atMs: number; readonly task: () => void }>();
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    clock: { now: () => new Date(start + nowMs), monotonicMs: () => nowMs },
    timers: {
      after(afterMs, task) {
        const entry = { atMs: nowMs + afterMs, task };
        waiting.add(entry);
        return () => waiting.delete(entry);
      },
    },
    async pass(ms) {
      const end = nowMs + ms;
      await settle();
      for (;;) {
        const [next] = [...waiting].filter(({ atMs }) => atMs <= end).sort((a, b) => a.atMs - b.atMs);
        if (!next) break;
        waiting.delete(next);
        nowMs = Math.max(nowMs, next.atMs);
        next.task();
        await settle();
      }
      nowMs = end;
      await settle();
    },
  };
}
