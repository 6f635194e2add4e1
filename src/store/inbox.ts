import type { Connection } from 'mongoose';
import type { InboxEvent } from '../core/inbox.ts';
import type { Turn } from '../core/turn.ts';
import { bulkWriter, collectionOf, missingInserter, type WriteOptions } from './collection.ts';
import type { IndexSpec } from './index-spec.ts';
import { together } from './together.ts';
import { packTurn, withTurn } from './turn-codec.ts';

const pending = ['received', 'decided'] as const;
/** Of what waits at several gates; where there is more, those that were not found are asked for again. */
const mostLookedAt = 200;
const whilePending = { state: { $in: [...pending] } };

/** History does not make the first two grow, and a decision moves no entry. */
export const inboxIndexes: readonly IndexSpec[] = [
  // What is due at a gate, in order of arrival.
  { collection: 'inbox', key: { gate: 1, dueAt: 1 }, options: { name: 'due', partialFilterExpression: whilePending } },
  // What else waits in these lanes.
  { collection: 'inbox', key: { lane: 1, sequence: 1 }, options: { name: 'lanes', partialFilterExpression: whilePending } },
  // Pruning, and the dead letters.
  {
    collection: 'inbox',
    key: { state: 1, doneAt: 1 },
    options: { name: 'ended', partialFilterExpression: { state: { $in: ['done', 'dead'] } } },
  },
];

export type InboxStore = ReturnType<typeof createInboxStore>;

/** @param step how a step of a message is written: see `onTheWay` */
export function createInboxStore(connection: Connection, step: WriteOptions = {}) {
  const inbox = collectionOf<InboxEvent>(connection, 'inbox');
  const write = bulkWriter(inbox, step);

  const undecided = together(async (lanes: readonly string[]): Promise<readonly boolean[]> => {
    const found = await inbox
      .find({ lane: { $in: [...new Set(lanes)] }, state: { $in: [...pending] } })
      .project<{ lane: string }>({ _id: 0, lane: 1 })
      .toArray();
    const waiting = new Set(found.map(({ lane }) => lane));
    return lanes.map((lane) => waiting.has(lane));
  });

  const anyPending = together(async (gates: readonly string[]): Promise<readonly boolean[]> => {
    const busy = new Set<string>();
    for (let left = gates; left.length > 0; left = left.filter((gate) => !busy.has(gate))) {
      const found = await inbox
        .find({ gate: { $in: [...left] }, state: { $in: [...pending] } })
        .project<{ gate: string }>({ _id: 0, gate: 1 })
        .limit(mostLookedAt)
        .toArray();
      for (const { gate } of found) busy.add(gate);
      if (found.length < mostLookedAt) break;
    }
    return gates.map((gate) => busy.has(gate));
  });

  return {
    /** Durable when it resolves. Returns the positions of those that were known already; that is no error. */
    insert: missingInserter(inbox),

    /** Which of these gates have something due. One query, however many gates; ask only for gates that rest. */
    async gatesWithWork(gates: readonly string[], now: Date): Promise<ReadonlySet<string>> {
      if (gates.length === 0) return new Set();
      const found = await inbox
        .find({ gate: { $in: [...gates] }, state: { $in: [...pending] }, dueAt: { $lte: now } })
        .project<{ gate: string }>({ gate: 1 })
        .limit(mostLookedAt)
        .toArray();
      return new Set(found.map((event) => event.gate));
    },

    /** Lanes of a gate that have something due, the longest waiting first. */
    async dueLanes(gate: string, now: Date, limit: number): Promise<readonly string[]> {
      const found = await inbox
        .find({ gate, state: { $in: [...pending] }, dueAt: { $lte: now } })
        .project<{ lane: string }>({ lane: 1 })
        .sort({ dueAt: 1 })
        .limit(limit)
        .toArray();
      return [...new Set(found.map((event) => event.lane))];
    },

    /** Whether anything waits at a gate, due or not. Asked of many gates at the same time, it is one round trip. */
    async anyPending(gate: string): Promise<boolean> {
      return (await anyPending([gate])).some(Boolean);
    },

    /** All that waits in these lanes, whether due or not, in order of arrival. */
    async pendingIn(lanes: readonly string[], limit: number): Promise<InboxEvent[]> {
      const found = (await inbox
        .find({ lane: { $in: [...lanes] }, state: { $in: [...pending] } })
        .sort({ sequence: 1 })
        .limit(limit)
        .toArray()) as InboxEvent[];
      return found.map(withTurn);
    },

    /** Which of these lanes have something that is not yet decided and applied. */
    async undecidedIn(lanes: readonly string[]): Promise<ReadonlySet<string>> {
      const waiting = await undecided(lanes);
      return new Set(lanes.filter((_, index) => waiting[index]));
    },

    /** Stores decisions before they are applied. What a successor has worked on meanwhile stays as it is. */
    async decide(decisions: readonly { readonly ids: readonly string[]; readonly turn: Turn }[]): Promise<void> {
      await write(
        decisions.map(({ ids, turn }) => ({
          updateMany: {
            filter: { _id: { $in: [...ids] }, state: { $in: [...pending] } },
            update: { $set: { state: 'decided', turn: packTurn(turn) } },
          },
        })),
      );
    },

    /** A decision that came too late (the inquiry had moved on) is taken back; nothing of it was applied. */
    async undecide(ids: readonly string[]): Promise<void> {
      await inbox.updateMany({ _id: { $in: [...ids] }, state: { $in: [...pending] } }, { $set: { state: 'received', turn: null } });
    },

    /** `turn` is dropped with it: what it planned now lives in the other collections. */
    async finish(outcomes: readonly { readonly ids: readonly string[]; readonly outcome: string }[], now: Date): Promise<void> {
      await write(
        outcomes.map(({ ids, outcome }) => ({
          updateMany: {
            filter: { _id: { $in: [...ids] }, state: { $in: [...pending] } },
            update: { $set: { state: 'done', outcome, reason: null, doneAt: now, turn: null } },
          },
        })),
      );
    },

    /** Tries again later. The rest of the lane waits behind it. */
    async postpone(
      event: InboxEvent,
      options: { readonly dueAt: Date; readonly reason: string; readonly countsAsAttempt: boolean },
    ): Promise<void> {
      await inbox.updateOne(
        { _id: event._id },
        { $set: { dueAt: options.dueAt, reason: options.reason }, $inc: { attempts: options.countsAsAttempt ? 1 : 0 } },
      );
    },

    /** The lane waits until its first event is due again. */
    async delayLanes(lanes: readonly { readonly lane: string; readonly until: Date }[]): Promise<void> {
      if (lanes.length === 0) return;
      await inbox.bulkWrite(
        lanes.map(({ lane, until }) => ({
          updateMany: { filter: { lane, state: { $in: [...pending] }, dueAt: { $lt: until } }, update: { $set: { dueAt: until } } },
        })),
        { ordered: false },
      );
    },

    async bury(id: string, reason: string, now: Date): Promise<void> {
      await inbox.updateOne({ _id: id }, { $set: { state: 'dead', reason, doneAt: now, turn: null } });
    },

    async depth(gates: readonly string[]): Promise<readonly { readonly gate: string; readonly depth: number; readonly oldest: Date }[]> {
      return depthOf(inbox, gates, [...pending], 'receivedAt');
    },

    /** Removes what was done before `before`; de-duplication keys go with it, so `before` must outlive every redelivery window. */
    async prune(before: Date): Promise<number> {
      const { deletedCount } = await inbox.deleteMany({ state: 'done', doneAt: { $lt: before } });
      return deletedCount;
    },
  };
}

/** Depth and age of what waits, by gate. For the metrics, not for the hot path. */
export async function depthOf(
  collection: { aggregate<T extends object>(stages: object[]): { toArray(): Promise<T[]> } },
  gates: readonly string[],
  states: readonly string[],
  since: string,
): Promise<readonly { readonly gate: string; readonly depth: number; readonly oldest: Date }[]> {
  const groups = await collection
    .aggregate<{ _id: string; depth: number; oldest: Date }>([
      { $match: { gate: { $in: [...gates] }, state: { $in: [...states] } } },
      { $group: { _id: '$gate', depth: { $sum: 1 }, oldest: { $min: `$${since}` } } },
    ])
    .toArray();
  return groups.map(({ _id, depth, oldest }) => ({ gate: _id, depth, oldest }));
}
