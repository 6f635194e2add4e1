import { expect, it } from 'vitest';
import type { Inquiry } from '../../src/core/inquiry.ts';
import type { BoardLine, InquiryCard } from '../../src/core/thread.ts';
import { createBoards } from '../../src/pipeline/boards.ts';
import { inquiry, now } from '../core/fixtures.ts';
import { createHandTime } from './hand-time.ts';

const card = { excerpt: 'x' } as InquiryCard;
const bot = 'slack/default';
const root = (messageId: string) => ({ channelId: 'C1', messageId });
const fresh = { messageId: 'm1', message: { author: 'buyer', parts: [], sentAt: now, late: false } } as const;

function stand() {
  const time = createHandTime();
  const standing: Inquiry = { ...inquiry, openedAt: time.clock.now(), thread: { bot, channelId: 'C1', rootId: 'r1' } };
  const store = { newestOf: async () => [] };
  const boards = createBoards({
    ...{ inquiries: store, outbox: { byIds: async () => [] }, clock: time.clock, timeScale: 1 },
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
  boards.drawn(bot, root('r1'), await boards.boardOf(inquiry, card, []), true);
  for (let other = 1; other < 8; other += 1) boards.drawn(bot, root(`o${other}`), await boards.boardOf(inquiry, card, []), true);
  for (let other = 1; other < 20; other += 1)
    boards.drawn(bot, { channelId: 'C2', messageId: `e${other}` }, await boards.boardOf(inquiry, card, []), true);
  expect(await buried()).toBe(false);
  // Drawing one again adds nothing to the channel.
  boards.drawn(bot, root('o1'), await boards.boardOf(inquiry, card, []), false);
  expect(await buried()).toBe(false);
  boards.drawn(bot, root('o8'), await boards.boardOf(inquiry, card, []), true);
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
  expect(boards.isShown(bot, root('r1'), board)).toBe(false);
  boards.drawn(bot, root('r1'), board, true);
  expect(boards.isShown(bot, root('r1'), board)).toBe(true);
  const line: BoardLine = { post: null, author: { kind: 'buyer', name: null }, parts: [], sentAt: now, state: null };
  expect(boards.isShown(bot, root('r1'), { ...board, lines: [line] })).toBe(false);
  expect(boards.isShown(bot, root('r1'), { ...board, card: { ...card, status: 'answered' } })).toBe(false);
  expect(boards.isShown(bot, root('r2'), board)).toBe(false);
});
