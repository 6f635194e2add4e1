/** Wall clock for times that people see, monotonic clock for leases and paces. Handed in; nothing below `start.ts` reads the system's. */
export interface Clock {
  now(): Date;
  /** Milliseconds since some fixed moment of this process; never goes backwards. */
  monotonicMs(): number;
}

export interface Timers {
  /** Runs `task` once after `afterMs`; the returned function cancels it. */
  after(afterMs: number, task: () => void): () => void;
}

export const addMs = (time: Date, ms: number): Date => new Date(time.getTime() + ms);
