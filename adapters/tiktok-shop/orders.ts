import type { Order, OrderItem, OrderStatus, Shipment } from '../../src/core/order.ts';
import { cleanText } from '../../src/core/text-plain.ts';
import { PlatformError } from '../../src/errors.ts';
import { type MarketplaceOrders, mostOrders, ordersNotAllowed, type ShopAccess } from '../adapter.ts';
import { type ApiOrder, orderPage } from './api-types.ts';
import type { ApiCall, TiktokShopClient } from './client.ts';
import { paths } from './paths.ts';

/** What orders need; chats need another. @see https://partner.tiktokshop.com/docv2/page/get-order-detail-202507 read 2026-11-22 */
export const orderScope = 'seller.order.info';
const scopeMissing = '105005';
/** Of one buyer. */
const ordersPerPage = '10';

export function createOrders(client: TiktokShopClient): MarketplaceOrders {
  return {
    async byIds(shop, ids) {
      const asked = ids.filter((id) => /^\d{10,24}$/.test(id)).slice(0, mostOrders);
      if (asked.length === 0) return [];
      return read(client, shop, { operation: 'read orders', method: 'GET', path: paths.orders, query: { ids: asked.join(',') } });
    },
    async ofBuyer(shop, buyer) {
      return read(client, shop, {
        operation: 'search orders',
        method: 'POST',
        path: paths.orderSearch,
        query: { page_size: ordersPerPage, sort_field: 'create_time', sort_order: 'DESC' },
        body: JSON.stringify({ buyer_user_id: buyer }),
      });
    },
  };
}

/** Whether this app may see orders of this shop; throws when not. */
export async function probeOrders(client: TiktokShopClient, shop: ShopAccess): Promise<void> {
  await read(client, shop, { operation: 'search orders', method: 'POST', path: paths.orderSearch, query: { page_size: '1' }, body: '{}' });
}

async function read(
  client: TiktokShopClient,
  shop: ShopAccess,
  call: Omit<ApiCall<unknown>, 'effect' | 'data'>,
): Promise<readonly Order[]> {
  try {
    const { data } = await client.shop(shop, { ...call, effect: 'none', data: orderPage });
    return (data.orders ?? []).map(toOrder);
  } catch (error) {
    // Of a send this code means that the shop is of no use; chats go on without orders.
    if (!(error instanceof PlatformError && error.code === scopeMissing)) throw error;
    throw new PlatformError(`TikTok Shop, ${call.operation}: the scope ${orderScope} is missing`, {
      kind: 'rejected',
      platform: 'tiktok-shop',
      code: ordersNotAllowed,
      cause: error,
      ...(error.requestId ? { requestId: error.requestId } : {}),
    });
  }
}

/** @see https://partner.tiktokshop.com/docv2/page/get-order-detail-202507 read 2026-11-22 */
const statuses: Readonly<Record<string, OrderStatus>> = {
  UNPAID: 'unpaid',
  ON_HOLD: 'on-hold',
  AWAITING_SHIPMENT: 'to-ship',
  PARTIALLY_SHIPPING: 'partly-shipped',
  AWAITING_COLLECTION: 'awaiting-collection',
  IN_TRANSIT: 'in-transit',
  DELIVERED: 'delivered',
  COMPLETED: 'completed',
  CANCELLED: 'cancelled',
};

export function toOrder(order: ApiOrder): Order {
  const currency = order.payment?.currency ?? null;
  return {
    id: order.id,
    status: statuses[order.status] ?? 'unknown',
    platformStatus: plain(order.status) ?? '',
    buyerId: order.user_id ?? null,
    items: itemsOf(order, currency),
    total: money(order.payment?.total_amount, currency),
    cashOnDelivery: order.is_cod ?? false,
    shipments: shipmentsOf(order),
    createdAt: order.create_time ?? null,
    paidAt: order.paid_time ?? null,
    deliveredAt: order.delivery_time ?? null,
    cancelledAt: order.cancel_time ?? null,
  };
}

/** The platform lists each single piece; equal ones are counted together. */
function itemsOf({ line_items: lines }: ApiOrder, currency: string | null): readonly OrderItem[] {
  const alike = Map.groupBy(lines ?? [], (line) =>
    JSON.stringify([line.product_id, line.sku_id, line.product_name, line.sku_name, line.sale_price]),
  );
  return [...alike.values()].flatMap((pieces): OrderItem[] => {
    const [piece] = pieces;
    if (!piece) return [];
    return [
      {
        name: plain(piece.product_name) ?? piece.product_id ?? '?',
        variant: plain(piece.sku_name),
        quantity: pieces.length,
        price: money(piece.sale_price, currency),
      },
    ];
  });
}

/** Each parcel once: the pieces in it name it, or the order does. */
function shipmentsOf({ line_items: lines, tracking_number: number, shipping_provider: carrier }: ApiOrder): readonly Shipment[] {
  const named = (lines ?? []).map((line) => ({ carrier: line.shipping_provider_name, number: line.tracking_number }));
  const parcels = new Map<string, Shipment>();
  for (const one of [...named, { carrier, number }]) {
    const trackingNumber = plain(one.number);
    if (trackingNumber !== null && !parcels.has(trackingNumber))
      parcels.set(trackingNumber, { carrier: plain(one.carrier), trackingNumber });
  }
  return [...parcels.values()];
}

const money = (amount: string | null | undefined, currency: string | null): Order['total'] =>
  amount && currency ? { amount, currency } : null;

/** In one line; null where there is nothing. */
const plain = (given: string | null | undefined): string | null =>
  cleanText(given ?? '')
    .replace(/\s+/g, ' ')
    .trim() || null;
