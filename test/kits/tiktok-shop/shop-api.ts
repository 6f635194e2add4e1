import { Refusal } from './envelope.ts';
import { jsonBody, pageSize, type Route } from './guard.ts';
import type { World } from './world.ts';

export interface OrderSeed {
  readonly id: string;
  readonly shopId: string;
  readonly userId: string;
  readonly status: string;
  /** Seconds, like all times here. */
  readonly createTime: number;
  readonly paidTime?: number;
  readonly deliveryTime?: number;
  readonly cancelTime?: number;
  readonly cashOnDelivery?: boolean;
  readonly total: string;
  readonly currency: string;
  readonly items: readonly { readonly name: string; readonly variant?: string; readonly quantity: number; readonly price: string }[];
  readonly parcel?: { readonly carrier: string; readonly number: string };
}

/** What the platform tells of the person, and nobody may read here. */
export const personalOfOrders = [
  'Somchai Jaidee',
  '99/1 Sukhumvit Road',
  '(+66)81******78',
  'please ring twice',
  'somchai@example.com',
] as const;

const webhooks = '/event/202309/webhooks';
const information = 'seller.authorization.info';

/** What is not chat: the shops of a token, webhook addresses, orders. */
export function shopRoutes(world: World, orders: Map<string, OrderSeed>, now: () => Date): Route[] {
  const seconds = () => Math.floor(now().getTime() / 1000);

  const byId: Route['handle'] = ({ request, shop }) => {
    const ids = (request.query.get('ids') ?? '').split(',').filter(Boolean);
    if (ids.length === 0 || ids.length > 50) throw new Refusal(36009004, 'Invalid ids: 1 to 50');
    return {
      orders: ids
        .flatMap((id) => orders.get(id) ?? [])
        .filter(({ shopId }) => shopId === shop().id)
        .map(toOrder),
    };
  };

  return [
    {
      method: 'GET',
      path: '/authorization/202309/shops',
      scope: information,
      shop: 'refused',
      handle: ({ access }) => ({
        shops: access.shopIds.flatMap((id) => {
          const shop = world.shops.get(id);
          if (!shop) return [];
          return [{ id, name: shop.name, region: shop.region, seller_type: shop.sellerType, cipher: shop.cipher, code: shop.code }];
        }),
      }),
    },
    {
      method: 'GET',
      path: webhooks,
      scope: information,
      shop: 'required',
      handle({ shop }) {
        const all = [...shop().subscriptions].map(([eventType, { address, createTime, updateTime }]) => ({
          event_type: eventType,
          address,
          create_time: createTime,
          update_time: updateTime,
        }));
        return { webhooks: all, total_count: all.length };
      },
    },
    {
      method: 'PUT',
      path: webhooks,
      scope: information,
      shop: 'required',
      handle({ request, shop }) {
        const { event_type: eventType, address } = jsonBody(request);
        if (typeof eventType !== 'string' || typeof address !== 'string' || address.length > 255 || !URL.canParse(address)) {
          throw new Refusal(36009004, 'Invalid event_type or address');
        }
        const createTime = shop().subscriptions.get(eventType)?.createTime ?? seconds();
        shop().subscriptions.set(eventType, { address, createTime, updateTime: seconds() });
        return {};
      },
    },
    {
      method: 'DELETE',
      path: webhooks,
      scope: information,
      shop: 'required',
      handle({ request, shop }) {
        shop().subscriptions.delete(String(jsonBody(request)['event_type']));
        return {};
      },
    },
    { method: 'GET', path: '/order/202309/orders', scope: 'seller.order.info', shop: 'required', handle: byId },
    { method: 'GET', path: '/order/202507/orders', scope: 'seller.order.info', shop: 'required', handle: byId },
    {
      method: 'POST',
      path: '/order/202309/orders/search',
      scope: 'seller.order.info',
      shop: 'required',
      handle({ request, shop }) {
        const size = pageSize(request.query, 100);
        const { buyer_user_id: userId } = jsonBody(request);
        const found = [...orders.values()]
          .filter((order) => order.shopId === shop().id && (userId === undefined || order.userId === userId))
          .sort((a, b) => a.createTime - b.createTime);
        if (request.query.get('sort_order') !== 'ASC') found.reverse();
        return { orders: found.slice(0, size).map(toOrder), next_page_token: '', total_count: found.length };
      },
    },
  ];
}

/** @see https://partner.tiktokshop.com/docv2/page/get-order-detail-202507 (read 2026-11-22) */
function toOrder(order: OrderSeed): object {
  const { parcel } = order;
  const [name, address, phone, words, email] = personalOfOrders;
  // Each piece is a line of its own.
  const pieces = order.items.flatMap((item, at) => Array.from({ length: item.quantity }, () => ({ ...item, at })));
  return {
    id: order.id,
    status: order.status,
    user_id: order.userId,
    create_time: order.createTime,
    update_time: order.createTime,
    ...(order.paidTime && { paid_time: order.paidTime }),
    ...(order.deliveryTime && { delivery_time: order.deliveryTime }),
    ...(order.cancelTime && { cancel_time: order.cancelTime }),
    is_cod: order.cashOnDelivery ?? false,
    buyer_message: words,
    buyer_email: email,
    recipient_address: { name, full_address: address, phone_number: phone },
    payment: { currency: order.currency, total_amount: order.total },
    tracking_number: parcel?.number ?? '',
    shipping_provider: parcel?.carrier ?? '',
    line_items: pieces.map((piece, line) => ({
      id: `${order.id}${line}`,
      product_id: `${order.id}${100 + piece.at}`,
      product_name: piece.name,
      sku_id: `${order.id}${200 + piece.at}`,
      sku_name: piece.variant ?? '',
      sale_price: piece.price,
      currency: order.currency,
      display_status: order.status,
      ...(parcel && { tracking_number: parcel.number, shipping_provider_name: parcel.carrier }),
    })),
  };
}
