import type { ConversationId, InquiryId } from '../core/ids.ts';
import type { Inquiry } from '../core/inquiry.ts';
import { type BuyerProfile, type InquirySource, type MessagePart, orderIdsIn } from '../core/message.ts';
import type { Evaluation } from '../core/routing/evaluate.ts';
import type { RoutingFacts } from '../core/routing/facts.ts';
import type { RouteWords } from '../core/routing/take-route.ts';
import type { Shop } from '../core/shop.ts';
import type { PipelineDeps } from './deps.ts';
import type { OrderNumbers } from './orders.ts';
import { type RouteWordsDeps, routeWords } from './route-words.ts';

/** What is known of an inquiry when a rule is looked for. */
interface Opening {
  /** Of the inquiry. */
  readonly id: InquiryId;
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
  /** Null: no rule takes it, or it says nothing. */
  readonly words: RouteWords | null;
}

/** Looks for the rule that takes an inquiry, and for what rules ask about. */
export async function openingOf(opening: Opening, deps: Pick<PipelineDeps, 'routing' | 'clock'> & RouteWordsDeps): Promise<Opened> {
  const { routing, clock, settings, orders } = deps;
  const { shop, buyer, parts } = opening;
  // Only a rule that asks for it is worth a call.
  const orderStatuses = settings().routes.some(({ when }) => when.orderStatus !== undefined) ? await orders.statusesOf(asked(opening)) : [];
  const words = parts.flatMap((part) => (part.kind === 'text' ? [part.text] : [])).join('\n');
  const language = await routing.languageOf(words, { told: buyer.language, region: shop.region });
  const evaluation = routing.evaluate(factsOf(opening, { words, language, orderStatuses, now: clock.now() }));
  const outcome = evaluation.match?.outcome;
  return {
    language,
    evaluation,
    words: outcome ? await routeWords(outcome, { ...opening, language, numbers: numbersIn(opening) }, deps) : null,
  };
}

/** Orders that the buyer asks about. */
function asked(opening: Opening): Parameters<PipelineDeps['orders']['statusesOf']>[0] {
  const { shop, buyer } = opening;
  return { shopId: shop._id, marketplace: shop.marketplace, buyer, ...numbersIn(opening) };
}

function numbersIn({ source, parts }: Pick<Opening, 'source' | 'parts'>): OrderNumbers {
  const { named, said } = orderIdsIn(parts);
  return { said, named: [...(source?.kind === 'order' ? [source.id] : []), ...named] };
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
