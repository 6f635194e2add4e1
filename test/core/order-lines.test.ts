import { describe, expect, it } from 'vitest';
import { type Order, orderNumbers, orderStatuses } from '../../src/core/order.ts';
import { orderLines } from '../../src/core/order-lines.ts';
import { locales } from '../../src/core/texts/index.ts';

const order: Order = {
  id: '576653688135258178',
  status: 'in-transit',
  platformStatus: 'IN_TRANSIT',
  buyerId: '749',
  items: [
    { name: 'Paper lamp', variant: 'White, small', quantity: 2, price: { amount: '129.00', currency: 'THB' } },
    { name: 'Bulb', variant: null, quantity: 1, price: null },
  ],
  total: { amount: '267.90', currency: 'THB' },
  cashOnDelivery: false,
  shipments: [{ carrier: 'J&T Express', trackingNumber: 'TH0123456789' }],
  createdAt: new Date('2026-03-02T08:00:00Z'),
  paidAt: new Date('2026-03-02T08:05:00Z'),
  deliveredAt: null,
  cancelledAt: null,
};
// Which white space stands before AM depends on the version of the time zone's tables.
const lines = (changes: Partial<Order>, locale: (typeof locales)[number] = 'en') =>
  orderLines({ ...order, ...changes }, locale, 'Asia/Bangkok').map((line) => line.replace(/\s/g, ' '));

describe('orderLines', () => {
  it('tells an order in the language of the reader and the time of the shop', () => {
    expect(lines({})).toEqual([
      'Order 576653688135258178: on its way',
      '2 × Paper lamp (White, small), THB 129.00 each',
      '1 × Bulb',
      'Total THB 267.90',
      'J&T Express TH0123456789',
      'Ordered Mar 2, 2026, 3:00 PM · paid Mar 2, 2026, 3:05 PM',
    ]);
    expect(lines({ cashOnDelivery: true, paidAt: null }, 'zh-CN')).toEqual([
      '订单 576653688135258178：运输中',
      '2 × Paper lamp（White, small），单价 THB 129.00',
      '1 × Bulb',
      '合计 THB 267.90，货到付款',
      'J&T Express TH0123456789',
      '下单时间 2026年3月2日 15:00',
    ]);
  });

  it("tells the times by the reader's own clock, too, where that shows something else", () => {
    const last = (ownZone: string | null) => orderLines({ ...order, paidAt: null }, 'zh-CN', 'Asia/Bangkok', ownZone).slice(-2);
    expect(last('Europe/Berlin')).toEqual(['下单时间 2026年3月2日 15:00', '您的时间：下单时间 2026年3月2日 09:00']);
    for (const same of ['Asia/Jakarta', null]) expect(last(same)).toEqual(['J&T Express TH0123456789', '下单时间 2026年3月2日 15:00']);
  });

  it('leaves out what is not known, and counts what there is no room for', () => {
    const nothing = { items: [], total: null, shipments: [], createdAt: null, paidAt: null };
    expect(lines({ ...nothing, status: 'unknown', platformStatus: 'PRE_ORDER' })).toEqual(['Order 576653688135258178: PRE_ORDER']);
    const items = Array.from({ length: 8 }, (_, at) => ({ name: `Lamp ${at}`, variant: null, quantity: 1, price: null }));
    expect(lines({ ...nothing, items }).slice(5)).toEqual(['1 × Lamp 4', 'and 3 more']);
  });

  it('has words for every status, and lets nothing from outside break a line', () => {
    for (const locale of locales) {
      for (const status of orderStatuses) {
        const [first = ''] = lines({ status, platformStatus: 'NEW\n\u0007_ONE' }, locale);
        expect(first).not.toMatch(/[{}\p{Cc}]/u);
      }
    }
    const [, item] = lines({ items: [{ name: 'a\nb\u202ec', variant: 'x'.repeat(200), quantity: 1, price: null }] });
    expect(item).toMatch(/^1 × a bc \(x{79}…\)$/);
  });
});

it('the numbers of an order are those that a reply may hold', () => {
  expect(orderNumbers(order)).toEqual(['576653688135258178', 'TH0123456789']);
  expect(orderNumbers({ id: '1', shipments: [{ carrier: 'J&T', trackingNumber: null }] })).toEqual(['1']);
});
