import type { Order } from '../order.ts';
import type { Locale } from '../texts/index.ts';
import { nearestLocale, text } from '../texts/index.ts';
import type { TemplateValues } from './variables.ts';

/** What is known of an inquiry, for the variables of a template. */
export interface TemplateContext {
  readonly buyerName: string | null;
  readonly shopName: string;
  /** Whom the buyer sees as the one who answers: the agent's alias, else the shop's; null: nobody is named. */
  readonly agentAlias: string | null;
  /** The order that the inquiry is about, if the marketplace could be asked. */
  readonly order: Order | null;
  /** Its number is known where the order is not. */
  readonly orderId: string | null;
  /** Of the chosen variant: the order's status is told in it, as far as we have words for that. */
  readonly language: string | null;
}

export function templateValues({ buyerName, shopName, agentAlias, order, orderId, language }: TemplateContext): TemplateValues {
  const tracking = order?.shipments.flatMap(({ trackingNumber }) => trackingNumber ?? []) ?? [];
  return {
    'buyer.name': buyerName,
    'shop.name': shopName,
    'agent.alias': agentAlias,
    'order.id': order?.id ?? orderId,
    'order.tracking': tracking.length > 0 ? tracking.join(', ') : null,
    'order.status': order === null || order.status === 'unknown' ? null : text(localeOf(language), `order.status.${order.status}`),
  };
}

const localeOf = (language: string | null): Locale => nearestLocale(language ?? undefined);
