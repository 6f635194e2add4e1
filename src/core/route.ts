import type { ChannelRef, Settings } from './settings.ts';
import type { Shop } from './shop.ts';

/** The channel that takes a shop's inquiries: the first route that matches, or null. The rule engine replaces this function only. */
export function route(settings: Pick<Settings, 'routes'>, shop: Pick<Shop, 'marketplace' | 'externalId' | '_id'>): ChannelRef | null {
  const matching = settings.routes.find(
    ({ when }) =>
      (when.marketplace === undefined || when.marketplace === shop.marketplace) &&
      (when.shop === undefined || when.shop === shop.externalId || when.shop === shop._id),
  );
  return matching?.channel ?? null;
}
