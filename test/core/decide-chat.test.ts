import { describe, expect, it } from 'vitest';
import { decideThread } from '../../src/core/decide-chat.ts';
import type { Delivery } from '../../src/core/delivery.ts';
import { deliveryId } from '../../src/core/ids.ts';
import type { Inquiry } from '../../src/core/inquiry.ts';
import type { ThreadActionName } from '../../src/core/thread.ts';
import type { Member, ThreadEvent, ThreadView } from '../../src/core/thread-view.ts';
import { agentMessageId, replyIdOf } from '../../src/core/thread-view.ts';
import { addMs } from '../../src/core/time.ts';
import { inquiry, member, now, threadView } from './fixtures.ts';

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
  sentAt: now,
  order: '2',
});
const deleted: ThreadEvent = { kind: 'delete', post, deletedAt: now };
const pressed = (action: ThreadActionName, who: Member = member): ThreadEvent => ({
  kind: 'action',
  action,
  value: id,
  member: who,
  post: null,
  at: now,
});

const decide = (events: readonly ThreadEvent[], changes: Partial<ThreadView> = {}) => decideThread(threadView(changes), events);
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
  it('draws the card again where the card is the thread, once for all that was written', () => {
    const kinds = (changes: Partial<ThreadView>) =>
      decide([wrote('Hello'), wrote('Hello again', { post: { channelId: 'C1', messageId: '99.0' } })], changes).turn?.deliveries.map(
        ({ content }) => content.kind,
      );
    const usual = kinds({}) ?? [];
    expect(kinds({ drawsCard: true })).toEqual([...usual, 'card']);
  });
  it('counts once', () => {
    expect(decide([wrote('Hello'), wrote('Hello')]).outcomes).toEqual(['reply', 'known']);
    expect(decide([wrote('// one'), wrote('// one')]).turn?.inquiry.counters).toMatchObject({ notes: 1, replies: 0 });
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

describe('an undo', () => {
  const place = (messageId: string) => ({ post: { channelId: 'C1', messageId } });
  const at = (seconds: number) => ({ sentAt: addMs(now, seconds * 1_000) });
  const cancelled = (events: readonly ThreadEvent[]) => {
    const replies = decide(events).turn?.deliveries.filter(({ state }) => state === 'cancelled');
    return replies?.flatMap((delivery) => wordsOf(delivery) ?? []);
  };
  const undo = wrote('!undo', { ...place('9.0'), ...at(9) });
  const second = wrote('second', { ...place('3.0'), ...at(2) });

  it('takes back what was written last before it, in whatever order that was heard of', () => {
    const [first, after] = [wrote('first', at(1)), wrote('after', { ...place('10.0'), ...at(10) })];
    expect(cancelled([second, first, after, undo])).toEqual(['second']);
  });
  it('takes back nothing where the last one has left, least of all an older one that is held', () => {
    const [old, last] = [replyOf([wrote('old', at(1))]), replyOf([wrote('last', at(2))])];
    const latestReplies = [
      { ...last, _id: deliveryId('last'), state: 'sent' as const },
      { ...old, _id: deliveryId('old'), state: 'held' as const },
    ];
    const { turn } = decide([undo], { latestReplies });
    expect(turn?.patches.map(({ id: of }) => of)).toEqual(['last']);
    expect(noticesOf(turn?.patches[0]?.whenTooLate)).toEqual([{ key: 'reply.nothing-to-undo', mention: 'U1' }]);
  });
  it('takes back the last of the thread, though the words of an earlier one are younger and were heard of first', () => {
    expect(cancelled([edited('first, in other words', 5_000), second, undo])).toEqual(['second']);
  });
});

describe('edits and deletions that overtake their message', () => {
  it('are the message, and the message that follows is known', () => {
    const { turn, outcomes } = decide([edited('two'), wrote('one')]);
    expect(outcomes).toEqual(['reply', 'known']);
    expect(turn?.deliveries.flatMap((delivery) => wordsOf(delivery) ?? [])).toEqual(['two']);
    expect(decide([edited('// two'), wrote('one')]).outcomes).toEqual(['note', 'known']);
  });
  it('keep the place of their message', () => {
    const [overtaken, plain] = [replyOf([edited('two', 60_000)]), replyOf([wrote('one')])];
    expect(overtaken.order).toBe(plain.order);
    expect(overtaken.writtenAt).toEqual(plain.writtenAt);
  });
  it('can be undone for as long as any edit, and go stale no sooner', () => {
    const overtaken = replyOf([edited('two', 60_000)]);
    expect(overtaken.dueAt).toEqual(addMs(now, 68_000));
    expect(overtaken.releasedAt).toEqual(addMs(now, 60_000));
  });
  it('keep it from ever leaving', () => {
    const { turn, outcomes } = decide([deleted, wrote('one')]);
    expect(outcomes).toEqual(['deleted-before', 'known']);
    expect(turn?.deliveries).toEqual([]);
    expect(turn?.links.map(({ _id }) => _id)).toEqual([agentMessageId('slack/default', post)]);
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
  it('are not made late by a button that changed nothing', () => {
    const { turn } = decide([pressed('send'), edited('two')], stored(queued));
    expect(turn?.patches).toMatchObject([{ onlyIn: ['queued'], set: { state: 'queued' } }]);
    const cleaned = decide([edited('fine now'), pressed('send')], stored(replyOf([wrote('notes : ask')])));
    expect(cleaned.turn?.patches).toMatchObject([{ set: { dueAt: addMs(now, 8_000) } }]);
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
  it('tell what was kept as a note from what was taken back', () => {
    const reasonOf = (action: 'discard' | 'keep-as-note') => decide([pressed(action)], stored(blocked)).turn?.patches[0]?.set.reason;
    expect([reasonOf('keep-as-note')?.key, reasonOf('discard')]).toEqual(['board.noted', null]);
  });
  it('send nothing where there is nothing', () => {
    const empty = replyOf([wrote('')]);
    expect(decide([pressed('send')], stored(empty)).outcomes).toEqual(['nothing-to-send']);
  });
});

describe('an edit of what was never for the buyer', () => {
  const messageId = agentMessageId('slack/default', post);
  const known = { known: new Set([messageId]) };
  const outsider: Member = { ...member, userId: 'U3', mayAnswer: false };
  const byOutsider = { ...edited('Hello'), member: outsider } as ThreadEvent;

  it.each(['Hello', 'notes : hello'])('is not sent, and that is said, when it reads %j now', (text) => {
    const { turn, outcomes } = decide([edited(text)], known);
    expect(outcomes).toEqual(['edit-not-sent']);
    expect(turn?.deliveries).toHaveLength(1);
    expect(noticesOf(turn?.deliveries)).toEqual([{ key: 'reply.edit-not-sent', mention: 'U1' }]);
  });
  it.each(['// still internal', '!undo'])('passes in silence when it reads %j now', (text) => {
    expect(decide([edited(text)], known)).toEqual({ turn: null, presence: [], outcomes: ['not-a-reply'] });
  });
  it('is known as such in the turn of the message itself', () => {
    const { turn, outcomes } = decide([wrote('// internal'), edited('internal')]);
    expect(outcomes).toEqual(['note', 'edit-not-sent']);
    expect(turn?.deliveries.filter(({ content }) => content.kind === 'reply')).toEqual([]);
  });
  it('is told to who was refused, or is still', () => {
    expect(noticesOf(decide([edited('Hello')], known).turn?.deliveries)).toMatchObject([{ key: 'reply.edit-not-sent' }]);
    expect(noticesOf(decide([byOutsider], known).turn?.deliveries)).toEqual([{ key: 'reply.not-allowed', mention: 'U3' }]);
  });
  it('is told of a reply that was taken back, too', () => {
    const cancelled = stored(replyOf([wrote('one')]), { state: 'cancelled' });
    expect(noticesOf(decide([edited('two')], cancelled).turn?.deliveries)).toMatchObject([{ key: 'reply.edit-not-sent' }]);
    expect(decide([edited('// two')], cancelled).outcomes).toEqual(['cancelled-before']);
  });
});

describe('what is said of a reply that goes no further', () => {
  const queued = replyOf([wrote('one')]);
  const said = (event: ThreadEvent, changes: Partial<Delivery>, view: Partial<ThreadView> = {}) =>
    decide([event], { ...stored(queued, changes), ...view }).turn?.patches[0]?.whenApplied.map(({ content }) =>
      content.kind === 'notice' ? content.notice : content.kind,
    );
  const uncertain = { state: 'held', reason: { key: 'reply.uncertain', params: {} } } as const;
  const inPart = { state: 'failed', sentIds: ['m7'] } as const;

  it('claims that the buyer has nothing of it only where that is known', () => {
    expect(said(pressed('discard'), { state: 'held' })).toMatchObject([{ key: 'reply.discarded' }]);
    expect(said(pressed('discard'), uncertain)).toMatchObject([{ key: 'reply.discarded-uncertain' }]);
    expect(said(pressed('discard'), inPart)).toMatchObject([{ key: 'reply.rest-cancelled', params: { sent: 1, total: 1 } }]);
    expect(said(pressed('discard'), { ...uncertain, sentIds: ['m7'] })).toMatchObject([{ key: 'reply.discarded-uncertain' }]);
    expect(said(deleted, inPart)).toMatchObject([{ key: 'reply.rest-cancelled' }]);
  });
  it('is the same for an undo', () => {
    const undo = wrote('!un\u200bdo', { post: { channelId: 'C1', messageId: '3.0' } });
    expect(said(undo, inPart, { latestReplies: [queued] })).toMatchObject([{ key: 'reply.rest-cancelled' }]);
    expect(said(undo, {}, { latestReplies: [queued] })).toMatchObject([{ key: 'reply.cancelled' }]);
  });
  it('an undo passes over what this turn has taken back, and a second one takes the next', () => {
    const older: Delivery = { ...queued, _id: replyIdOf('older') };
    const undo = (messageId: string) => wrote('!undo', { post: { channelId: 'C1', messageId } });
    const undone = (events: readonly ThreadEvent[]) =>
      decide(events, { ...stored(queued), latestReplies: [queued, older] }).turn?.patches.map((patch) => [patch.id, patch.set.state]);
    const both = [
      [id, 'cancelled'],
      [older._id, 'cancelled'],
    ];
    expect(undone([deleted, undo('8.0')])).toEqual(both);
    expect(undone([undo('8.0'), undo('9.0')])).toEqual(both);
  });
  it('keeps the words of a second edit as a correction where the first was too late', () => {
    const sent = stored(queued, { state: 'sent' });
    expect(decide([edited('// two'), edited('three', 2_000)], sent).outcomes).toEqual(['edited-to-note', 'edited']);
  });
});

describe('claim and resolve', () => {
  const outsider: Member = { ...member, userId: 'U3', mayAnswer: false };
  const shown = (events: readonly ThreadEvent[], changes: Partial<Inquiry> = {}) => {
    const { turn } = decide(events, { inquiry: { ...inquiry, ...changes } });
    return { turn, kinds: turn?.deliveries.map(({ content }) => content.kind), history: turn?.history.map(({ kind }) => kind) };
  };

  it.each(['claim', 'resolve'] as const)('%s is refused visibly from who may not answer, as button and as command', (action) => {
    for (const event of [pressed(action, outsider), wrote(`!${action}`, { member: outsider })]) {
      const { turn, kinds } = shown([event]);
      expect(kinds).toEqual(['notice']);
      expect(noticesOf(turn?.deliveries)).toEqual([{ key: 'reply.not-allowed', mention: 'U3' }]);
      expect(turn?.inquiry).toMatchObject({ status: 'waiting', assignee: null });
    }
  });
  it('claims are told on the card alone', () => {
    const { turn, kinds, history } = shown([pressed('claim')], { surfaceNext: true });
    expect(kinds).toEqual(['card']);
    expect(history).toEqual(['claimed']);
    expect(turn?.inquiry).toMatchObject({ assignee: { userId: 'U1', name: 'Ann' }, surfaceNext: false });
  });
  it('a resolution ends the waiting once, and says who', () => {
    const { turn, kinds } = shown([pressed('resolve'), wrote('!resolve')]);
    expect(turn?.inquiry).toMatchObject({ status: 'resolved', open: false, resolvedAt: now, waitingSince: null });
    expect(turn?.history.at(-1)).toMatchObject({ kind: 'resolved', by: member.userId, data: { by: 'agent', agent: member.userId } });
    expect(kinds).toEqual(['card', 'notice']);
  });
  it('a reply claims what nobody has; a note, a doubtful or a blocked reply does not, nor does it take from others', () => {
    const other = { userId: 'U2', name: 'Bo', agent: null };
    expect(shown([wrote('Hello')]).turn?.inquiry.assignee).toEqual({ userId: 'U1', name: 'Ann', agent: null });
    expect(shown([wrote('Hello')], { assignee: other, claimedAt: now }).turn?.inquiry.assignee).toEqual(other);
    for (const text of ['// Hello', 'notes : hello', 'call 081-234-5678']) expect(shown([wrote(text)]).turn?.inquiry.assignee).toBeNull();
  });
});

describe('an alias', () => {
  const compose = { ...threadView().compose, signature: 'Mia' };
  it('signs replies, edits and corrections alike', () => {
    const signed = replyOf([wrote('one')], { compose });
    expect(wordsOf(signed)).toEqual(['one\n— Mia']);
    expect(wordsOf(replyOf([wrote('one'), edited('two')], { compose }))).toEqual(['two\n— Mia']);
    const tooLate = decide([edited('two')], { ...stored(signed, { state: 'sent' }), compose }).turn?.patches[0]?.whenTooLate;
    expect(tooLate?.flatMap((delivery) => wordsOf(delivery) ?? [])).toEqual(['two\n— Mia']);
  });
});
