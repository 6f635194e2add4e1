import type { MongoClient } from 'mongodb';
import type { Clock, Timers } from '../../../src/core/time.ts';

/** Time that goes on when a test says so, for a product whose store is a real one: it stands still until all that has begun is done. */
export interface SimulatedTime {
  readonly clock: Clock;
  readonly timers: Timers;
  nowMs(): number;
  /** Goes from moment to moment, each as soon as nothing is left to do in the one before, up to and with `endMs`. */
  passTo(endMs: number): Promise<void>;
}

interface Waiting {
  readonly atMs: number;
  readonly number: number;
  readonly task: () => void;
  cancelled: boolean;
}

/** Between two answers of the store a promise may hop from tick to tick; it is at rest when so many turns of the event loop in a row asked it nothing. */
const quietTurns = 4;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export function createSimulatedTime(startMs: number, store: Pick<StoreWatch, 'isBusy' | 'rests'>): SimulatedTime {
  const waiting: Waiting[] = [];
  let nowMs = startMs;
  let number = 0;

  async function settle(): Promise<void> {
    for (let quiet = 0; quiet < quietTurns; ) {
      if (store.isBusy()) {
        await store.rests();
        quiet = 0;
      }
      await turn();
      quiet = store.isBusy() ? 0 : quiet + 1;
    }
  }

  return {
    clock: { now: () => new Date(nowMs), monotonicMs: () => nowMs - startMs },
    timers: {
      after(afterMs, task) {
        const one: Waiting = { atMs: nowMs + Math.max(0, afterMs), number: number++, task, cancelled: false };
        push(waiting, one);
        return () => {
          one.cancelled = true;
        };
      },
    },
    nowMs: () => nowMs,
    async passTo(endMs) {
      await settle();
      for (let first = peek(waiting); first && first.atMs <= endMs; first = peek(waiting)) {
        nowMs = Math.max(nowMs, first.atMs);
        for (let due = peek(waiting); due && due.atMs <= nowMs; due = peek(waiting)) {
          pop(waiting);
          due.task();
        }
        await settle();
      }
      nowMs = Math.max(nowMs, endMs);
    },
  };
}

/** A heap: the smallest on top. */
function push(heap: Waiting[], one: Waiting): void {
  let at = heap.push(one) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!swapped(heap, parent, at)) return;
    at = parent;
  }
}

function pop(heap: Waiting[]): void {
  const last = heap.pop();
  if (heap.length === 0 || !last) return;
  heap[0] = last;
  for (let at = 0; ; ) {
    const [left, right] = [2 * at + 1, 2 * at + 2];
    const [a, b] = [heap[left], heap[right]];
    const child = a && b && isBefore(b, a) ? right : left;
    if (!swapped(heap, at, child)) return;
    at = child;
  }
}

/** Those that were cancelled are dropped on the way. */
function peek(heap: Waiting[]): Waiting | undefined {
  while (heap[0]?.cancelled) pop(heap);
  return heap[0];
}

function swapped(heap: Waiting[], upper: number, lower: number): boolean {
  const [a, b] = [heap[upper], heap[lower]];
  if (!a || !b || !isBefore(b, a)) return false;
  heap[upper] = b;
  heap[lower] = a;
  return true;
}

const isBefore = (a: Waiting, b: Waiting): boolean => a.atMs < b.atMs || (a.atMs === b.atMs && a.number < b.number);

export interface StoreWatch {
  isBusy(): boolean;
  /** Resolves once nothing is asked of the store. */
  rests(): Promise<void>;
}

/** Whether the driver has anything under way, by the connections that are wanted or in use. To be called before anything else is asked. */
export function watchStore(client: MongoClient): StoreWatch {
  let wanted = 0;
  const inUse = new Set<number | '<monitor>'>();
  const resting: (() => void)[] = [];
  const isBusy = (): boolean => wanted > 0 || inUse.size > 0;
  const look = (): void => {
    if (!isBusy()) for (const resolve of resting.splice(0)) resolve();
  };
  client.on('connectionCheckOutStarted', () => {
    wanted += 1;
  });
  client.on('connectionCheckedOut', ({ connectionId }) => {
    wanted -= 1;
    inUse.add(connectionId);
  });
  client.on('connectionCheckOutFailed', () => {
    wanted -= 1;
    look();
  });
  const ended = ({ connectionId }: { readonly connectionId: number | '<monitor>' }): void => {
    inUse.delete(connectionId);
    look();
  };
  client.on('connectionCheckedIn', ended);
  client.on('connectionClosed', ended);
  return { isBusy, rests: () => (isBusy() ? new Promise((resolve) => resting.push(resolve)) : Promise.resolve()) };
}
