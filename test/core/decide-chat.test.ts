import { describe, expect, it } from 'vitest';
import { decideThread } from '../../src/core/decide-chat.ts';
import type { Delivery } from '../../src/core/delivery.ts';
import { conversationId, inquiryId } from '../../src/core/ids.ts';
import type { Inquiry } from '../../src/core/inquiry.ts';
import { defaultSettings } from '../../src/core/settings.ts';
import { shopIdOf } from '../../src/core/shop.ts';
import type { ThreadActionName } from '../../src/core/thread.ts';
import type { Member, ThreadEvent, ThreadView } from '../../src/core/thread-view.ts';
import { agentMessageId, replyIdOf } from '../../src/core/thread-view.ts';
import { addMs } from '../../src/core/time.ts';

const now = new Date('2026-11-24T12:00:00Z');
const inquiry: Inquiry = {
  _id: inquiryId('i1'),
  shopId: shopIdOf('tiktok-shop', '749'),
  marketplace: 'tiktok-shop',
  conversationId: conversationId('c1'),
  status: 'waiting',
  open: true,
  version: 3,
  applied: [],
  lastEvent: 2,
  openedAt: now,
  reopenedAt: null,
  resolvedAt: null,
  waitingSince: now,
  lastBuyerAt: now,
  firstReplyAt: null,
  lastReplyAt: null,
  lastOutsideReplyAt: null,
  buyer: {},
  source: null,
  previous: null,
  thread: { bot: 'slack/default', channelId: 'C1', rootId: '1.0' },
  assignee: null,
  shownOrder: '',
  surfaceNext: false,
  lastThreadMessage: null,
  excerpt: '',
  counters: { buyerMessages: 1, replies: 0, notes: 0, late: 0 },
};
const view = (changes: Partial<ThreadView> = {}): ThreadView => ({
  inquiry,
  settings: defaultSettings,
  channelMode: 'reply',
  bot: 'slack/default',
  compose: {
    limits: { maxReplyChars: 100, images: 'native', maxImageBytes: 1_000, imageTypes: ['image/png'], ownHosts: ['.tiktok.com'] },
    screening: defaultSettings.screening,
    knownIds: [],
    signature: null,
  },
  lane: 'thread',
  turnId: 't1',
  now,
  known: new Set(),
  replies: new Map(),
  newestOpenReply: null,
  ...changes,
});

const member: Member = { userId: 'U1', name: 'Ann', mayAnswer: true, mayRelease: false };
const post = { channelId: 'C1', messageId: '2.0' };
const id = replyIdOf(agentMessageId('slack/default', post));
const wrote = (text: string, changes: Partial<Extract<ThreadEvent, { kind: 'message' }>> = {}): ThreadEvent => ({
  ...{ kind: 'message', post, member, text, mentions: [], files: [], sentAt: now, order: '2' },
  ...changes,
});
const edited = (text: string, afterMs = 1_000): ThreadEvent => ({
  kind: 'edit',
  post,
  member,
  text,
  mentions: [],
  editedAt: addMs(now, afterMs),
});
const deleted: ThreadEvent = { kind: 'delete', post, deletedAt: now };
const pressed = (action: ThreadActionName, who: Member = member): ThreadEvent => ({
  kind: 'action',
  action,
  value: id,
  member: who,
  at: now,
});

const decide = (events: readonly ThreadEvent[], changes: Partial<ThreadView> = {}) => decideThread(view(changes), events);
const replyOf = (events: readonly ThreadEvent[], changes: Partial<ThreadView> = {}): Delivery => {
  const found = decide(events, changes).turn?.deliveries.find(({ _id }) => _id === id);
  if (!found) throw new Error('no reply was planned');
  return found;
};
const wordsOf = ({ content }: { readonly content?: Delivery['content'] }) =>
  content?.kind === 'reply' ? content.parts.map((part) => (part.kind === 'text' ? part.text : part.file.name)) : null;
const noticesOf = (deliveries: readonly Delivery[] | undefined) =>
  deliveries?.flatMap(({ content }) => (content.kind === 'notice' ? [{ key: content.notice.key, mention: content.mention }] : []));
const stored = (reply: Delivery, changes: Partial<Delivery> = {}) => ({ replies: new Map([[String(id), { ...reply, ...changes }]]) });

describe('what is written in a thread', () => {
  it('waits for its undo time as a reply', () => {
    expect(replyOf([wrote('Hello')])).toMatchObject({ state: 'queued', dueAt: addMs(now, 8_000) });
  });
  it.each([
    ['// internal', 'note'],
    ['!nonsense', 'unknown-command'],
    ['/resolve', 'command'],
  ])('never plans a reply for %j', (text, outcome) => {
    const { turn, outcomes } = decide([wrote(text)]);
    expect(outcomes).toEqual([outcome]);
    expect(turn?.deliveries.filter(({ content }) => content.kind === 'reply')).toEqual([]);
  });
  it('is held and asked about when in doubt, or blocked by the screening', () => {
    expect(replyOf([wrote('notes : ask')])).toMatchObject({ state: 'held', reason: { key: 'reply.held-in-doubt' } });
    const blocked = decide([wrote('call 081-234-5678')]);
    expect(replyOf([wrote('call 081-234-5678')])).toMatchObject({ state: 'held', reason: { key: 'screening.phone' } });
    expect(noticesOf(blocked.turn?.deliveries)).toEqual([{ key: 'reply.held', mention: 'U1' }]);
  });
  it('is refused visibly from who may not answer', () => {
    const { turn, outcomes } = decide([wrote('Hello', { member: { ...member, mayAnswer: false } })]);
    expect(outcomes).toEqual(['refused']);
    expect(noticesOf(turn?.deliveries)).toEqual([{ key: 'reply.not-allowed', mention: 'U1' }]);
  });
  it('counts once', () => {
    expect(decide([wrote('Hello'), wrote('Hello')]).outcomes).toEqual(['reply', 'known']);
  });
});

describe('edits, deletions and undo that arrive together with the message', () => {
  it('change what this very turn plans', () => {
    expect(wordsOf(replyOf([wrote('one'), edited('two'), edited('three', 2_000)]))).toEqual(['three']);
    expect(replyOf([wrote('one'), deleted]).state).toBe('cancelled');
    expect(replyOf([wrote('one'), wrote('!undo', { post: { channelId: 'C1', messageId: '3.0' } })]).state).toBe('cancelled');
    expect(replyOf([wrote('one'), edited('call 081-234-5678')])).toMatchObject({ state: 'held', reason: { key: 'screening.phone' } });
    expect(decide([wrote('one'), edited('two')]).turn?.patches).toEqual([]);
  });
  it('leave a cancelled reply cancelled', () => {
    expect(replyOf([wrote('one'), deleted, edited('two')]).state).toBe('cancelled');
  });
});

describe('edits, deletions and undo of a reply that waits', () => {
  const queued = replyOf([wrote('one')]);
  it('become one patch, the last of several edits', () => {
    const patches = decide([edited('two'), edited('three', 2_000)], stored(queued)).turn?.patches;
    expect(patches?.map(({ set, onlyIn }) => [wordsOf(set), set.state, onlyIn])).toEqual([[['three'], 'queued', ['queued']]]);
  });
  it('say with a correction to send that an edit came too late', () => {
    const tooLate = decide([edited('two')], stored(queued, { state: 'sent' })).turn?.patches[0]?.whenTooLate;
    expect(noticesOf(tooLate)).toEqual([{ key: 'reply.edited-too-late', mention: 'U1' }]);
    expect(tooLate?.filter(({ content }) => content.kind === 'reply')).toMatchObject([{ state: 'held' }]);
  });
  it('release a blocked reply when its words become clean', () => {
    const blocked = replyOf([wrote('call 081-234-5678')]);
    expect(decide([edited('call the courier, please')], stored(blocked)).turn?.patches[0]).toMatchObject({
      onlyIn: ['queued', 'held', 'failed', 'dead'],
      set: { state: 'queued', reason: null },
    });
  });
  it('never send again, nor call undone, what may have arrived', () => {
    const uncertain = stored(queued, { state: 'held', reason: { key: 'reply.uncertain', params: {} } });
    expect(decide([edited('two')], uncertain).turn?.patches[0]?.onlyIn).toEqual([]);
    expect(decide([deleted], uncertain).turn?.patches[0]?.onlyIn).toEqual([]);
  });
  it("do not let others change somebody's words", () => {
    const other = { ...edited('two'), member: { ...member, userId: 'U2' } } as ThreadEvent;
    expect(decide([other], stored(queued))).toMatchObject({ turn: null, outcomes: ['not-the-author'] });
  });
});

describe('buttons', () => {
  const blocked = replyOf([wrote('call 081-234-5678')]);
  it.each(['send', 'retry', 'send-correction', 'release'] as const)('%s does not lead a blocked reply round the screening', (action) => {
    const { turn, outcomes } = decide([pressed(action)], stored(blocked));
    expect(outcomes).toEqual(['refused']);
    expect(turn?.patches).toEqual([]);
  });
  it('let a supervisor release it', () => {
    const { turn } = decide([pressed('release', { ...member, mayRelease: true })], stored(blocked));
    expect(turn?.patches[0]).toMatchObject({ onlyIn: ['held'], set: { state: 'queued', releasedAt: now } });
  });
  it('see an edit of the same turn', () => {
    const doubtful = replyOf([wrote('notes : ask')]);
    expect(decide([edited('call 081-234-5678'), pressed('send')], stored(doubtful)).outcomes).toEqual(['edited', 'refused']);
  });
  it.each(['discard', 'keep-as-note'] as const)('%s cancels', (action) => {
    expect(decide([pressed(action)], stored(blocked)).turn?.patches[0]?.set.state).toBe('cancelled');
  });
  it('send nothing where there is nothing', () => {
    const empty = replyOf([wrote('')]);
    expect(decide([pressed('send')], stored(empty)).outcomes).toEqual(['nothing-to-send']);
  });
});
