import { type MarketplaceAdapter, performanceNotAllowed } from '../../adapters/adapter.ts';
import type { ConnectorLog } from '../core/connector.ts';
import { correctedDays, daysToRead, type MarketplaceFigures, type PerformanceDay } from '../core/figures/performance.ts';
import { addDays, type LocalDay, localDay } from '../core/figures/zone.ts';
import type { ShopId } from '../core/ids.ts';
import type { Shop } from '../core/shop.ts';
import { PlatformError } from '../errors.ts';
import type { PerformanceStore } from '../store/performance.ts';
import type { ShopDirectory } from './deps.ts';
import { createPacedCalls, type PacedCallsDeps } from './paced-calls.ts';

interface PerformanceDeps extends PacedCallsDeps {
  readonly shops: Pick<ShopDirectory, 'access' | 'refresh'>;
  readonly all: () => Promise<readonly Shop[]>;
  readonly marketplaces: ReadonlyMap<string, MarketplaceAdapter>;
  readonly store: PerformanceStore;
  readonly log: ConnectorLog;
}

/** Nobody waits for it. */
const deadlineMs = 20_000;
/** Shops that are asked about at the same time: few, as there is all day. */
const together = 4;

/** Reads what marketplaces themselves count of shops. What fails is asked for again at the next look; what may not be asked, on the next day. */
export function createPerformanceReader(deps: PerformanceDeps): { read(): Promise<number> } {
  const { shops, all, marketplaces, store, clock, log } = deps;
  const ask = createPacedCalls(deps, deadlineMs);
  const refusedOn = new Map<ShopId, LocalDay>();

  async function figuresOf({ _id: shopId }: Shop, { capabilities, performance }: Performing, day: LocalDay): Promise<MarketplaceFigures> {
    const used: { token: string | null } = { token: null };
    try {
      return await ask({ shopId, capabilities }, capabilities.costs.performance, (access) => {
        used.token = access.accessToken;
        return performance(access, { from: day, before: addDays(day, 1) });
      });
    } catch (error) {
      // As with every other call, a token that is refused is renewed; the next look has it.
      if (used.token !== null && error instanceof PlatformError && error.kind === 'auth') await shops.refresh(shopId, used.token);
      throw error;
    }
  }

  /** Returns how many days were read. */
  async function readShop({ shop, adapter, known }: Asked): Promise<number> {
    const today = localDay(shop.timezone, clock.now());
    if (refusedOn.get(shop._id) === today) return 0;
    const read: PerformanceDay[] = [];
    try {
      for (const day of daysToRead(shop.timezone, clock.now(), known)) {
        const figures = await figuresOf(shop, adapter, day);
        read.push({ shopId: shop._id, day, ...figures, readAt: clock.now() });
      }
    } catch (err) {
      if (err instanceof PlatformError && err.code === performanceNotAllowed) {
        // `doctor` says so.
        refusedOn.set(shop._id, today);
        log.debug({ shopId: shop._id }, "the marketplace's own figures may not be read");
      } else if (err instanceof PlatformError) {
        log.warn({ err, shopId: shop._id }, "the marketplace's own figures could not be read; they are asked for again");
      } else throw err;
    }
    await store.save(read);
    return read.length;
  }

  /** Shops that may be asked about, with what is known of each. */
  async function asked(): Promise<Asked[]> {
    const active = (await all()).flatMap((shop) => {
      const adapter = shop.state === 'active' ? performing(marketplaces.get(shop.marketplace)) : null;
      return adapter ? [{ shop, adapter }] : [];
    });
    const days = await store.within(
      active.map(({ shop }) => shop._id),
      ...correctedDays(clock.now()),
    );
    const byShop = Map.groupBy(days, ({ shopId }) => shopId);
    return active.map((one) => ({ ...one, known: new Map((byShop.get(one.shop._id) ?? []).map(({ day, readAt }) => [day, readAt])) }));
  }

  return {
    async read() {
      const waiting = await asked();
      let read = 0;
      const worker = async (): Promise<void> => {
        for (let next = waiting.shift(); next; next = waiting.shift()) {
          const days = await readShop(next);
          read += days;
        }
      };
      await Promise.all(Array.from({ length: together }, worker));
      return read;
    },
  };
}

interface Asked {
  readonly shop: Shop;
  readonly adapter: Performing;
  /** When each of the last days was read. */
  readonly known: ReadonlyMap<LocalDay, Date>;
}

interface Performing {
  readonly capabilities: MarketplaceAdapter['capabilities'];
  readonly performance: NonNullable<MarketplaceAdapter['performance']>;
}

const performing = (adapter: MarketplaceAdapter | undefined): Performing | null =>
  adapter?.performance ? { capabilities: adapter.capabilities, performance: adapter.performance.bind(adapter) } : null;
