import type { InboxEvent } from '../core/inbox.ts';

/** Kept at one gate; what is more is read from the store. A chat connection has one gate for all its threads. */
const mostKept = 4_000;

/**
 * Events of one gate that this process has stored, at hand for its owner, who need not read them back. Only while they are all that waits: after anything
 * but a clean round the store is read, until nothing waits there.
 */
export interface Arrivals {
  /** Stored just now. */
  came(events: readonly InboxEvent[]): void;
  /** What waits, in order of arrival, and is taken with it; null: the store has to be asked. */
  take(most: number): readonly InboxEvent[] | null;
  /** Of those taken, these are decided and applied. */
  through(events: readonly InboxEvent[]): void;
  /** Whether anything of this lane is not yet decided and applied; null: the store has to be asked. */
  undecided(lane: string): boolean | null;
  /** The store has to be asked. */
  distrust(): void;
  /** What the store said next counts only if nothing came since: call, ask, and hand back. */
  mark(): number;
  /** The store said that nothing waits. */
  trust(mark: number): void;
  /** What is at hand is all that waits, as far as this process knows. */
  trusted(): boolean;
}

/** @param alone no other process stores events for this gate */
export function createArrivals(alone: boolean): Arrivals {
  let waiting: InboxEvent[] | null = null;
  /** How much of each lane is not through, while that is known. */
  const open = new Map<string, number>();
  let count = 0;

  function add(lane: string, events: number): void {
    const left = (open.get(lane) ?? 0) + events;
    if (left > 0) open.set(lane, left);
    else open.delete(lane);
  }

  function distrust(): void {
    waiting = null;
    open.clear();
  }

  return {
    came(events) {
      count += events.length;
      if (!waiting || waiting.length + events.length > mostKept) return distrust();
      waiting.push(...events);
      for (const { lane } of events) add(lane, 1);
    },
    take(most) {
      return waiting?.splice(0, most) ?? null;
    },
    through(events) {
      if (waiting) for (const { lane } of events) add(lane, -1);
    },
    undecided: (lane) => (waiting ? open.has(lane) : null),
    distrust,
    mark: () => count,
    trust(mark) {
      if (alone && mark === count) waiting ??= [];
    },
    trusted: () => waiting !== null,
  };
}
