import { type MarketplaceAdapter, ordersNotAllowed } from '../../adapters/adapter.ts';
import type { ConnectorLog } from '../core/connector.ts';
import type { Inquiry } from '../core/inquiry.ts';
import type { BuyerProfile } from '../core/message.ts';
import type { Order, OrdersFound } from '../core/order.ts';
import { PlatformError } from '../errors.ts';
import type { InquiryStore } from '../store/inquiries.ts';
import { createOrderCalls, type OrderSource } from './order-calls.ts';
import type { PacedCallsDeps } from './paced-calls.ts';

const mostShown = 5;
/** An inquiry that opens waits for an order's status no longer than for its buyer's name. */
const openingPatienceMs = 1_500;

export type OrdersOf = Pick<Inquiry, '_id' | 'shopId' | 'marketplace' | 'source' | 'buyer'>;

/** Numbers that are orders for certain (`named`), and such that somebody wrote (`said`); the most likely first. */
export interface OrderNumbers {
  readonly named: readonly string[];
  readonly said: readonly string[];
}

export type OrderLookUp = ReturnType<typeof createOrderLookUp>;

/**
 * Looks up what buyers ordered, for `!order`, for cards, for the variables of templates and for rules. It is the least of all that is asked of a marketplace: a
 * failure costs the order, never a message, and neither pauses a shop nor renews its tokens.
 */
export function createOrderLookUp(
  deps: PacedCallsDeps & {
    readonly inquiries: Pick<InquiryStore, 'orderIdsOf'>;
    readonly marketplaces: ReadonlyMap<string, MarketplaceAdapter>;
    readonly log: ConnectorLog;
  },
) {
  const { inquiries, marketplaces, timers, log } = deps;
  const calls = createOrderCalls(deps);

  function sourceOf({ shopId, marketplace }: Pick<Inquiry, 'shopId' | 'marketplace'>): OrderSource | null {
    const { capabilities, orders } = marketplaces.get(marketplace) ?? {};
    return capabilities && orders ? { shopId, capabilities, orders } : null;
  }

  async function askedAbout(source: OrderSource, buyer: BuyerProfile, { named, said }: OrderNumbers): Promise<readonly Order[]> {
    const certain = theirs(await calls.byIds(source, named), buyer, true);
    if (certain.length > 0) return inOrder(certain, named);
    return inOrder(theirs(await calls.byIds(source, said).catch(none), buyer, false), said);
  }

  return {
    /**
     * The orders that an inquiry is about, the most likely one first; where it names none, the newest of its buyer. Never throws.
     * @param numbers that it names, where its messages are not stored yet
     */
    async ordersFor(inquiry: OrdersOf, numbers?: OrderNumbers): Promise<OrdersFound> {
      const source = sourceOf(inquiry);
      if (!source) return { orders: [], problem: { key: 'order.not-supported', params: {} } };
      const { buyer } = inquiry;
      try {
        const asked = await askedAbout(source, buyer, numbers ?? (await inquiries.orderIdsOf(inquiry)));
        const searched = asked.length === 0 && buyer.externalId !== undefined ? await calls.ofBuyer(source, buyer.externalId) : [];
        const found = [...asked, ...theirs(searched, buyer, true)];
        return { orders: found.slice(0, mostShown), problem: found.length > 0 ? null : { key: 'order.none', params: {} } };
      } catch (err) {
        log.warn({ err, shopId: inquiry.shopId, inquiryId: inquiry._id }, 'orders could not be looked up');
        return { orders: [], problem: problemOf(err) };
      }
    },

    /** The order that an inquiry names, the most likely one; null: it names none, or none that can be had. Never throws. */
    async namedBy(inquiry: OrdersOf): Promise<Order | null> {
      const source = sourceOf(inquiry);
      if (!source) return null;
      try {
        const [order = null] = await askedAbout(source, inquiry.buyer, await inquiries.orderIdsOf(inquiry));
        return order;
      } catch (err) {
        log.warn({ err, shopId: inquiry.shopId, inquiryId: inquiry._id }, 'the order of an inquiry could not be looked up for its card');
        return null;
      }
    },

    /** How the orders stand that an inquiry opens with, in the platform's words and in ours. What cannot be known soon is left out. Never throws. */
    async statusesOf(opening: Pick<Inquiry, 'shopId' | 'marketplace' | 'buyer'> & OrderNumbers): Promise<readonly string[]> {
      const source = sourceOf(opening);
      if (!source) return [];
      let cancel = () => {};
      const late = new Promise<readonly Order[]>((resolve) => {
        cancel = timers.after(openingPatienceMs, () => resolve([]));
      });
      try {
        const orders = await Promise.race([askedAbout(source, opening.buyer, opening), late]);
        return [...new Set(orders.flatMap(({ platformStatus, status }) => [platformStatus, status]))];
      } catch (err) {
        log.warn({ err, shopId: opening.shopId }, 'the order of an inquiry that opens could not be looked up');
        return [];
      } finally {
        cancel();
      }
    },
  };
}

const inOrder = (orders: readonly Order[], ids: readonly string[]): readonly Order[] =>
  orders.toSorted((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));

/** Anybody can type a number: then only an order that is known to be this buyer's is shown. A card of the marketplace names one of theirs. */
const theirs = (orders: readonly Order[], { externalId }: BuyerProfile, named: boolean): readonly Order[] =>
  orders.filter(({ buyerId }) => (buyerId === null || externalId === undefined ? named : buyerId === externalId));

/** A number that somebody typed may be anything, and a marketplace may refuse to look for it. */
function none(error: unknown): readonly Order[] {
  if (error instanceof PlatformError && error.kind === 'rejected' && error.code !== ordersNotAllowed) return [];
  throw error;
}

function problemOf(error: unknown): OrdersFound['problem'] {
  if (!(error instanceof PlatformError)) return { key: 'order.failed', params: { code: 'internal' } };
  if (error.code === ordersNotAllowed) return { key: 'order.scope-missing', params: {} };
  if (error.kind === 'rate-limited') return { key: 'order.busy', params: {} };
  return { key: 'order.failed', params: { code: error.code ?? error.kind } };
}
