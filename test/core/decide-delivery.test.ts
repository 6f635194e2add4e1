import { describe, expect, it } from 'vitest';
import { decideDelivery, holdReason } from '../../src/core/decide-delivery.ts';
import { decideMessages } from '../../src/core/decide-marketplace.ts';
import type { Delivery } from '../../src/core/delivery.ts';
import type { Inquiry } from '../../src/core/inquiry.ts';
import { planned } from '../../src/core/plan.ts';
import { addMs } from '../../src/core/time.ts';
import { clocking, conversationView, incoming, inquiry, now, settings } from './fixtures.ts';

/** The inquiry after its waiting message was shown in the thread. */
function shown(before: Inquiry, seconds: number): Inquiry {
  const decided = decideMessages(conversationView({ inquiry: before }), [incoming('m2', seconds)]).turn;
  const lead = decided?.deliveries.find(({ content }) => content.kind === 'message');
  if (!decided || !lead) throw new Error('nothing was planned');
  const outcome = { final: 'sent' as const, at: now, posts: [{ channelId: 'C1', messageId: '2.0' }], reason: null };
  const turn = decideDelivery({
    ...clocking,
    lead,
    members: [],
    outcome,
    inquiry: decided.inquiry,
    settings,
    readMarks: false,
    drawsCard: false,
    turnId: 't2',
    now,
  });
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
  it('moves the thread with the card that took the place of its root, which leads to it as the old one does', () => {
    const card = planned({
      ...{ id: 'm2:thread:0', gate: 'bot:a', lane: 'thread:i1', order: '1000010.000', priority: 'message', now, inquiry, messageId: 'm2' },
      content: { kind: 'message', message: { author: 'buyer', parts: [], sentAt: now, late: false } },
    });
    const root = { channelId: 'C1', messageId: 'card-2' };
    const outcome = { final: 'sent' as const, at: now, posts: [root, { channelId: 'C1', messageId: 'picture' }], root, reason: null };
    const view = { ...clocking, lead: card, members: [], inquiry, settings, readMarks: false, drawsCard: true, turnId: 't4', now };
    const turn = decideDelivery({ ...view, outcome });
    expect(turn?.inquiry.thread).toMatchObject({ rootId: 'card-2', movedAt: now });
    expect(turn?.links.map(({ _id, role }) => [_id.split('|').at(-1), role])).toEqual([
      ['card-2', 'root'],
      ['picture', 'message'],
    ]);
    const stayed = decideDelivery({
      ...view,
      outcome: { final: 'sent', at: now, posts: [{ channelId: 'C1', messageId: 'picture' }], reason: null },
    });
    expect(stayed?.inquiry.thread).toEqual(inquiry.thread);
  });
  it('is counted as late when its successors are there already', () => {
    expect(shown({ ...inquiry, shownOrder: '1000020.000' }, 10)).toMatchObject({ shownOrder: '1000020.000', counters: { late: 1 } });
  });
});

describe('a reply that arrived', () => {
  const lead: Delivery = planned({
    ...{ id: 'r1', gate: 'shop:a', lane: 'reply:i1', order: '1', priority: 'reply', now, inquiry, messageId: 'm9' },
    content: { kind: 'reply', parts: [], author: { userId: 'U1', post: { channelId: 'C1', messageId: '1.0' } }, warnings: [] },
  });
  const outcome = { final: 'sent' as const, at: now, posts: [], reason: null };
  const follows = (before: Inquiry, readMarks = true) =>
    decideDelivery({
      ...{ ...clocking, lead, members: [], outcome, inquiry: before, settings, readMarks, drawsCard: false, turnId: 't3', now },
    })?.deliveries.map(({ content }) => content.kind);

  it('marks what the buyer wrote as read and draws the card again, once for each time that the buyer waited', () => {
    expect(follows({ ...inquiry, status: 'waiting' })).toEqual(['receipt', 'read-mark', 'card']);
    expect(follows({ ...inquiry, status: 'waiting' }, false)).toEqual(['receipt', 'card']);
    expect(follows({ ...inquiry, status: 'answered' })).toEqual(['receipt']);
  });
});

describe('a reply written before a backup was restored', () => {
  const minute = 60_000;
  const restoredAt = addMs(now, -5 * minute);
  const reply = (changes: Partial<Delivery>): Delivery => ({
    ...planned({
      ...{ id: 'r1', gate: 'shop:a', lane: 'reply:i1', order: '1', priority: 'reply', now },
      content: { kind: 'reply', parts: [], author: { userId: 'U1', post: { channelId: 'C1', messageId: '1.0' } }, warnings: [] },
    }),
    ...changes,
  });
  const notFound = (at: Date) => [{ at, outcome: 'not-found' as const, code: null, requestId: null }];

  it.each<[string, Date | null, Partial<Delivery>, string | null]>([
    ['is held', restoredAt, { writtenAt: addMs(now, -6 * minute) }, 'reply.held-restored'],
    ['goes if it was written after', restoredAt, { writtenAt: addMs(now, -4 * minute) }, null],
    ['goes where none was restored', null, { writtenAt: addMs(now, -6 * minute) }, null],
    ['goes once a person says so', restoredAt, { writtenAt: addMs(now, -6 * minute), releasedAt: now }, null],
    ['goes once it was looked for and not found', restoredAt, { writtenAt: addMs(now, -6 * minute), trace: notFound(now) }, null],
    [
      'is held if that was before',
      restoredAt,
      { writtenAt: addMs(now, -9 * minute), trace: notFound(addMs(now, -8 * minute)) },
      'reply.held-restored',
    ],
  ])('%s', (_, at, changes, reason) => {
    expect(holdReason(reply(changes), inquiry, { ...settings, restoredAt: at }, now)?.key ?? null).toBe(reason);
  });
});
