import type { ShopId } from '../core/ids.ts';
import type { Shop } from '../core/shop.ts';
import type { Clock } from '../core/time.ts';
import { PlatformError } from '../errors.ts';
import type { ShopDirectory } from '../pipeline/deps.ts';
import type { ShopStore } from '../store/shops.ts';
import type { ShopAccessProvider } from './credentials.ts';

/** A shop is asked for with every message; what is this old is good enough. */
const keptMs = 2_000;

interface DirectoryDeps {
  readonly shops: ShopStore;
  readonly access: ShopAccessProvider;
  readonly clock: Clock;
  /** Told when the seller took the authorisation back. */
  readonly onDeauthorized: (shop: Shop) => Promise<void>;
}

/** Shops by id, kept for a moment; and the tokens of those that take part. */
export function createShopDirectory({ shops, access, clock, onDeauthorized }: DirectoryDeps): ShopDirectory & { forget(): void } {
  let kept: { readonly byId: ReadonlyMap<ShopId, Shop>; readonly untilMs: number } | null = null;
  let reading: Promise<ReadonlyMap<ShopId, Shop>> | null = null;

  async function read(): Promise<ReadonlyMap<ShopId, Shop>> {
    const byId = new Map((await shops.list()).map((shop) => [shop._id, shop]));
    kept = { byId, untilMs: clock.monotonicMs() + keptMs };
    return byId;
  }

  async function all(): Promise<ReadonlyMap<ShopId, Shop>> {
    if (kept && kept.untilMs > clock.monotonicMs()) return kept.byId;
    reading ??= read().finally(() => {
      reading = null;
    });
    return reading;
  }

  return {
    forget() {
      kept = null;
    },

    byId: async (id) => (await all()).get(id) ?? null,

    // One that was connected a moment ago may not be among those kept.
    known: async (id) => (await all()).has(id) || (await shops.byId(id)) !== null,

    ids: async () => [...(await all()).keys()],

    async access(id, signal) {
      const shop = (await all()).get(id);
      if (shop && shop.state !== 'active') {
        throw new PlatformError('the shop is paused', { kind: 'auth', platform: shop.marketplace, code: shop.stateReason ?? shop.state });
      }
      return access.access(id, signal);
    },

    async refresh(id, failedToken) {
      try {
        await access.refreshNow(id, failedToken, new AbortController().signal);
        return true;
      } catch (error) {
        kept = null;
        if (error instanceof PlatformError && error.kind === 'auth') return false;
        throw error;
      }
    },

    async deauthorized(id) {
      const shop = await shops.byId(id);
      if (!shop) return;
      if (await shops.setState(id, 'deauthorized', 'deauthorized', clock.now())) await onDeauthorized(shop);
      kept = null;
    },
  };
}
