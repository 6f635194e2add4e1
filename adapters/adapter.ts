import type { z } from 'zod';
import type { ConnectorDeps, Finding, ListedEvent, RateLimit, RawEvent, RawRequest, Received } from '../src/core/connector.ts';
import type { MarketplaceFigures } from '../src/core/figures/performance.ts';
import type { ConversationId, DeliveryId, ExternalMessageId } from '../src/core/ids.ts';
import type { BuyerProfile, IncomingMessage, InquirySource, MediaRef } from '../src/core/message.ts';
import type { Order } from '../src/core/order.ts';
import type { SlaPolicy } from '../src/core/sla/policy.ts';
import type { Locale } from '../src/core/texts/index.ts';

/** What one folder under `adapters/` exports; `adapters/index.ts` lists them. */
export interface MarketplaceDefinition<Settings = unknown> {
  /** `tiktok-shop`: in URLs, in `threadmart.yaml`, in logs. */
  readonly name: string;
  /** As people call it. */
  readonly label: string;
  /** Reads this marketplace's environment variables. Unset or empty `required` ones: the marketplace is off. */
  readonly environment: z.ZodType<Settings>;
  readonly required: readonly string[];
  /** How fast its sellers are to answer; the first entry that has the shop's region holds. */
  readonly slaPolicies: readonly RegionalPolicies[];
  create(settings: Settings, deps: ConnectorDeps): MarketplaceAdapter;
}

export interface RegionalPolicies {
  /** ISO 3166, two letters; null: everywhere. */
  readonly regions: readonly string[] | null;
  readonly policies: readonly SlaPolicy[];
}

export function defineMarketplace<Settings>(definition: MarketplaceDefinition<Settings>): MarketplaceDefinition<Settings> {
  return definition;
}

export interface MarketplaceAdapter {
  readonly capabilities: MarketplaceCapabilities;
  /** Pure: checks the signature over the raw bytes; names the de-duplication key, the shop, the conversation and the answer. Parses no more than that. */
  receive(request: RawRequest): Received;
  /** Pure: one stored raw event -> domain events. Unknown kinds become `unknown`, never an exception. Throws only on a body that no version of the platform sends. */
  toEvents(raw: RawEvent): MarketplaceEvent[];
  /** Sends one reply (one text, or one picture). Throws `PlatformError`; `uncertain` when the request may have arrived. */
  sendReply(shop: ShopAccess, conversation: ConversationId, reply: OutgoingReply): Promise<SentReply>;
  /**
   * Optional; absent means an uncertain send is held and shown to a person. Did this reply arrive?
   * Looks at messages not older than `since` (the platform's clock may differ by a few seconds) and passes over `alreadyLinked`.
   */
  findSent?(
    shop: ShopAccess,
    conversation: ConversationId,
    reply: OutgoingReply,
    search: { readonly since: Date; readonly alreadyLinked: ReadonlySet<string> },
  ): Promise<SentReply | null>;
  /** Optional; absent means push-only (Lazada forbids reading back). One API call each. */
  readonly history?: MarketplaceHistory;
  /** Optional; absent means the buyer stays nameless and sending is not checked beforehand. One API call. */
  conversation?(shop: ShopAccess, conversation: ConversationId): Promise<ConversationInfo>;
  /** Optional; absent means the marketplace has no read marks. One API call. */
  markRead?(shop: ShopAccess, conversation: ConversationId): Promise<void>;
  /** Optional; absent means that orders are not shown. */
  readonly orders?: MarketplaceOrders;
  /**
   * Optional; absent means that the marketplace gives no figures of its own. How it counts itself the days of the shop from `from` on and before `before`
   * (`2026-11-27`). One API call. Throws `PlatformError`; of kind `rejected` with `performanceNotAllowed` as its code where chats may be read and this may not: that
   * is no reason to pause a shop.
   */
  performance?(shop: ShopAccess, days: { readonly from: string; readonly before: string }): Promise<MarketplaceFigures>;
  /** Optional; absent means shops are connected by credentials in the configuration alone. */
  readonly oauth?: MarketplaceOAuth;
  /** Optional; absent means a picture's address is fetched as it is. What must go with the request for a buyer's picture. */
  mediaRequest?(shop: ShopAccess, media: MediaRef): { readonly url: string; readonly headers: Readonly<Record<string, string>> };
  /** Checks token, scopes and read access for real; at most a few API calls. */
  checkShop(shop: ShopAccess, locale: Locale): Promise<Finding[]>;
}

export interface MarketplaceCapabilities {
  /** UTF-16 code units, as String.length counts. */
  readonly maxReplyChars: number;
  /** Since the buyer's last message; null = no fixed window, the platform tells per conversation. */
  readonly replyWindowHours: number | null;
  /** Whether a text that nobody wrote may be sent by its API. */
  readonly automaticReplies: 'allowed' | 'forbidden';
  readonly images: 'native' | 'unsupported';
  readonly maxImageBytes: number;
  readonly imageTypes: readonly string[];
  /** True: resending one `deliveryId` cannot duplicate. */
  readonly idempotentSend: boolean;
  /** How long an uncertain send is given to show up in the history before it is looked up. */
  readonly settleMs: number;
  /** Hosts that buyers' media may be fetched from; `.example.com` also means its subdomains. */
  readonly mediaHosts: readonly string[];
  /** The marketplace's own web hosts: links to them may be sent to buyers. */
  readonly ownHosts: readonly string[];
  readonly limits: readonly RateLimit[];
  /** Names of the limits that one call of each operation draws on. */
  readonly costs: Readonly<Record<MarketplaceOperation, readonly string[]>>;
  /** Webhook redeliveries end after this long; catch-up must cover longer silences. */
  readonly redeliveryWindowMs: number;
}

export type MarketplaceOperation =
  | 'sendText'
  | 'sendImage'
  | 'findSent'
  | 'conversation'
  | 'conversations'
  | 'messages'
  | 'markRead'
  | 'performance'
  | 'orders'
  | 'ordersOfBuyer';

/** What a call on behalf of a shop needs. Tokens are already decrypted; never log this. */
export interface ShopAccess {
  readonly externalId: string;
  readonly accessToken: string;
  /** What else the platform wants with each call, e.g. TikTok's `shopCipher`. */
  readonly extra: Readonly<Record<string, string>>;
  /** Aborted when the request deadline passes or the lease is lost. */
  readonly signal: AbortSignal;
}

export interface OutgoingReply {
  readonly deliveryId: DeliveryId;
  readonly body:
    | { readonly kind: 'text'; readonly text: string }
    | { readonly kind: 'image'; readonly bytes: Uint8Array; readonly mimeType: string; readonly name: string };
}

export interface SentReply {
  readonly messageId: ExternalMessageId;
  /** The platform's id of the request, for `threadmart trace`. */
  readonly requestId?: string;
}

export type MarketplaceEvent =
  | { readonly kind: 'message'; readonly conversation: ConversationId; readonly message: IncomingMessage }
  /** The buyer came from a product or an order; opens nothing by itself. */
  | { readonly kind: 'source'; readonly conversation: ConversationId; readonly source: InquirySource; readonly at: Date }
  /** Something changed there (an agent joined ...); the history may be read again. */
  | { readonly kind: 'conversation-changed'; readonly conversation: ConversationId }
  | { readonly kind: 'deauthorized' }
  | { readonly kind: 'authorization-expiring'; readonly expiresAt: Date }
  /** Well-formed, and not for us; kept and counted. */
  | { readonly kind: 'unknown'; readonly type: string };

export interface MarketplaceHistory {
  /** A page of conversations, the most recently active first. `page`: null for the first. */
  conversations(
    shop: ShopAccess,
    page: string | null,
  ): Promise<{ readonly items: readonly ConversationInfo[]; readonly next: string | null }>;
  /** A page of one conversation's messages, newest first, as events that go through the inbox under the same keys as pushed ones. */
  messages(
    shop: ShopAccess,
    conversation: ConversationId,
    page: string | null,
  ): Promise<{ readonly items: readonly ListedMessage[]; readonly next: string | null }>;
}

export interface ListedMessage {
  readonly event: ListedEvent;
  readonly message: IncomingMessage;
}

/**
 * Orders of buyers, for the people who answer them; one API call each. What says who or where the buyer is stays behind. Throws `PlatformError`; of kind
 * `rejected` with `ordersNotAllowed` as its code where chats may be read and orders may not: that is no reason to pause a shop.
 */
export interface MarketplaceOrders {
  /** Those of these numbers that are orders of the shop, in no order. At most `mostOrders` numbers; some may be anything. */
  byIds(shop: ShopAccess, ids: readonly string[]): Promise<readonly Order[]>;
  /** Optional; absent means a buyer's orders cannot be searched. The newest ones, newest first. `buyer`: `externalId` of the profile. */
  ofBuyer?(shop: ShopAccess, buyer: string): Promise<readonly Order[]>;
}

export const performanceNotAllowed = 'performance-not-allowed';
export const ordersNotAllowed = 'orders-not-allowed';
export const mostOrders = 20;

export interface ConversationInfo {
  readonly conversation: ConversationId;
  readonly buyer: BuyerProfile;
  /** False: the platform would refuse a reply now. */
  readonly canSend: boolean;
  /** Null where the conversation is empty. */
  readonly latest: { readonly externalId: ExternalMessageId; readonly author: IncomingMessage['author']; readonly sentAt: Date } | null;
}

export interface MarketplaceOAuth {
  /** Permissions without which a shop is of no use; a grant that lacks one is refused. Absent: none are checked. */
  readonly requiredScopes?: readonly string[];
  /** The page to which the seller is sent. */
  authorizeUrl(state: string): string;
  /** From the query of the callback to a grant. Throws `rejected` with code `denied` when the seller refused. */
  exchange(query: Readonly<Record<string, string>>): Promise<Grant>;
  /** Throws `auth` when the refresh token is no longer good. */
  refresh(credentials: ShopCredentials): Promise<ShopCredentials>;
}

/** What a seller granted: one set of tokens, good for one or more shops. */
export interface Grant {
  readonly credentials: ShopCredentials;
  readonly scopes: readonly string[];
  readonly shops: readonly AuthorizedShop[];
}

export interface AuthorizedShop {
  readonly externalId: string;
  readonly name: string;
  /** ISO 3166 two letters. */
  readonly region: string;
  readonly extra: Readonly<Record<string, string>>;
}

/** Times are absolute. */
export interface ShopCredentials {
  readonly accessToken: string;
  readonly accessTokenExpiresAt: Date | null;
  readonly refreshToken: string | null;
  readonly refreshTokenExpiresAt: Date | null;
  readonly extra: Readonly<Record<string, string>>;
}
