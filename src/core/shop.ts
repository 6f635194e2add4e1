import type { ShopId } from './ids.ts';
import { shopId } from './ids.ts';
import type { ChannelRef } from './settings.ts';
import type { Locale } from './texts/index.ts';

/** A seller's account on a marketplace, without its secrets. */
export interface Shop {
  readonly _id: ShopId;
  readonly marketplace: string;
  readonly externalId: string;
  readonly name: string;
  /** IANA name. */
  readonly timezone: string;
  readonly locale: Locale;
  readonly region: string | null;
  /** What the marketplace's buyers see as the answering person; null: nothing is added. */
  readonly alias: string | null;
  /** `paused`: tokens do not work; its queue is kept. */
  readonly state: 'active' | 'paused' | 'deauthorized';
  readonly stateReason: string | null;
  readonly stateSince: Date;
  readonly accessTokenExpiresAt: Date | null;
  readonly refreshTokenExpiresAt: Date | null;
  readonly createdAt: Date;
  /** Of a practice shop: where its inquiries go, whatever the rules say. */
  readonly practice?: { readonly channel: ChannelRef };
}

/** The shop's own id is derived, so that webhook, configuration and OAuth agree on it without a look-up. */
export const shopIdOf = (marketplace: string, externalId: string): ShopId => shopId(`${marketplace}:${externalId}`);

/** Names of gates; each has one owner at a time. */
export const shopGate = (shop: ShopId): string => `shop:${shop}`;
export const botGate = (bot: string): string => `bot:${bot}`;
