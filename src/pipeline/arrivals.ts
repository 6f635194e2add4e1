import type { InboxEvent } from '../core/inbox.ts';

/** Kept at one gate; what is more is read from the store. */
const mostKept = 1_000;

/**
 * Events of one gate that this process has stored, at hand for its owner, who need not read them back. Only while they are all that waits: after anything
 * but a clean round the store is read, until nothing waits there.
 */
export interface Arrivals {
  /** Stored just now. */
  came(events: readonly InboxEvent[]): void;
  /** What waits, in order of arrival, and is taken with it; null: the store has to be asked. */
  take(most: number): readonly InboxEvent[] | null;
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
  let count = 0;
  return {
    came(events) {
      count += events.length;
      if (waiting && waiting.length + events.length <= mostKept) waiting.push(...events);
      else waiting = null;
    },
    take(most) {
      return waiting?.splice(0, most) ?? null;
    },
    distrust() {
      waiting = null;
    },
    mark: () => count,
    trust(mark) {
      if (alone && mark === count) waiting ??= [];
    },
    trusted: () => waiting !== null,
  };
}
