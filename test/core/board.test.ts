import { expect, it } from 'vitest';
import { boardLines } from '../../src/core/board.ts';
import type { Delivery, DeliveryState } from '../../src/core/delivery.ts';
import { conversationId, shopId } from '../../src/core/ids.ts';
import type { Message } from '../../src/core/inquiry.ts';
import type { ShownMessage } from '../../src/core/thread.ts';
import { at, inquiry } from './fixtures.ts';

const words = (text: string) => [{ kind: 'text' as const, text }];

function message(id: string, seconds: number, changes: Partial<Message> = {}): Message {
  return {
    ...{ _id: id, inquiryId: inquiry._id, shopId: shopId('s'), conversationId: conversationId('c'), direction: 'in' },
    ...{
      author: { kind: 'buyer', userId: null, name: null },
      parts: words(id),
      sentAt: at(seconds),
      order: String(seconds).padStart(4, '0'),
    },
    ...{ receivedAt: at(seconds), externalId: id, post: null },
    ...changes,
  };
}
const byAgent = (id: string, seconds: number, direction: 'out' | 'note' = 'out') =>
  message(id, seconds, { direction, author: { kind: 'member', userId: 'U1', name: 'Ann' }, post: { channelId: 'C1', messageId: id } });
const shown = (id: string, seconds: number): { messageId: string; message: ShownMessage } => ({
  messageId: id,
  message: { author: 'buyer', parts: words(id), sentAt: at(seconds), late: false },
});
const reply = (state: DeliveryState, final?: 'sent' | 'failed', reason: Delivery['reason'] = null) => ({
  ...{ state, reason },
  outcome: final ? { final, at: at(0), posts: [], reason: null } : null,
});
const said = (lines: ReturnType<typeof boardLines>) => lines.map(({ parts: [part] }) => (part?.kind === 'text' ? part.text : ''));

it('tells the last words of both sides in the order of time, each with its author', () => {
  const lines = boardLines([message('b2', 20), byAgent('a1', 10), message('b1', 0)], new Map(), []);
  expect(said(lines)).toEqual(['b1', 'a1', 'b2']);
  expect(lines.map(({ author, post }) => [author.name, post?.messageId])).toEqual([
    [null, undefined],
    ['Ann', 'a1'],
    [null, undefined],
  ]);
});

it("keeps the marketplace's order where its times are too coarse to tell, and whatever they tell", () => {
  const bought = [5, 5, 4, 5].map((seconds, index) => message(`b${index + 1}`, seconds, { order: String(index) }));
  const stored = [...bought.toReversed(), byAgent('a1', 5), byAgent('a2', 6)];
  expect(said(boardLines(stored, new Map(), [shown('b4', 5), shown('b5', 5)]))).toEqual(['b1', 'b2', 'b3', 'b4', 'a1', 'b5', 'a2']);
});

it('leaves out what is old, and never what is being shown, stored or not, nor shows it twice', () => {
  const stored = [...Array.from({ length: 30 }, (_, index) => message(`m${index}`, index)), byAgent('a', 29)];
  const lines = boardLines(stored, new Map(), [shown('m3', 3), shown('m29', 29), shown('new', 30)]);
  expect(said(lines)).toEqual(['m3', ...Array.from({ length: 11 }, (_, index) => `m${index + 19}`), 'a', 'new']);
});

it('keeps in sight what nobody has answered', () => {
  const asked = Array.from({ length: 20 }, (_, index) => message(`m${index}`, index + 5));
  expect(said(boardLines([message('m', 0), byAgent('a', 1), ...asked, byAgent('n', 30, 'note')], new Map(), []))).toEqual([
    ...asked.map(({ _id }) => _id),
    'n',
  ]);
});

it('keeps a reply in sight until it is settled', () => {
  const later = Array.from({ length: 12 }, (_, index) => message(`m${index}`, index + 2));
  const stored = [byAgent('held', 0), byAgent('sent', 1), ...later];
  const replies = new Map([
    ['held', reply('held')],
    ['sent', reply('sent', 'sent')],
  ]);
  expect(said(boardLines(stored, replies, []))).toEqual(['held', ...later.map(({ _id }) => _id)]);
});

it.each([
  [reply('queued'), 'waiting'],
  [reply('sending'), 'waiting'],
  [reply('uncertain'), 'waiting'],
  [reply('settling', 'sent'), 'sent'],
  [reply('settling', 'failed'), 'failed'],
  [reply('sent', 'sent'), 'sent'],
  [reply('held'), 'held'],
  [reply('dead'), 'failed'],
  [reply('cancelled'), 'withdrawn'],
  [reply('cancelled', undefined, { key: 'board.noted', params: {} }), 'noted'],
] as const)('calls a reply what it is (%j: %s)', (delivery, state) => {
  expect(boardLines([byAgent('a1', 0)], new Map([['a1', delivery]]), [])[0]?.state).toBe(state);
});

it('says nothing of what it does not know, and that a note is one', () => {
  const lines = boardLines([byAgent('a1', 0), byAgent('n1', 1, 'note'), message('b1', 2)], new Map(), []);
  expect(lines.map(({ state }) => state)).toEqual([null, 'noted', null]);
});
