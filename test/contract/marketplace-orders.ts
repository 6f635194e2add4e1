import { describe, expect, it } from 'vitest';
import { type MarketplaceOrders, ordersNotAllowed } from '../../adapters/adapter.ts';
import type { KitHolder, KitOrder, KitOrders, MarketplaceKit } from './marketplace-kit.ts';
import { failureOf } from './marketplace-sending.ts';

const lamps: KitOrder = {
  status: 'in-transit',
  items: [
    { name: 'Paper lamp', variant: 'White, small', quantity: 2, price: '129.00' },
    { name: 'Bulb', quantity: 1, price: '9.90' },
  ],
  total: '267.90',
  currency: 'THB',
  parcel: { carrier: 'J&T Express', number: 'TH0123456789' },
};

export function orders(held: KitHolder): void {
  describe('orders', () => {
    /** Runs only where the adapter knows of orders. */
    const itKnows = (title: string, run: (kit: MarketplaceKit, theirs: KitOrders, adapter: MarketplaceOrders) => Promise<void>) =>
      it(title, async () => {
        const { kit } = held;
        if (!kit.adapter.orders) return;
        if (!kit.orders) throw new Error('the adapter knows of orders, its kit does not');
        await run(kit, kit.orders, kit.adapter.orders);
      });

    itKnows('tells what was ordered, how it stands and where it is, and nothing of the person', async (kit, theirs, adapter) => {
      const orderedAt = kit.now();
      const id = theirs.place({ ...lamps, paidAt: orderedAt });
      const [order, ...others] = await adapter.byIds(kit.shop, [id]);
      expect(others).toEqual([]);
      expect(order).toMatchObject({
        ...{ id, status: 'in-transit', buyerId: theirs.buyer, cashOnDelivery: false },
        items: [
          { name: 'Paper lamp', variant: 'White, small', quantity: 2, price: { amount: '129.00', currency: 'THB' } },
          { name: 'Bulb', variant: null, quantity: 1, price: { amount: '9.90', currency: 'THB' } },
        ],
        total: { amount: '267.90', currency: 'THB' },
        shipments: [{ carrier: 'J&T Express', trackingNumber: 'TH0123456789' }],
        ...{ createdAt: orderedAt, paidAt: orderedAt, deliveredAt: null, cancelledAt: null },
      });
      for (const personal of theirs.personal) expect(JSON.stringify(order)).not.toContain(personal);
    });

    itKnows('tells of an order that was never paid, and of one that was cancelled', async (kit, theirs, adapter) => {
      const unpaid = theirs.place({ ...lamps, status: 'unpaid', cashOnDelivery: true });
      const cancelled = theirs.place({ ...lamps, status: 'cancelled', cancelledAt: kit.now() });
      const found = new Map((await adapter.byIds(kit.shop, [unpaid, cancelled])).map((order) => [order.id, order]));
      expect(found.get(unpaid)).toMatchObject({ status: 'unpaid', paidAt: null, cashOnDelivery: true });
      expect(found.get(cancelled)).toMatchObject({ status: 'cancelled', cancelledAt: kit.now() });
    });

    itKnows('leaves out numbers that are no orders of this shop', async (kit, theirs, adapter) => {
      const own = theirs.place(lamps);
      const anotherShops = theirs.place({ ...lamps, elsewhere: 'shop' });
      const found = await adapter.byIds(kit.shop, [theirs.unknownId, anotherShops, own]);
      expect(found.map(({ id }) => id)).toEqual([own]);
      const calls = kit.calls('orders');
      expect(await adapter.byIds(kit.shop, [])).toEqual([]);
      expect(kit.calls('orders')).toBe(calls);
    });

    itKnows('tells whose an order is', async (kit, theirs, adapter) => {
      const anotherBuyers = theirs.place({ ...lamps, elsewhere: 'buyer' });
      const [order] = await adapter.byIds(kit.shop, [anotherBuyers]);
      expect(order?.buyerId).not.toBe(theirs.buyer);
    });

    itKnows("lists a buyer's orders, the newest first", async (kit, theirs, adapter) => {
      if (!adapter.ofBuyer) return;
      const placed = Array.from({ length: 3 }, () => {
        kit.passMs(60_000);
        return theirs.place(lamps);
      });
      theirs.place({ ...lamps, elsewhere: 'buyer' });
      expect((await adapter.ofBuyer(kit.shop, theirs.buyer)).map(({ id }) => id)).toEqual(placed.reverse());
    });

    itKnows('says that orders are not allowed, while chats are, and what is lost', async (kit, theirs, adapter) => {
      const shop = theirs.chatOnlyAccess();
      const refusal = { kind: 'rejected', code: ordersNotAllowed };
      expect(await failureOf(adapter.byIds(shop, [theirs.place(lamps)]))).toMatchObject(refusal);
      if (adapter.ofBuyer) expect(await failureOf(adapter.ofBuyer(shop, theirs.buyer))).toMatchObject(refusal);
      const wrong = (await kit.adapter.checkShop(shop, 'en')).filter(({ ok }) => !ok);
      expect(wrong).toEqual([
        { check: expect.any(String), ok: false, problem: expect.stringMatching(/\S/), effect: expect.stringMatching(/[Oo]rders/) },
      ]);
    });
  });
}
