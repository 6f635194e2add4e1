import type { Connection } from 'mongoose';
import type { FoundInquiry } from '../core/desk/found.ts';
import type { Inquiry } from '../core/inquiry.ts';
import { collectionOf } from './collection.ts';
import type { Conversation } from './conversations.ts';
import type { IndexSpec } from './index-spec.ts';
import { maxQueryMs } from './pages.ts';

/** What has no such field does not stand in them. By conversation an inquiry is found through an index of the pipeline's. */
export const findIndexes: readonly IndexSpec[] = [
  ...['references', 'buyer.externalId', 'buyerKey'].map((field) => newestBy('inquiries', field, 'openedAt')),
  // Where a buyer came from while an inquiry was open is known of the conversation alone.
  newestBy('conversations', 'source.id', 'sourceAt'),
];

function newestBy(collection: string, field: string, time: string): IndexSpec {
  return { collection, key: { [field]: 1, [time]: -1 }, options: { partialFilterExpression: { [field]: { $exists: true } } } };
}

const shown = { shopId: 1, status: 1, openedAt: 1, buyer: 1, thread: 1 } as const;

/** Sorts after whatever a text may go on with. */
const afterAll = '\u{10ffff}';

export type FindStore = ReturnType<typeof createFindStore>;

/** Inquiries, open or not, by what people know of them. */
export function createFindStore(connection: Connection) {
  const inquiries = collectionOf<Inquiry>(connection, 'inquiries');
  const conversations = collectionOf<Conversation>(connection, 'conversations');

  async function read(filter: object, sort: Readonly<Record<string, 1 | -1>>, limit: number): Promise<readonly FoundInquiry[]> {
    const found = await inquiries
      .find(filter as never, { projection: shown, maxTimeMS: maxQueryMs })
      .sort(sort)
      .limit(limit)
      .toArray();
    return found as unknown as FoundInquiry[];
  }

  /** Those of buyers who last came from this order or product. */
  async function fromSource(id: string, limit: number): Promise<readonly FoundInquiry[]> {
    const came = await conversations
      .find({ 'source.id': id } as never, { projection: { conversationId: 1 }, maxTimeMS: maxQueryMs })
      .sort({ sourceAt: -1 })
      .limit(limit)
      .toArray();
    if (came.length === 0) return [];
    return read({ conversationId: { $in: came.map(({ conversationId }) => conversationId) } }, { openedAt: -1 }, limit);
  }

  return {
    /**
     * Those that name this order or product, or whose buyer came from it, or are of this buyer or conversation, as the marketplace calls it; of each kind the
     * newest.
     */
    async byExternalId(id: string, limit: number): Promise<readonly FoundInquiry[]> {
      const fields = ['references', 'buyer.externalId', 'conversationId'] as const;
      const found = await Promise.all([...fields.map((field) => read({ [field]: id }, { openedAt: -1 }, limit)), fromSource(id, limit)]);
      return [...new Map(found.flat().map((one) => [one._id, one])).values()];
    },

    /** Those of buyers whose names begin so, in the order of the names; see `nameKey`. `whole`: whose names are that. */
    byName(key: string, { whole, limit }: { readonly whole: boolean; readonly limit: number }): Promise<readonly FoundInquiry[]> {
      const filter = { buyerKey: whole ? key : { $gte: key, $lt: `${key}${afterAll}` } };
      return read(filter, { buyerKey: 1, openedAt: -1 }, limit);
    },
  };
}
