import type { InquiryId } from '../core/ids.ts';
import { type BuyerProfile, type InquirySource, idsIn, type MessagePart } from '../core/message.ts';
import type { OrdersFound } from '../core/order.ts';
import type { RouteOutcome } from '../core/routing/evaluate.ts';
import type { RouteWord, RouteWords } from '../core/routing/take-route.ts';
import { botOf } from '../core/settings.ts';
import type { Shop } from '../core/shop.ts';
import { templateName } from '../core/templates/template.ts';
import type { PipelineDeps } from './deps.ts';
import type { OrderNumbers } from './orders.ts';
import { withPatience } from './patience.ts';
import { answerOf, quickReply } from './quick-reply.ts';

export type RouteWordsDeps = Pick<PipelineDeps, 'marketplaces' | 'settings' | 'templates' | 'orders' | 'shops' | 'timers'>;

/** An inquiry that opens. */
interface Addressed {
  readonly id: InquiryId;
  readonly shop: Shop;
  readonly buyer: BuyerProfile;
  readonly source: InquirySource | null;
  readonly parts: readonly MessagePart[];
  readonly language: string | null;
  /** Orders that it names. */
  readonly numbers: OrderNumbers;
}

/** An inquiry that opens waits for an order's tracking number no longer than for its status. */
const orderPatienceMs = 1_500;
const ordersLate: OrdersFound = { orders: [], problem: { key: 'order.late', params: {} } };

/** What the rule that takes an inquiry gives to read, filled for its buyer. Null: nothing. */
export async function routeWords(
  { suggest, autoReply, channel }: Pick<RouteOutcome, 'suggest' | 'autoReply' | 'channel'>,
  { id, shop, buyer, source, parts, language, numbers }: Addressed,
  deps: RouteWordsDeps,
): Promise<RouteWords | null> {
  const { marketplace } = shop;
  const limits = deps.marketplaces.get(marketplace)?.capabilities;
  const automatic = limits?.automaticReplies === 'allowed' ? autoReply : null;
  if (!limits || (suggest === null && automatic === null)) return null;
  const { channels, screening } = deps.settings();
  const mode = channels.find((one) => one.id === channel.id && botOf(one) === botOf(channel))?.mode ?? 'reply';
  const orders: Pick<PipelineDeps['orders'], 'ordersFor'> = {
    ordersFor: (of) => withPatience(deps.orders.ordersFor(of, numbers), orderPatienceMs, ordersLate, deps.timers),
  };
  const fill = async (given: string, templates: Parameters<typeof quickReply>[3]['templates']): Promise<RouteWord> =>
    answerOf(
      await quickReply(
        { _id: id, shopId: shop._id, marketplace, source, buyer },
        { name: templateName(given) ?? given, language: null },
        language,
        { templates, orders, shops: deps.shops },
      ),
    );
  // Nothing that stands in such a channel goes to buyers.
  const suggestion = suggest === null || mode !== 'reply' ? null : await fill(suggest, deps.templates);
  return {
    compose: { limits, screening, knownIds: idsIn(parts), signature: shop.alias },
    suggestion,
    autoReply:
      automatic && ('template' in automatic ? await fill(automatic.template, deps.templates) : await fill(ownName, own(automatic.text))),
  };
}

/** Words that stand in the rule itself are a template that only it knows. */
const own = (text: string) => ({ list: () => Promise.resolve([{ name: ownName, marketplace: null, language: null, text }]) });
const ownName = 'auto-reply';
