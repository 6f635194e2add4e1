import type { ConversationId } from '../ids.ts';
import type { Inquiry } from '../inquiry.ts';
import { addMs } from '../time.ts';
import { buyerOf } from './buyers.ts';
import { numberOf, practiceConversation } from './marks.ts';

/** How fast practice buyers are. */
export interface PracticePace {
  /** From one buyer who comes to the next. */
  readonly newEveryMs: number;
  /** They read and type. */
  readonly answerAfterMs: number;
  /** While so many wait nobody comes: a practice shop that everybody forgot falls silent by itself. */
  readonly mostWaiting: number;
}

/** As people would: somebody new every two minutes, an answer within half a minute. */
export const usualPace: PracticePace = { newEveryMs: 120_000, answerAfterMs: 20_000, mostWaiting: 3 };

/** What a buyer sees of their inquiry. */
export type PracticeTalk = Pick<Inquiry, 'conversationId' | 'status' | 'openedAt' | 'lastBuyerAt' | 'lastReplyAt'> & {
  readonly counters: Pick<Inquiry['counters'], 'buyerMessages'>;
};

/** The next words of a buyer: which of their lines, counted from 0. The same line is one message, however often it is said. */
export interface PracticeLine {
  readonly conversation: ConversationId;
  readonly number: number;
  readonly line: number;
  readonly sentAt: Date;
}

/**
 * What practice buyers say now: those who were answered go on, and after a while somebody new comes. It stands on the inquiries alone, so nothing of a buyer has
 * to be kept, and who plays them may change at any time. Pure.
 * @param talks every inquiry of the practice shop
 */
export function nextLines(
  talks: readonly PracticeTalk[],
  { session, now, pace }: { readonly session: string; readonly now: Date; readonly pace: PracticePace },
): readonly PracticeLine[] {
  const byConversation = Map.groupBy(talks, ({ conversationId }) => conversationId);
  const answers = [...byConversation].flatMap(([conversation, ofOne]): readonly PracticeLine[] => {
    const number = numberOf(conversation);
    const last = ofOne.toSorted((a, b) => a.openedAt.getTime() - b.openedAt.getTime()).at(-1);
    const line = ofOne.reduce((said, { counters }) => said + counters.buyerMessages, 0);
    if (number === null || !last?.lastReplyAt || line >= buyerOf(number).lines.length) return [];
    const answered = last.lastReplyAt >= last.lastBuyerAt && addMs(last.lastReplyAt, pace.answerAfterMs) <= now;
    return answered ? [{ conversation, number, line, sentAt: now }] : [];
  });
  const waiting = talks.filter(({ status }) => status === 'waiting').length;
  const newestMs = Math.max(...talks.map(({ openedAt }) => openedAt.getTime()));
  if (waiting >= pace.mostWaiting || now.getTime() - newestMs < pace.newEveryMs) return answers;
  const number = Math.max(-1, ...[...byConversation.keys()].map((conversation) => numberOf(conversation) ?? -1)) + 1;
  return [...answers, { conversation: practiceConversation(session, number), number, line: 0, sentAt: now }];
}
