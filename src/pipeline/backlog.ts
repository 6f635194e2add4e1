import type { Delivery, DeliveryQueue } from '../core/delivery.ts';
import type { WaitingLane } from '../store/outbox.ts';

/** A lane with its place among the others. */
export interface BacklogLane {
  readonly lane: string;
  readonly channelId: string | null;
  readonly queue: DeliveryQueue;
  /** What waits in it, in the lane's order; null: the store has to be asked. */
  readonly waiting: readonly Delivery[] | null;
  /** Changes whenever something is learnt of the lane, so that an answer of the store that was overtaken is not believed. */
  readonly news: number;
}

interface Entry {
  readonly lane: string;
  channelId: string | null;
  queue: DeliveryQueue;
  rankMs: number;
  /** Nothing of it is due before this, by the wall clock. */
  dueMs: number;
  busy: boolean;
  waiting: readonly Delivery[] | null;
  news: number;
}

/**
 * What waits at one gate, as its owner knows it: every lane, and where it may be trusted what stands in them, so that the next send costs no reading.
 * The store stays the truth: a claim names what it saw, and a lane whose claim fails is read anew.
 */
export interface Backlog {
  /** Deliveries that this process has stored. */
  planned(deliveries: readonly Delivery[]): void;
  /** The store tells of these, or something about them was changed there: they are read again. */
  found(lanes: readonly WaitingLane[]): void;
  /** All lanes are read again. */
  forget(): void;
  /** Lanes with something due and nothing under way, by rank; at most `perQueue` of each queue of a channel that `passes`. */
  due(nowMs: number, perQueue: number, passes: (lane: Pick<BacklogLane, 'channelId' | 'queue'>) => boolean): readonly BacklogLane[];
  /** When the next of the lanes that are not due yet will be; Infinity: there is none. */
  nextDueMs(nowMs: number): number;
  /** By channel: in how many lanes of this queue something waits that had its turn so long ago, and when the oldest had it. */
  overdue(queue: DeliveryQueue, nowMs: number, byMs: number): ReadonlyMap<string, { readonly lanes: number; readonly oldestMs: number }>;
  /** Nothing that is due waits to be begun. */
  rests(nowMs: number): boolean;
  /** What the store said of a lane; null: more than it was asked for. Disregarded if there was news since. */
  learnt(lane: BacklogLane, waiting: readonly Delivery[] | null): void;
  /** Its first delivery is not due before this, whatever stands behind it. */
  waits(lane: string, untilMs: number): void;
  /** A send of this lane begins. */
  begin(lane: string): void;
  /** It ended: `done` are through with the lane; null: look into the store for what became of them. */
  end(lane: WaitingLane, done: readonly Delivery['_id'][] | null): void;
  /** Sends under way. */
  busy(): number;
}

/** Of one lane, no more than this is kept in memory. */
const mostPerLane = 60;
/** Of one gate. */
const mostKept = 5_000;

/** @param trusted no other process plans for this gate, so what is not known here is not there */
export function createBacklog(trusted: boolean): Backlog {
  const lanes = new Map<string, Entry>();
  let busy = 0;
  let kept = 0;

  function keep(entry: Entry, waiting: readonly Delivery[] | null): void {
    kept -= entry.waiting?.length ?? 0;
    const fits = trusted && waiting !== null && waiting.length <= mostPerLane && kept + waiting.length <= mostKept;
    entry.waiting = fits ? waiting : null;
    kept += entry.waiting?.length ?? 0;
  }

  function remove(entry: Entry): void {
    keep(entry, null);
    lanes.delete(entry.lane);
  }

  function add({ lane, channelId, queue, rank, dueAt }: WaitingLane, waiting: readonly Delivery[] | null): Entry {
    const entry: Entry = { lane, channelId, queue, rankMs: rank.getTime(), dueMs: dueAt.getTime(), busy: false, waiting: null, news: 0 };
    lanes.set(lane, entry);
    keep(entry, waiting);
    return entry;
  }

  /** What was heard of an entry makes it no later, and no less urgent. */
  function hasten(entry: Entry, { channelId, queue, rank, dueAt }: WaitingLane): void {
    if (rank.getTime() < entry.rankMs) {
      entry.rankMs = rank.getTime();
      entry.queue = queue;
    }
    entry.channelId = channelId;
    entry.dueMs = Math.min(entry.dueMs, dueAt.getTime());
    entry.news += 1;
  }

  return {
    planned(deliveries) {
      // What is held waits for a person, and holds no place in the lane.
      for (const delivery of deliveries.filter(({ state }) => state === 'queued')) {
        const entry = lanes.get(delivery.lane);
        if (!entry) add(delivery, [delivery]);
        else {
          hasten(entry, delivery);
          if (entry.waiting) keep(entry, inserted(entry.waiting, delivery));
        }
      }
    },
    found(all) {
      for (const lane of all) {
        const entry = lanes.get(lane.lane);
        if (entry) {
          hasten(entry, lane);
          keep(entry, null);
        } else add(lane, null);
      }
    },
    forget() {
      for (const entry of lanes.values()) {
        keep(entry, null);
        entry.news += 1;
      }
    },
    due(nowMs, perQueue, passes) {
      const queues = Map.groupBy(
        [...lanes.values()].filter((entry) => !entry.busy && entry.dueMs <= nowMs),
        ({ channelId, queue }) => `${queue}|${channelId ?? ''}`,
      );
      return [...queues.values()].flatMap((entries) => {
        const [first] = entries;
        if (!first || !passes(first)) return [];
        entries.sort((a, b) => a.rankMs - b.rankMs);
        return entries.slice(0, perQueue).map(({ lane, channelId, queue, waiting, news }) => ({ lane, channelId, queue, waiting, news }));
      });
    },
    nextDueMs(nowMs) {
      let next = Number.POSITIVE_INFINITY;
      for (const { busy: isBusy, dueMs } of lanes.values()) if (!isBusy && dueMs > nowMs && dueMs < next) next = dueMs;
      return next;
    },
    overdue(queue, nowMs, byMs) {
      const found = new Map<string, { lanes: number; oldestMs: number }>();
      for (const entry of lanes.values()) {
        if (entry.queue !== queue || entry.channelId === null || entry.dueMs > nowMs || entry.rankMs > nowMs - byMs) continue;
        const { lanes: count, oldestMs } = found.get(entry.channelId) ?? { lanes: 0, oldestMs: nowMs };
        found.set(entry.channelId, { lanes: count + 1, oldestMs: Math.min(oldestMs, entry.rankMs) });
      }
      return found;
    },
    rests(nowMs) {
      for (const { busy: isBusy, dueMs } of lanes.values()) if (!isBusy && dueMs <= nowMs) return false;
      return true;
    },
    learnt({ lane, news }, waiting) {
      const entry = lanes.get(lane);
      if (!entry || entry.news !== news) return;
      const [head] = waiting ?? [];
      if (waiting && !head) remove(entry);
      else {
        keep(entry, waiting);
        if (!head) return;
        entry.rankMs = head.rank.getTime();
        entry.queue = head.queue;
      }
    },
    waits(lane, untilMs) {
      const entry = lanes.get(lane);
      if (entry) entry.dueMs = untilMs;
    },
    begin(lane) {
      const entry = lanes.get(lane);
      if (!entry || entry.busy) return;
      entry.busy = true;
      busy += 1;
    },
    end(lane, done) {
      const entry = lanes.get(lane.lane);
      if (!entry?.busy) return;
      entry.busy = false;
      busy -= 1;
      if (done && entry.waiting) {
        const left = entry.waiting.filter(({ _id }) => !done.includes(_id));
        const [head] = left;
        if (!head) return remove(entry);
        keep(entry, left);
        entry.rankMs = head.rank.getTime();
        entry.queue = head.queue;
        entry.dueMs = Math.min(...left.map(({ dueAt }) => dueAt.getTime()));
        entry.news += 1;
        return;
      }
      hasten(entry, lane);
      keep(entry, null);
    },
    busy: () => busy,
  };
}

/** Into its place in the lane's order. The same one twice is one. */
function inserted(waiting: readonly Delivery[], delivery: Delivery): readonly Delivery[] {
  if (waiting.some(({ _id }) => _id === delivery._id)) return waiting;
  const index = waiting.findLastIndex(({ order }) => order <= delivery.order);
  return waiting.toSpliced(index + 1, 0, delivery);
}
