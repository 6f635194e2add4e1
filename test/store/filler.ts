import type { Db, Document } from 'mongodb';

/**
 * What a busy week leaves: done entries of both boxes, like those that are there, at the same gates and in the same lanes,
 * and resolved inquiries with their messages.
 */
export async function fillUp(db: Db, count: number): Promise<void> {
  const copies = async (collection: string, changes: (original: Document, index: number) => Document) => {
    const originals = await db.collection(collection).find().toArray();
    const documents = Array.from({ length: count }, (_, index) => {
      const original = originals[index % originals.length] ?? {};
      return { ...original, _id: `filler-${index}`, ...changes(original, index) };
    });
    await db.collection(collection).insertMany(documents as never);
  };
  const doneAt = new Date();
  /** Of a hundred, one is of the conversation that goes on. */
  const other = (value: unknown, index: number): unknown =>
    index % 100 === 0 || typeof value !== 'string' ? value : `${value}-${index % 97}`;
  await copies('inbox', ({ lane }, index) => ({ state: 'done', doneAt, outcome: 'done', turn: null, lane: other(lane, index) }));
  await copies('outbox', ({ lane, inquiryId, messageId, conversationId }, index) => ({
    ...{ state: 'sent', doneAt, turn: null, lane: other(lane, index), messageId: other(messageId, index) },
    ...{ inquiryId: other(inquiryId, index), conversationId: other(conversationId, index) },
  }));
  await copies('inquiries', ({ conversationId }, index) => ({
    open: false,
    status: 'resolved',
    conversationId: other(conversationId, index),
  }));
  for (const collection of ['messages', 'links', 'events']) {
    await copies(collection, ({ inquiryId }, index) => ({
      inquiryId: other(inquiryId, index),
      ...(collection === 'events' ? { sequence: 1_000_000 + index } : {}),
    }));
  }
}
