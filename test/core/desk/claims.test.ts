import { describe, expect, it } from 'vitest';
import { decideThread } from '../../../src/core/decide-chat.ts';
import type { Delivery } from '../../../src/core/delivery.ts';
import type { Inquiry } from '../../../src/core/inquiry.ts';
import type { ThreadActionName } from '../../../src/core/thread.ts';
import type { Member, ThreadEvent, ThreadView } from '../../../src/core/thread-view.ts';
import { agentMessageId, replyIdOf } from '../../../src/core/thread-view.ts';
import { at, inquiry, member, now, settings, threadView } from '../fixtures.ts';

const bo: Member = { ...member, userId: 'U2', name: 'Bo' };
const minutes = (count: number) => at(count * 60);
const post = { channelId: 'C1', messageId: '2.0' };
const wrote = (text: string, by: Member = member, more: Partial<Extract<ThreadEvent, { kind: 'message' }>> = {}): ThreadEvent => ({
  ...{ kind: 'message', post, member: by, text, mentions: [], files: [], sentAt: now, order: '2.0' },
  ...more,
});
const pressed = (action: ThreadActionName, value: string, by: Member): ThreadEvent => ({
  kind: 'action',
  action,
  value,
  member: by,
  post: null,
  at: now,
});
const decide = (events: readonly ThreadEvent[], changes: Partial<Inquiry> = {}, view: Partial<ThreadView> = {}) =>
  decideThread(threadView({ inquiry: { ...inquiry, ...changes }, ...view }), events);
const told = (deliveries: readonly Delivery[] = []) =>
  deliveries.flatMap(({ content }) =>
    content.kind === 'notice' ? [{ key: content.notice.key, actions: content.actions.map(({ action }) => action) }] : [],
  );
const replies = (deliveries: readonly Delivery[] = []) => deliveries.filter(({ content }) => content.kind === 'reply');
const ofBo = { assignee: { userId: 'U2', name: 'Bo', agent: null } };

describe('who answers over a colleague', () => {
  it('is held, and asked', () => {
    const { turn, outcomes } = decide([wrote('Hello')], { ...ofBo, claimedAt: now });
    expect(outcomes).toEqual(['collided']);
    expect(replies(turn?.deliveries)).toMatchObject([{ state: 'held', reason: { key: 'reply.held-collision', params: { name: 'Bo' } } }]);
    expect(told(turn?.deliveries)).toEqual([{ key: 'reply.held-collision', actions: ['send-anyway', 'discard'] }]);
    expect(turn?.inquiry.assignee).toEqual(ofBo.assignee);
  });
  it.each([
    ['the colleague has had their time', { claimedAt: minutes(-11), waitingSince: minutes(-10) }, 'reply'],
    [
      'the colleague has had time, and the buyer has not waited so long',
      { claimedAt: minutes(-30), waitingSince: minutes(-9) },
      'collided',
    ],
    ['nobody waits and the colleague was at it just now', { claimedAt: minutes(-9), waitingSince: null, status: 'answered' }, 'collided'],
    ['nobody waits and it was long ago', { claimedAt: minutes(-11), waitingSince: null, status: 'answered' }, 'reply'],
  ] as const)('where %s: %s', (_, changes, outcome) => {
    const { turn, outcomes } = decide([wrote('Hello')], { ...ofBo, ...changes });
    expect(outcomes).toEqual([outcome]);
    expect(turn?.inquiry.assignee?.userId).toBe(outcome === 'reply' ? 'U1' : 'U2');
  });
  it('is not held where it is themselves, from another account', () => {
    const mine = { assignee: { userId: 'U-elsewhere', name: 'Ann', agent: 'Ann' }, claimedAt: now };
    expect(decide([wrote('Hello', { ...member, agent: 'Ann' })], mine).outcomes).toEqual(['reply']);
    expect(decide([wrote('Hello', { ...member, agent: 'Bo' })], mine).outcomes).toEqual(['collided']);
  });
  it('is not held where claims bind nobody', () => {
    const view = { settings: { ...settings, desk: { ...settings.desk, claimMinutes: 0 } } };
    expect(decide([wrote('Hello')], { ...ofBo, claimedAt: now }, view).outcomes).toEqual(['reply']);
  });
  it('is not held when it is the same person', () => {
    expect(decide([wrote('Hello', bo)], { ...ofBo, claimedAt: now }).outcomes).toEqual(['reply']);
  });
  it('keeps a claim alive from when the answer is written, not from when it arrives', () => {
    const { turn } = decide([wrote('Hello', bo)], { ...ofBo, claimedAt: minutes(-9), waitingSince: minutes(-9) });
    expect(turn?.inquiry).toMatchObject({ claimedAt: now, dueAt: minutes(10) });
  });
  it('of two in one moment the second is', () => {
    const second = wrote('Hi', bo, { post: { channelId: 'C1', messageId: '3.0' }, order: '3.0' });
    expect(decide([wrote('Hello'), second]).outcomes).toEqual(['reply', 'collided']);
  });
  it('sends it all the same when they say so; other words alone do not send it', () => {
    const { turn } = decide([wrote('Hello')], { ...ofBo, claimedAt: now });
    const [held] = replies(turn?.deliveries);
    if (!held) throw new Error('no reply was planned');
    const id = replyIdOf(agentMessageId('slack/default', post));
    const stored = { replies: new Map([[id, held]]), known: new Set([agentMessageId('slack/default', post)]) };
    const anyway = decide([pressed('send-anyway', id, member)], { ...ofBo, claimedAt: now }, stored);
    expect(anyway.turn?.patches).toMatchObject([{ id, onlyIn: ['held'], set: { state: 'queued' } }]);
    const edit: ThreadEvent = { kind: 'edit', post, member, text: 'Hello there', mentions: [], editedAt: at(1), sentAt: now, order: '2.0' };
    const edited = decide([edit], { ...ofBo, claimedAt: now }, stored).turn?.patches[0];
    expect(edited?.set).toMatchObject({ state: 'held', reason: { key: 'reply.held-collision' } });
    expect(told(edited?.whenApplied)).toEqual([{ key: 'reply.held-collision', actions: ['send-anyway', 'discard'] }]);
    // The colleague has gone meanwhile.
    expect(decide([edit], {}, stored).turn?.patches[0]?.set).toMatchObject({ state: 'queued', reason: null });
  });
});

describe('commands about who has it', () => {
  const say = (text: string, changes: Partial<Inquiry> = {}, view: Partial<ThreadView> = {}, more = {}) => {
    const { turn } = decide([wrote(text, member, more)], changes, view);
    return { inquiry: turn?.inquiry, told: told(turn?.deliveries).map(({ key }) => key), history: turn?.history.map(({ kind }) => kind) };
  };
  it('claim takes, release gives back', () => {
    expect(say('!claim')).toMatchObject({ inquiry: { assignee: { userId: 'U1', agent: null }, claimedAt: now }, history: ['claimed'] });
    expect(say('!release', { ...ofBo, claimedAt: now })).toMatchObject({
      inquiry: { assignee: null, claimedAt: null, surfaceNext: true },
      history: ['released-claim'],
    });
    expect(say('!release').told).toEqual(['command.not-claimed']);
  });
  it('assign takes a mention or a name, and the colleague hears of it', () => {
    const people = new Map([['U2', bo]]);
    expect(say('!assign @Bo', {}, { people }, { mentions: ['U2'] })).toMatchObject({
      inquiry: { assignee: { userId: 'U2' } },
      told: ['desk.assigned'],
      history: ['assigned'],
    });
    const agents = [{ name: 'Bo', accounts: [{ platform: 'slack', userId: 'U2' }], role: 'agent' as const }];
    expect(say('!assign bo', {}, { settings: { ...settings, agents } }).inquiry?.assignee).toEqual({
      userId: 'U2',
      name: 'Bo',
      agent: 'Bo',
    });
    expect(say('!指派 nobody').told).toEqual(['command.assign-whom']);
    expect(
      say('!assign @Guest', {}, { people: new Map([['U9', { ...bo, userId: 'U9', mayAnswer: false }]]) }, { mentions: ['U9'] }).told,
    ).toEqual(['command.assign-whom']);
  });
  it('assign gives to a group: to whose turn it is, or to whoever of it claims it', () => {
    const toGroup = (assignee: Inquiry['assignee'], changes: Partial<Inquiry> = {}) => {
      const groups = new Map([[agentMessageId('slack/default', post), { group: 'refunds', assignee }]]);
      return decide([wrote('!assign group:refunds')], changes, { asked: { ...threadView().asked, groups } }).turn;
    };
    const given = toGroup({ userId: 'U2', name: 'Bo', agent: 'Bo' });
    expect(given?.inquiry).toMatchObject({ group: 'refunds', assignee: { agent: 'Bo' }, claimedAt: now, surfaceNext: false });
    expect(given?.history).toMatchObject([{ kind: 'assigned', by: 'U1', data: { to: 'Bo', group: 'refunds' } }]);
    expect(told(given?.deliveries).map(({ key }) => key)).toEqual(['desk.assigned']);
    const waits = toGroup(null, { ...ofBo, claimedAt: now });
    expect(waits?.inquiry).toMatchObject({ group: 'refunds', assignee: null, claimedAt: null, surfaceNext: true });
    expect(waits?.history).toMatchObject([{ kind: 'assigned', by: 'U1', data: { to: null, group: 'refunds' } }]);
    expect(told(waits?.deliveries).map(({ key }) => key)).toEqual(['command.group-waits']);
    expect(waits?.deliveries.some(({ content }) => content.kind === 'card')).toBe(true);
  });
  it('none of them stands with other words, and none works on a closed case but those that can', () => {
    expect(say('!claim please').told).toEqual(['command.takes-nothing']);
    const resolved = { status: 'resolved', open: false, resolvedAt: now } as const;
    expect(say('!claim', resolved).told).toEqual(['command.resolved']);
    expect(say('!reopen', resolved)).toMatchObject({ inquiry: { open: true, status: 'waiting', resolvedAt: null }, history: ['reopened'] });
    expect(say('!reopen', resolved, { asked: { ...threadView().asked, openElsewhere: true } }).told).toEqual(['command.open-elsewhere']);
    expect(say('!reopen').told).toEqual(['command.is-open']);
  });
  it('an unknown word is answered with the nearest', () => {
    expect(say('!clam').told).toEqual(['command.meant']);
    expect(say('/zzzzzz').told).toEqual(['command.unknown']);
  });
});

describe('labels', () => {
  const say = (text: string, changes: Partial<Inquiry> = {}) => decide([wrote(text)], changes).turn;
  it('tags in order, each once', () => {
    expect(say('!tag VIP', { tags: ['refund'] })?.inquiry.tags).toEqual(['refund', 'vip']);
    expect(told(say('!tag refund', { tags: ['refund'] })?.deliveries)).toMatchObject([{ key: 'command.has-tag' }]);
    expect(say('!untag refund', { tags: ['refund'] })?.inquiry.tags).toEqual([]);
    expect(told(say('!untag refund')?.deliveries)).toMatchObject([{ key: 'command.no-such-tag' }]);
  });
  it('sets the priority', () => {
    expect(say('!priority 紧急')?.inquiry.priority).toBe('urgent');
    expect(told(say('!priority now')?.deliveries)).toMatchObject([{ key: 'command.priority-which' }]);
  });
  it('a note as a command is a note', () => {
    const { turn, outcomes } = decide([wrote('!note ask the warehouse')]);
    expect(outcomes).toEqual(['note']);
    expect(turn?.messages).toMatchObject([{ direction: 'note', parts: [{ kind: 'text', text: 'ask the warehouse' }] }]);
  });
});

describe('presence', () => {
  const said = (text: string, by: Member = member) => decide([wrote(text, by)]).presence;
  it('is of the person, by name or account', () => {
    expect(said('!away 2h', { ...member, agent: 'Ann' })).toEqual([{ person: 'Ann', state: 'away', until: minutes(120), at: now }]);
    expect(said('!back')).toEqual([{ person: 'slack/default/U1', state: 'back', until: now, at: now }]);
    const agents = [
      { name: 'Ann', accounts: [], role: 'agent' as const, zone: 'UTC', hours: Array.from({ length: 7 }, () => [{ from: 60, to: 120 }]) },
    ];
    const offDuty = decide([wrote('!back', { ...member, agent: 'Ann' })], {}, { settings: { ...settings, agents } });
    expect(offDuty.presence).toMatchObject([{ person: 'Ann', until: minutes(720) }]);
    expect(said('!away sometime')).toEqual([]);
  });
});
