import type { Connection } from 'mongoose';
import type { ConversationId, ShopId } from '../core/ids.ts';
import type { BuyerProfile, InquirySource } from '../core/message.ts';
import { bulkWriter, collectionOf, idReader } from './collection.ts';

/** What is known of a buyer's chat with a shop, whether an inquiry is open in it or not. `_id` is `shop|conversation`. */
export interface Conversation {
  readonly _id: string;
  readonly shopId: ShopId;
  readonly conversationId: ConversationId;
  readonly buyer: BuyerProfile;
  /** When the marketplace was last asked about the buyer; null: never. */
  readonly buyerReadAt: Date | null;
  readonly source: InquirySource | null;
  readonly sourceAt: Date | null;
  /** The newest message of the last time its history was read, and when that was: what is older need not be listed again. */
  readonly reconciledTo: string | null;
  readonly reconciledAt: Date | null;
}

export type ConversationStore = ReturnType<typeof createConversationStore>;

const conversationKey = (shop: ShopId, conversation: ConversationId): string => `${shop}|${conversation}`;

export function createConversationStore(connection: Connection) {
  const conversations = collectionOf<Conversation>(connection, 'conversations');
  const read = idReader<Conversation>(conversations);
  const write = bulkWriter(conversations);

  const update = (shopId: ShopId, conversationId: ConversationId, set: Partial<Conversation>) => {
    const empty = {
      shopId,
      conversationId,
      buyer: {},
      buyerReadAt: null,
      source: null,
      sourceAt: null,
      reconciledTo: null,
      reconciledAt: null,
    };
    const onInsert = Object.fromEntries(Object.entries(empty).filter(([field]) => !(field in set)));
    return {
      updateOne: { filter: { _id: conversationKey(shopId, conversationId) }, update: { $set: set, $setOnInsert: onInsert }, upsert: true },
    };
  };

  return {
    async in(shopId: ShopId, ids: readonly ConversationId[]): Promise<ReadonlyMap<ConversationId, Conversation>> {
      const found = await read(ids.map((id) => conversationKey(shopId, id)));
      return new Map([...found.values()].map((conversation) => [conversation.conversationId, conversation]));
    },

    async remember(
      updates: readonly {
        readonly shopId: ShopId;
        readonly conversationId: ConversationId;
        readonly set: Partial<Omit<Conversation, '_id' | 'shopId' | 'conversationId'>>;
      }[],
    ): Promise<void> {
      await write(updates.map(({ shopId, conversationId, set }) => update(shopId, conversationId, set)));
    },
  };
}
