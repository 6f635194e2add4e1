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
> & { readonly clocks?: readonly { readonly policy: string; readonly startedAt: Date | null; readonly dueAt: Date | null }[] };

const shown = {
  ...{ shopId: 1, marketplace: 1, status: 1, openedAt: 1, waitingSince: 1, assignee: 1, thread: 1 },
  ...{ 'clocks.policy': 1, 'clocks.startedAt': 1, 'clocks.dueAt': 1 },
} as const;

export type QueueStore = ReturnType<typeof createQueueStore>;

/** Open inquiries as a team sees them. */
export function createQueueStore(connection: Connection) {
  const inquiries = collectionOf<Inquiry>(connection, 'inquiries');
  const scope = (shopIds: readonly ShopId[] | null) => (shopIds === null ? {} : { shopId: { $in: [...shopIds] } });
  return {
    /** Whose buyer waits, who waits longest first. @param shopIds null: of all shops */
    async waiting(shopIds: readonly ShopId[] | null, limit: number): Promise<readonly OpenInquiry[]> {
      const found = await inquiries
        .find({ status: 'waiting', ...scope(shopIds) } as never, { projection: shown, maxTimeMS: maxQueryMs })
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

    async countWaiting(shopIds: readonly ShopId[] | null): Promise<number> {
      return inquiries.countDocuments({ status: 'waiting', ...scope(shopIds) } as never, { maxTimeMS: maxQueryMs });
    },

    /** What this person has in hand, the oldest first. @param userId on the chat platform */
    async inHand(userId: string, limit: number): Promise<readonly OpenInquiry[]> {
      const found = await inquiries
        .find({ open: true, 'assignee.userId': userId } as never, { projection: shown, maxTimeMS: maxQueryMs })
        .sort({ openedAt: 1 })
        .limit(limit)
        .toArray();
      return found as unknown as OpenInquiry[];
    },

    /** How much each person has in hand. */
    async loads(): Promise<readonly { readonly userId: string; readonly name: string; readonly open: number; readonly waiting: number }[]> {
      const found = await inquiries
        .aggregate<{ _id: string; name: string; open: number; waiting: number }>(
          [
            // Who practises has no less room for buyers.
            { $match: { open: true, 'assignee.userId': { $gt: '' }, marketplace: { $ne: practiceMarketplace } } },
            {
              $group: {
                _id: '$assignee.userId',
                name: { $last: '$assignee.name' },
                open: { $sum: 1 },
                waiting: { $sum: { $cond: [{ $eq: ['$status', 'waiting'] }, 1, 0] } },
              },
            },
          ],
          { maxTimeMS: maxQueryMs },
        )
        .toArray();
      return found.map(({ _id, name, open, waiting }) => ({ userId: _id, name, open, waiting }));
    },
  };
}
