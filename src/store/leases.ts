import type { Clock, Timers } from '../core/time.ts';
import type { GateStore } from './gates.ts';

const leaseMs = 12_000;
const beatMs = 3_000;
const pollMs = 250;

export interface LeaseDeps {
  readonly gates: GateStore;
  /** This process; no two have the same. */
  readonly owner: string;
  /** True: no other process can live, so what a dead one left is taken at once. */
  readonly soleOwner: boolean;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly timers: Timers;
}

/** Runs `task` while no other process runs a task of that name. */
export type Leases = { hold<T>(name: string, task: () => Promise<T>): Promise<T> };

/**
 * Short leases for what happens rarely: a token refresh, a migration, applying the configuration. Within one process tasks of a name queue up.
 * A dead owner is known by its beat standing still for the length of the lease, watched by this process's own monotonic clock.
 * An owner that froze may wake up while its successor works: what a task writes must be safe by itself (compare-and-set, idempotent).
 */
export function createLeases({ gates, owner, soleOwner, clock, timers }: LeaseDeps): Leases {
  const queues = new Map<string, Promise<unknown>>();
  const pause = (ms: number) => new Promise<void>((resolve) => timers.after(ms, resolve));

  async function acquire(id: string): Promise<number> {
    let seen = '';
    let seenSinceMs = 0;
    for (;;) {
      const lease = (await gates.read([id])).get(id) ?? null;
      const state = lease ? `${lease.owner} ${lease.term} ${lease.beat}` : '';
      if (state !== seen) {
        seen = state;
        seenSinceMs = clock.monotonicMs();
      }
      const free = lease === null || lease.owner === '' || soleOwner || clock.monotonicMs() - seenSinceMs >= leaseMs;
      const taken = free ? await gates.take(id, owner, lease) : null;
      if (taken) return taken.term;
      await pause(pollMs);
    }
  }

  async function underLease<T>(id: string, task: () => Promise<T>): Promise<T> {
    const term = await acquire(id);
    let holding = true;
    let cancel = (): void => undefined;
    const beat = (): void => {
      if (!holding) return;
      cancel = timers.after(beatMs, () => {
        // A beat that fails costs at most the lease; the task's own writes then decide.
        void gates.beat([{ id, term, quotas: [] }], owner).then(beat, beat);
      });
    };
    beat();
    try {
      return await task();
    } finally {
      holding = false;
      cancel();
      await gates.release([{ id, term }], owner);
    }
  }

  return {
    hold<T>(name: string, task: () => Promise<T>): Promise<T> {
      const id = `lease:${name}`;
      const before = queues.get(id) ?? Promise.resolve();
      const mine = before.then(
        () => underLease(id, task),
        () => underLease(id, task),
      );
      queues.set(id, mine);
      const forget = () => {
        if (queues.get(id) === mine) queues.delete(id);
      };
      mine.then(forget, forget);
      return mine;
    },
  };
}
