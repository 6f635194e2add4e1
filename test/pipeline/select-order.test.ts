import { describe, expect, it } from 'vitest';
import type { Delivery } from '../../src/core/delivery.ts';
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

const select = (waiting: readonly Delivery[], saturated = false) =>
  selectWork(waiting, { now, saturated: () => saturated, maxPostChars: 4_000 });

describe('a lane in which something is under way', () => {
  it.each([
    ['uncertain', 'look-up'],
    ['sending', 'adopt'],
    ['settling', 'settle'],
  ] as const)('is the one that is %s, though an earlier message has arrived since', (state, step) => {
    const first = message('2', { state });
    expect(select([message('1'), first, message('3')])).toEqual({ do: step, lead: first });
  });

  it('waits with all of the lane while a look-up is not due', () => {
    expect(select([message('1'), message('2', { state: 'uncertain', dueAt: new Date(now.getTime() + 1) })])).toBeNull();
  });

  it('marks the reply that was written last, whichever was sent last', () => {
    const receipt = (order: string, writtenMs: number) =>
      message(order, {
        content: { kind: 'receipt', on: { channelId: 'C1', messageId: order }, mark: 'sent' },
        writtenAt: new Date(writtenMs),
      });
    const [first, last, found] = [receipt('1', 10), receipt('2', 20), receipt('3', 5)];
    expect(select([first, last, found], true)).toEqual({ do: 'send', lead: last, members: [first, found] });
  });

  it('never takes in a post that has followers of its own', () => {
    const before = message('2', { members: [deliveryId('message-3')] });
    expect(select([message('1'), before, message('4')], true)).toEqual({ do: 'send', lead: message('1'), members: [] });
  });
});
