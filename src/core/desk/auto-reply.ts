import { type ComposeView, compose } from '../compose.ts';
import type { Delivery } from '../delivery.ts';
import type { Draft } from '../draft.ts';
import { change, note } from '../draft.ts';
import { deliveryId } from '../ids.ts';
import type { Inquiry } from '../inquiry.ts';
import { notice, planAnswer, planNotice, planningOrder, planReply } from '../plan.ts';
import type { RouteWord } from '../routing/take-route.ts';
import type { Notice } from '../thread.ts';

/**
 * The shop's automatic reply to an inquiry that opens, in nobody's name, by the one door out. It goes once; what the marketplace or the screening would not
 * take is told in the thread, and not sent.
 */
export function autoReply(draft: Draft, answer: RouteWord, view: { readonly compose: ComposeView; readonly now: Date }): void {
  const { now } = view;
  const { _id, lastBuyerAt } = draft.inquiry;
  const id = `${_id}:auto-reply`;
  const fail = (reasons: Notice['reasons']) =>
    draft.deliveries.push(planNotice(draft.inquiry, notice('auto-reply.not-sent', {}, reasons), { id, now }));
  if (answer.kind === 'said') {
    fail([answer.said, ...answer.lines]);
    return;
  }
  const knownIds = [...view.compose.knownIds, ...answer.numbers];
  // Signed by nobody: it must not look like a person's.
  const composed = compose({ ...view.compose, knownIds, signature: null }, answer.text, []);
  if (composed.kind === 'held') {
    fail(composed.reasons);
    return;
  }
  const content = { kind: 'reply', parts: composed.parts, author: null, warnings: composed.warnings } as const;
  draft.deliveries.push(
    planReply(draft.inquiry, content, {
      ...{ id: deliveryId(id), messageId: id, order: planningOrder(now) },
      // It acknowledges these words, so it is as old as they are.
      ...{ writtenAt: lastBuyerAt, dueAt: now, now },
    }),
  );
}

/** Where a person has answered, or the case is closed, nobody needs to be told that somebody will. Pure. */
export const isMoot = ({ status, firstReplyAt, noAnswerNeeded }: Inquiry): boolean =>
  status !== 'waiting' || firstReplyAt !== null || noAnswerNeeded;

/** A template that an agent sends has an author by then. */
export const isAutomatic = ({ content }: Delivery): boolean => content.kind === 'reply' && content.author === null;

/** It reached the buyer, and answers nothing: no clock stops, nobody has claimed, the buyer waits. */
export function autoReplied(draft: Draft, reply: Delivery, sentAt: Date, now: Date): void {
  const { content } = reply;
  if (content.kind !== 'reply') return;
  const { _id: inquiryId, shopId, conversationId } = draft.inquiry;
  const messageId = reply.messageId ?? reply._id;
  const texts = content.parts.flatMap((part) => (part.kind === 'text' ? [String(part.text)] : []));
  change(draft, { autoRepliedAt: sentAt });
  note(draft, 'auto-replied', sentAt, null, { message: messageId, parts: reply.sentIds.length });
  draft.messages.push({
    ...{ _id: messageId, inquiryId, shopId, conversationId, direction: 'out', externalId: null, post: null },
    author: { kind: 'automatic', userId: null, name: null },
    parts: texts.map((text) => ({ kind: 'text', text })),
    ...{ sentAt, order: reply.order, receivedAt: now },
  });
  const parts = [
    { kind: 'notice', notice: notice('auto-reply.sent', {}, content.warnings) },
    { kind: 'lines', lines: texts.flatMap((text) => text.split('\n')) },
  ] as const;
  draft.deliveries.push(planAnswer(draft.inquiry, { kind: 'answer', parts, actions: [] }, { id: messageId, now, visibleTo: null }));
}
