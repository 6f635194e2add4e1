import type { MarketplaceAdapter, ShopAccess } from '../../adapters/adapter.ts';
import type { ShopId } from '../core/ids.ts';
import type { Clock, Timers } from '../core/time.ts';
import { PlatformError } from '../errors.ts';
import type { ShopDirectory } from './deps.ts';
import { createLimiter, type Limiter } from './limiter.ts';

export interface PacedCallsDeps {
  readonly shops: Pick<ShopDirectory, 'access'>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly paceScale: number;
  /** The paces of a shop's gate; null where another process owns it. */
  readonly limiterOf: (shop: ShopId) => Limiter | null;
}

/** A shop, and what its marketplace allows. */
export interface CalledShop {
  readonly shopId: ShopId;
  readonly capabilities: MarketplaceAdapter['capabilities'];
}

/**
 * Calls that read something beside the way of messages, paced as reads, so that sends keep their reserve. They throw `PlatformError`.
 * @param deadlineMs for one call, with its wait
 */
export function createPacedCalls({ shops, clock, timers, paceScale, limiterOf }: PacedCallsDeps, deadlineMs: number) {
  /** Of shops whose gate another process owns. There are few such calls, so that they hardly add to the owner's. */
  const others = new Map<ShopId, Limiter>();

  function limiterFor({ shopId, capabilities: { limits } }: CalledShop): Limiter {
    const owned = limiterOf(shopId);
    if (owned) return owned;
    const other =
      others.get(shopId) ??
      createLimiter({ limits, monotonicMs: () => clock.monotonicMs(), now: () => clock.now(), timeScale: paceScale, spent: [] });
    others.set(shopId, other);
    return other;
  }

  return async function ask<T>(shop: CalledShop, costs: readonly string[], call: (access: ShopAccess) => Promise<T>): Promise<T> {
    const limiter = limiterFor(shop);
    const deadline = new AbortController();
    const cancel = timers.after(deadlineMs, () => deadline.abort(new Error(`no answer within ${deadlineMs} ms`)));
    try {
      for (let waitMs = limiter.take(costs, null, 'read'); waitMs > 0; waitMs = limiter.take(costs, null, 'read')) {
        if (waitMs > deadlineMs || deadline.signal.aborted) throw noRoom(shop.shopId);
        await new Promise<void>((resolve) => void timers.after(waitMs, resolve));
      }
      return await call(await shops.access(shop.shopId, deadline.signal));
    } catch (error) {
      if (error instanceof PlatformError && error.kind === 'rate-limited' && error.retryAfterMs !== null) {
        limiter.penalise(error.limit, costs, null, error.retryAfterMs);
      }
      throw error;
    } finally {
      cancel();
    }
  };
}

const noRoom = (shop: ShopId): PlatformError =>
  new PlatformError('the pace leaves no room for a look-up', { kind: 'rate-limited', platform: shop.slice(0, shop.indexOf(':')) });
