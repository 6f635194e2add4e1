import type { Inquiry } from '../core/inquiry.ts';
import { noOrders, type Order, orderNumbers } from '../core/order.ts';
import type { TemplateAnswer } from '../core/templates/command.ts';
import { fillTemplate, needsOrder, pickTemplate } from '../core/templates/prepare.ts';
import type { Template } from '../core/templates/template.ts';
import { templateValues } from '../core/templates/values.ts';
import type { Notice } from '../core/thread.ts';
import type { ShopDirectory } from './deps.ts';
import type { OrderLookUp, OrdersOf } from './orders.ts';

type Sentence = Notice['reasons'][number];

/** `text` has yet to pass `compose`, where `numbers` are known ones. `problem`: there is nothing to send, and why; `reasons`: what it comes from. */
export type QuickReply =
  | { readonly template: Template; readonly text: string; readonly numbers: readonly string[] }
  | { readonly problem: Sentence; readonly reasons: readonly Sentence[] };

export interface QuickReplyDeps {
  readonly templates: { list(): Promise<readonly Template[]> };
  readonly orders: Pick<OrderLookUp, 'ordersFor'>;
  readonly shops: Pick<ShopDirectory, 'byId'>;
}

/**
 * From `!template shipped` to what the buyer of an inquiry would read. The order is looked up only where the template speaks of one.
 * @param asked language: null leaves the choice to us
 * @param language of the buyer's words; null: not known
 */
export async function quickReply(
  inquiry: OrdersOf & Pick<Inquiry, 'marketplace'>,
  asked: { readonly name: string; readonly language: string | null },
  language: string | null,
  { templates, orders, shops }: QuickReplyDeps,
): Promise<QuickReply> {
  const { marketplace, buyer } = inquiry;
  const [all, shop] = await Promise.all([templates.list(), shops.byId(inquiry.shopId)]);
  if (!shop) return { problem: { key: 'reason.shop-unknown', params: {} }, reasons: [] };
  const picked = pickTemplate(all, asked, { marketplace, language, profileLanguage: buyer.language ?? null, shopLocale: shop.locale });
  if ('problem' in picked) return { problem: picked.problem, reasons: [] };
  const { template } = picked;
  const found = needsOrder(template) ? await orders.ordersFor(inquiry) : noOrders;
  const order: Order | null = found.orders[0] ?? null;
  const values = templateValues({
    buyerName: buyer.name ?? null,
    shopName: shop.name,
    agentAlias: shop.alias,
    order,
    orderId: inquiry.source?.kind === 'order' ? inquiry.source.id : null,
    language: template.language ?? language,
  });
  const filled = fillTemplate(template, values);
  if ('problem' in filled) return { problem: filled.problem, reasons: order === null && found.problem ? [found.problem] : [] };
  const source = inquiry.source === null ? [] : [inquiry.source.id];
  return { template, text: filled.text, numbers: [...source, ...(order === null ? [] : orderNumbers(order))] };
}

/** The same as a thread is answered. */
export const answerOf = (found: QuickReply): Extract<TemplateAnswer, { kind: 'ready' | 'said' }> =>
  'problem' in found
    ? { kind: 'said', said: found.problem, lines: found.reasons }
    : { kind: 'ready', name: found.template.name, text: found.text, numbers: found.numbers };
