import type { Connection } from 'mongoose';
import type { InquiryId, ShopId } from '../core/ids.ts';
import type { Inquiry } from '../core/inquiry.ts';
import { practiceMarketplace } from '../core/practice/marks.ts';
import { collectionOf } from './collection.ts';
import type { IndexSpec } from './index-spec.ts';
import { maxQueryMs } from './pages.ts';

export const queueIndexes: readonly IndexSpec[] = [
  // Who waits longest. An inquiry stands in it only while its buyer waits.
  {
    collection: 'inquiries',
    key: { waitingSince: 1, _id: 1 },
    options: { name: 'waiting', partialFilterExpression: { status: 'waiting' } },
  },
  // What an agent has in hand.
  {
    collection: 'inquiries',
    key: { 'assignee.userId': 1, openedAt: 1 },
    options: { name: 'in_hand', partialFilterExpression: { open: true } },
  },
];

/** An open inquiry without the buyer's name and words. */
export type OpenInquiry = Pick<
  Inquiry,
  '_id' | 'shopId' | 'marketplace' | 'status' | 'openedAt' | 'waitingSince' | 'assignee' | 'thread'
> & {
  readonly snoozedUntil?: Date | null;
  readonly noAnswerNeeded?: boolean;
  readonly clocks?: readonly { readonly policy: string; readonly startedAt: Date | null; readonly dueAt: Date | null }[];
};

/** What somebody has in hand under one account. */
export interface AccountLoad {
  readonly userId: string;
  /** Of the chat in which it was given to them; null: it has no thread. */
  readonly bot: string | null;
  /** The name in `agents` then; null: the settings did not name them. */
  readonly agent: string | null;
  readonly name: string;
  readonly open: number;
  /** Of those, in which the buyer waits. */
  readonly waiting: number;
}

const shown = {
  ...{ shopId: 1, marketplace: 1, status: 1, openedAt: 1, waitingSince: 1, assignee: 1, thread: 1 },
  ...{ snoozedUntil: 1, noAnswerNeeded: 1, 'clocks.policy': 1, 'clocks.startedAt': 1, 'clocks.dueAt': 1 },
} as const;

/** Before all that waits. */
const never = new Date(0);

/** As `standOf` says it: the buyer waits, and somebody has to see to it. */
const isToBeSeenTo = (now: Date) => ({
  $and: [{ $eq: ['$status', 'waiting'] }, { $ne: ['$noAnswerNeeded', true] }, { $lte: [{ $ifNull: ['$snoozedUntil', now] }, now] }],
});

export type QueueStore = ReturnType<typeof createQueueStore>;

/** Open inquiries as a team sees them. */
export function createQueueStore(connection: Connection) {
  const inquiries = collectionOf<Inquiry>(connection, 'inquiries');
  const scope = (shopIds: readonly ShopId[] | null) => (shopIds === null ? {} : { shopId: { $in: [...shopIds] } });
  return {
    /** Whose buyer has the last word, who had it first before others. @param shopIds null: of all shops */
    async waiting(shopIds: readonly ShopId[] | null, limit: number): Promise<readonly OpenInquiry[]> {
      const found = await inquiries
        .find({ status: 'waiting', ...scope(shopIds) } as never, { projection: shown, maxTimeMS: maxQueryMs })
        .sort({ waitingSince: 1, _id: 1 })
        .limit(limit)
        .toArray();
      return found as unknown as OpenInquiry[];
    },

    /** Of those, whom somebody has to see to now. */
    async toSeeTo(shopIds: readonly ShopId[] | null, now: Date, limit: number): Promise<readonly OpenInquiry[]> {
      const awake = { noAnswerNeeded: { $ne: true }, $or: [{ snoozedUntil: null }, { snoozedUntil: { $lte: now } }] };
      const found = await inquiries
        .find({ status: 'waiting', ...scope(shopIds), ...awake } as never, { projection: shown, maxTimeMS: maxQueryMs })
        .sort({ waitingSince: 1, _id: 1 })
        .limit(limit)
        .toArray();
      return found as unknown as OpenInquiry[];
    },

    /** Whose buyer waits in this channel, who waits longest first. @param bot `slack/default` */
    async waitingIn(bot: string, channelId: string, limit: number): Promise<readonly InquiryId[]> {
      const found = await inquiries
        .find({ status: 'waiting', 'thread.channelId': channelId, 'thread.bot': bot } as never, {
          projection: { _id: 1 },
          maxTimeMS: maxQueryMs,
        })
        .sort({ waitingSince: 1, _id: 1 })
        .limit(limit)
        .toArray();
      return found.map(({ _id }) => _id as InquiryId);
    },

    /** How many buyers have the last word, and of how many of them nobody has to see to it now. */
    async countWaiting(
      shopIds: readonly ShopId[] | null,
      now: Date,
    ): Promise<{ readonly all: number; readonly asleep: number; readonly noAnswerNeeded: number }> {
      // Whoever waits does so since some time; saying it lets a count go by the index.
      const waiting = { status: 'waiting', waitingSince: { $gt: never }, ...scope(shopIds) };
      const count = (filter: object) => inquiries.countDocuments({ ...waiting, ...filter } as never, { maxTimeMS: maxQueryMs });
      const [all, asleep, noAnswerNeeded] = await Promise.all([
        count({}),
        count({ noAnswerNeeded: { $ne: true }, snoozedUntil: { $gt: now } }),
        count({ noAnswerNeeded: true }),
      ]);
      return { all, asleep, noAnswerNeeded };
    },

    /** What these accounts have in hand, the oldest first. */
    async inHand(userIds: readonly string[], limit: number): Promise<readonly OpenInquiry[]> {
      const found = await inquiries
        .find({ open: true, 'assignee.userId': { $in: [...userIds] } } as never, { projection: shown, maxTimeMS: maxQueryMs })
        .sort({ openedAt: 1 })
        .limit(limit)
        .toArray();
      return found as unknown as OpenInquiry[];
    },

    /** How much each account has in hand. */
    async loads(now: Date): Promise<readonly AccountLoad[]> {
      const found = await inquiries
        .aggregate<{ _id: Pick<AccountLoad, 'userId'> & Partial<AccountLoad>; name: string; open: number; waiting: number }>(
          [
            // Who practises has no less room for buyers.
            { $match: { open: true, 'assignee.userId': { $gt: '' }, marketplace: { $ne: practiceMarketplace } } },
            {
              $group: {
                _id: { userId: '$assignee.userId', agent: '$assignee.agent', bot: '$thread.bot' },
                name: { $last: '$assignee.name' },
                open: { $sum: 1 },
                waiting: { $sum: { $cond: [isToBeSeenTo(now), 1, 0] } },
              },
            },
          ],
          { maxTimeMS: maxQueryMs },
        )
        .toArray();
      return found.map(({ _id, name, open, waiting }) => ({
        ...{ userId: _id.userId, agent: _id.agent ?? null, bot: _id.bot ?? null },
        ...{ name, open, waiting },
      }));
    },
  };
}
