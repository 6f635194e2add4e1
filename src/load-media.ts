import type { MarketplaceAdapter } from '../adapters/adapter.ts';
import type { FetchedMedia } from '../bots/bot.ts';
import type { ConnectorLog } from './core/connector.ts';
import type { MediaRef } from './core/message.ts';
import type { Shop } from './core/shop.ts';
import { PlatformError } from './errors.ts';
import { createMediaFetcher, type MediaFetcher } from './media.ts';
import type { PipelineDeps, ShopDirectory } from './pipeline/deps.ts';

interface LoadMediaDeps {
  readonly marketplaces: ReadonlyMap<string, MarketplaceAdapter>;
  readonly shops: Pick<ShopDirectory, 'access'>;
  readonly log: ConnectorLog;
  /** Origins that may be fetched over plain http; set by tests and the demo only. */
  readonly insecureOrigins: readonly string[];
}

/** Slack takes more, and no buyer sends as much. */
const maxBytes = 25 * 1024 * 1024;
const mimeTypes = ['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'video/mp4'];
/** A hiccup should not cost a picture; a longer trouble should not hold up the words beside it. */
const attempts = 2;

/** Buyers' pictures and videos for the chat: null when one cannot be had, and the thread then says so. */
export function createLoadMedia({ marketplaces, shops, log, insecureOrigins }: LoadMediaDeps): {
  readonly loadMedia: PipelineDeps['loadMedia'];
  close(): Promise<void>;
} {
  const fetcher: MediaFetcher = createMediaFetcher({ maxBytes, mimeTypes, allowInsecure: insecureOrigins });

  async function load(shop: Shop, media: MediaRef, signal: AbortSignal): Promise<FetchedMedia> {
    const adapter = marketplaces.get(shop.marketplace);
    if (!adapter) throw new PlatformError('the marketplace is not configured', { kind: 'rejected', platform: shop.marketplace });
    const request = adapter.mediaRequest?.(await shops.access(shop._id, signal), media) ?? { url: media.url, headers: {} };
    const name = media.name === undefined ? {} : { name: media.name };
    return fetcher.load({ platform: shop.marketplace, ...request, hosts: adapter.capabilities.mediaHosts, ...name, signal });
  }

  return {
    async loadMedia(shop, media, signal) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await load(shop, media, signal);
        } catch (err) {
          const passing = err instanceof PlatformError && err.kind === 'transient' && attempt < attempts && !signal.aborted;
          if (passing) continue;
          log.warn({ err, shopId: shop._id, attempt }, 'a picture could not be fetched; the thread says so');
          return null;
        }
      }
    },
    close: () => fetcher.close(),
  };
}
