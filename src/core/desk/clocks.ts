import { change, type Draft, note } from '../draft.ts';
import type { HistoryEvent, Inquiry } from '../inquiry.ts';
import type { MessagePart } from '../message.ts';
import { planCard, planPing } from '../plan.ts';
import type { ClockOutcome } from '../sla/clock.ts';
import { type ClockChange, onBuyerMessage, onHeldReply, onHumanReply, onNoAnswerNeeded, onResolved } from '../sla/events.ts';
import { type Calendar, elapsedBusinessMs } from '../sla/hours.ts';
import type { SlaContext } from '../sla/policy.ts';
import { dueSteps } from '../sla/reminders.ts';
import { isClosing, isFiller } from '../sla/words.ts';

/** How the clocks of one inquiry are judged. */
export interface Clocking {
  readonly sla: SlaContext;
  /** When the shop's team works. */
  readonly business: Calendar;
}

/** What was written, as clocks see it. Null: more than words. */
export function wordsIn(parts: readonly (MessagePart | { readonly kind: 'text' | 'image'; readonly text?: string })[]): string | null {
  const texts = parts.map((part) => (part.kind === 'text' ? (part.text ?? '') : null));
  return texts.includes(null) ? null : texts.join('\n');
}

/** Words with which a buyer asks for nothing more. */
export const closes = (parts: readonly MessagePart[], { sla }: Clocking): boolean => {
  const words = wordsIn(parts);
  return words !== null && isClosing(words, sla.words);
};

/** Words that are no answer yet. */
export const stalls = (words: string | null, { sla }: Clocking): boolean => words !== null && isFiller(words, sla.words);

export const buyerWrote = (draft: Draft, sentAt: Date, parts: readonly MessagePart[], { sla }: Clocking): void =>
  keep(draft, onBuyerMessage(draft.inquiry.clocks, { sentAt, words: wordsIn(parts) }, sla));

export const personAnswered = (draft: Draft, sentAt: Date, words: string | null, { sla }: Clocking): void =>
  keep(draft, onHumanReply(draft.inquiry.clocks, { sentAt, words }, sla));

export const caseResolved = (draft: Draft, now: Date, { sla }: Clocking): void => keep(draft, onResolved(draft.inquiry.clocks, now, sla));

export const nothingAsked = (draft: Draft, now: Date, { sla }: Clocking): void =>
  keep(draft, onNoAnswerNeeded(draft.inquiry.clocks, now, sla));

/** A reply waits for a person, from `since` on; null: it does no more. */
export function replyWaits(draft: Draft, id: string, since: Date | null, { sla }: Clocking): void {
  const others = draft.inquiry.heldReplies.filter((held) => held.id !== id);
  const heldReplies = since === null ? others : [...others, { id, since }].slice(-mostHeld);
  if (heldReplies.length === 0 && draft.inquiry.heldReplies.length === 0) return;
  change(draft, { heldReplies });
  const oldest = heldReplies.reduce<Date | null>((first, held) => (first && first <= held.since ? first : held.since), null);
  keep(draft, onHeldReply(draft.inquiry.clocks, oldest, sla));
}

/** Nobody has more of them in one thread than they can look through. */
const mostHeld = 20;

/** Reminders that are due, and turns that nobody answered in time. */
export function tick(draft: Draft, now: Date, { sla }: Clocking): void {
  const { clocks, reminders, missed } = dueSteps(draft.inquiry.clocks, now, sla);
  keep(draft, { clocks, ended: missed });
  if (missed.length > 0) draft.deliveries.push(planCard(draft.inquiry, now));
  for (const reminder of reminders) draft.deliveries.push(...planPing(draft.inquiry, reminder, now));
}

function keep(draft: Draft, { clocks, ended }: ClockChange): void {
  if (clocks.length > 0 || draft.inquiry.clocks.length > 0) change(draft, { clocks });
  for (const outcome of ended) note(draft, outcome.met ? 'clock-met' : 'clock-missed', outcome.startedAt, null, dataOf(outcome));
}

const dataOf = ({ policy, owner, kind, startedAt, elapsedMs, correction }: ClockOutcome): HistoryEvent['data'] => ({
  ...{ policy, owner, kind, elapsedMs, correction },
  startedAt: startedAt.getTime(),
});

/** How long the buyer had waited for this answer: what the figures of an answer are made of. */
export function waited({ waitingSince, firstReplyAt }: Inquiry, sentAt: Date, { business }: Clocking): HistoryEvent['data'] {
  const first = firstReplyAt === null;
  if (waitingSince === null || sentAt < waitingSince) return { first, waitedMs: null, businessMs: null };
  return { first, waitedMs: sentAt.getTime() - waitingSince.getTime(), businessMs: elapsedBusinessMs(business, waitingSince, sentAt) };
}
