import { expect, it } from 'vitest';
import type { Delivery, DeliveryContent } from '../../src/core/delivery.ts';
import type { Inquiry } from '../../src/core/inquiry.ts';
import type { MessagePart } from '../../src/core/message.ts';
import { type CardOrder, cardOrderOf, type Order, type OrderStatus } from '../../src/core/order.ts';
import { defaultSettings } from '../../src/core/settings.ts';
import type { Turn } from '../../src/core/turn.ts';
import { createOrderCards } from '../../src/pipeline/order-cards.ts';
import { inquiry, now } from '../core/fixtures.ts';
import { createHandTime } from './hand-time.ts';

const orderIn = (status: OrderStatus): Order => ({
  ...{ id: '576653688135258178', status, platformStatus: status, buyerId: '749', items: [], total: null, cashOnDelivery: false },
  ...{ shipments: [], createdAt: null, paidAt: null, deliveredAt: null, cancelledAt: null },
});
const fromOrder: Inquiry = { ...inquiry, source: { kind: 'order', id: orderIn('to-ship').id } };
const opening: Inquiry = { ...fromOrder, thread: { bot: 'slack/default', channelId: 'C1', rootId: null } };

const messageOf = (...parts: MessagePart[]): DeliveryContent => ({
  kind: 'message',
  message: { author: 'buyer', parts, sentAt: now, late: false },
});
const words = (text: string) => messageOf({ kind: 'text', text });
const card: DeliveryContent = { kind: 'card' };

/** One inquiry in a store that judges by its version, and a marketplace that answers when told to. */
function stand(stored: Inquiry) {
  const time = createHandTime();
  const at = { stored, asked: 0, races: 0, told: [] as Delivery[], answer: async (): Promise<Order | null> => orderIn('to-ship') };
  const shown = createOrderCards(
    {
      orders: {
        namedBy: () => {
          at.asked += 1;
          return at.answer();
        },
      },
      inquiries: {
        byIds: async () => new Map([[at.stored._id, at.stored]]),
        replace: async (turns: readonly Turn[]) => {
          if (at.races > 0) {
            at.races -= 1;
            at.stored = { ...at.stored, version: at.stored.version + 1 };
          }
          const lost = turns.filter(({ base }) => base !== at.stored.version);
          for (const turn of turns) if (!lost.includes(turn)) at.stored = turn.inquiry;
          return lost;
        },
        record: async () => {},
      },
      outbox: { insert: async () => {} },
      figures: { touched: async () => {} },
      probe: () => {},
      settings: () => defaultSettings,
      clock: time.clock,
      newId: () => 'turn',
      log: { debug() {}, info() {}, warn() {}, error() {} },
    } as unknown as Parameters<typeof createOrderCards>[0],
    ({ planned }) => at.told.push(...planned),
  );
  const show = async (content: DeliveryContent, of: Inquiry = at.stored) => {
    shown({ content }, of);
    await time.pass(0);
  };
  return { at, show, time };
}

it('puts the order of an inquiry that opens on its card, by one edit of its own', async () => {
  const { at, show, time } = stand(opening);
  await show(words('Where is it?'));
  expect(at.stored.order).toEqual(cardOrderOf(orderIn('to-ship'), time.clock.now()));
  expect(at.told.map(({ content, inquiryId }) => [content.kind, inquiryId])).toEqual([['card', inquiry._id]]);
});

it('looks when words or a card name an order, and asks nothing where none is named', async () => {
  const { at, show } = stand(inquiry);
  await show(words('Where is it?'));
  await show(card);
  expect(at.asked).toBe(0);
  await show(words('Where is 576653688135258178?'));
  await show(messageOf({ kind: 'order', orderId: '576653688135258178' }));
  expect(at.asked).toBe(2);
  expect(at.told).toHaveLength(1);
});

it('asks anew when a card is drawn with what is old, and draws it again only where something changed', async () => {
  const { at, show, time } = stand(opening);
  await show(words('Where is it?'));
  await show(card);
  expect(at.asked).toBe(1);
  await time.pass(6 * 60_000);
  await show(card);
  expect([at.asked, at.told.length]).toEqual([2, 1]);
  at.answer = async () => orderIn('in-transit');
  await show(card);
  expect([at.asked, at.told.length, at.stored.order?.status]).toEqual([3, 2, 'in-transit']);
});

it('looks once at a time, holds nobody up, and gives what moved on meanwhile the same order', async () => {
  const { at, show } = stand(opening);
  const waiting: ((order: Order | null) => void)[] = [];
  at.answer = () => new Promise((resolve) => waiting.push(resolve));
  await show(words('Where is it?'));
  await show(card);
  expect([at.asked, at.told.length]).toEqual([1, 0]);
  at.stored = { ...at.stored, version: 9, tags: ['vip'] };
  at.races = 2;
  waiting[0]?.(orderIn('delivered'));
  await show(words('Hello?'));
  await show(words('Hello?'));
  expect(at.stored).toMatchObject({ version: 12, tags: ['vip'], order: { status: 'delivered' } satisfies Partial<CardOrder> });
  expect(at.told).toHaveLength(1);
});

it('leaves the card as it is where the order cannot be had, and looks again with the next edit', async () => {
  const { at, show } = stand(opening);
  at.answer = async () => null;
  await show(words('Where is it?'));
  expect([at.asked, at.told.length, at.stored]).toEqual([1, 0, opening]);
  at.answer = async () => orderIn('to-ship');
  await show(card);
  expect([at.asked, at.told.length]).toEqual([2, 1]);
});
