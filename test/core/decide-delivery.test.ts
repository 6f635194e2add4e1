import { describe, expect, it } from 'vitest';
import { decideDelivery } from '../../src/core/decide-delivery.ts';
import { decideMessages } from '../../src/core/decide-marketplace.ts';
import type { Inquiry } from '../../src/core/inquiry.ts';
import { conversationView, incoming, inquiry, now, settings } from './fixtures.ts';

/** The inquiry after its waiting message was shown in the thread. */
function shown(before: Inquiry, seconds: number): Inquiry {
  const decided = decideMessages(conversationView({ inquiry: before }), [incoming('m2', seconds)]).turn;
  const lead = decided?.deliveries.find(({ content }) => content.kind === 'message');
  if (!decided || !lead) throw new Error('nothing was planned');
  const outcome = { final: 'sent' as const, at: now, posts: [{ channelId: 'C1', messageId: '2.0' }], reason: null };
  const turn = decideDelivery({ lead, members: [], outcome, inquiry: decided.inquiry, settings, readMarks: false, turnId: 't2', now });
  if (!turn) throw new Error('no turn was taken');
  return turn.inquiry;
}

describe('a message that was shown', () => {
  it('opens the thread, which shows nothing else in the channel by itself', () => {
    const unopened: Inquiry = { ...inquiry, thread: { bot: 'slack/default', channelId: 'C1', rootId: null } };
    expect(shown(unopened, 10)).toMatchObject({ thread: { rootId: '2.0' }, surfaceNext: false, shownOrder: '1000010.000' });
  });
  it('was shown in the channel once', () => {
    expect(shown({ ...inquiry, surfaceNext: true }, 300).surfaceNext).toBe(false);
  });
  it('is counted as late when its successors are there already', () => {
    expect(shown({ ...inquiry, shownOrder: '1000020.000' }, 10)).toMatchObject({ shownOrder: '1000020.000', counters: { late: 1 } });
  });
});
