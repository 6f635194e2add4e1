import { describe, expect, it } from 'vitest';
import { decideThread } from '../../../src/core/decide-chat.ts';
import { decideMessages } from '../../../src/core/decide-marketplace.ts';
import type { RouteWords } from '../../../src/core/routing/take-route.ts';
import type { ThreadActionName } from '../../../src/core/thread.ts';
import type { ThreadEvent } from '../../../src/core/thread-view.ts';
import { at, conversationView, incoming, inquiry, member, threadView } from '../fixtures.ts';

const compose = { ...threadView().compose, signature: 'Lamp House' };
const words: RouteWords = { compose, suggestion: null, autoReply: null };
const ready = { kind: 'ready', name: 'shipped', text: 'It is on its way', numbers: [] } as const;

/** What an inquiry begins with where its rule says this. */
const opened = (said: RouteWords) => {
  const { turn } = decideMessages(conversationView({ words: said }), [incoming('m1')]);
  if (!turn) throw new Error('nothing opened');
  const reply = turn.deliveries.find(({ content }) => content.kind === 'reply');
  return { turn, reply };
};

describe('a template that a rule suggests', () => {
  const { turn, reply } = opened({ ...words, suggestion: ready });

  it('is shown and waits, in nobody’s name', () => {
    expect(reply).toMatchObject({ state: 'held', content: { author: null, parts: [{ text: 'It is on its way\n— Lamp House' }] } });
    const answer = turn.deliveries.find(({ content }) => content.kind === 'answer');
    expect(answer?.content).toMatchObject({
      parts: [{ notice: { key: 'template.suggested' } }, { lines: ['It is on its way', '— Lamp House'] }],
      actions: [{ action: 'send' }, { action: 'discard' }],
      visibleTo: null,
    });
    expect(turn.inquiry).toMatchObject({ heldReplies: [], assignee: null, status: 'waiting' });
  });

  const post = { channelId: 'C1', messageId: '3.0' };
  const pressed = (action: ThreadActionName): ThreadEvent[] => [
    { kind: 'action', action, value: String(reply?._id), member, post, at: at(5) },
  ];
  const replies = new Map(reply ? [[String(reply._id), reply]] : []);

  it('is sent in the name of who presses, and marked where it was shown', () => {
    const sent = decideThread(threadView({ replies }), pressed('send')).turn;
    expect(sent?.patches).toMatchObject([{ set: { state: 'queued', content: { author: { userId: member.userId, post } } } }]);
    expect(sent).toMatchObject({ inquiry: { assignee: { userId: member.userId } }, messages: [{ direction: 'out' }] });
  });

  it('is not what "!undo" takes back', () => {
    const undo: ThreadEvent = {
      ...{ kind: 'message', post, member, text: '!undo', mentions: [], files: [], sentAt: at(9), order: '9.0' },
    };
    const { turn: undone } = decideThread(threadView({ replies, latestReplies: [...replies.values()] }), [undo]);
    expect(undone?.patches).toEqual([]);
    expect(undone?.deliveries).toMatchObject([{ content: { notice: { key: 'reply.nothing-to-undo' } } }]);
  });

  it('that cannot be filled is told of, with the reason', () => {
    const said = { key: 'template.missing', params: { name: 'shipped', variables: '{{order.id}}' } } as const;
    const { turn: told, reply: none } = opened({ ...words, suggestion: { kind: 'said', said, lines: [] } });
    expect(none).toBeUndefined();
    expect(told.deliveries.map(({ content }) => content)).toContainEqual(
      expect.objectContaining({ kind: 'notice', notice: { key: 'template.suggested-in-vain', params: {}, reasons: [said] } }),
    );
  });

  it('is not offered again to a buyer who writes on', () => {
    const { turn: next } = decideMessages(conversationView({ inquiry, words: { ...words, suggestion: ready } }), [incoming('m2')]);
    expect(next?.deliveries.map(({ content }) => content.kind)).toEqual(['message']);
  });
});
