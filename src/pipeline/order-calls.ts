import { type MarketplaceAdapter, mostOrders, type ShopAccess } from '../../adapters/adapter.ts';
import type { ShopId } from '../core/ids.ts';
import type { Order } from '../core/order.ts';
import type { Clock, Timers } from '../core/time.ts';
import { PlatformError } from '../errors.ts';
import type { ShopDirectory } from './deps.ts';
import { createLimiter, type Limiter } from './limiter.ts';

/** People ask for an order again and again while they answer; it does not change every second. */
const keptMs = 60_000;
/** Orders and buyers in memory; each a few hundred bytes. */
const mostKept = 2_000;
/** Nobody waits for an order longer than for the rest of an answer. */
const deadlineMs = 5_000;

export interface OrderCallsDeps {
  readonly shops: Pick<ShopDirectory, 'access'>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly paceScale: number;
  /** The paces of a shop's gate; null where another process owns it. */
  readonly limiterOf: (shop: ShopId) => Limiter | null;
}

/** A shop whose marketplace lets orders be looked up. */
export interface OrderSource {
  readonly shopId: ShopId;
  readonly capabilities: MarketplaceAdapter['capabilities'];
  readonly orders: NonNullable<MarketplaceAdapter['orders']>;
}

/** The calls that look up orders: paced as reads, so that sends keep their reserve; answered from memory for a minute. They throw `PlatformError`. */
export function createOrderCalls({ shops, clock, timers, paceScale, limiterOf }: OrderCallsDeps) {
  const kept = createMemory<Order | null>(() => clock.monotonicMs());
  const buyers = createMemory<readonly Order[]>(() => clock.monotonicMs());
  /** Of shops whose gate another process owns. People ask seldom, so that their questions hardly add to the owner's. */
  const others = new Map<ShopId, Limiter>();

  function limiterFor({ shopId, capabilities: { limits } }: OrderSource): Limiter {
    const owned = limiterOf(shopId);
    if (owned) return owned;
    const other =
      others.get(shopId) ??
      createLimiter({ limits, monotonicMs: () => clock.monotonicMs(), now: () => clock.now(), timeScale: paceScale, spent: [] });
    others.set(shopId, other);
    return other;
  }

  async function ask<T>(source: OrderSource, costs: readonly string[], call: (access: ShopAccess) => Promise<T>): Promise<T> {
    const limiter = limiterFor(source);
    const deadline = new AbortController();
    const cancel = timers.after(deadlineMs, () => deadline.abort(new Error(`no answer within ${deadlineMs} ms`)));
    try {
      for (let waitMs = limiter.take(costs, null, 'read'); waitMs > 0; waitMs = limiter.take(costs, null, 'read')) {
        if (waitMs > deadlineMs || deadline.signal.aborted) throw noRoom(source.shopId);
        await new Promise<void>((resolve) => void timers.after(waitMs, resolve));
      }
      return await call(await shops.access(source.shopId, deadline.signal));
    } catch (error) {
      if (error instanceof PlatformError && error.kind === 'rate-limited' && error.retryAfterMs !== null) {
        limiter.penalise(error.limit, costs, null, error.retryAfterMs);
      }
      throw error;
    } finally {
      cancel();
    }
  }

  return {
    /** Those of these numbers that are orders of the shop; the first `mostOrders` are looked for. */
    async byIds(source: OrderSource, ids: readonly string[]): Promise<readonly Order[]> {
      const key = (id: string) => `${source.shopId}|${id}`;
      const asked = [...new Set(ids)].slice(0, mostOrders);
      const missing = asked.filter((id) => kept.get(key(id)) === undefined);
      if (missing.length > 0) {
        const answer = ask(source, source.capabilities.costs.orders, (access) => source.orders.byIds(access, missing));
        for (const id of missing) {
          kept.set(
            key(id),
            answer.then((found) => found.find((order) => order.id === id) ?? null),
          );
        }
      }
      const found = await Promise.all(asked.map((id) => kept.get(key(id)) ?? null));
      return found.filter((order) => order !== null);
    },

    /** The newest of a buyer, newest first; empty where the marketplace cannot search for them. */
    async ofBuyer(source: OrderSource, buyer: string): Promise<readonly Order[]> {
      const key = `${source.shopId}|${buyer}`;
      const known = buyers.get(key);
      if (known !== undefined) return known;
      const { ofBuyer } = source.orders;
      if (!ofBuyer) return [];
      const answer = ask(source, source.capabilities.costs.ordersOfBuyer, (access) => ofBuyer.call(source.orders, access, buyer));
      buyers.set(key, answer);
      return answer;
    },
  };
}

const noRoom = (shop: ShopId): PlatformError =>
  new PlatformError('the pace leaves no room for a look-up', { kind: 'rate-limited', platform: shop.slice(0, shop.indexOf(':')) });

/** Answers of the last minute; what failed is forgotten at once. Two who ask at the same time ask once. */
function createMemory<T>(nowMs: () => number) {
  const entries = new Map<string, { readonly value: Promise<T>; readonly untilMs: number }>();
  return {
    get(key: string): Promise<T> | undefined {
      const found = entries.get(key);
      return found && found.untilMs > nowMs() ? found.value : undefined;
    },
    set(key: string, value: Promise<T>): void {
      entries.delete(key);
      // The oldest stands first.
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
