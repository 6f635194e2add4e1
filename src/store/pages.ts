import type { Filter } from 'mongodb';
import type { Connection } from 'mongoose';
import type { Delivery, DeliveryState } from '../core/delivery.ts';
import type { HistoryEvent, Inquiry, Message } from '../core/inquiry.ts';
import { collectionOf, type Keyed } from './collection.ts';

/** The last entry of a page; the next page begins behind it, whatever was added meanwhile. */
export interface PagePosition {
  readonly at: Date;
  readonly id: string;
}

export interface PageRequest {
  readonly after: PagePosition | null;
  readonly limit: number;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: PagePosition | null;
}

/** An inquiry without the buyer's name and words. */
export type ListedInquiry = Omit<Inquiry, 'buyer' | 'buyerKey' | 'excerpt' | 'applied' | 'lastThreadMessage'>;
/** A delivery without what it carries. */
export type ListedDelivery = Pick<
  Delivery,
  | '_id'
  | 'gate'
  | 'lane'
  | 'state'
  | 'attempts'
  | 'lookups'
  | 'channelId'
  | 'inquiryId'
  | 'messageId'
  | 'shopId'
  | 'reason'
  | 'createdAt'
  | 'dueAt'
  | 'doneAt'
  | 'trace'
> & { readonly content: Pick<Delivery['content'], 'kind'> };

export interface InquiryFilter {
  /** Absent: open and resolved ones. */
  readonly open?: boolean;
  readonly status?: Inquiry['status'];
  readonly shopId?: string;
  /** True: only those that no route takes. */
  readonly unrouted?: boolean;
}

export interface DeliveryFilter {
  readonly states: readonly DeliveryState[];
  readonly gate?: string;
}

const hiddenInInquiry = { buyer: 0, buyerKey: 0, excerpt: 0, applied: 0, lastThreadMessage: 0 } as const;
const shownOfDelivery = {
  ...{ gate: 1, lane: 1, state: 1, attempts: 1, lookups: 1, channelId: 1, inquiryId: 1, messageId: 1, shopId: 1, reason: 1 },
  ...{ createdAt: 1, dueAt: 1, doneAt: 1, trace: 1, 'content.kind': 1 },
} as const;
/** An administrator's question must not hold the store for longer. */
export const maxQueryMs = 5_000;

/** Newest first: what lies behind `after` by `field`, then by id. */
export function behind(field: string, after: PagePosition | null): Filter<Keyed> {
  return after ? { $or: [{ [field]: { $lt: after.at } }, { [field]: after.at, _id: { $lt: after.id } }] } : {};
}

/** One more than the page was read: it tells whether there is a next page. */
export function toPage<T extends { readonly _id: string }>(found: readonly T[], limit: number, at: (item: T) => Date): Page<T> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, next: found.length > limit && last ? { at: at(last), id: last._id } : null };
}

export type PageStore = ReturnType<typeof createPageStore>;

/** What the administration API lists. */
export function createPageStore(connection: Connection) {
  const inquiries = collectionOf<Inquiry>(connection, 'inquiries');
  const messages = collectionOf<Message>(connection, 'messages');
  const events = collectionOf<HistoryEvent>(connection, 'events');
  const outbox = collectionOf<Delivery>(connection, 'outbox');
  return {
    /** Newest first. */
    async inquiries({ open, status, shopId, unrouted }: InquiryFilter, { after, limit }: PageRequest): Promise<Page<ListedInquiry>> {
      const filter = {
        // Naming both values lets the index on `open` serve the question about all.
        open: open ?? { $in: [true, false] },
        ...(status === undefined ? {} : { status }),
        ...(shopId === undefined ? {} : { shopId }),
        ...(unrouted ? { thread: null } : {}),
        ...behind('openedAt', after),
      };
      const found = await inquiries
        .find(filter as never, { projection: hiddenInInquiry, maxTimeMS: maxQueryMs })
        .sort({ openedAt: -1, _id: -1 })
        .limit(limit + 1)
        .toArray();
      return toPage(found as unknown as ListedInquiry[], limit, ({ openedAt }) => openedAt);
    },

    /** With its history. Null: there is none of this id. */
    async inquiry(id: string): Promise<{ readonly inquiry: Inquiry; readonly history: readonly HistoryEvent[] } | null> {
      const inquiry = (await inquiries.findOne({ _id: id as Inquiry['_id'] })) as Inquiry | null;
      if (!inquiry) return null;
      const history = await events.find({ inquiryId: inquiry._id }).sort({ sequence: 1 }).limit(1_000).toArray();
      return { inquiry, history: history as HistoryEvent[] };
    },

    /** Of one inquiry, both ways and notes, the newest first. */
    async messages(inquiryId: string, { after, limit }: PageRequest): Promise<Page<Message>> {
      const found = await messages
        .find({ inquiryId, ...behind('sentAt', after) } as never, { maxTimeMS: maxQueryMs })
        .sort({ sentAt: -1, _id: -1 })
        .limit(limit + 1)
        .toArray();
      return toPage(found as Message[], limit, ({ sentAt }) => sentAt);
    },

    /** Newest first. */
    async deliveries({ states, gate }: DeliveryFilter, { after, limit }: PageRequest): Promise<Page<ListedDelivery>> {
      const filter = { state: { $in: [...states] }, ...(gate === undefined ? {} : { gate }), ...behind('createdAt', after) };
      const found = await outbox
        .find(filter as never, { projection: shownOfDelivery, maxTimeMS: maxQueryMs })
        .sort({ createdAt: -1, _id: -1 })
        .limit(limit + 1)
        .toArray();
      return toPage(found as unknown as ListedDelivery[], limit, ({ createdAt }) => createdAt);
    },
  };
}
