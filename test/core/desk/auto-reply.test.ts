import { describe, expect, it } from 'vitest';
import { decideDelivery, isDropped } from '../../../src/core/decide-delivery.ts';
import { decideMessages } from '../../../src/core/decide-marketplace.ts';
import type { Delivery, DeliveryOutcome } from '../../../src/core/delivery.ts';
import { resolveByPolicy } from '../../../src/core/desk/resolve.ts';
import { draftOf } from '../../../src/core/draft.ts';
import type { Inquiry } from '../../../src/core/inquiry.ts';
import type { RouteWord } from '../../../src/core/routing/take-route.ts';
import { addMs } from '../../../src/core/time.ts';
import { clocking, conversationView, incoming, inquiry, now, settings, threadView } from '../fixtures.ts';

const compose = { ...threadView().compose, signature: 'Lamp House' };
const ready: RouteWord = { kind: 'ready', name: 'wait', text: '正在为您处理中', numbers: [] };

const opened = (autoReply: RouteWord) => {
  const { turn } = decideMessages(conversationView({ words: { compose, suggestion: null, autoReply } }), [incoming('m1'), incoming('m2')]);
  if (!turn) throw new Error('nothing opened');
  return { turn, replies: turn.deliveries.filter(({ content }) => content.kind === 'reply') };
};
const [reply] = opened(ready).replies;
if (!reply) throw new Error('no reply was planned');

/** What follows from it, once it has come to this. */
const ends = (outcome: Partial<DeliveryOutcome>, of: Partial<Delivery> = { sentIds: ['x1'] }) =>
  decideDelivery({
    ...clocking,
    ...{ lead: { ...reply, ...of }, members: [], inquiry, settings, readMarks: true, drawsCard: false, turnId: 't3', now },
    outcome: { final: 'sent', at: now, posts: [], reason: null, ...outcome },
  });

describe('an automatic reply', () => {
  it('is sent once, by the gate of the shop, in nobody’s name and with nobody’s signature', () => {
    expect(opened(ready).replies).toMatchObject([
      {
        ...{ _id: 'i2:auto-reply', state: 'queued', gate: 'shop:tiktok-shop:749', queue: 'replies', dueAt: now },
        content: { author: null, parts: [{ text: '正在为您处理中' }] },
      },
    ]);
  });

  it.each<[string, RouteWord, string]>([
    ['cannot be filled', { kind: 'said', said: { key: 'template.empty', params: {} }, lines: [] }, 'template.empty'],
    ['would be held', { ...ready, text: 'Call +66 81 234 5678' } as RouteWord, 'screening.phone'],
  ])('that %s is not sent, and the thread is told', (_, answer, reason) => {
    const { turn, replies } = opened(answer);
    expect(replies).toEqual([]);
    const told = turn.deliveries.flatMap(({ content }) => (content.kind === 'notice' ? [content] : []));
    expect(told).toMatchObject([{ notice: { key: 'auto-reply.not-sent', reasons: [{ key: reason }] }, mention: null, actions: [] }]);
  });

  it('answers nothing: the buyer waits as before, and the thread shows it', () => {
    const turn = ends({});
    const { autoRepliedAt, lastEvent, version, applied, dueAt, ...rest } = turn?.inquiry ?? inquiry;
    expect(inquiry).toMatchObject(rest);
    expect(autoRepliedAt).toEqual(now);
    expect(turn?.history).toMatchObject([{ kind: 'auto-replied', by: null, data: { message: 'i2:auto-reply', parts: 1 } }]);
    expect(turn?.messages).toMatchObject([{ _id: 'i2:auto-reply', direction: 'out', author: { kind: 'automatic' } }]);
    expect(turn?.links).toMatchObject([{ messageIds: ['i2:auto-reply'], role: 'reply' }]);
    expect(turn?.deliveries.map(({ content }) => content)).toMatchObject([
      { kind: 'answer', parts: [{ notice: { key: 'auto-reply.sent' } }, { lines: ['正在为您处理中'] }], visibleTo: null },
    ]);
  });

  it.each(['failed', 'held'] as const)('that %s is told without calling anybody, and nobody has to answer for it', (final) => {
    const turn = ends({ final, reason: { key: 'reply.uncertain', params: {} } }, {});
    expect(turn).toMatchObject({ history: [], inquiry: { heldReplies: [] } });
    expect(turn?.deliveries).toMatchObject([{ content: { kind: 'notice', mention: null } }]);
  });

  it.each<[string, Partial<Inquiry>, number, boolean]>([
    ['goes while the buyer waits', {}, 60, false],
    ['is dropped once somebody answered', { firstReplyAt: now }, 60, true],
    ['is dropped once the buyer waits no more', { status: 'resolved', open: false }, 60, true],
    ['is dropped where it comes long after', {}, 3_600, true],
  ])('%s', (_, changes, seconds, dropped) => {
    expect(isDropped(reply, { ...inquiry, ...changes }, settings, addMs(now, seconds * 1_000))).toBe(dropped);
    expect(ends({ final: 'cancelled' }, {})).toBeNull();
  });

  it.each([
    [{ autoRepliedAt: now }, true],
    [{ autoRepliedAt: now, firstReplyAt: now }, false],
    [{}, false],
  ])('alone makes what is resolved an automatic case: %j', (changes, automatic) => {
    const draft = draftOf({ ...inquiry, ...changes });
    resolveByPolicy(draft, now, clocking);
    expect(draft.history).toMatchObject([{ kind: 'resolved', data: { automatic } }]);
  });
});
