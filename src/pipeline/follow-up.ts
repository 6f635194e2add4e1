import { type FollowUpWords, followUpDue } from '../core/desk/follow-up.ts';
import type { Inquiry } from '../core/inquiry.ts';
import type { OrdersFound } from '../core/order.ts';
import type { Shop } from '../core/shop.ts';
import { templateName } from '../core/templates/template.ts';
import { addMs } from '../core/time.ts';
import type { PipelineDeps } from './deps.ts';
import { withPatience } from './patience.ts';
import { answerOf, quickReply } from './quick-reply.ts';
import { channelModeOf } from './thread-view.ts';

export type FollowUpDeps = Pick<PipelineDeps, 'marketplaces' | 'settings' | 'templates' | 'orders' | 'shops' | 'timers'> & {
  readonly inquiries: Pick<PipelineDeps['inquiries'], 'knownIds'>;
};

/** What else is due at the shop waits no longer for an order. */
const orderPatienceMs = 1_500;
const ordersLate: OrdersFound = { orders: [], problem: { key: 'order.late', params: {} } };

/** What a buyer who has been silent would be asked, in their language. Null: that is not due, or the marketplace takes nothing any more. */
export async function followUpWords(inquiry: Inquiry, shop: Shop, now: Date, deps: FollowUpDeps): Promise<FollowUpWords | null> {
  const settings = deps.settings();
  const { followUp } = settings.desk;
  const limits = deps.marketplaces.get(inquiry.marketplace)?.capabilities;
  if (!followUp || !limits || followUpDue(inquiry, settings.desk, now) === null) return null;
  const { replyWindowHours, automaticReplies } = limits;
  if (replyWindowHours !== null && addMs(inquiry.lastBuyerAt, replyWindowHours * 3_600_000) <= now) return null;
  const how = automaticReplies === 'allowed' ? 'automatic' : 'suggested';
  // Nothing that stands in such a channel goes to buyers.
  if (how === 'suggested' && channelModeOf(settings, inquiry) !== 'reply') return null;
  const asked = { name: templateName(followUp.template) ?? followUp.template, language: null };
  const orders: Pick<PipelineDeps['orders'], 'ordersFor'> = {
    ordersFor: (of) => withPatience(deps.orders.ordersFor(of), orderPatienceMs, ordersLate, deps.timers),
  };
  const word = answerOf(await quickReply(inquiry, asked, inquiry.language, { templates: deps.templates, orders, shops: deps.shops }));
  const knownIds = await deps.inquiries.knownIds(inquiry);
  return { how, word, compose: { limits, screening: settings.screening, knownIds, signature: shop.alias } };
}
