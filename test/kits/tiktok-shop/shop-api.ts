import { Refusal } from './envelope.ts';
import { jsonBody, pageSize, type Route } from './guard.ts';
import type { World } from './world.ts';

export interface OrderSeed {
  readonly id: string;
  readonly shopId: string;
  readonly userId: string;
  readonly status: string;
  readonly createTime: number;
  readonly total: string;
  readonly currency: string;
  readonly productName: string;
}

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
        pageSize(request.query, 100);
        const { buyer_user_id: userId } = jsonBody(request);
        const found = [...orders.values()].filter(
          (order) => order.shopId === shop().id && (userId === undefined || order.userId === userId),
        );
        return { orders: found.map(toOrder), next_page_token: '', total_count: found.length };
      },
    },
  ];
}

function toOrder(order: OrderSeed): object {
  return {
    id: order.id,
    status: order.status,
    user_id: order.userId,
    create_time: order.createTime,
    update_time: order.createTime,
    payment: { currency: order.currency, total_amount: order.total },
    line_items: [{ id: `${order.id}1`, product_id: `${order.id}2`, product_name: order.productName, sku_id: `${order.id}3`, sku_name: '' }],
  };
}
