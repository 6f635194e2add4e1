import { z } from 'zod';
import { explain } from '../core/routing/explain.ts';
import type { RoutingFacts } from '../core/routing/facts.ts';
import type { Shop } from '../core/shop.ts';
import type { Locale } from '../core/texts/index.ts';
import type { Routing } from '../routing.ts';

/** A word or a list of some, none of them long. */
const name = z.string().regex(/^.{1,256}$/s, 'expected 1 to 256 characters');
const names = z.array(name).default([]);

/** What somebody asks of the rules, as `POST /api/route` has it. What a buyer writes is in the body: addresses are logged, bodies are not. */
export const routeQuestion = z.strictObject({
  shop: name,
  text: z.string().default(''),
  /** What the marketplace says about the buyer; else their words tell. */
  language: name.optional(),
  at: z.iso.datetime({ offset: true }).optional(),
  conversation: name.default(''),
  returning: z.boolean().default(false),
  buyerTags: names,
  products: names,
  categories: names,
  orderStatuses: names,
});
export type RouteQuestion = z.output<typeof routeQuestion>;

/** A dry run: which rule would take it, and why, and why not the ones before. */
export async function explainRoute(
  { routing, shop, locale, now }: { readonly routing: Routing; readonly shop: Shop; readonly locale: Locale; readonly now: Date },
  { text, language: told, at, conversation, returning, buyerTags, products, categories, orderStatuses }: Omit<RouteQuestion, 'shop'>,
) {
  const language = await routing.languageOf(text, { told, region: shop.region });
  const facts: RoutingFacts = {
    ...{ shop, conversation, words: text, language, returning, buyerTags, products, categories, orderStatuses },
    now: at === undefined ? now : new Date(at),
  };
  const evaluation = routing.evaluate(facts);
  return { shop: shop._id, language, ...evaluation, sentences: explain(evaluation, locale) };
}
