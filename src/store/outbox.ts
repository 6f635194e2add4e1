import type { Connection } from 'mongoose';
import type { Delivery, DeliveryAttempt, DeliveryState } from '../core/delivery.ts';
import type { InquiryId } from '../core/ids.ts';
import type { Inquiry } from '../core/inquiry.ts';
import { threadLanes, unroutedGate } from '../core/plan.ts';
import type { DeliveryPatch } from '../core/turn.ts';
import { bulkWriter, collectionOf, idReader, missingInserter, type WriteOptions } from './collection.ts';
import { depthOf } from './inbox.ts';
import type { IndexSpec } from './index-spec.ts';
import { together } from './together.ts';
import { packTurn, withTurn } from './turn-codec.ts';

/** States in which a delivery holds its place in the lane, and somebody has to do something about it. */
const waiting: readonly DeliveryState[] = ['queued', 'sending', 'uncertain', 'settling'];
/** On its way: it may be at the far side, unknown to us. */
const inFlight: readonly DeliveryState[] = ['sending', 'uncertain', 'settling'];
/** States that only a person or time ends. */
const ended: readonly DeliveryState[] = ['merged', 'sent', 'failed', 'cancelled', 'dead'];

/** Most of them hold what waits, or what has ended: history does not make them grow, and a change of state moves few entries. */
export const outboxIndexes: readonly IndexSpec[] = [
  // What waits at a gate.
  {
    collection: 'outbox',
    key: { state: 1, gate: 1, rank: 1 },
    options: { name: 'open', partialFilterExpression: { state: { $in: [...waiting, 'held'] } } },
  },
  // What waits in these lanes, in their order.
  {
    collection: 'outbox',
    key: { lane: 1, state: 1, order: 1 },
    options: { name: 'lanes', partialFilterExpression: { state: { $in: [...waiting] } } },
  },
  // What became of the deliveries of an inquiry, or of a message.
  { collection: 'outbox', key: { inquiryId: 1 }, options: {} },
  { collection: 'outbox', key: { messageId: 1 }, options: {} },
  // Replies whose fate is open in a conversation, and those that arrived.
  {
    collection: 'outbox',
    key: { conversationId: 1, state: 1 },
    options: { name: 'replies', partialFilterExpression: { 'content.kind': 'reply' } },
  },
  // What was written last in an inquiry.
  {
    collection: 'outbox',
    key: { inquiryId: 1, writtenAt: -1, createdAt: -1 },
    options: { name: 'written', partialFilterExpression: { 'content.kind': 'reply' } },
  },
  // Followers of a shared post.
  { collection: 'outbox', key: { mergedInto: 1 }, options: { name: 'followers', partialFilterExpression: { state: 'merged' } } },
  // Pruning, and the dead letters.
  {
    collection: 'outbox',
    key: { state: 1, doneAt: 1 },
    options: { name: 'ended', partialFilterExpression: { state: { $in: [...ended] } } },
  },
];

const laneFields = { gate: 1, lane: 1, channelId: 1, queue: 1, rank: 1, dueAt: 1 };

/** What a delivery becomes after an attempt. `attempt` is appended to its trace. */
export interface DeliveryChange {
  readonly id: Delivery['_id'];
  readonly set: Partial<Omit<Delivery, '_id' | 'trace'>>;
  readonly attempt?: DeliveryAttempt;
}

/** What is sent together: `lead` is claimed, `members` share its post. */
export interface Claim {
  readonly id: Delivery['_id'];
  readonly members: readonly Delivery['_id'][];
}

/** A lane in which something waits, and when the first of it is due. */
export type WaitingLane = Pick<Delivery, 'lane' | 'channelId' | 'queue' | 'rank' | 'dueAt'>;

/** The lane of a delivery that was changed. */
export interface PatchedLane extends WaitingLane {
  readonly gate: string;
}

type UnderWay = Pick<Delivery, '_id' | 'gate' | 'state' | 'term' | 'members'>;

export type OutboxStore = ReturnType<typeof createOutboxStore>;

/** @param step how a step of a message is written: see `onTheWay` */
export function createOutboxStore(connection: Connection, step: WriteOptions = {}) {
  const outbox = collectionOf<Delivery>(connection, 'outbox');
  const claimAll = bulkWriter(outbox);
  const changeAll = bulkWriter(outbox, step);
  const read = idReader<Delivery>(outbox);
  const byId = (id: string) => ({ _id: id as Delivery['_id'] });

  /** Followers that are shown in the post of another. Written after the claim names them, so a crash between is mended by writing it again. */
  async function merge(groups: readonly Claim[]): Promise<void> {
    const merged = groups.filter(({ members }) => members.length > 0);
    if (merged.length === 0) return;
    await outbox.bulkWrite(
      merged.map(({ id, members }) => ({
        updateMany: {
          filter: { _id: { $in: [...members] }, state: { $in: ['queued', 'merged'] as const } },
          update: { $set: { state: 'merged' as const, mergedInto: id } },
        },
      })),
      { ordered: false },
    );
  }

  /** Gates that are taken at the same time are asked for together. */
  const lanesAt = together(async (gates: readonly string[]): Promise<readonly (readonly WaitingLane[])[]> => {
    const lanes = new Map(gates.map((gate) => [gate, new Map<string, WaitingLane>()]));
    const found = outbox
      .find({ gate: { $in: [...new Set(gates)] }, state: { $in: [...waiting] } })
      .project<PatchedLane>({ _id: 0, ...laneFields })
      .batchSize(1_000);
    for await (const { gate, ...one } of found) {
      const known = lanes.get(gate)?.get(one.lane);
      const first = !known || one.rank < known.rank ? one : known;
      lanes.get(gate)?.set(one.lane, { ...first, dueAt: known && known.dueAt < one.dueAt ? known.dueAt : one.dueAt });
    }
    return gates.map((gate) => [...(lanes.get(gate)?.values() ?? [])]);
  });

  /** What was under way at a gate, whoever began it. */
  const underWayAt = together(async (gates: readonly string[]): Promise<readonly (readonly UnderWay[])[]> => {
    const found = await outbox
      .find({ gate: { $in: [...new Set(gates)] }, state: { $in: [...inFlight] } })
      .project<UnderWay>({ gate: 1, state: 1, term: 1, members: 1 })
      .toArray();
    const byGate = Map.groupBy(found, ({ gate }) => gate);
    return gates.map((gate) => byGate.get(gate) ?? []);
  });

  return {
    insert: missingInserter(outbox, step),
    merge,

    /** Which of these gates have something due. One query, however many gates; ask only for gates that rest. */
    async gatesWithWork(gates: readonly string[], now: Date): Promise<ReadonlySet<string>> {
      if (gates.length === 0) return new Set();
      const found = await outbox
        .find({ gate: { $in: [...gates] }, state: { $in: [...waiting] }, dueAt: { $lte: now } })
        .project<{ gate: string }>({ gate: 1 })
        .limit(200)
        .toArray();
      return new Set(found.map((delivery) => delivery.gate));
    },

    /** Every lane of a gate in which something waits. Read when a gate is taken, and where another process may have planned for it. */
    waitingLanes: async (gate: string): Promise<readonly WaitingLane[]> => (await lanesAt([gate])).flat(),

    /** What holds a place in these lanes: all that is under way, and of what is queued the first `limit`, in the lanes' order. `all`: nothing was left out. */
    async waitingIn(lanes: readonly string[], limit: number): Promise<{ readonly deliveries: readonly Delivery[]; readonly all: boolean }> {
      if (lanes.length === 0) return { deliveries: [], all: true };
      const [underWay, queued] = await Promise.all([
        outbox.find({ lane: { $in: [...lanes] }, state: { $in: [...inFlight] } }).toArray() as Promise<Delivery[]>,
        outbox
          .find({ lane: { $in: [...lanes] }, state: 'queued' })
          .sort({ order: 1 })
          .limit(limit)
          .toArray() as Promise<Delivery[]>,
      ]);
      return { deliveries: [...underWay, ...queued].map(withTurn), all: queued.length < limit };
    },

    async byIds(ids: readonly string[]): Promise<Delivery[]> {
      return [...(await read(ids)).values()].map(withTurn);
    },

    /** Replies of an inquiry that were not taken back, whatever became of them; the one that was written last comes first, a correction before what it corrects. */
    async latestReplies({ _id }: Pick<Inquiry, '_id'>): Promise<readonly Delivery[]> {
      return outbox
        .find({ inquiryId: _id, 'content.kind': 'reply', state: { $ne: 'cancelled' } })
        .sort({ writtenAt: -1, createdAt: -1 })
        .limit(20)
        .toArray() as Promise<Delivery[]>;
    },

    /** Conversations of these in which a reply is on its way, its fate unknown, or part of it sent: an echo cannot be told from a person's words yet. */
    async conversationsInFlight(conversations: readonly string[]): Promise<ReadonlySet<string>> {
      if (conversations.length === 0) return new Set();
      const found = await outbox
        .find({
          conversationId: { $in: [...conversations] as NonNullable<Delivery['conversationId']>[] },
          state: { $in: [...inFlight, 'queued'] },
          'content.kind': 'reply',
        })
        .project<Pick<Delivery, 'state' | 'sentIds'> & { conversationId: string }>({ conversationId: 1, state: 1, sentIds: 1 })
        .toArray();
      return new Set(
        found.filter(({ state, sentIds }) => state !== 'queued' || sentIds.length > 0).map((delivery) => delivery.conversationId),
      );
    },

    /** True while a post to this channel is on its way: a thread that nobody knows may be the one being opened. */
    async channelInFlight(gate: string, channelId: string): Promise<boolean> {
      return (await outbox.findOne({ gate, state: { $in: [...inFlight] }, channelId }, { projection: { _id: 1 } })) !== null;
    },

    /** Marketplace ids of all that was sent in a conversation; pruned ones are older than any look-up goes back. */
    async sentIdsIn(conversationId: string): Promise<readonly string[]> {
      const found = await outbox
        .find({
          conversationId: conversationId as NonNullable<Delivery['conversationId']>,
          state: { $in: ['sent', ...waiting] },
          'content.kind': 'reply',
        })
        .project<{ sentIds: string[] }>({ sentIds: 1 })
        .toArray();
      return found.flatMap(({ sentIds }) => sentIds);
    },

    /** Takes queued deliveries for sending, unless they were changed since they were looked at: what is sent is the last word. Returns the ids that are now ours. */
    async claim(claims: readonly (Claim & Pick<Delivery, 'patchedBy'>)[], term: number, now: Date): Promise<ReadonlySet<string>> {
      if (claims.length === 0) return new Set();
      const all = await claimAll(
        claims.map(({ id, members, patchedBy }) => ({
          updateOne: {
            filter: { ...byId(id), state: 'queued' as const, patchedBy, term: { $lte: term } },
            update: { $set: { state: 'sending' as const, term, attemptedAt: now, members: [...members] } },
          },
        })),
      );
      if (all) {
        await merge(claims);
        return new Set(claims.map(({ id }) => id));
      }
      const ours = await outbox
        .find({ _id: { $in: claims.map(({ id }) => id) }, state: 'sending', term, attemptedAt: now })
        .project<{ _id: string }>({ _id: 1 })
        .toArray();
      const ids = new Set(ours.map(({ _id }) => _id));
      await merge(claims.filter(({ id }) => ids.has(id)));
      return ids;
    },

    /** Writes about what its owner has tried to send; what stands under a later term is a successor's, and stays. False: one may not have taken hold. */
    change: (changes: readonly DeliveryChange[], term: number): Promise<boolean> =>
      changeAll(
        changes.map(({ id, set, attempt }) => ({
          updateOne: {
            filter: { ...byId(id), term: { $lte: term } },
            update: {
              $set: { ...set, term, ...(set.turn ? { turn: packTurn(set.turn) } : {}) },
              ...(attempt ? { $push: { trace: { $each: [attempt], $slice: -20 } } } : {}),
            },
          },
        })),
      ),

    /** Members of finished groups are done with their lead. */
    async finishMembers(leads: readonly Delivery['_id'][], now: Date): Promise<void> {
      if (leads.length === 0) return;
      await outbox.updateMany({ mergedInto: { $in: [...leads] }, state: 'merged', doneAt: null }, { $set: { doneAt: now } });
    },

    /** What was shown with these goes by itself after all. Returns where. */
    async unmerge(leads: readonly Delivery['_id'][]): Promise<readonly PatchedLane[]> {
      if (leads.length === 0) return [];
      const followers = { mergedInto: { $in: [...leads] }, state: 'merged' as const };
      const found = await outbox
        .find(followers)
        .project<PatchedLane>({ _id: 0, ...laneFields })
        .toArray();
      if (found.length > 0) await outbox.updateMany(followers, { $set: { state: 'queued', mergedInto: null, doneAt: null } });
      return found;
    },

    /**
     * An edit, cancel or release, decided on this version of the inquiry; null: it was too late. Applying it again gives the same answer, also after a
     * later one has changed the same: then it changes nothing. New words only while nothing of it has left.
     */
    async patch({ id, by, onlyIn, set }: DeliveryPatch, version: number): Promise<PatchedLane | 'superseded' | null> {
      const unsent = 'content' in set ? { sentIds: { $size: 0 } } : {};
      const projection = { _id: 0, ...laneFields };
      const patched = await outbox.findOneAndUpdate(
        { ...byId(id), state: { $in: [...onlyIn] }, patchedBy: { $ne: by }, patchedAtVersion: { $not: { $gt: version } }, ...unsent },
        { $set: { ...set, patchedBy: by, patchedAtVersion: version } },
        { projection, returnDocument: 'after' },
      );
      if (patched) return patched as PatchedLane;
      const stands = await outbox.findOne({ ...byId(id) }, { projection: { ...projection, patchedBy: 1, patchedAtVersion: 1 } });
      if (stands?.patchedBy === by) return stands as PatchedLane;
      return (stands?.patchedAtVersion ?? 0) > version ? 'superseded' : null;
    },

    /** What a former owner was sending may have arrived. Its groups are completed first: the claim named the members before they knew. */
    async adopt(gate: string, term: number, dueAt: Date): Promise<number> {
      const left = (await underWayAt([gate])).flat().filter((delivery) => delivery.term < term);
      if (left.length === 0) return 0;
      await merge(left.filter(({ state }) => state === 'sending').map(({ _id, members }) => ({ id: _id, members })));
      const { modifiedCount } = await outbox.updateMany(
        { gate, state: 'sending', term: { $lt: term } },
        { $set: { state: 'uncertain', term, dueAt, lookups: 0 } },
      );
      await outbox.updateMany({ gate, state: { $in: ['uncertain', 'settling'] }, term: { $lt: term } }, { $set: { term } });
      return modifiedCount;
    },

    /** The same for single ones that turn up later: sent by a process that does not know it lost its lease, or before a result could be stored. */
    async orphaned(deliveries: readonly Pick<Delivery, '_id' | 'members'>[], term: number, dueAt: Date): Promise<void> {
      await merge(deliveries.map(({ _id, members }) => ({ id: _id, members })));
      await outbox.updateMany(
        { _id: { $in: deliveries.map(({ _id }) => _id) }, state: 'sending', term: { $lte: term } },
        { $set: { state: 'uncertain', term, dueAt, lookups: 0 } },
      );
    },

    /** What a former owner left in the middle and no `adopt` saw: its queue was parked then. Writes about it name our term from here on. */
    async takeOver(deliveries: readonly Pick<Delivery, '_id'>[], term: number): Promise<void> {
      await outbox.updateMany(
        { _id: { $in: deliveries.map(({ _id }) => _id) }, state: { $in: ['uncertain', 'settling'] }, term: { $lt: term } },
        { $set: { term } },
      );
    },

    /** After a restore: what was queued when the backup was made may have been sent since, so it is looked up before it is sent. Returns how many. */
    async doubtQueued(): Promise<number> {
      const { modifiedCount } = await outbox.updateMany(
        { state: 'queued', gate: { $ne: unroutedGate } },
        { $set: { state: 'uncertain', lookups: 0 } },
      );
      return modifiedCount;
    },

    /** Inquiries whose deliveries wait for a route. */
    async unroutedInquiries(limit: number): Promise<readonly InquiryId[]> {
      const groups = await outbox
        .aggregate<{ _id: InquiryId | null }>([
          { $match: { gate: unroutedGate, state: 'queued' } },
          { $group: { _id: '$inquiryId' } },
          { $limit: limit },
        ])
        .toArray();
      return groups.flatMap(({ _id }) => _id ?? []);
    },

    /** Moves what is queued for one channel from one gate to another: a channel that is lost parks its queue outside every owner's sight. */
    async move(from: string, to: string, channelId: string | null): Promise<number> {
      const { modifiedCount } = await outbox.updateMany(
        { gate: from, state: { $in: ['queued', 'uncertain'] }, ...(channelId === null ? {} : { channelId }) },
        { $set: { gate: to } },
      );
      return modifiedCount;
    },

    /** What waited for a route goes out now. */
    async route(inquiryId: InquiryId, to: { readonly gate: string; readonly channelId: string }): Promise<void> {
      await outbox.updateMany({ lane: { $in: [...threadLanes(inquiryId)] }, state: 'queued', gate: unroutedGate }, { $set: { ...to } });
    },

    async depth(gates: readonly string[]) {
      return depthOf(outbox, gates, waiting, 'createdAt');
    },

    async prune(before: Date): Promise<number> {
      const done = await outbox.deleteMany({ state: { $in: ['sent', 'cancelled', 'merged'] }, doneAt: { $lt: before } });
      // One that was merged into a delivery that was itself merged later learns of no end of its own.
      const forgotten = await outbox.deleteMany({ state: 'merged', doneAt: null, createdAt: { $lt: before } });
      return done.deletedCount + forgotten.deletedCount;
    },
  };
}
