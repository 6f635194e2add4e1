import { describe, expect, it } from 'vitest';
import { decideThread } from '../../../src/core/decide-chat.ts';
import type { Delivery } from '../../../src/core/delivery.ts';
import { deliveryId } from '../../../src/core/ids.ts';
import type { Inquiry } from '../../../src/core/inquiry.ts';
import type { Order } from '../../../src/core/order.ts';
import type { TemplateAnswer } from '../../../src/core/templates/command.ts';
import type { ThreadActionName } from '../../../src/core/thread.ts';
import type { Member, ThreadEvent, ThreadView } from '../../../src/core/thread-view.ts';
import { agentMessageId } from '../../../src/core/thread-view.ts';
import { at, inquiry, member, now, settings, threadView } from '../fixtures.ts';

const bo: Member = { ...member, userId: 'U2', name: 'Bo', mayRelease: true };
const post = { channelId: 'C1', messageId: '2.0' };
const shownAt = { channelId: 'C1', messageId: '3.0' };
const id = agentMessageId('slack/default', post);
const replyId = deliveryId(`${id}:template`);
const wrote = (text: string, by: Member = member): ThreadEvent => ({
  ...{ kind: 'message', post, member: by, text, mentions: [], files: [], sentAt: now, order: '2.0' },
});
const pressed = (action: ThreadActionName, by: Member = member): ThreadEvent => ({
  ...{ kind: 'action', action, value: replyId, member: by, post: shownAt, at: at(5) },
});
const ready: TemplateAnswer = {
  kind: 'ready',
  name: 'shipped',
  text: 'On its way:\nTH576653688135250001',
  numbers: ['TH576653688135250001'],
};
const view = (found: TemplateAnswer, changes: Partial<Inquiry> = {}, more: Partial<ThreadView> = {}): ThreadView => {
  const usual = threadView(more);
  return { ...usual, inquiry: { ...inquiry, ...changes }, asked: { ...usual.asked, templates: new Map([[id, found]]) } };
};
/** What the thread shows, with what can be pressed. */
const shown = (deliveries: readonly Delivery[] = []): object[] =>
  deliveries.flatMap(({ content }): object[] => {
    if (content.kind === 'notice')
      return [{ key: content.notice.key, visibleTo: content.visibleTo, actions: content.actions.map(({ action }) => action) }];
    if (content.kind !== 'answer') return [];
    const { parts, visibleTo, actions } = content;
    const [key] = parts.flatMap((part) => (part.kind === 'notice' ? [part.notice.key] : []));
    return [
      {
        key,
        visibleTo,
        actions: actions.map(({ action }) => action),
        lines: parts.flatMap((part) => (part.kind === 'lines' ? part.lines : [])),
      },
    ];
  });
const replyIn = (deliveries: readonly Delivery[] = []): Delivery => {
  const [reply, ...more] = deliveries.filter(({ content }) => content.kind === 'reply');
  if (!reply || more.length > 0) throw new Error('there is not one reply');
  return reply;
};
/** Shown before, and stored. */
const waiting = (found: TemplateAnswer, changes: Partial<Inquiry> = {}): Partial<ThreadView> => {
  const reply = replyIn(decideThread(view(found, changes), [wrote('!template shipped')]).turn?.deliveries);
  return { known: new Set([id]), replies: new Map([[reply._id, reply]]) };
};

describe('!template shipped', () => {
  it('shows what the buyer would get, and sends nothing', () => {
    const { turn, outcomes } = decideThread(view(ready), [wrote('!template shipped')]);
    expect(outcomes).toEqual(['command']);
    expect(replyIn(turn?.deliveries)).toMatchObject({ _id: replyId, state: 'held', reason: { key: 'template.shown' } });
    expect(shown(turn?.deliveries)).toEqual([
      { key: 'template.shown', visibleTo: null, actions: ['send', 'discard'], lines: ['On its way:', 'TH576653688135250001'] },
    ]);
    expect(turn).toMatchObject({ messages: [], history: [], inquiry: { heldReplies: [], assignee: null } });
  });

  it('is sent when somebody presses, who claims with it, and is marked where it was asked for', () => {
    const { turn } = decideThread(view(ready, {}, waiting(ready)), [pressed('send', bo)]);
    expect(turn?.patches).toMatchObject([
      { id: replyId, onlyIn: ['held'], set: { state: 'queued', reason: null, content: { author: { userId: 'U2', post } } } },
    ]);
    expect(turn?.inquiry.assignee).toEqual({ userId: 'U2', name: 'Bo', agent: null });
    expect(turn?.messages).toMatchObject([{ _id: id, direction: 'out', author: { userId: 'U2' }, post }]);
  });

  it('is gone when it is discarded', () => {
    const { turn } = decideThread(view(ready, {}, waiting(ready)), [pressed('discard')]);
    expect(turn?.patches).toMatchObject([{ id: replyId, set: { state: 'cancelled' } }]);
    expect(turn?.messages).toEqual([]);
  });

  it.each(['!template hello', 'Hello there', '// no'])('sends nothing else when its message becomes %j', (text) => {
    const edit: ThreadEvent = { kind: 'edit', post, member, text, mentions: [], editedAt: at(2), sentAt: now, order: '2.0' };
    const { turn } = decideThread(view(ready, {}, waiting(ready)), [edit]);
    expect(turn?.patches ?? []).toEqual([]);
    expect(turn?.deliveries.filter(({ content }) => content.kind === 'reply') ?? []).toEqual([]);
  });

  it('passes the screening like every reply: only a release sends it', () => {
    const phone: TemplateAnswer = { ...ready, text: 'Call +66 81 234 5678', numbers: [] };
    const { turn } = decideThread(view(phone), [wrote('!template shipped')]);
    expect(shown(turn?.deliveries)).toMatchObject([{ key: 'template.shown-held', actions: ['release', 'discard'] }]);
    const by = (action: ThreadActionName, who: Member) =>
      decideThread(view(phone, {}, waiting(phone)), [pressed(action, who)]).turn?.patches ?? [];
    expect(by('send', bo)).toEqual([]);
    expect(by('release', member)).toEqual([]);
    expect(by('release', bo)).toMatchObject([{ set: { state: 'queued' } }]);
  });

  it('asks whoever would answer over a colleague, be it when it is shown or when it is sent', () => {
    const ofBo = { assignee: { userId: 'U2', name: 'Bo', agent: null }, claimedAt: now };
    const { turn } = decideThread(view(ready, ofBo), [wrote('!template shipped')]);
    expect(shown(turn?.deliveries)).toMatchObject([{ key: 'template.shown-collision', actions: ['send-anyway', 'discard'] }]);
    const later = decideThread(view(ready, ofBo, waiting(ready)), [pressed('send')]);
    expect(later.outcomes).toEqual(['collided']);
    expect(later.turn?.patches).toEqual([]);
    expect(shown(later.turn?.deliveries)).toMatchObject([{ key: 'reply.held-collision', actions: ['send-anyway', 'discard'] }]);
    const anyway = decideThread(view(ready, ofBo, waiting(ready)), [pressed('send-anyway')]);
    expect(anyway.turn?.patches).toMatchObject([{ set: { state: 'queued' } }]);
    expect(anyway.turn?.inquiry.assignee?.userId).toBe('U1');
  });

  it('says for the eyes of who asked why there is none, and shows none where nothing goes to buyers', () => {
    const missing: TemplateAnswer = {
      ...{ kind: 'said', said: { key: 'template.missing', params: { name: 'shipped', variables: '{{order.tracking}}' } } },
      lines: [{ key: 'order.late', params: {} }],
    };
    expect(shown(decideThread(view(missing), [wrote('!模板 shipped')]).turn?.deliveries)).toEqual([
      { key: 'template.missing', visibleTo: 'U1', actions: [] },
    ]);
    const notes = decideThread(view(ready, {}, { channelMode: 'note' }), [wrote('!template shipped')]);
    expect(shown(notes.turn?.deliveries)).toMatchObject([{ key: 'template.note-channel', visibleTo: 'U1' }]);
  });

  it('is refused to who may not answer', () => {
    const { turn, outcomes } = decideThread(view(ready), [wrote('!template shipped', { ...member, mayAnswer: false })]);
    expect(outcomes).toEqual(['refused']);
    expect(shown(turn?.deliveries)).toMatchObject([{ key: 'reply.not-allowed' }]);
  });
});

it('!templates lists them for one person', () => {
  const list: TemplateAnswer = { kind: 'list', lines: ['shipped: *, th'] };
  expect(shown(decideThread(view(list), [wrote('!templates')]).turn?.deliveries)).toEqual([
    { key: 'template.list', visibleTo: 'U1', actions: [], lines: ['shipped: *, th'] },
  ]);
  expect(shown(decideThread(view({ ...list, lines: [] }), [wrote('!模板列表')]).turn?.deliveries)).toMatchObject([
    { key: 'template.none' },
  ]);
});

describe('!order', () => {
  const order: Order = {
    ...{ id: '5766', status: 'in-transit', platformStatus: 'IN_TRANSIT', buyerId: 'b1', items: [], total: null, cashOnDelivery: false },
    ...{ shipments: [{ carrier: 'J&T', trackingNumber: 'TH1' }], createdAt: null, paidAt: null, deliveredAt: null, cancelledAt: null },
  };
  const asks = (orders: ThreadView['asked']['orders'], changes: Partial<Inquiry> = {}) =>
    shown(
      decideThread(threadView({ inquiry: { ...inquiry, ...changes }, asked: { ...threadView().asked, orders } }), [wrote('!order')]).turn
        ?.deliveries,
    );
  it('shows the order to one person, of a closed case too', () => {
    const expected = [{ visibleTo: 'U1', lines: ['Order 5766: on its way', 'J&T TH1'], actions: [] }];
    expect(asks({ orders: [order], problem: null })).toMatchObject(expected);
    expect(asks({ orders: [order], problem: null }, { status: 'resolved', open: false, resolvedAt: now })).toMatchObject(expected);
  });
  it('says why there is none', () => {
    expect(asks({ orders: [], problem: { key: 'order.scope-missing', params: {} } })).toMatchObject([
      { key: 'order.scope-missing', visibleTo: 'U1' },
    ]);
  });
  it('is not asked of a team that lets nobody answer', () => {
    const refused = threadView({ settings: { ...settings } });
    expect(decideThread(refused, [wrote('!order', { ...member, mayAnswer: false })]).outcomes).toEqual(['refused']);
  });
});
