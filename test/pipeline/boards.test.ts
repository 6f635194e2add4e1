import { expect, it } from 'vitest';
import type { Delivery } from '../../src/core/delivery.ts';
import { deliveryId } from '../../src/core/ids.ts';
import type { Inquiry, Message } from '../../src/core/inquiry.ts';
import type { BoardLine, InquiryCard, ThreadBoard } from '../../src/core/thread.ts';
import { createBoards } from '../../src/pipeline/boards.ts';
import { inquiry, now } from '../core/fixtures.ts';
import { createHandTime } from './hand-time.ts';

const card = { excerpt: 'x' } as InquiryCard;
const bot = 'slack/default';
const root = (messageId: string) => ({ channelId: 'C1', messageId });
const fresh = { messageId: 'm1', message: { author: 'buyer', parts: [], sentAt: now, late: false } } as const;

function stand(stored: readonly Message[] = [], waiting: readonly object[] = [], kept: readonly Pick<Delivery, '_id'>[] = []) {
  const time = createHandTime();
  const standing: Inquiry = { ...inquiry, openedAt: time.clock.now(), thread: { bot, channelId: 'C1', rootId: 'r1' } };
  const store = { newestOf: async () => stored };
  const boards = createBoards({
    ...{
      inquiries: store,
      outbox: {
        byIds: async (ids: readonly string[]) => kept.filter(({ _id }) => ids.includes(_id)),
        waitingIn: async () => ({ deliveries: waiting, all: true }),
      },
      clock: time.clock,
      timeScale: 1,
    },
  } as unknown as Parameters<typeof createBoards>[0]);
  const buried = async (of: Inquiry = standing) => (await boards.boardOf(of, card, [fresh])).buried;
  return { time, standing, boards, buried };
}

it('takes a card for out of sight once it is old, and the one that follows it for new', async () => {
  const { time, standing, buried } = stand();
  expect(await buried()).toBe(false);
  await time.pass(31 * 60_000);
  expect(await buried()).toBe(true);
  const moved = { ...standing, thread: { bot, channelId: 'C1', rootId: 'r2', movedAt: time.clock.now() } };
  expect(await buried(moved)).toBe(false);
});

it('takes a card for out of sight once many others stand below it in its channel', async () => {
  const { boards, buried } = stand();
  boards.drawn(bot, root('r1'), await boards.boardOf(inquiry, card, []), true, 1);
  for (let other = 1; other < 8; other += 1) boards.drawn(bot, root(`o${other}`), await boards.boardOf(inquiry, card, []), true, 1);
  for (let other = 1; other < 20; other += 1)
    boards.drawn(bot, { channelId: 'C2', messageId: `e${other}` }, await boards.boardOf(inquiry, card, []), true, 1);
  expect(await buried()).toBe(false);
  // Drawing one again adds nothing to the channel.
  boards.drawn(bot, root('o1'), await boards.boardOf(inquiry, card, []), false, 1);
  expect(await buried()).toBe(false);
  boards.drawn(bot, root('o8'), await boards.boardOf(inquiry, card, []), true, 1);
  expect(await buried()).toBe(true);
});

it('shows in sight what asks for it, and moves nothing for a receipt or a change of state', async () => {
  const { boards, buried, standing, time } = stand();
  expect(await buried({ ...standing, surfaceNext: true })).toBe(true);
  expect(await buried({ ...standing, surfaceNext: true, thread: { bot, channelId: 'C1', rootId: null } })).toBe(false);
  await time.pass(24 * 3_600_000);
  expect((await boards.boardOf(standing, card, [])).buried).toBe(false);
});

it('knows what a card shows already, so that no call is made for it', async () => {
  const { boards } = stand();
  const board = await boards.boardOf(inquiry, card, []);
  const shown = (...[at, it]: [messageId: string, board: ThreadBoard]) => boards.isShown(bot, root(at), it, 1);
  expect(shown('r1', board)).toBe(false);
  boards.drawn(bot, root('r1'), board, true, 1);
  expect(shown('r1', board)).toBe(true);
  const line: BoardLine = { post: null, author: { kind: 'buyer', name: null }, parts: [], sentAt: now, state: null };
  expect(shown('r1', { ...board, lines: [line] })).toBe(false);
  expect(shown('r1', { ...board, card: { ...card, status: 'answered' } })).toBe(false);
  expect(shown('r2', board)).toBe(false);
});

it('takes nothing for shown after a drawing of which nobody knows whether it arrived', async () => {
  const { boards } = stand();
  const board = await boards.boardOf(inquiry, card, []);
  boards.drawn(bot, root('r1'), board, true, 1);
  boards.drawing(bot, root('r1'));
  expect(boards.isShown(bot, root('r1'), board, 1)).toBe(false);
  boards.drawn(bot, root('r1'), board, false, 1);
  expect(boards.isShown(bot, root('r1'), board, 1)).toBe(true);
});

it('takes nothing for shown that was drawn before another process had the gate', async () => {
  const { boards } = stand();
  const board = await boards.boardOf(inquiry, card, []);
  boards.drawn(bot, root('r1'), board, true, 1);
  expect(boards.isShown(bot, root('r1'), board, 3)).toBe(false);
});

const message = (id: string, changes: Partial<Message> = {}): Message => ({
  ...{ _id: id, inquiryId: inquiry._id, shopId: inquiry.shopId, conversationId: inquiry.conversationId, direction: 'in' },
  ...{ author: { kind: 'buyer', userId: null, name: null }, parts: [{ kind: 'text', text: id }], sentAt: now, order: id },
  ...{ receivedAt: now, externalId: id, post: null },
  ...changes,
});

it('tells what became of every reply, also of a template that was shown first', async () => {
  const out = { direction: 'out', author: { kind: 'member', userId: 'U1', name: 'Ann' } } as const;
  const delivery = (_id: string, messageId: string, state: string) => ({ _id: deliveryId(_id), messageId, state, outcome: null });
  const kept = [delivery('m1:reply', 'm1', 'sent'), delivery('m2:template', 'm2', 'sent'), delivery('m3:reply', 'm3', 'queued')];
  const { boards } = stand([message('m3', out), message('m2', out), message('m1', out)], [], kept);
  expect((await boards.boardOf(inquiry, card, [])).lines.map(({ state }) => state)).toEqual(['sent', 'sent', 'waiting']);
});

it('leaves to its turn what waits to be shown', async () => {
  const [first, second, third] = [message('m1'), message('m2'), message('m3')];
  const waits = (messageId: string, kind: string) => ({ state: 'queued', messageId, content: { kind } });
  const { boards } = stand([third, second, first], [waits('m1', 'message'), waits('m3', 'message'), waits('m2', 'receipt')]);
  expect((await boards.boardOf(inquiry, card, [fresh])).lines.map(({ parts }) => parts)).toEqual([first.parts, second.parts]);
});
