import type { Order } from '../../src/core/order.ts';
import { buyerOf } from '../../src/core/practice/buyers.ts';
import { addMs } from '../../src/core/time.ts';
import type { MarketplaceOrders } from '../adapter.ts';

const first = 100_000;
const dayMs = 24 * 3_600_000;

/** Of the buyer of a conversation, by its number. */
export const orderIdOf = (number: number): string => `PR${first + number}`;
export const buyerIdOf = (number: number): string => `practice-buyer-${number}`;

/** Everybody's order was placed four days ago, whenever it is asked for. */
export function createOrders(now: () => Date): MarketplaceOrders {
  function ofNumber(number: number): readonly Order[] {
    const { order } = buyerOf(number);
    if (order === null) return [];
    const { status, item, variant, quantity, price, trackingNumber } = order;
    const createdAt = addMs(now(), -4 * dayMs);
    const amount = (Number(price.amount) * quantity).toFixed(2);
    return [
      {
        ...{ id: orderIdOf(number), status, platformStatus: status.toUpperCase().replaceAll('-', '_'), buyerId: buyerIdOf(number) },
        items: [{ name: item, variant, quantity, price }],
        total: { amount, currency: price.currency },
        cashOnDelivery: false,
        shipments: trackingNumber === null ? [] : [{ carrier: 'Practice Express', trackingNumber }],
        ...{ createdAt, paidAt: createdAt, cancelledAt: null },
        deliveredAt: status === 'delivered' || status === 'completed' ? addMs(createdAt, 3 * dayMs) : null,
      },
    ];
  }
  return {
    byIds: async (_shop, ids) =>
      ids.flatMap((id) => {
        const [, number] = /^PR(\d{6})$/.exec(id) ?? [];
        return number === undefined || Number(number) < first ? [] : ofNumber(Number(number) - first);
      }),
    ofBuyer: async (_shop, buyer) => {
      const [, number] = /^practice-buyer-(\d{1,6})$/.exec(buyer) ?? [];
      return number === undefined ? [] : ofNumber(Number(number));
    },
  };
}
