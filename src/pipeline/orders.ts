import { type MarketplaceAdapter, mostOrders, ordersNotAllowed, type ShopAccess } from '../../adapters/adapter.ts';
import type { ShopId } from '../core/ids.ts';
import type { Inquiry } from '../core/inquiry.ts';
import type { Order } from '../core/order.ts';
import type { Notice } from '../core/thread.ts';
import { PlatformError } from '../errors.ts';
import type { PipelineDeps } from './deps.ts';
import { createLimiter, type Limiter } from './limiter.ts';

/** People ask for an order again and again while they answer; it does not change every second. */
const keptMs = 60_000;
/** Orders and buyers in memory; each a few hundred bytes. */
const mostKept = 2_000;
/** Nobody waits for an order longer than for the rest of an answer. */
const deadlineMs = 5_000;
const mostShown = 5;

export type OrdersOf = Pick<Inquiry, '_id' | 'shopId' | 'marketplace' | 'source' | 'buyer'>;

/** `problem`: why there are none, or not all. */
export interface OrdersFound {
  readonly orders: readonly Order[];
  readonly problem: Notice['reasons'][number] | null;
}

export type OrderLookUp = ReturnType<typeof createOrderLookUp>;

type Deps = Pick<PipelineDeps, 'inquiries' | 'shops' | 'marketplaces' | 'clock' | 'timers' | 'paceScale' | 'log'>;

/**
 * Looks up what buyers ordered, for `!order`, for cards and for the variables of templates. It is the least of all that is asked of a marketplace: a failure
 * costs the order, never a message, and neither pauses a shop nor renews its tokens.
 * @param limiterOf the paces of a shop's gate, where this process owns it
 */
export function createOrderLookUp(deps: Deps, limiterOf: (shop: ShopId) => Limiter | null) {
  const { inquiries, shops, marketplaces, clock, timers, paceScale, log } = deps;
  const kept = createMemory<Order | null>(() => clock.monotonicMs());
  const buyers = createMemory<readonly Order[]>(() => clock.monotonicMs());
  /** Of shops whose gate another process owns. People ask seldom, so that their questions hardly add to the owner's. */
  const others = new Map<ShopId, Limiter>();

  function limiterFor(shop: ShopId, { capabilities: { limits } }: MarketplaceAdapter): Limiter {
    const owned = limiterOf(shop);
    if (owned) return owned;
    const other =
      others.get(shop) ??
      createLimiter({ limits, monotonicMs: () => clock.monotonicMs(), now: () => clock.now(), timeScale: paceScale, spent: [] });
    others.set(shop, other);
    return other;
  }

  /** One call, paced as a read: what is sent keeps its reserve. */
  async function ask<T>(
    shop: ShopId,
    adapter: MarketplaceAdapter,
    costs: readonly string[],
    call: (access: ShopAccess) => Promise<T>,
  ): Promise<T> {
    const limiter = limiterFor(shop, adapter);
    const deadline = new AbortController();
    const cancel = timers.after(deadlineMs, () => deadline.abort(new Error(`no answer within ${deadlineMs} ms`)));
    try {
      for (let waitMs = limiter.take(costs, null, 'read'); waitMs > 0; waitMs = limiter.take(costs, null, 'read')) {
        if (waitMs > deadlineMs || deadline.signal.aborted)
          throw new PlatformError('no room for a look-up', { kind: 'rate-limited', platform: adapterName(shop) });
        await new Promise<void>((resolve) => void timers.after(waitMs, resolve));
      }
      return await call(await shops.access(shop, deadline.signal));
    } catch (error) {
      if (error instanceof PlatformError && error.kind === 'rate-limited' && error.retryAfterMs !== null) {
        limiter.penalise(error.limit, costs, null, error.retryAfterMs);
      }
      throw error;
    } finally {
      cancel();
    }
  }

  async function byIds(shop: ShopId, adapter: MarketplaceAdapter, ids: readonly string[]): Promise<readonly Order[]> {
    const { orders } = adapter;
    if (!orders) return [];
    const key = (id: string) => `${shop}|${id}`;
    const missing = ids.filter((id) => kept.get(key(id)) === undefined).slice(0, mostOrders);
    if (missing.length > 0) {
      const answer = ask(shop, adapter, adapter.capabilities.costs.orders, (access) => orders.byIds(access, missing));
      for (const id of missing) {
        kept.set(
          key(id),
          answer.then((found) => found.find((order) => order.id === id) ?? null),
        );
      }
    }
    const found = await Promise.all(ids.map((id) => kept.get(key(id)) ?? null));
    return found.filter((order) => order !== null);
  }

  async function ofBuyer(shop: ShopId, adapter: MarketplaceAdapter, buyer: string): Promise<readonly Order[]> {
    const { orders } = adapter;
    if (!orders?.ofBuyer) return [];
    const key = `${shop}|${buyer}`;
    const known = buyers.get(key);
    if (known !== undefined) return known;
    const answer = ask(
      shop,
      adapter,
      adapter.capabilities.costs.ordersOfBuyer,
      async (access) => (await orders.ofBuyer?.(access, buyer)) ?? [],
    );
    buyers.set(key, answer);
    return answer;
  }

  async function look(inquiry: OrdersOf, adapter: MarketplaceAdapter): Promise<readonly Order[]> {
    const { shopId, buyer } = inquiry;
    const { named, said } = await inquiries.orderIdsOf(inquiry);
    const certain = theirs(await byIds(shopId, adapter, distinct(named)), buyer.externalId, true);
    if (certain.length > 0) return inOrder(certain, named);
    const typed = theirs(await byIds(shopId, adapter, distinct(said)).catch(none), buyer.externalId, false);
    if (typed.length > 0 || buyer.externalId === undefined) return inOrder(typed, said);
    return theirs(await ofBuyer(shopId, adapter, buyer.externalId), buyer.externalId, true);
  }

  return {
    /** The orders that an inquiry is about, the most likely one first; where it names none, the newest of its buyer. Never throws. */
    async ordersFor(inquiry: OrdersOf): Promise<OrdersFound> {
      const adapter = marketplaces.get(inquiry.marketplace);
      if (!adapter?.orders) return { orders: [], problem: { key: 'order.not-supported', params: {} } };
      try {
        const orders = (await look(inquiry, adapter)).slice(0, mostShown);
        return { orders, problem: orders.length > 0 ? null : { key: 'order.none', params: {} } };
      } catch (err) {
        log.warn({ err, shopId: inquiry.shopId, inquiryId: inquiry._id }, 'orders could not be looked up');
        return { orders: [], problem: problemOf(err) };
      }
    },
  };
}

const adapterName = (shop: ShopId): string => shop.slice(0, shop.indexOf(':'));

const distinct = (ids: readonly string[]): readonly string[] => [...new Set(ids)].slice(0, mostOrders);

const inOrder = (orders: readonly Order[], ids: readonly string[]): readonly Order[] =>
  orders.toSorted((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));

/** Anybody can type a number: then only an order that is known to be this buyer's is shown. A card of the marketplace names one of theirs. */
const theirs = (orders: readonly Order[], buyer: string | undefined, named: boolean): readonly Order[] =>
  orders.filter(({ buyerId }) => (buyerId === null || buyer === undefined ? named : buyerId === buyer));

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

/** Answers of the last minute; what failed is forgotten at once. Two who ask at the same time ask once. */
function createMemory<T>(nowMs: () => number) {
  const entries = new Map<string, { readonly value: Promise<T>; readonly untilMs: number }>();
  return {
    get(key: string): Promise<T> | undefined {
      const found = entries.get(key);
      return found && found.untilMs > nowMs() ? found.value : undefined;
    },
    set(key: string, value: Promise<T>): void {
      // The oldest stands first.
      entries.delete(key);
      for (const oldest of entries.keys()) {
        if (entries.size < mostKept) break;
        entries.delete(oldest);
      }
      entries.set(key, { value, untilMs: nowMs() + keptMs });
      value.catch(() => {
        if (entries.get(key)?.value === value) entries.delete(key);
      });
    },
  };
}
