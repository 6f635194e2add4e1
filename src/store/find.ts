import type { Connection } from 'mongoose';
import type { FoundInquiry } from '../core/desk/found.ts';
import type { Inquiry } from '../core/inquiry.ts';
import { collectionOf } from './collection.ts';
import type { IndexSpec } from './index-spec.ts';
import { maxQueryMs } from './pages.ts';

/** An inquiry stands in them only where it has what they hold. By conversation it is found through an index of the pipeline's. */
export const findIndexes: readonly IndexSpec[] = ['references', 'buyer.externalId', 'buyerKey'].map((field) => ({
  collection: 'inquiries',
  key: { [field]: 1, openedAt: -1 },
  options: { partialFilterExpression: { [field]: { $exists: true } } },
}));

const shown = { shopId: 1, status: 1, openedAt: 1, buyer: 1, thread: 1 } as const;

/** Sorts after whatever a text may go on with. */
const afterAll = '\u{10ffff}';

export type FindStore = ReturnType<typeof createFindStore>;

/** Inquiries, open or not, by what people know of them. */
export function createFindStore(connection: Connection) {
  const inquiries = collectionOf<Inquiry>(connection, 'inquiries');

  async function read(filter: object, sort: Readonly<Record<string, 1 | -1>>, limit: number): Promise<readonly FoundInquiry[]> {
    const found = await inquiries
      .find(filter as never, { projection: shown, maxTimeMS: maxQueryMs })
      .sort(sort)
      .limit(limit)
      .toArray();
    return found as unknown as FoundInquiry[];
  }

  return {
    /** Those that name this order or product, or are of this buyer or conversation, as the marketplace calls it; of each kind the newest. */
    async byExternalId(id: string, limit: number): Promise<readonly FoundInquiry[]> {
      const fields = ['references', 'buyer.externalId', 'conversationId'] as const;
      const found = await Promise.all(fields.map((field) => read({ [field]: id }, { openedAt: -1 }, limit)));
      return [...new Map(found.flat().map((one) => [one._id, one])).values()];
    },

    /** Those of buyers whose names begin so, in the order of the names; see `nameKey`. `whole`: whose names are that. */
    byName(key: string, { whole, limit }: { readonly whole: boolean; readonly limit: number }): Promise<readonly FoundInquiry[]> {
      const filter = { buyerKey: whole ? key : { $gte: key, $lt: `${key}${afterAll}` } };
      return read(filter, { buyerKey: 1, openedAt: -1 }, limit);
    },
  };
}
