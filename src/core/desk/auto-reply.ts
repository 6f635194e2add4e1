import { type ComposeView, compose } from '../compose.ts';
import type { Delivery } from '../delivery.ts';
import type { Draft } from '../draft.ts';
import { change, note } from '../draft.ts';
import { deliveryId } from '../ids.ts';
import type { Inquiry } from '../inquiry.ts';
import { notice, planAnswer, planNotice, planningOrder, planReply } from '../plan.ts';
import type { RouteWord } from '../routing/take-route.ts';
import type { Notice } from '../thread.ts';

/** The shop's automatic reply to an inquiry that opens. It goes once. */
export function autoReply(draft: Draft, answer: RouteWord, view: { readonly compose: ComposeView; readonly now: Date }): void {
  const { _id, lastBuyerAt } = draft.inquiry;
  // It acknowledges these words, so it is as old as they are.
  const times = { writtenAt: lastBuyerAt, dueAt: view.now, now: view.now };
  sendAutomatically(draft, answer, { id: `${_id}:auto-reply`, inVain: 'auto-reply.not-sent', compose: view.compose, ...times });
}

interface Automatic {
  /** Unique: planning it twice makes one. */
  readonly id: string;
  /** What is said where it cannot be sent. */
  readonly inVain: Notice['key'];
  readonly compose: ComposeView;
  /** From when on it counts as late. */
  readonly writtenAt: Date;
  readonly dueAt: Date;
  readonly now: Date;
}

/** A text to the buyer in nobody's name, by the one door out. What the marketplace or the screening would not take is told in the thread, and not sent. */
export function sendAutomatically(draft: Draft, answer: RouteWord, { id, inVain, compose: view, writtenAt, dueAt, now }: Automatic): void {
  const fail = (reasons: Notice['reasons']) => draft.deliveries.push(planNotice(draft.inquiry, notice(inVain, {}, reasons), { id, now }));
  if (answer.kind === 'said') {
    fail([answer.said, ...answer.lines]);
    return;
  }
  const knownIds = [...view.knownIds, ...answer.numbers];
  // Signed by nobody: it must not look like a person's.
  const composed = compose({ ...view, knownIds, signature: null }, answer.text, []);
  if (composed.kind === 'held') {
    fail(composed.reasons);
    return;
  }
  const content = { kind: 'reply', parts: composed.parts, author: null, warnings: composed.warnings } as const;
  draft.deliveries.push(
    planReply(draft.inquiry, content, { id: deliveryId(id), messageId: id, order: planningOrder(now), writtenAt, dueAt, now }),
  );
}

/** Where a person has answered, or the case is closed, nobody needs to be told that somebody will. Pure. */
export const isMoot = ({ status, firstReplyAt, noAnswerNeeded }: Inquiry): boolean =>
  status !== 'waiting' || firstReplyAt !== null || noAnswerNeeded;

/** A template that an agent sends has an author by then. */
export const isAutomatic = ({ content }: Delivery): boolean => content.kind === 'reply' && content.author === null;

/** It reached the buyer, and answers nothing: no clock stops, nobody has claimed, the buyer waits. */
export function autoReplied(draft: Draft, reply: Delivery, sentAt: Date, now: Date): void {
  change(draft, { autoRepliedAt: sentAt });
  tellAutomatic(draft, reply, { told: 'auto-reply.sent', sentAt, now });
}

/** What went to the buyer in nobody's name stands in the history, and in the thread. */
export function tellAutomatic(
  draft: Draft,
  reply: Delivery,
  { told, sentAt, now }: { readonly told: Notice['key']; readonly sentAt: Date; readonly now: Date },
): void {
  const { content } = reply;
  if (content.kind !== 'reply') return;
  const { _id: inquiryId, shopId, conversationId } = draft.inquiry;
  const messageId = reply.messageId ?? reply._id;
  const texts = content.parts.flatMap((part) => (part.kind === 'text' ? [String(part.text)] : []));
  note(draft, 'auto-replied', sentAt, null, { message: messageId, parts: reply.sentIds.length });
  draft.messages.push({
    ...{ _id: messageId, inquiryId, shopId, conversationId, direction: 'out', externalId: null, post: null },
    author: { kind: 'automatic', userId: null, name: null },
    parts: texts.map((text) => ({ kind: 'text', text })),
    ...{ sentAt, order: reply.order, receivedAt: now },
  });
  const parts = [
    { kind: 'notice', notice: notice(told, {}, content.warnings) },
    { kind: 'lines', lines: texts.flatMap((text) => text.split('\n')) },
  ] as const;
  draft.deliveries.push(planAnswer(draft.inquiry, { kind: 'answer', parts, actions: [] }, { id: messageId, now, visibleTo: null }));
}
