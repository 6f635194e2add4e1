import type { Connection } from 'mongoose';
import type { Delivery, DeliveryState } from '../core/delivery.ts';
import type { InboxEvent } from '../core/inbox.ts';
import { collectionOf } from './collection.ts';
import { behind, maxQueryMs, type Page, type PageRequest, toPage } from './pages.ts';

/** What could not be worked on (inbox) or did not arrive (outbox), and waits for a person. */
export interface DeadLetter {
  readonly _id: string;
  readonly box: 'inbox' | 'outbox';
  readonly state: 'dead' | 'failed';
  /** When it was received or planned. */
  readonly at: Date;
  /** When it was given up. */
  readonly diedAt: Date | null;
  /** A connector (`tiktok-shop`) or a gate (`shop:...`). */
  readonly source: string;
  /** What it carries: `event`, or the kind of the delivery. */
  readonly kind: string;
  /** A sentence, or the key of one in the catalogue. Never a body. */
  readonly reason: string | null;
  readonly attempts: number;
  readonly inquiryId: string | null;
}

/** With what is needed to understand it. */
export interface DeadLetterDetail extends DeadLetter {
  readonly lane: string;
  /** The raw event as it was received; null for a delivery. */
  readonly raw: { readonly contentType: string; readonly body: Uint8Array } | null;
  /** What should have been delivered; null for an event. */
  readonly content: Delivery['content'] | null;
  readonly trace: Delivery['trace'];
}

/** `changed` false: it was no dead letter any more, or (still `dead`) there is nothing in it that could be worked on. */
export interface DeadLetterChange {
  readonly _id: string;
  readonly box: DeadLetter['box'];
  readonly state: string;
  readonly changed: boolean;
}

const deadStates: readonly DeliveryState[] = ['dead', 'failed'];
/** After these the last attempt is known not to have arrived. */
const provenNotSent: readonly string[] = ['rate-limited', 'transient', 'auth', 'rejected', 'not-found'];

export type DeadLetterStore = ReturnType<typeof createDeadLetterStore>;

export function createDeadLetterStore(connection: Connection) {
  const inbox = collectionOf<InboxEvent>(connection, 'inbox');
  const outbox = collectionOf<Delivery>(connection, 'outbox');
  const byId = (id: string) => ({ _id: id as Delivery['_id'] });

  async function find(id: string): Promise<{ readonly event: InboxEvent } | { readonly delivery: Delivery } | null> {
    const event = (await inbox.findOne({ _id: id })) as InboxEvent | null;
    if (event) return { event };
    const delivery = (await outbox.findOne(byId(id))) as Delivery | null;
    return delivery && { delivery };
  }

  async function inboxChange(event: InboxEvent, set: Partial<InboxEvent>): Promise<DeadLetterChange> {
    const { matchedCount } = await inbox.updateOne({ _id: event._id, state: 'dead' }, { $set: set });
    return change(event._id, 'inbox', matchedCount > 0);
  }

  async function outboxChange(delivery: Delivery, set: Partial<Delivery>): Promise<DeadLetterChange> {
    const { matchedCount } = await outbox.updateOne({ ...byId(delivery._id), state: delivery.state }, { $set: set });
    return change(delivery._id, 'outbox', matchedCount > 0);
  }

  async function change(id: string, box: DeadLetter['box'], changed: boolean): Promise<DeadLetterChange> {
    const found = await find(id);
    const state = found === null ? 'gone' : 'event' in found ? found.event.state : found.delivery.state;
    return { _id: id, box, state, changed };
  }

  /** Behind all that waits in its lane now. */
  async function endOfLane({ lane, sequence }: InboxEvent): Promise<number> {
    const last = await inbox.findOne(
      { lane, state: { $in: ['received', 'decided'] } },
      { sort: { sequence: -1 }, projection: { sequence: 1 } },
    );
    return Math.max(sequence, (last?.sequence ?? 0) + 1);
  }

  return {
    /** Both kinds together, newest first. */
    async list({ box }: { readonly box?: DeadLetter['box'] }, { after, limit }: PageRequest): Promise<Page<DeadLetter>> {
      const options = { maxTimeMS: maxQueryMs };
      const [events, deliveries] = await Promise.all([
        box === 'outbox'
          ? []
          : inbox
              .find({ state: 'dead', ...behind('receivedAt', after) } as never, { ...options, projection: { body: 0, turn: 0 } })
              .sort({ receivedAt: -1, _id: -1 })
              .limit(limit + 1)
              .toArray(),
        box === 'inbox'
          ? []
          : outbox
              .find({ state: { $in: [...deadStates] }, ...behind('createdAt', after) } as never, { ...options, projection: { turn: 0 } })
              .sort({ createdAt: -1, _id: -1 })
              .limit(limit + 1)
              .toArray(),
      ]);
      const letters = [...(events as InboxEvent[]).map(ofEvent), ...(deliveries as Delivery[]).map(ofDelivery)];
      letters.sort((a, b) => b.at.getTime() - a.at.getTime() || (a._id < b._id ? 1 : -1));
      return toPage(letters, limit, ({ at }) => at);
    },

    /** Null: no dead letter of this id. */
    async show(id: string): Promise<DeadLetterDetail | null> {
      const found = await find(id);
      if (!found) return null;
      if ('delivery' in found) {
        const { delivery } = found;
        if (!deadStates.includes(delivery.state)) return null;
        return { ...ofDelivery(delivery), lane: delivery.lane, raw: null, content: delivery.content, trace: delivery.trace };
      }
      const { event } = found;
      if (event.state !== 'dead') return null;
      const raw = { contentType: event.contentType, body: toBytes(event.body) };
      return { ...ofEvent(event), lane: event.lane, raw, content: null, trace: [] };
    },

    /**
     * Tries again from the beginning: an event at the end of its lane, a delivery at once. What may have arrived is looked up first.
     * Null: no event and no delivery of this id.
     */
    async replay(id: string, now: Date): Promise<DeadLetterChange | null> {
      const found = await find(id);
      if (!found) return null;
      if ('delivery' in found) {
        const { delivery } = found;
        if (!deadStates.includes(delivery.state)) return { _id: id, box: 'outbox', state: delivery.state, changed: false };
        const state = mayHaveArrived(delivery) ? 'uncertain' : 'queued';
        return outboxChange(delivery, {
          ...{ state, dueAt: now, releasedAt: now, attempts: 0, lookups: 0, doneAt: null, outcome: null, reason: null, turn: null },
        });
      }
      const { event } = found;
      // What no connector could read has no conversation to go to.
      if (event.gate.startsWith('malformed:')) return { _id: id, box: 'inbox', state: event.state, changed: false };
      return inboxChange(event, {
        ...{ state: 'received', dueAt: now, attempts: 0, sequence: await endOfLane(event) },
        ...{ outcome: null, reason: null, doneAt: null, turn: null },
      });
    },

    /** Kept until it is pruned, and never tried again. Null: no event and no delivery of this id. */
    async discard(id: string, now: Date): Promise<DeadLetterChange | null> {
      const found = await find(id);
      if (!found) return null;
      if ('delivery' in found) {
        const { delivery } = found;
        if (!deadStates.includes(delivery.state)) return { _id: id, box: 'outbox', state: delivery.state, changed: false };
        return outboxChange(delivery, { state: 'cancelled', reason: { key: 'reply.discarded', params: {} }, doneAt: now, turn: null });
      }
      return inboxChange(found.event, { state: 'done', outcome: 'discarded', doneAt: now, turn: null });
    },
  };
}

function ofEvent(event: InboxEvent): DeadLetter {
  const { _id, receivedAt, doneAt, source, reason, attempts } = event;
  return { _id, box: 'inbox', state: 'dead', at: receivedAt, diedAt: doneAt, source, kind: 'event', reason, attempts, inquiryId: null };
}

function ofDelivery(delivery: Delivery): DeadLetter {
  const { _id, createdAt, doneAt, gate, content, reason, attempts, inquiryId } = delivery;
  const state = delivery.state === 'failed' ? 'failed' : 'dead';
  const fields = { source: gate, kind: content.kind, reason: reason?.key ?? null, attempts, inquiryId };
  return { _id, box: 'outbox', state, at: createdAt, diedAt: doneAt, ...fields };
}

function mayHaveArrived({ attemptedAt, trace }: Delivery): boolean {
  const last = trace.at(-1);
  return attemptedAt !== null && !(last && last.at >= attemptedAt && provenNotSent.includes(last.outcome));
}

/** The driver hands bytes back in its own wrapper. */
function toBytes(body: Uint8Array | { readonly buffer: Uint8Array; readonly position: number }): Uint8Array {
  return body instanceof Uint8Array ? body : body.buffer.subarray(0, body.position);
}
