import type { MarketplaceAdapter, OutgoingReply, ShopAccess } from '../../adapters/adapter.ts';
import type { RawRequest } from '../../src/core/connector.ts';
import { type ConversationId, deliveryId } from '../../src/core/ids.ts';
import type { InquirySource, MessageAuthor } from '../../src/core/message.ts';
import type { FailureKind, LimitScope } from '../../src/errors.ts';
import type { Fault } from '../kits/fake-server.ts';

/** Starts a fresh platform and an adapter that talks to it. `test/kits/<name>/index.ts` exports it. */
export type CreateKit = () => Promise<MarketplaceKit>;

/** A marketplace's fake, as the contract sees it: what people do there, what it pushes, and what goes wrong. */
export interface MarketplaceKit {
  /** Made by the registry's definition, from an environment that points at the fake. */
  readonly adapter: MarketplaceAdapter;
  readonly shop: ShopAccess;
  /** The shop may write here. */
  readonly conversation: ConversationId;
  /** The clock of platform and adapter. Stands still but for `passMs`. */
  now(): Date;
  passMs(ms: number): void;
  openConversation(): ConversationId;

  /** `agent`: a person in the marketplace's own seller page. */
  writes(author: MessageAuthor, text: string, options?: WriteOptions): Pushed;
  buyerSendsPicture(bytes: Uint8Array): Pushed & { readonly url: string };
  /** A message of a kind that the adapter has never heard of. */
  buyerSendsSomethingNew(): Pushed;
  buyerEnters?(source: InquirySource): RawRequest;
  membersChange?(): RawRequest;
  sellerWithdraws?(): RawRequest;
  authorizationEnds?(at: Date): RawRequest;
  /** Well-formed pushes that are not for us. */
  unrelatedPushes(): readonly RawRequest[];
  /** Everything pushed so far, echoes of our own sends among it. */
  pushes(): readonly RawRequest[];
  /** A rightly signed push with this body. */
  signed(body: string): RawRequest;
  /** Bodies that no version of the platform sends. */
  readonly malformedBodies: readonly string[];
  /** The same push with its signature left out, cut short, made with another secret ... */
  forgeries(genuine: RawRequest): readonly { readonly name: string; readonly request: RawRequest }[];

  /** What reached buyers through the adapter, in order. */
  reached(): readonly { readonly messageId: string; readonly kind: 'text' | 'image'; readonly text: string }[];
  unread(): number;
  /** The platform takes no reply in `conversation` any more. */
  closeReplyWindow(): void;
  /** The next request of this kind meets the fault. */
  fail(operation: KitOperation, fault: Fault, onArrival?: () => void): void;
  /** Requests of this kind that the platform has answered or cut. */
  calls(operation: KitOperation): number;
  /** How the platform says "too fast"; null: without saying for how long. */
  tooFast(retryAfterSeconds: number | null): Fault;
  readonly tooFastLimit: LimitScope;
  /** Situations in which the platform refuses a text, each on a kit of its own. */
  readonly refusals: readonly KitRefusal[];
  /** Access whose token has ended, and one that lacks what chat needs. */
  endedAccess(): ShopAccess;
  narrowAccess(): ShopAccess;
  /** Optional, as the adapter's `orders` is. */
  readonly orders?: KitOrders;
  /** Optional, as the adapter's `performance` is. */
  readonly performance?: KitPerformance;
  /** Plays the seller on the authorise page; resolves to the query with which the browser comes back. */
  readonly authorize?: (url: string, seller: 'grants' | 'denies') => Promise<Readonly<Record<string, string>>>;
  close(): Promise<void>;
}

export interface KitOrders {
  /** As conversations name the buyer of `conversation`. */
  readonly buyer: string;
  /** The buyer orders; the platform's number of it. */
  place(order: KitOrder): string;
  /** A number under which there is no order. */
  readonly unknownId: string;
  /** What the platform tells of each order's buyer and nobody may see. */
  readonly personal: readonly string[];
  /** Access that has what chats need and lacks what orders need. */
  chatOnlyAccess(): ShopAccess;
}

export interface KitPerformance {
  /** The platform has counted this of a day of the shop, `2026-03-01`; rates in percent. */
  counted(
    day: string,
    figures: { readonly sessions: number; readonly responseRate: number; readonly satisfaction: number; readonly responseMinutes: number },
  ): void;
  /** Of that day it answers with something that is no figure. */
  garbled(day: string): void;
  /** From now on this app may not ask; chats go on. */
  forbid(): void;
}

export interface KitOrder {
  readonly status: 'unpaid' | 'in-transit' | 'cancelled';
  readonly items: readonly { readonly name: string; readonly variant?: string; readonly quantity: number; readonly price: string }[];
  readonly total: string;
  readonly currency: string;
  readonly parcel?: { readonly carrier: string; readonly number: string };
  readonly paidAt?: Date;
  readonly cancelledAt?: Date;
  readonly cashOnDelivery?: boolean;
  /** By another buyer, or in another shop. */
  readonly elsewhere?: 'buyer' | 'shop';
}

export type KitOperation =
  | 'send'
  | 'upload'
  | 'conversations'
  | 'messages'
  | 'conversation'
  | 'read-mark'
  | 'orders'
  | 'order-search'
  | 'performance'
  | 'token';

interface WriteOptions {
  readonly conversation?: ConversationId;
  /** False: the platform asks not to show it to agents. */
  readonly visible?: boolean;
}

interface Pushed {
  readonly request: RawRequest;
  /** As the platform names the message. */
  readonly messageId: string;
}

export interface KitRefusal {
  readonly name: string;
  readonly kind: FailureKind;
  readonly limit?: LimitScope;
  /** Brings it about; returns what to send and as whom, where that matters. */
  prepare(): { readonly text?: string; readonly shop?: ShopAccess; readonly conversation?: ConversationId };
}

let replies = 0;
const nextDelivery = () => {
  replies += 1;
  return deliveryId(`reply-${replies}`);
};

export const textReply = (text: string): OutgoingReply => ({
  deliveryId: nextDelivery(),
  body: { kind: 'text', text },
});

export const pictureReply = (bytes: Uint8Array, mimeType = 'image/png'): OutgoingReply => ({
  deliveryId: nextDelivery(),
  body: { kind: 'image', bytes, mimeType, name: 'lamp.png' },
});

/** The contract's tests run on a kit each. */
export interface KitHolder {
  readonly kit: MarketplaceKit;
}
