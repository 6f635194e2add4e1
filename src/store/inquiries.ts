import type { Connection } from 'mongoose';
import type { ConversationId, InquiryId, ShopId } from '../core/ids.ts';
import type { HistoryEvent, Inquiry, Link, Message } from '../core/inquiry.ts';
import { untouched } from '../core/inquiry.ts';
import { idsIn, orderIdsIn } from '../core/message.ts';
import type { Turn } from '../core/turn.ts';
import { bulkWriter, collectionOf, idReader, isDuplicateKey, missingInserter, type WriteOptions } from './collection.ts';
import type { IndexSpec } from './index-spec.ts';

/** Before all that is due: the index holds only what is due some time. */
const never = new Date(0);

export const inquiryIndexes: readonly IndexSpec[] = [
  // At most one unresolved inquiry per shop and conversation.
  {
    collection: 'inquiries',
    key: { shopId: 1, conversationId: 1 },
    options: { name: 'one_open', unique: true, partialFilterExpression: { open: true } },
  },
  // The last inquiry of a conversation.
  { collection: 'inquiries', key: { conversationId: 1, openedAt: -1 }, options: {} },
  // Open inquiries: those without a thread, those waiting longest.
  { collection: 'inquiries', key: { open: 1, openedAt: 1, _id: 1 }, options: {} },
  // What time alone makes due.
  { collection: 'inquiries', key: { dueAt: 1 }, options: { partialFilterExpression: { dueAt: { $gt: never } } } },
  { collection: 'events', key: { inquiryId: 1, sequence: 1 }, options: { unique: true } },
  { collection: 'messages', key: { inquiryId: 1, order: 1 }, options: {} },
  // Posts of an inquiry, the newest of a role by its place.
  { collection: 'links', key: { inquiryId: 1, role: 1, _id: 1 }, options: {} },
];

/** Due at the same time, after the longest downtime; the next sweep finds the rest. */
const mostDue = 20_000;

const mostBeginning = 50;

/** An inquiry that time alone will change. */
export type Due = Pick<Inquiry, '_id' | 'shopId' | 'version'> & { readonly dueAt: Date };

/** As this version knows it: an earlier one stored less. */
const complete = (stored: Inquiry): Inquiry => ({
  ...untouched,
  ...stored,
  assignee: stored.assignee && { ...stored.assignee, agent: stored.assignee.agent ?? null },
});

export type InquiryStore = ReturnType<typeof createInquiryStore>;

/**
 * Inquiries and what hangs on them: messages, history, links.
 * @param step how a step of a message is written: see `onTheWay`
 */
export function createInquiryStore(connection: Connection, step: WriteOptions = {}) {
  const inquiries = collectionOf<Inquiry>(connection, 'inquiries');
  const messages = collectionOf<Message>(connection, 'messages');
  const events = collectionOf<HistoryEvent>(connection, 'events');
  const links = collectionOf<Link>(connection, 'links');
  const insertInquiries = missingInserter(inquiries, step);
  const writeInquiries = bulkWriter(inquiries, step);
  const insertMessages = missingInserter(messages, step);
  const insertEvents = missingInserter(events, step);
  const insertLinks = missingInserter(links, step);
  const readInquiries = idReader<Inquiry>(inquiries);
  const readLinks = idReader<Link>(links);
  const readKnownLinks = idReader<Link, Pick<Link, '_id'>>(links, { _id: 1 });

  /** Those of `turns` whose inquiry could not be taken from `base` to its next version, because something else moved it first. */
  async function replace(turns: readonly Turn[]): Promise<readonly Turn[]> {
    const fresh = turns.filter((turn) => turn.base === 0);
    const next = turns.filter((turn) => turn.base > 0);
    const [known, replaced] = await Promise.all([
      insertInquiries(fresh.map((turn) => turn.inquiry)),
      writeInquiries(
        next.map((turn) => ({ replaceOne: { filter: { _id: turn.inquiryId, version: turn.base }, replacement: turn.inquiry } })),
      ).catch((error: unknown) => {
        // One that is opened again while a newer one of its conversation has opened: it lost like any other, and is decided anew.
        if (isDuplicateKey(error)) return false;
        throw error;
      }),
    ]);
    const doubtful = [...fresh.filter((_, index) => known.has(index)), ...(replaced ? [] : next)];
    if (doubtful.length === 0) return [];
    // A turn applied before (a crash came between) is recognised by its mark on the inquiry.
    const found = await inquiries
      .find({ _id: { $in: doubtful.map((turn) => turn.inquiryId) } })
      .project<Pick<Inquiry, '_id' | 'applied'>>({ applied: 1 })
      .toArray();
    const applied = new Map(found.map((inquiry) => [inquiry._id, inquiry.applied]));
    return doubtful.filter((turn) => !applied.get(turn.inquiryId)?.some((mark) => mark.lane === turn.lane && mark.turn === turn.id));
  }

  return {
    replace,

    /** Messages, history and links of turns whose inquiry is in place. Inserting them again changes nothing. */
    async record(turns: readonly Turn[]): Promise<void> {
      await Promise.all([
        insertMessages(turns.flatMap((turn) => turn.messages)),
        insertEvents(turns.flatMap((turn) => turn.history)),
        insertLinks(turns.flatMap((turn) => turn.links)),
      ]);
    },

    async byIds(ids: readonly InquiryId[]): Promise<ReadonlyMap<InquiryId, Inquiry>> {
      const found = await readInquiries(ids);
      return new Map([...found.values()].map((stored) => [stored._id, complete(stored)]));
    },

    /** Those whose ids begin so; few, for an id is random. */
    async beginningWith(beginning: string): Promise<readonly Inquiry[]> {
      const found = (await inquiries
        .find({ _id: { $gte: beginning as InquiryId, $lt: `${beginning}~` as InquiryId } })
        .limit(mostBeginning)
        .toArray()) as Inquiry[];
      return found.map(complete);
    },

    /** The open inquiry of each conversation. */
    async openIn(shopId: ShopId, conversations: readonly ConversationId[]): Promise<ReadonlyMap<ConversationId, Inquiry>> {
      if (conversations.length === 0) return new Map();
      const found = (await inquiries.find({ shopId, conversationId: { $in: [...conversations] }, open: true }).toArray()) as Inquiry[];
      return new Map(found.map((stored) => [stored.conversationId, complete(stored)]));
    },

    /** The last inquiry of a conversation, open or not. Asked only when a conversation without an open one wakes up. */
    async lastIn(shopId: ShopId, conversationId: ConversationId): Promise<Inquiry | null> {
      const last = (await inquiries.findOne({ conversationId, shopId }, { sort: { openedAt: -1 } })) as Inquiry | null;
      return last && complete(last);
    },

    /** Open inquiries, oldest first, after `cursor`. */
    async openPage(after: { readonly openedAt: Date; readonly _id: InquiryId } | null, limit: number): Promise<Inquiry[]> {
      const behind = after ? { $or: [{ openedAt: { $gt: after.openedAt } }, { openedAt: after.openedAt, _id: { $gt: after._id } }] } : {};
      const page = (await inquiries
        .find({ open: true, ...behind })
        .sort({ openedAt: 1, _id: 1 })
        .limit(limit)
        .toArray()) as Inquiry[];
      return page.map(complete);
    },

    /** Inquiries of which something is due before then. */
    async dueBefore(moment: Date): Promise<readonly Due[]> {
      return inquiries
        .find({ dueAt: { $gt: never, $lte: moment } })
        .sort({ dueAt: 1 })
        .limit(mostDue)
        .project<Due>({ shopId: 1, dueAt: 1, version: 1 })
        .toArray();
    },

    linksById: (ids: readonly string[]): Promise<ReadonlyMap<string, Link>> => readLinks(ids),

    /** Which of these marketplace messages are known, by link id. */
    async knownLinks(ids: readonly string[]): Promise<ReadonlySet<string>> {
      return new Set((await readKnownLinks(ids)).keys());
    },

    /** Marketplace ids of an inquiry's messages, both ways. `prefix` is that of the shop's links. */
    async externalIdsOf(inquiryId: InquiryId, prefix: string): Promise<readonly string[]> {
      const found = await links
        .find({ inquiryId, role: { $in: ['message', 'reply'] } })
        .project<{ _id: string }>({ _id: 1 })
        .toArray();
      return found.flatMap(({ _id }) => (_id.startsWith(prefix) ? [_id.slice(prefix.length)] : []));
    },

    /** The messages that a post carries, in their order. */
    async messagesOn(link: string): Promise<readonly Message[]> {
      const found = (await links.findOne({ _id: link })) as Link | null;
      if (!found) return [];
      return messages
        .find({ _id: { $in: [...found.messageIds] } })
        .sort({ order: 1 })
        .toArray() as Promise<Message[]>;
    },

    /** Order and product numbers that this inquiry speaks of, and long numbers that its buyer wrote; of its newest messages. */
    async knownIds({ _id, source }: Pick<Inquiry, '_id' | 'source'>): Promise<readonly string[]> {
      const newest = (await messages.find({ inquiryId: _id }).sort({ order: -1 }).limit(50).toArray()) as Message[];
      return [
        ...(source ? [source.id] : []),
        ...newest.filter(({ externalId }) => externalId !== null).flatMap(({ parts }) => idsIn(parts)),
      ];
    },

    /** Orders that this inquiry names, and numbers in the marketplace's messages that may be orders: where it came from, then the newest first. */
    async orderIdsOf({
      _id,
      source,
    }: Pick<Inquiry, '_id' | 'source'>): Promise<{ readonly named: readonly string[]; readonly said: readonly string[] }> {
      const newest = (await messages.find({ inquiryId: _id }).sort({ order: -1 }).limit(50).toArray()) as Message[];
      const found = newest.filter(({ externalId }) => externalId !== null).map(({ parts }) => orderIdsIn(parts));
      return {
        named: [...(source?.kind === 'order' ? [source.id] : []), ...found.flatMap(({ named }) => named)],
        said: found.flatMap(({ said }) => said),
      };
    },

    /** The newest of the marketplace's messages and of what people wrote in the thread, `limit` of each, in no particular order. */
    async newestOf(inquiryId: InquiryId, limit: number): Promise<readonly Message[]> {
      const newest = (direction: object) =>
        messages
          .find({ inquiryId, direction } as never)
          .sort({ order: -1 })
          .limit(limit)
          .toArray();
      // Their orders are those of two platforms, which do not compare.
      const found = await Promise.all([newest({ $eq: 'in' }), newest({ $ne: 'in' })]);
      return found.flat() as unknown as Message[];
    },

    /** What the buyer wrote first, in their order. */
    async firstFromBuyer(inquiryId: InquiryId, limit: number): Promise<readonly Message[]> {
      return messages.find({ inquiryId, direction: 'in' }).sort({ order: 1 }).limit(limit).toArray() as Promise<Message[]>;
    },

    /** The last of an inquiry's history, oldest first. */
    async lastHistory(inquiryId: InquiryId, limit: number): Promise<readonly HistoryEvent[]> {
      const newest = (await events.find({ inquiryId }).sort({ sequence: -1 }).limit(limit).toArray()) as HistoryEvent[];
      return newest.toReversed();
    },

    /** The newest post of people in a thread that we know of; catch-up reads on from there. */
    async newestAgentLink(inquiryId: InquiryId): Promise<Link | null> {
      return links.findOne({ inquiryId, role: 'agent' }, { sort: { _id: -1 } }) as Promise<Link | null>;
    },

    async message(id: string): Promise<Message | null> {
      return messages.findOne({ _id: id as Message['_id'] }) as Promise<Message | null>;
    },
  };
}
