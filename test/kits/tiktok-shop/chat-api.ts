import { Refusal } from './envelope.ts';
import { type Call, jsonBody, pageSize, type Route } from './guard.ts';
import type { Images } from './images.ts';
import type { Limits } from './limits.ts';
import { type Conversation, inOrder, latestOf, type StoredMessage, type World } from './world.ts';

const maxTextChars = 2000;
const scope = 'seller.customer_service';
const root = '/customer_service/202309';

/** What a sendable message must carry in its `content`. */
const sendable: Readonly<Record<string, readonly string[]>> = {
  TEXT: ['content'],
  IMAGE: ['url', 'width', 'height'],
  PRODUCT_CARD: ['product_id'],
  ORDER_CARD: ['order_id'],
  RETURN_REFUND_CARD: ['order_id', 'sku_id'],
  COUPON_CARD: ['coupon_id'],
};
const shown = new Set([
  ...Object.keys(sendable),
  'VIDEO',
  'NOTIFICATION',
  'ALLOCATED_SERVICE',
  'BUYER_ENTER_FROM_PRODUCT',
  'BUYER_ENTER_FROM_ORDER',
]);

export interface ChatApiOptions {
  readonly world: World;
  readonly images: Images;
  readonly limits: Limits;
  readonly sensitiveWords: readonly string[];
  /** The endpoint of 2026 that not every app has. */
  readonly singleConversation: boolean;
  /** A message came in through the API. */
  readonly onSent: (message: StoredMessage) => void;
}

/** @see https://partner.tiktokshop.com/docv2/page/customer-service-api-overview (read 2026-11-22) */
export function chatRoutes({ world, images, limits, sensitiveWords, singleConversation, onSent }: ChatApiOptions): Route[] {
  const theirs = ({ parameters, shop }: Call): Conversation => {
    const found = world.conversations.get(parameters[0] ?? '');
    if (found?.shopId !== shop().id) throw new Refusal(45101003, 'The conversation is not found');
    return found;
  };

  function toConversation(conversation: Conversation): object {
    const { buyer } = conversation;
    const shop = world.shops.get(conversation.shopId);
    const shopSide = { im_user_id: shop?.imUserId, user_id: '', nickname: shop?.name, avatar: 'https://p16.example/shop.webp' };
    const participants = [
      {
        im_user_id: buyer.imUserId,
        user_id: buyer.userId,
        role: 'BUYER',
        nickname: buyer.nickname,
        avatar: 'https://p16.example/buyer.webp',
        ...(buyer.platform && { buyer_platform: buyer.platform }),
      },
      { ...shopSide, role: 'SHOP' },
      ...(conversation.agentJoined ? [{ ...shopSide, role: 'CUSTOMER_SERVICE' }] : []),
    ];
    const latest = latestOf(conversation.messages);
    return {
      id: conversation.id,
      participant_count: participants.length,
      can_send_message: world.canSend(conversation),
      unread_count: conversation.unread,
      create_time: conversation.createTime,
      participants,
      ...(latest && { latest_message: toListed(latest) }),
    };
  }

  const routes: Route[] = [
    {
      method: 'GET',
      path: `${root}/conversations`,
      scope,
      shop: 'required',
      quota: true,
      handle({ request, shop }) {
        const size = pageSize(request.query, 20);
        const all = [...world.conversations.values()]
          .filter(({ shopId }) => shopId === shop().id)
          .map((conversation) => ({ conversation, at: latestOf(conversation.messages)?.createTime ?? conversation.createTime }))
          .sort((a, b) => b.at - a.at)
          .map(({ conversation }) => conversation);
        const { items, next } = page(all, size, request.query.get('page_token'), ({ id }) => id);
        return { conversations: items.map(toConversation), next_page_token: next };
      },
    },
    {
      method: 'GET',
      path: `${root}/conversations/:id/messages`,
      scope,
      shop: 'required',
      quota: true,
      handle(call) {
        const { query } = call.request;
        const size = pageSize(query, 10);
        const conversation = theirs(call);
        const byIndex = query.get('sort_field') === 'index';
        const sorted = byIndex ? [...conversation.messages].sort((a, b) => (a.index < b.index ? -1 : 1)) : inOrder(conversation.messages);
        if (query.get('sort_order') !== 'ASC') sorted.reverse();
        const { items, next } = page(sorted, size, query.get('page_token'), ({ id }) => id);
        const hidden = items.some(({ type }) => !shown.has(type));
        return {
          messages: items.map(toListed),
          next_page_token: next,
          unsupported_msg_tips: hidden ? 'This message type is not supported, please view it in Seller Center.' : '',
        };
      },
    },
    {
      method: 'POST',
      path: `${root}/conversations/:id/messages`,
      scope,
      shop: 'required',
      quota: true,
      handle(call) {
        const { type, content } = jsonBody(call.request);
        const conversation = theirs(call);
        const parsed = checkContent(type, content);
        if (type === 'COUPON_CARD') limits.coupon(call.shop().id);
        if (!world.canSend(conversation)) throw new Refusal(45109001, 'The conversation rules forbid to send');
        const message = world.append(conversation, { role: 'CUSTOMER_SERVICE', type: String(type), content: parsed });
        onSent(message);
        return { message_id: message.id };
      },
    },
    {
      method: 'POST',
      path: `${root}/conversations/:id/messages/read`,
      scope,
      shop: 'required',
      quota: true,
      handle(call) {
        theirs(call).unread = 0;
        return {};
      },
    },
    {
      method: 'POST',
      path: `${root}/conversations`,
      scope,
      shop: 'required',
      handle({ request, shop }) {
        const { buyer_user_id: buyerUserId } = jsonBody(request);
        const known = [...world.conversations.values()].find(({ shopId, buyer }) => shopId === shop().id && buyer.userId === buyerUserId);
        if (!known || !world.canSend(known)) throw new Refusal(45109003, 'The conversation rules forbid to create');
        return { conversation_id: known.id };
      },
    },
    { method: 'POST', path: `${root}/images/upload`, scope, shop: 'required', handle: images.upload },
    {
      method: 'GET',
      path: `${root}/agents/settings`,
      scope,
      shop: 'required',
      handle: ({ shop }) => ({ can_accept_chat: shop().canAcceptChat }),
    },
    {
      method: 'PUT',
      path: `${root}/agents/settings`,
      scope,
      shop: 'required',
      handle({ request, shop }) {
        shop().canAcceptChat = jsonBody(request)['can_accept_chat'] === true;
        return {};
      },
    },
  ];
  if (singleConversation) {
    routes.push({
      method: 'GET',
      path: '/customer_service/202601/conversations/:id',
      scope,
      shop: 'required',
      handle: (call) => toConversation(theirs(call)),
    });
  }
  return routes;

  function checkContent(type: unknown, content: unknown): Readonly<Record<string, unknown>> {
    const fields = typeof type === 'string' ? sendable[type] : undefined;
    if (!fields) throw new Refusal(45111001, 'The message type is not supported');
    const parsed = parseContent(content);
    for (const field of fields)
      if (parsed[field] === undefined || parsed[field] === '') throw new Refusal(45101001, `Invalid parameter ${field}`);
    if (type === 'IMAGE' && !images.isUploaded(parsed['url'])) throw new Refusal(45101001, 'Invalid parameter url: not from images/upload');
    if (type !== 'TEXT') return parsed;
    const text = parsed['content'];
    if (typeof text !== 'string' || text.length > maxTextChars)
      throw new Refusal(45101001, `Invalid parameter content: over ${maxTextChars} characters`);
    if (sensitiveWords.some((word) => text.toLowerCase().includes(word))) throw new Refusal(45101006, 'The content is sensitive');
    return parsed;
  }
}

/** The inner JSON of a message. */
function parseContent(content: unknown): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(typeof content === 'string' ? content : '');
    if (typeof parsed === 'object' && parsed !== null) return parsed as Record<string, unknown>;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new Refusal(45101001, 'Invalid parameter content: must be JSON in a string');
}

function toListed(message: StoredMessage): object {
  return {
    id: message.id,
    type: message.type,
    content: message.content,
    create_time: message.createTime,
    is_visible: message.isVisible,
    index: String(message.index),
    sender: { im_user_id: message.imUserId, role: message.role, nickname: message.nickname, avatar: 'https://p16.example/avatar.webp' },
  };
}

/** The token names the last item given out, so that new ones at the top move nothing. */
function page<Item>(
  all: readonly Item[],
  size: number,
  token: string | null,
  idOf: (item: Item) => string,
): { readonly items: readonly Item[]; readonly next: string } {
  const last = Buffer.from(token ?? '', 'base64url').toString();
  const start = token ? all.findIndex((item) => idOf(item) === last) + 1 : 0;
  if (token && start === 0) throw new Refusal(36009004, 'Invalid page_token');
  const items = all.slice(start, start + size);
  const end = items.at(-1);
  const next = end !== undefined && start + size < all.length ? Buffer.from(idOf(end)).toString('base64url') : '';
  return { items, next };
}
