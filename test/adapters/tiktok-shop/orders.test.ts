import { describe, expect, it } from 'vitest';
import { apiOrder } from '../../../adapters/tiktok-shop/api-types.ts';
import { toOrder } from '../../../adapters/tiktok-shop/orders.ts';

const read = (order: object) => toOrder(apiOrder.parse({ id: '576653688135258178', status: 'COMPLETED', ...order }));
const line = { product_id: '1', product_name: 'Lamp', sku_id: '2', sku_name: 'White', sale_price: '129.00' };

describe('an order of TikTok Shop', () => {
  it.each([
    ['UNPAID', 'unpaid'],
    ['ON_HOLD', 'on-hold'],
    ['AWAITING_SHIPMENT', 'to-ship'],
    ['PARTIALLY_SHIPPING', 'partly-shipped'],
    ['AWAITING_COLLECTION', 'awaiting-collection'],
    ['IN_TRANSIT', 'in-transit'],
    ['DELIVERED', 'delivered'],
    ['COMPLETED', 'completed'],
    ['CANCELLED', 'cancelled'],
    ['PRE_ORDER', 'unknown'],
  ])('%s is %s', (platformStatus, status) => {
    expect(read({ status: platformStatus })).toMatchObject({ status, platformStatus });
  });

  it('has its single pieces counted, by what they are and what they cost', () => {
    const order = read({
      payment: { currency: 'THB', total_amount: '387' },
      line_items: [
        line,
        line,
        { ...line, sale_price: '99.00' },
        { product_id: '3', product_name: ' ', sku_name: '' },
        { ...line, sku_id: '4' },
      ],
    });
    expect(order.items.map(({ name, variant, quantity, price }) => [name, variant, quantity, price?.amount])).toEqual([
      ['Lamp', 'White', 2, '129.00'],
      ['Lamp', 'White', 1, '99.00'],
      ['3', null, 1, undefined],
      ['Lamp', 'White', 1, '129.00'],
    ]);
  });

  it('names each parcel once, with the carrier that its pieces name', () => {
    const parcel = { tracking_number: 'TH1', shipping_provider_name: 'J&T' };
    const order = read({
      tracking_number: 'TH1',
      shipping_provider: 'Flash',
      line_items: [
        { ...line, ...parcel },
        { ...line, ...parcel },
        { ...line, tracking_number: 'TH2' },
        { ...line, tracking_number: '' },
      ],
    });
    expect(order.shipments).toEqual([
      { carrier: 'J&T', trackingNumber: 'TH1' },
      { carrier: null, trackingNumber: 'TH2' },
    ]);
    expect(read({ tracking_number: 'TH3', shipping_provider: 'Flash' }).shipments).toEqual([{ carrier: 'Flash', trackingNumber: 'TH3' }]);
  });

  it('is read although half of it is missing or odd', () => {
    expect(read({})).toEqual({
      ...{ id: '576653688135258178', status: 'completed', platformStatus: 'COMPLETED', buyerId: null, items: [], total: null },
      ...{ cashOnDelivery: false, shipments: [], createdAt: null, paidAt: null, deliveredAt: null, cancelledAt: null },
    });
    const odd = read({
      ...{ user_id: 749, create_time: '1718305585', paid_time: 0, delivery_time: 'soon', cancel_time: null, is_cod: 'no' },
      ...{ payment: { currency: 'THB', total_amount: 267.9 }, line_items: null },
    });
    expect(odd).toMatchObject({
      buyerId: '749',
      createdAt: new Date(1718305585000),
      paidAt: null,
      deliveredAt: null,
      cashOnDelivery: false,
    });
    expect(odd.total).toEqual({ amount: '267.9', currency: 'THB' });
    expect(read({ payment: { currency: 'THB', total_amount: '<b>' } }).total).toBeNull();
  });
});
