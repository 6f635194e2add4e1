/** What the platform knows: shops, conversations, messages. Nothing here speaks HTTP. */

type Role = 'BUYER' | 'SHOP' | 'CUSTOMER_SERVICE' | 'SYSTEM' | 'ROBOT';

export interface FakeShop {
  readonly id: string;
  readonly cipher: string;
  readonly name: string;
  /** ISO 3166 two letters. */
  readonly region: string;
  readonly sellerType: 'LOCAL' | 'CROSS_BORDER';
  readonly code: string;
  readonly imUserId: string;
  canAcceptChat: boolean;
  /** Webhook addresses of this shop alone, by event type; the app's own address takes the rest. */
  readonly subscriptions: Map<string, { address: string; createTime: number; updateTime: number }>;
}

interface Buyer {
  readonly imUserId: string;
  readonly userId: string;
  readonly nickname: string;
  readonly platform: 'TIKTOK_SHOP' | 'TOKOPEDIA' | null;
}

export interface StoredMessage {
  readonly id: string;
  readonly shopId: string;
  readonly conversationId: string;
  readonly index: bigint;
  readonly type: string;
  /** JSON in a string. */
  readonly content: string;
  /** Seconds. */
  readonly createTime: number;
  readonly isVisible: boolean;
  readonly role: Role;
  readonly imUserId: string;
  readonly nickname: string;
}

export interface Conversation {
  readonly id: string;
  readonly shopId: string;
  readonly buyer: Buyer;
  readonly createTime: number;
  /** Oldest first. */
  readonly messages: StoredMessage[];
  nextIndex: bigint;
  unread: number;
  agentJoined: boolean;
  lastOrderAt: Date | null;
  /** Null: by the rule of the platform. */
  canSend: boolean | null;
}

export interface ShopSeed {
  readonly id?: string;
  readonly cipher?: string;
  readonly name?: string;
  readonly region?: string;
  readonly sellerType?: FakeShop['sellerType'];
}

export interface ConversationSeed {
  readonly nickname?: string;
  readonly buyerPlatform?: Buyer['platform'];
  readonly lastOrderAt?: Date;
  /** Where the conversation's `index` begins; it only ever grows, with gaps. */
  readonly firstIndex?: bigint;
}

export interface MessageSeed {
  readonly role: Role;
  readonly type: string;
  readonly content: object;
  /** Default: now. */
  readonly at?: Date;
  /** Default true. False: not to be shown to agents. */
  readonly visible?: boolean;
}

const dayMs = 86_400_000;

export type World = ReturnType<typeof createWorld>;

export function createWorld({ now, random }: { readonly now: () => Date; readonly random: () => number }) {
  const shops = new Map<string, FakeShop>();
  const conversations = new Map<string, Conversation>();
  // Neighbouring ids are one and the same number once a client has parsed them as numbers: 2^53 is long past.
  let lastId = 7_494_560_109_732_334_000n;
  const nextId = () => String(++lastId);
  const seconds = (time: Date) => Math.floor(time.getTime() / 1000);

  return {
    shops,
    conversations,
    nextId,

    addShop(seed: ShopSeed = {}): FakeShop {
      const id = seed.id ?? nextId();
      const shop: FakeShop = {
        id,
        cipher: seed.cipher ?? `ROW_${Buffer.from(id).toString('base64url')}`,
        name: seed.name ?? `Shop ${shops.size + 1}`,
        region: seed.region ?? 'TH',
        sellerType: seed.sellerType ?? 'LOCAL',
        code: `${seed.region ?? 'TH'}LC${id.slice(-6)}`,
        imUserId: nextId(),
        canAcceptChat: true,
        subscriptions: new Map(),
      };
      shops.set(id, shop);
      return shop;
    },

    openConversation(shopId: string, seed: ConversationSeed = {}): Conversation {
      const shop = shops.get(shopId);
      if (!shop) throw new Error(`the fake has no shop ${shopId}`);
      const conversation: Conversation = {
        id: nextId(),
        shopId,
        buyer: {
          imUserId: nextId(),
          userId: nextId(),
          nickname: seed.nickname ?? `buyer ${conversations.size + 1}`,
          platform: seed.buyerPlatform ?? (shop.region === 'ID' ? 'TIKTOK_SHOP' : null),
        },
        createTime: seconds(now()),
        messages: [],
        nextIndex: seed.firstIndex ?? BigInt(nextId()),
        unread: 0,
        agentJoined: false,
        lastOrderAt: seed.lastOrderAt ?? null,
        canSend: null,
      };
      conversations.set(conversation.id, conversation);
      return conversation;
    },

    /** Throws when the shop has no such conversation: the test is wrong then, not the client. */
    conversationOf(shopId: string, conversationId: string): Conversation {
      const found = conversations.get(conversationId);
      if (found?.shopId !== shopId) throw new Error(`the fake has no conversation ${conversationId} in shop ${shopId}`);
      return found;
    },

    append(conversation: Conversation, seed: MessageSeed): StoredMessage {
      const shop = shops.get(conversation.shopId);
      if (!shop) throw new Error('a conversation without its shop');
      const fromBuyer = seed.role === 'BUYER';
      const message: StoredMessage = {
        id: nextId(),
        shopId: shop.id,
        conversationId: conversation.id,
        index: conversation.nextIndex,
        type: seed.type,
        content: JSON.stringify(seed.content),
        createTime: seconds(seed.at ?? now()),
        isVisible: seed.visible ?? true,
        role: seed.role,
        // System and robot speak under the shop's own id and name.
        imUserId: fromBuyer ? conversation.buyer.imUserId : shop.imUserId,
        nickname: fromBuyer ? conversation.buyer.nickname : shop.name,
      };
      conversation.nextIndex += 1n + BigInt(Math.floor(random() * 900));
      conversation.messages.push(message);
      if (fromBuyer) conversation.unread += 1;
      return message;
    },

    /** In a conversation of the last 30 days, or after an order of the last 60. */
    canSend(conversation: Conversation): boolean {
      if (conversation.canSend !== null) return conversation.canSend;
      const nowMs = now().getTime();
      const lastMs = 1000 * Math.max(conversation.createTime, conversation.messages.at(-1)?.createTime ?? 0);
      const orderMs = conversation.lastOrderAt?.getTime() ?? Number.NEGATIVE_INFINITY;
      return nowMs - lastMs <= 30 * dayMs || nowMs - orderMs <= 60 * dayMs;
    },
  };
}

/** As the platform lists them: by time, and by `index` within one second. */
const byTime = (a: StoredMessage, b: StoredMessage): number => a.createTime - b.createTime || (a.index < b.index ? -1 : 1);

/** Oldest first. */
export const inOrder = (messages: readonly StoredMessage[]): StoredMessage[] => [...messages].sort(byTime);

export const latestOf = (messages: readonly StoredMessage[]): StoredMessage | undefined =>
  messages.reduce<StoredMessage | undefined>((latest, message) => (latest && byTime(latest, message) > 0 ? latest : message), undefined);
