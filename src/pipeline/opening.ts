import type { ConversationId } from '../core/ids.ts';
import type { Inquiry } from '../core/inquiry.ts';
import { type BuyerProfile, type InquirySource, type MessagePart, orderIdsIn } from '../core/message.ts';
import type { Evaluation } from '../core/routing/evaluate.ts';
import type { RoutingFacts } from '../core/routing/facts.ts';
import type { Shop } from '../core/shop.ts';
import type { PipelineDeps } from './deps.ts';

/** What is known of an inquiry when a rule is looked for. */
interface Opening {
  readonly shop: Shop;
  readonly conversation: ConversationId;
  readonly buyer: BuyerProfile;
  readonly source: InquirySource | null;
  /** The buyer's messages so far. */
  readonly parts: readonly MessagePart[];
  /** The last one in this conversation; null: there was none. */
  readonly before: Pick<Inquiry, 'tags'> | null;
}

export interface Opened {
  readonly language: string | null;
  readonly evaluation: Evaluation;
}

/** Looks for the rule that takes an inquiry, and for what rules ask about. */
export async function openingOf(
  opening: Opening,
  { routing, clock, settings, orders }: Pick<PipelineDeps, 'routing' | 'clock' | 'settings' | 'orders'>,
): Promise<Opened> {
  const { shop, buyer, parts } = opening;
  // Only a rule that asks for it is worth a call.
  const orderStatuses = settings().routes.some(({ when }) => when.orderStatus !== undefined) ? await orders.statusesOf(asked(opening)) : [];
  const words = parts.flatMap((part) => (part.kind === 'text' ? [part.text] : [])).join('\n');
  const language = await routing.languageOf(words, { told: buyer.language, region: shop.region });
  return { language, evaluation: routing.evaluate(factsOf(opening, { words, language, orderStatuses, now: clock.now() })) };
}

/** Orders that the buyer asks about. */
function asked({ shop, buyer, source, parts }: Opening): Parameters<PipelineDeps['orders']['statusesOf']>[0] {
  const { named, said } = orderIdsIn(parts);
  return {
    ...{ shopId: shop._id, marketplace: shop.marketplace, buyer, said },
    named: [...(source?.kind === 'order' ? [source.id] : []), ...named],
  };
}

function factsOf(
  { shop, conversation, source, parts, before }: Opening,
  { words, language, orderStatuses, now }: Pick<RoutingFacts, 'words' | 'language' | 'orderStatuses' | 'now'>,
): RoutingFacts {
  return {
    shop,
    conversation,
    words,
    language,
    returning: before !== null,
    // What they were called then they still are.
    buyerTags: before?.tags ?? [],
    products: [
      ...(source?.kind === 'product' ? [source.id] : []),
      ...parts.flatMap((part) => (part.kind === 'product' ? [part.productId] : [])),
    ],
    categories: [],
    orderStatuses,
    now,
  };
}
