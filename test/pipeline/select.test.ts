import { describe, expect, it } from 'vitest';
import type { Delivery, DeliveryContent } from '../../src/core/delivery.ts';
import { deliveryId } from '../../src/core/ids.ts';
import { planned } from '../../src/core/plan.ts';
import { selectWork } from '../../src/pipeline/select.ts';

const now = new Date('2026-11-24T12:00:00Z');

const message = (order: string, fields: Partial<Delivery> = {}): Delivery => ({
  ...planned({
    id: `message-${order}`,
    gate: 'bot:chat/default',
    lane: 'thread:1',
    order,
    content: {
      kind: 'message',
      message: { author: 'buyer', parts: [{ kind: 'text', text: `number ${order}` }], sentAt: now, late: false },
    },
    priority: 'message',
    now,
  }),
  ...fields,
});

const select = (waiting: readonly Delivery[], saturated = false, messageMs = 0, cardMs = 0) =>
  selectWork(waiting, { now, saturated: () => saturated, maxPostChars: 4_000, hold: { messageMs, cardMs } });

describe('the next step of a lane', () => {
  it.each([
    ['uncertain', 'look-up'],
    ['sending', 'adopt'],
    ['settling', 'settle'],
  ] as const)('is the one that is %s, though an earlier message has arrived since', (state, step) => {
    const first = message('2', { state });
    expect(select([message('1'), first, message('3')])).toEqual({ do: step, lead: first });
  });

  it('waits for messages that may share its post, no longer than it is told to, and never twice', () => {
    const old = new Date(now.getTime() - 5_000);
    const [first, second] = [message('1', { createdAt: old }), message('2')];
    expect(select([first, second], true, 5_001)).toBeNull();
    expect(select([first, second], true, 5_000)).toEqual({ do: 'send', lead: first, members: [second] });
    const tried = message('1', { trace: [{ at: old, outcome: 'rate-limited', code: null, requestId: null }] });
    expect(select([tried], true, 5_000)).toEqual({ do: 'send', lead: tried, members: [] });
  });

  it('waits for later drawings of a card where threads are cards, and draws the newest', () => {
    const card = (order: string, ago: number): Delivery =>
      message(order, { content: { kind: 'card' }, createdAt: new Date(now.getTime() - ago) });
    const [first, second] = [card('1', 5_000), card('2', 1)];
    expect(select([first, second], true, 0, 5_001)).toBeNull();
    expect(select([first, second], true, 0, 5_000)).toEqual({ do: 'send', lead: second, members: [first] });
    expect(select([second], true, 5_000, 0)).toEqual({ do: 'send', lead: second, members: [] });
  });

  it('waits with all of the lane while a look-up is not due', () => {
    expect(select([message('1'), message('2', { state: 'uncertain', dueAt: new Date(now.getTime() + 1) })])).toBeNull();
  });

  it('never takes in a post that has followers of its own', () => {
    const before = message('2', { members: [deliveryId('message-3')] });
    expect(select([message('1'), before, message('4')], true)).toEqual({ do: 'send', lead: message('1'), members: [] });
  });

  it('marks the reply that was written last, whichever was sent last', () => {
    const written = (order: string, writtenMs: number) =>
      message(order, {
        content: { kind: 'receipt', on: { channelId: 'C1', messageId: order }, mark: 'sent' },
        writtenAt: new Date(writtenMs),
      });
    const [first, last, found] = [written('1', 10), written('2', 20), written('3', 5)];
    expect(select([first, last, found], true)).toEqual({ do: 'send', lead: last, members: [first, found] });
  });
});

const later = new Date(now.getTime() + 10_000);

const words = (said: string): DeliveryContent => ({
  kind: 'message',
  message: { author: 'buyer', parts: [{ kind: 'text', text: said }], sentAt: now, late: false },
});
const receipt = (mark: 'sent' | 'noted' | 'waiting'): DeliveryContent => ({
  kind: 'receipt',
  on: { channelId: 'C1', messageId: '1.1' },
  mark,
});
const notice: DeliveryContent = { kind: 'notice', notice: { key: 'reply.held', params: {}, reasons: [] }, mention: null, actions: [] };
const card: DeliveryContent = { kind: 'card' };

function delivery(id: string, content: DeliveryContent, more: Partial<Delivery> = {}): Delivery {
  return { ...planned({ id, gate: 'bot:slack/default', lane: 'lane', order: id, content, priority: 'message', now }), ...more };
}

function selected(waiting: readonly Delivery[], saturated = false, maxPostChars = 4_000): string | null {
  const work = selectWork(waiting, { now, saturated: () => saturated, maxPostChars, hold: { messageMs: 0, cardMs: 0 } });
  if (!work) return null;
  const members = work.do === 'send' ? work.members.map(({ _id }) => _id) : [];
  return `${work.do} ${[work.lead._id, ...members].join(' with ')}`;
}

describe('what is sent together', () => {
  it.each<readonly [string, readonly Delivery[], string | null]>([
    ['an empty lane', [], null],
    ['a due head', [delivery('1', words('a'))], 'send 1'],
    ['a head that is not due yet', [delivery('1', words('a'), { dueAt: later }), delivery('2', words('b'))], null],
    ['a held head', [delivery('1', words('a'), { state: 'held' }), delivery('2', words('b'))], null],
    ['a head under way', [delivery('1', words('a'), { state: 'sending' }), delivery('2', words('b'))], 'adopt 1'],
    ['a head whose fate is stored', [delivery('1', words('a'), { state: 'settling' })], 'settle 1'],
    ['an uncertain head', [delivery('1', words('a'), { state: 'uncertain' }), delivery('2', words('b'))], 'look-up 1'],
    ['an uncertain head before its time', [delivery('1', words('a'), { state: 'uncertain', dueAt: later })], null],
  ])('%s', (_, waiting, expected) => {
    expect(selected(waiting)).toBe(expected);
  });

  it('shares a post only where the channel is saturated', () => {
    const waiting = ['1', '2', '3'].map((id) => delivery(id, words(id)));
    expect(selected(waiting)).toBe('send 1');
    expect(selected(waiting, true)).toBe('send 1 with 2 with 3');
  });

  it('shares nothing across what is not due, not a message, or too long', () => {
    expect(selected([delivery('1', words('a')), delivery('2', words('b'), { dueAt: later }), delivery('3', words('c'))], true)).toBe(
      'send 1',
    );
    expect(selected([delivery('1', words('a')), delivery('2', notice), delivery('3', words('c'))], true)).toBe('send 1');
    expect(selected([delivery('1', words('a')), delivery('2', words('x'.repeat(2_000)))], true)).toBe('send 1');
    const many = Array.from({ length: 40 }, (_, index) => delivery(String(index + 10), words('a')));
    expect(selected(many, true, 100_000)?.split(' with ')).toHaveLength(20);
  });

  it('draws the newest card for all that wait', () => {
    expect(selected([delivery('1', card), delivery('2', card), delivery('3', card)])).toBe('send 3 with 1 with 2');
  });

  it('lets the newest mark vouch for earlier ones where marks are scarce, and skips no note, no notice', () => {
    const sent = (id: string) => delivery(id, receipt('sent'));
    expect(selected([sent('1'), sent('2'), sent('3')])).toBe('send 1');
    expect(selected([sent('1'), sent('2'), sent('3')], true)).toBe('send 3 with 1 with 2');
    expect(selected([sent('1'), delivery('2', receipt('noted')), sent('3')], true)).toBe('send 1');
    expect(selected([delivery('1', receipt('noted')), sent('2')], true)).toBe('send 1');
    expect(selected([sent('1'), delivery('2', notice), sent('3')], true)).toBe('send 1');
  });
});
