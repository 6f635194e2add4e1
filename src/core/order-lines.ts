import type { CardOrder, Money, Order, OrderItem, Shipment } from './order.ts';
import { excerpt } from './text-plain.ts';
import { type Locale, type TextKey, text } from './texts/index.ts';

const mostItems = 5;
const maxNameChars = 80;

/**
 * An order for the people who answer its buyer, a few lines of plain text. Pure.
 * @param timezone the shop's, an IANA name
 * @param ownZone the reader's; null: not known
 */
export function orderLines(order: Order, locale: Locale, timezone: string, ownZone: string | null = null): readonly string[] {
  const more = order.items.length - mostItems;
  const there = timesInWords(order, locale, timezone);
  const here = ownZone === null ? there : timesInWords(order, locale, ownZone);
  return [
    text(locale, 'order.line', { id: excerpt(order.id, maxNameChars), status: statusInWords(order, locale) }),
    ...order.items.slice(0, mostItems).map((item) => itemInWords(item, locale)),
    ...(more > 0 ? [text(locale, 'order.more-items', { count: more })] : []),
    ...(order.total === null ? [] : [totalInWords(order.total, order.cashOnDelivery, locale)]),
    ...order.shipments.flatMap((shipment) => shipmentInWords(shipment, locale) ?? []),
    ...there,
    ...(here.join() === there.join() ? [] : here.map((times) => text(locale, 'time.yours', { times }))),
  ];
}

/** An order on the root card, in one line. @param time when it stood so */
export function cardOrderLine(order: CardOrder, time: string, locale: Locale): string {
  const line = text(locale, 'order.line', { id: excerpt(order.id, maxNameChars), status: statusInWords(order, locale) });
  const parcels = order.shipments.flatMap((shipment) => shipmentInWords(shipment, locale) ?? []);
  return text(locale, 'card.order', { order: [line, ...parcels].join(' · '), time });
}

function statusInWords({ status, platformStatus }: Pick<Order, 'status' | 'platformStatus'>, locale: Locale): string {
  return text(locale, `order.status.${status}`, { platformStatus: excerpt(platformStatus, maxNameChars) });
}

function itemInWords({ name, variant, quantity, price }: OrderItem, locale: Locale): string {
  const words = { quantity, name: excerpt(name, maxNameChars), variant: excerpt(variant ?? '', maxNameChars) };
  const item = text(locale, variant === null ? 'order.item' : 'order.item-variant', words);
  return price === null ? item : text(locale, 'order.item-price', { item, price: moneyInWords(price) });
}

const totalInWords = (total: Money, cashOnDelivery: boolean, locale: Locale): string =>
  text(locale, cashOnDelivery ? 'order.total-cod' : 'order.total', { total: moneyInWords(total) });

const moneyInWords = ({ amount, currency }: Money): string => `${currency} ${amount}`;

function shipmentInWords({ carrier, trackingNumber }: Shipment, locale: Locale): string | null {
  if (trackingNumber === null) return null;
  const number = excerpt(trackingNumber, maxNameChars);
  return carrier === null
    ? text(locale, 'order.tracking-number', { number })
    : text(locale, 'order.tracking', { carrier: excerpt(carrier, maxNameChars), number });
}

/** In one line, in the order in which they come. */
function timesInWords(order: Order, locale: Locale, timezone: string): readonly string[] {
  const format = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: timezone });
  const moments: readonly (readonly [TextKey, Date | null])[] = [
    ['order.ordered', order.createdAt],
    ['order.paid', order.paidAt],
    ['order.delivered', order.deliveredAt],
    ['order.cancelled', order.cancelledAt],
  ];
  const told = moments.flatMap(([key, at]) => (at === null ? [] : text(locale, key, { time: format.format(at) })));
  return told.length > 0 ? [told.join(' · ')] : [];
}
