import type { ShopId } from '../core/ids.ts';
import { isOver, isPractice } from '../core/practice/marks.ts';
import type { Shop } from '../core/shop.ts';
import type { Clock } from '../core/time.ts';
import { PlatformError } from '../errors.ts';
import type { ShopDirectory } from '../pipeline/deps.ts';
import type { ShopStore } from '../store/shops.ts';
import type { ShopAccessProvider } from './credentials.ts';

/** A shop is asked for with every message; what is this old is good enough. A process that is alone knows what it changed itself. */
const keptMs = { alone: 60_000, amongOthers: 2_000 };

interface DirectoryDeps {
  readonly shops: ShopStore;
  readonly access: ShopAccessProvider;
  readonly clock: Clock;
  /** No other process changes shops. */
  readonly alone: boolean;
  /** Told when the seller took the authorisation back. */
  readonly onDeauthorized: (shop: Shop) => Promise<void>;
}

/** What was read, and how often shops had been changed when that began. */
interface Reading {
  readonly changes: number;
}

/** Shops by id, kept for a moment; and the tokens of those that take part. */
export function createShopDirectory({ shops, access, clock, alone, onDeauthorized }: DirectoryDeps): ShopDirectory & {
  forget(): void;
  /** The practice shop, also while it is being removed; null: there is none. */
  practice(): Promise<Shop | null>;
} {
  let kept: (Reading & { readonly untilMs: number; readonly byId: ReadonlyMap<ShopId, Shop> }) | null = null;
  let reading: (Reading & { readonly byId: Promise<ReadonlyMap<ShopId, Shop>> }) | null = null;

  async function read(changes: number): Promise<ReadonlyMap<ShopId, Shop>> {
    try {
      const byId = new Map((await shops.list()).map((shop) => [shop._id, shop]));
      kept = { changes, byId, untilMs: clock.monotonicMs() + (alone ? keptMs.alone : keptMs.amongOthers) };
      return byId;
    } finally {
      if (reading?.changes === changes) reading = null;
    }
  }

  async function all(): Promise<ReadonlyMap<ShopId, Shop>> {
    const changes = shops.changes();
    if (kept?.changes === changes && kept.untilMs > clock.monotonicMs()) return kept.byId;
    if (reading?.changes !== changes) reading = { changes, byId: read(changes) };
    return reading.byId;
  }

  return {
    forget() {
      kept = null;
    },

    byId: async (id) => (await all()).get(id) ?? null,

    // One that was connected a moment ago may not be among those kept.
    known: async (id) => {
      const shop = (await all()).get(id) ?? (await shops.byId(id));
      return shop !== null && !isOver(shop);
    },

    ids: async () => [...(await all()).values()].filter((shop) => !isOver(shop)).map(({ _id }) => _id),

    practice: async () => [...(await all()).values()].find(isPractice) ?? null,

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
