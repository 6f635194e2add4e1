import type { Shop } from '../shop.ts';

/** What rules are held against. What nobody knows is null or empty, and no condition on it holds. */
export interface RoutingFacts {
  readonly shop: Pick<Shop, '_id' | 'externalId' | 'marketplace' | 'timezone' | 'practice'>;
  /** Spreads conversations over channels. */
  readonly conversation: string;
  /** The buyer's words, as they wrote them. */
  readonly words: string;
  /** ISO 639-1. */
  readonly language: string | null;
  /** Had an inquiry in this conversation before. */
  readonly returning: boolean;
  readonly buyerTags: readonly string[];
  /** The marketplace's ids of products that the buyer came from or asks about. */
  readonly products: readonly string[];
  /** Of these products. */
  readonly categories: readonly string[];
  /** Of the orders that the buyer asks about: our words and the marketplace's. */
  readonly orderStatuses: readonly string[];
  readonly now: Date;
}

/** Does a regular expression of RE2's syntax find something in this text? Takes time in proportion to the text. */
export type FindsPattern = (pattern: string, text: string) => boolean;
