import type { Connection } from 'mongoose';
import type { Delivery } from '../core/delivery.ts';
import type { InboxEvent } from '../core/inbox.ts';
import type { HistoryEvent, Inquiry, Link, Message } from '../core/inquiry.ts';
import { collectionOf } from './collection.ts';

/** One thing that happened to a message (or to all of an inquiry). Never its words. */
export interface Hop {
  readonly at: Date;
  readonly where: 'marketplace' | 'chat' | 'inbox' | 'inquiry' | 'outbox';
  /** `received`, `done`, `dead`, `written`, `opened`, `planned`, `sent`, `rate-limited` ... */
  readonly step: string;
  /** Of the event, message or delivery. */
  readonly id: string;
  /** What else there is to say: an outcome, a reason, a platform's code. */
  readonly detail: string | null;
  /** The platform's id of the request. */
  readonly requestId: string | null;
}

export interface Trace {
  readonly inquiryId: string | null;
  readonly messageIds: readonly string[];
  /** What it is now: the state of every event and delivery that belongs to it. */
  readonly states: readonly { readonly id: string; readonly state: string; readonly attempts: number; readonly dueAt: Date | null }[];
  /** Oldest first. */
  readonly hops: readonly Hop[];
}

/** Names that a short id is tried under, so that people may paste what a platform showed them. */
export interface TraceScope {
  /** Of inbox events: `tiktok-shop`, `slack/default`. */
  readonly sources: readonly string[];
  readonly shopIds: readonly string[];
}

/** Of one inquiry; more than this nobody reads. */
const maxDeliveries = 500;
const waitingStates: readonly string[] = ['received', 'decided', 'queued', 'sending', 'uncertain', 'settling', 'held'];

export type TraceStore = ReturnType<typeof createTraceStore>;

export function createTraceStore(connection: Connection) {
  const inbox = collectionOf<InboxEvent>(connection, 'inbox');
  const outbox = collectionOf<Delivery>(connection, 'outbox');
  const inquiries = collectionOf<Inquiry>(connection, 'inquiries');
  const messages = collectionOf<Message>(connection, 'messages');
  const events = collectionOf<HistoryEvent>(connection, 'events');
  const links = collectionOf<Link>(connection, 'links');

  const inAny = (ids: readonly string[]) => ({ _id: { $in: [...new Set(ids)] } }) as never;
  const withoutTurn = { projection: { turn: 0, body: 0 } } as const;

  async function deliveriesWhere(filter: object): Promise<Delivery[]> {
    const found = (await outbox
      .find(filter as never, { projection: { turn: 0 } })
      .limit(maxDeliveries)
      .toArray()) as Delivery[];
    // What was shown in another's post travelled with it.
    const heads = found.flatMap(({ mergedInto }) => (mergedInto && !found.some(({ _id }) => _id === mergedInto) ? [mergedInto] : []));
    return heads.length === 0
      ? found
      : [...found, ...((await outbox.find(inAny(heads), { projection: { turn: 0 } }).toArray()) as Delivery[])];
  }

  return {
    /**
     * By any id: of an inbox event or its key, a message, a post or marketplace message, a delivery, an inquiry.
     * Null: nothing is known under it.
     */
    async trace(id: string, { sources, shopIds }: TraceScope): Promise<Trace | null> {
      const inquiry = (await inquiries.findOne({ _id: id as Inquiry['_id'] })) as Inquiry | null;
      if (inquiry) {
        const [deliveries, history] = await Promise.all([
          deliveriesWhere({ inquiryId: inquiry._id }),
          events.find({ inquiryId: inquiry._id }).sort({ sequence: 1 }).limit(maxDeliveries).toArray() as Promise<HistoryEvent[]>,
        ]);
        return toTrace({ inquiryId: inquiry._id, messages: [], history, received: [], deliveries });
      }
      const [asked] = (await outbox.find({ _id: id as Delivery['_id'] }, { projection: { turn: 0 } }).toArray()) as Delivery[];
      const keysOfEvent = sources.flatMap((source) => (id.startsWith(`${source}|`) ? [id.slice(source.length + 1)] : []));
      const names = [id, ...keysOfEvent, ...(asked?.messageId ? [asked.messageId] : [])];
      const shopNames = names.flatMap((name) => [name, ...shopIds.map((shop) => `${shop}|${name}`)]);
      const linked = (await links.find(inAny(shopNames)).toArray()) as Link[];
      const found = (await messages.find(inAny([...shopNames, ...linked.flatMap(({ messageIds }) => messageIds)])).toArray()) as Message[];
      const keys = [...names, ...found.flatMap(({ externalId }) => (externalId ? [externalId] : []))];
      const [received, deliveries] = await Promise.all([
        inbox.find(inAny(keys.flatMap((key) => [key, ...sources.map((source) => `${source}|${key}`)])), withoutTurn).toArray(),
        found.length === 0 ? [] : deliveriesWhere({ messageId: { $in: found.map(({ _id }) => _id) } }),
      ]);
      const all = asked && !deliveries.some(({ _id }) => _id === asked._id) ? [...deliveries, asked] : deliveries;
      if (received.length + found.length + all.length === 0) return null;
      const inquiryId = found[0]?.inquiryId ?? linked[0]?.inquiryId ?? asked?.inquiryId ?? null;
      return toTrace({ inquiryId, messages: found, history: [], received: received as InboxEvent[], deliveries: all });
    },
  };
}

interface Found {
  readonly inquiryId: string | null;
  readonly messages: readonly Message[];
  readonly history: readonly HistoryEvent[];
  readonly received: readonly InboxEvent[];
  readonly deliveries: readonly Delivery[];
}

function toTrace({ inquiryId, messages, history, received, deliveries }: Found): Trace {
  const hops: Hop[] = [
    ...messages.map(({ sentAt, post, _id, author }) => hop(sentAt, post ? 'chat' : 'marketplace', 'written', _id, { detail: author.kind })),
    ...received.flatMap(eventHops),
    ...history.map(({ at, kind, _id, data }) => hop(at, 'inquiry', kind, _id, { detail: data['message']?.toString() ?? null })),
    ...deliveries.flatMap(deliveryHops),
  ];
  hops.sort((a, b) => a.at.getTime() - b.at.getTime());
  const dueAt = (state: string, due: Date) => (waitingStates.includes(state) ? due : null);
  const states = [...received, ...deliveries].map((one) => ({
    ...{ id: one._id, state: one.state, attempts: one.attempts, dueAt: dueAt(one.state, one.dueAt) },
  }));
  return { inquiryId, messageIds: messages.map(({ _id }) => _id), states, hops };
}

function eventHops({ _id, receivedAt, source, doneAt, state, outcome, reason }: InboxEvent): Hop[] {
  return [
    hop(receivedAt, 'inbox', 'received', _id, { detail: source }),
    ...(doneAt ? [hop(doneAt, 'inbox', state, _id, { detail: reason ?? outcome })] : []),
  ];
}

function deliveryHops({ _id, createdAt, gate, content, releasedAt, doneAt, state, reason, mergedInto, trace }: Delivery): Hop[] {
  return [
    hop(createdAt, 'outbox', 'planned', _id, { detail: `${content.kind} -> ${gate}` }),
    ...(releasedAt ? [hop(releasedAt, 'outbox', 'released', _id)] : []),
    ...trace.map(({ at, outcome, code, requestId }) => hop(at, 'outbox', outcome, _id, { detail: code, requestId })),
    ...(doneAt ? [hop(doneAt, 'outbox', state, _id, { detail: mergedInto ?? reason?.key ?? null })] : []),
  ];
}

function hop(
  at: Date,
  where: Hop['where'],
  step: string,
  id: string,
  more: { detail?: string | null; requestId?: string | null } = {},
): Hop {
  return { at, where, step, id, detail: more.detail ?? null, requestId: more.requestId ?? null };
}
