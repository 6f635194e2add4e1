import { type MarketplaceAdapter, mostOrders } from '../../adapters/adapter.ts';
import type { Order } from '../core/order.ts';
import { type CalledShop, createPacedCalls, type PacedCallsDeps } from './paced-calls.ts';

/** People ask for an order again and again while they answer; it does not change every second. */
const keptMs = 60_000;
/** Orders and buyers in memory; each a few hundred bytes. */
const mostKept = 2_000;
/** Nobody waits for an order longer than for the rest of an answer. */
const deadlineMs = 5_000;

/** A shop whose marketplace lets orders be looked up. */
export interface OrderSource extends CalledShop {
  readonly orders: NonNullable<MarketplaceAdapter['orders']>;
}

/** The calls that look up orders, answered from memory for a minute. They throw `PlatformError`. */
export function createOrderCalls(deps: PacedCallsDeps) {
  const { clock } = deps;
  const kept = createMemory<Order | null>(() => clock.monotonicMs());
  const buyers = createMemory<readonly Order[]>(() => clock.monotonicMs());
  const ask = createPacedCalls(deps, deadlineMs);

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
