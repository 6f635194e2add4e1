import type { Connection } from 'mongoose';
import type { Inquiry } from '../core/inquiry.ts';
import { practiceIdPrefix, practiceMarketplace } from '../core/practice/marks.ts';
import type { PracticeTalk } from '../core/practice/play.ts';
import { collectionOf } from './collection.ts';

/** Everything that begins so, by an index. */
const beginning = (words: string) => ({
  $gte: words,
  $lt: `${words.slice(0, -1)}${String.fromCodePoint((words.codePointAt(words.length - 1) ?? 0) + 1)}`,
});

/** More than anybody practises. */
const mostTalks = 5_000;

/** What is left of practice, wherever it lies. Each is found by how an id begins, so nothing of another shop can be among it. */
const traces = [
  // First of all: a turn that is decided loses its race from then on.
  { collection: 'inquiries', where: { _id: beginning(practiceIdPrefix) } },
  ...['messages', 'events', 'links', 'outbox'].map((collection) => ({ collection, where: { inquiryId: beginning(practiceIdPrefix) } })),
  { collection: 'conversations', where: { _id: beginning(`${practiceMarketplace}:`) } },
  { collection: 'inbox', where: { _id: beginning(`${practiceMarketplace}|`) } },
  { collection: 'inbox', where: { _id: beginning(`clock|${practiceIdPrefix}`) } },
  // What was told in the channel itself.
  { collection: 'outbox', where: { _id: beginning(`${practiceMarketplace}:`) } },
] as const;

export type PracticeStore = ReturnType<typeof createPracticeStore>;

export function createPracticeStore(connection: Connection) {
  const inquiries = collectionOf<Inquiry>(connection, 'inquiries');
  return {
    /** Every inquiry of practice, as its buyer sees it. */
    async talks(): Promise<readonly PracticeTalk[]> {
      return inquiries
        .find({ conversationId: beginning(`${practiceMarketplace}:`) } as never)
        .project<PracticeTalk>({ conversationId: 1, status: 1, openedAt: 1, lastBuyerAt: 1, lastReplyAt: 1, 'counters.buyerMessages': 1 })
        .limit(mostTalks)
        .toArray();
    },

    /** Open inquiries whose thread is there, the newest first. */
    async threads(limit: number): Promise<readonly Inquiry[]> {
      const where = { _id: beginning(practiceIdPrefix), open: true, 'thread.rootId': { $type: 'string' } };
      return inquiries
        .find(where as never)
        .sort({ openedAt: -1 })
        .limit(limit)
        .toArray() as Promise<Inquiry[]>;
    },

    /** Deletes all that buyers and answers left, but for the shop itself. Cut off anywhere, it is done again. Resolves to how much there was. */
    async clear(): Promise<number> {
      let found = 0;
      for (const { collection, where } of traces) {
        const { deletedCount } = await collectionOf<{ readonly _id: string }>(connection, collection).deleteMany(where as never);
        found += deletedCount;
      }
      return found;
    },
  };
}
