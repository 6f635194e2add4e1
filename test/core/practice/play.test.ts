import { describe, expect, it } from 'vitest';
import type { ConversationId } from '../../../src/core/ids.ts';
import { practiceBuyers } from '../../../src/core/practice/buyers.ts';
import { numberOf, practiceConversation } from '../../../src/core/practice/marks.ts';
import { nextLines, type PracticeTalk, usualPace } from '../../../src/core/practice/play.ts';
import { at } from '../fixtures.ts';

const session = 'a1b2c3d4';
const next = (talks: readonly PracticeTalk[], seconds: number) => nextLines(talks, { session, now: at(seconds), pace: usualPace });
const conversation = (number: number): ConversationId => practiceConversation(session, number);

/** They came after so many seconds, and wait. */
const talk = (number: number, seconds: number, more: Partial<PracticeTalk> = {}): PracticeTalk => ({
  ...{ conversationId: conversation(number), status: 'waiting', openedAt: at(seconds), lastBuyerAt: at(seconds), lastReplyAt: null },
  counters: { buyerMessages: 1 },
  ...more,
});
const answered = (number: number, seconds: number, repliedAfter: number, said = 1): PracticeTalk =>
  talk(number, seconds, { status: 'answered', lastReplyAt: at(seconds + repliedAfter), counters: { buyerMessages: said } });

describe('practice buyers', () => {
  it('come one after the other, the first at once', () => {
    expect(next([], 0)).toEqual([{ conversation: conversation(0), number: 0, line: 0, sentAt: at(0) }]);
    expect(next([talk(0, 0)], 119)).toEqual([]);
    expect(next([talk(0, 0)], 120)).toEqual([{ conversation: conversation(1), number: 1, line: 0, sentAt: at(120) }]);
  });

  it('do not come while three of them wait', () => {
    const three = [talk(0, 0), talk(1, 120), talk(2, 240)];
    expect(next(three, 86_400)).toEqual([]);
    const resolved = [{ ...(three[0] as PracticeTalk), status: 'resolved' as const }, ...three.slice(1)];
    expect(next(resolved, 86_400)).toMatchObject([{ number: 3, line: 0 }]);
  });

  it('go on some time after they were answered, until they have said everything', () => {
    expect(next([answered(0, 0, 30)], 49)).toEqual([]);
    expect(next([answered(0, 0, 30)], 50)).toEqual([{ conversation: conversation(0), number: 0, line: 1, sentAt: at(50) }]);
    const all = practiceBuyers[0]?.lines.length ?? 0;
    expect(next([answered(0, 0, 30, all)], 60)).toEqual([]);
  });

  it('wait for an answer to what they said last', () => {
    expect(next([talk(0, 0, { lastReplyAt: at(10), lastBuyerAt: at(40), counters: { buyerMessages: 2 } })], 100)).toEqual([]);
  });

  it('count what they said in all inquiries of their conversation', () => {
    const again = [answered(0, 0, 10, 1), { ...answered(0, 90_000, 10, 1), openedAt: at(90_000) }];
    expect(next(again, 90_060)).toMatchObject([{ number: 0, line: 2 }]);
  });

  it('say the same line again under the same name while it is not known to be said', () => {
    const [first] = next([answered(0, 0, 30)], 50);
    const [second] = next([answered(0, 0, 30)], 55);
    expect(second).toEqual({ ...first, sentAt: at(55) });
  });

  it('are numbered in their conversations, and nobody else is', () => {
    expect([0, 7, 12_345].map((number) => numberOf(conversation(number)))).toEqual([0, 7, 12_345]);
    expect(numberOf('7494560109732399999' as ConversationId)).toBeNull();
    expect(numberOf('practice:a:1' as ConversationId)).toBeNull();
  });
});
