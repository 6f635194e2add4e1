import type { MarketplaceDefinition } from './adapter.ts';
import { tiktokShop } from './tiktok-shop/index.ts';

/** Every marketplace that Threadmart knows. Adding one: a folder, a line here, a test kit. */
export const marketplaces: readonly MarketplaceDefinition[] = [tiktokShop];
