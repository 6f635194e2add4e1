import type { RawRequest } from '../../../src/core/connector.ts';
import type { Timers } from '../../../src/core/time.ts';
import { type FakeAnswer, type FakeRequest, type FakeServer, startFakeServer } from '../fake-server.ts';
import { createAuth, type GrantSeed, type TokenPair } from './auth.ts';
import { chatRoutes } from './chat-api.ts';
import { okAnswer, Refusal, refusalAnswer } from './envelope.ts';
import { createGuard } from './guard.ts';
import { createImages } from './images.ts';
import { createLimits } from './limits.ts';
import { type PerformanceSeed, performanceRoute } from './performance.ts';
import { type OrderSeed, shopRoutes } from './shop-api.ts';
import { createWebhooks, type SignedWebhook, type WebhookBehaviour, type WebhookSender } from './webhooks.ts';
import {
  type ConversationSeed,
  createWorld,
  type FakeShop,
  type MessageSeed,
  type ShopSeed,
  type StoredMessage,
  type World,
} from './world.ts';

export interface TikTokShopFakeOptions {
  /** 0 or absent: any free port. */
  readonly port?: number;
  readonly appKey?: string;
  readonly appSecret?: string;
  readonly serviceId?: string;
  /** Where the authorise page sends sellers back to. */
  readonly redirectUrl?: string;
  /** Where pictures live; default: on this server. */
  readonly mediaUrl?: string;
  readonly now?: () => Date;
  /** Shuffles, drops and gaps; hand in a seeded one to repeat a run. */
  readonly random?: () => number;
  readonly timers?: Timers;
  /** 1 = as the platform; 50: limits allow fifty times as much, retries come fifty times sooner. */
  readonly timeScale?: number;
  readonly webhooks?: Partial<WebhookBehaviour>;
  /** In lower case. */
  readonly sensitiveWords?: readonly string[];
  /** False: this app was not given the endpoint for a single conversation (202601). */
  readonly singleConversation?: boolean;
  /** Told of every webhook as it is made, echoes of API sends among them. */
  readonly onPush?: (happening: Happening) => void;
  /** Takes requests that are none of the platform's. */
  readonly control?: (fake: TikTokShopFake, request: FakeRequest) => FakeAnswer | null;
}

/** A message that reached a buyer. */
interface ReceivedMessage {
  readonly shopId: string;
  readonly conversationId: string;
  readonly messageId: string;
  readonly type: string;
  /** The words of a text, the address of a picture, the inner JSON of anything else. */
  readonly text: string;
  /** `api`: through this app. `other`: Seller Center, automatic answers. */
  readonly by: 'api' | 'other';
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What one doing at the platform leads to. */
export interface Happening {
  readonly webhook: SignedWebhook;
  /** The same as our endpoint would get it, without sending it. */
  readonly request: RawRequest;
}

export interface Written extends Happening {
  readonly message: StoredMessage;
}

export interface TikTokShopFake {
  readonly url: string;
  readonly appKey: string;
  readonly appSecret: string;
  readonly serviceId: string;
  /** What the platform holds. */
  readonly world: World;
  readonly server: FakeServer;
  readonly webhooks: WebhookSender;
  /** Every message that reached a buyer, in order of arrival. */
  readonly received: readonly ReceivedMessage[];

  addShop(seed?: ShopSeed): FakeShop;
  /** Tokens as if the seller had just authorised. */
  grant(seed: GrantSeed): TokenPair;
  /** All tokens that were ever given out, oldest first. */
  readonly issued: readonly TokenPair[];
  /** An authorisation code, as the App Store start brings it: without a state. */
  issueCode(seed: GrantSeed): string;
  sellerWill(decision: { readonly grants: GrantSeed } | 'denies' | null): void;
  expire(accessToken: string): void;
  revoke(shopId: string): void;
  openConversation(shopId: string, seed?: ConversationSeed): string;
  addOrder(order: OrderSeed): void;
  /** The platform has counted a shop's day, `2026-03-01`. */
  countsPerformance(shopId: string, day: string, seed: PerformanceSeed): void;
  /** Whether this app was given the platform's own figures. */
  allowPerformance(allowed: boolean): void;
  /** Null: by the platform's rule again. */
  setCanSend(conversationId: string, canSend: boolean | null): void;
  unread(conversationId: string): number;
  messages(conversationId: string): readonly StoredMessage[];

  /** Anything anyone can write. */
  writes(shopId: string, conversationId: string, seed: MessageSeed): Written;
  buyerWrites(shopId: string, conversationId: string, content: string, options?: Pick<MessageSeed, 'at' | 'visible'>): Written;
  buyerSendsImage(shopId: string, conversationId: string, bytes: Uint8Array): Written;
  buyerEnters(shopId: string, conversationId: string, from: { readonly productId: string } | { readonly orderId: string }): Written;
  /** A person in Seller Center. */
  sellerReplies(shopId: string, conversationId: string, content: string): Written;
  autoReplies(shopId: string, conversationId: string, content: string): Written;
  robotReplies(shopId: string, conversationId: string, content: string): Written;
  systemWrites(shopId: string, conversationId: string, content: string): Written;
  /** Someone of the shop joined or left: webhook 13. */
  agentJoins(shopId: string, conversationId: string): Happening;
  deauthorizes(shopId: string): Happening;
  authorizationExpires(shopId: string, at: Date): Happening;
  /** A webhook of any type. */
  event(type: number, shopId: string, data: object): Happening;
  /** A rightly signed request with any body, unsent. */
  signed(body: string | Uint8Array): RawRequest;
  close(): Promise<void>;
}

/** Names under which a shop subscribes to webhook types. */
const eventTypes: Readonly<Record<number, string>> = {
  6: 'SELLER_DEAUTHORIZATION',
  7: 'UPCOMING_AUTHORIZATION_EXPIRATION',
  13: 'NEW_CONVERSATION',
  14: 'NEW_MESSAGE',
};

const systemTimers: Timers = {
  after(afterMs, task) {
    const timer = setTimeout(task, afterMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** TikTok Shop on loopback: Open API, auth host, authorise page, pictures and webhooks on one server. */
export async function startTikTokShopFake(options: TikTokShopFakeOptions = {}): Promise<TikTokShopFake> {
  const { now = () => new Date(), random = Math.random, timers = systemTimers, timeScale = 1 } = options;
  const { appKey = '68xu9ks5p4i8', appSecret = 'e59af819cc', serviceId = '7494560109732334999' } = options;
  const world = createWorld({ now, random });
  const redirectUrl = options.redirectUrl ?? 'http://127.0.0.1:3000/oauth/tiktok-shop/callback';
  const auth = createAuth({ appKey, appSecret, serviceId, redirectUrl, now, world });
  const limits = createLimits({ now, timeScale });
  const images = createImages({ mediaUrl: () => options.mediaUrl ?? server.url, world, auth });
  const orders = new Map<string, OrderSeed>();
  const performance = new Map<string, PerformanceSeed>();
  let performanceAllowed = true;
  const received: ReceivedMessage[] = [];
  const sender = createWebhooks({
    appKey,
    appSecret,
    now,
    random,
    timers,
    timeScale,
    nextId: world.nextId,
    behaviour: { url: null, duplicated: 0, shuffled: 0, shuffleMs: 200, dropped: 0, answerWithinMs: 3000, ...options.webhooks },
  });
  const routes = [
    ...chatRoutes({
      world,
      images,
      limits,
      sensitiveWords: options.sensitiveWords ?? ['counterfeit'],
      singleConversation: options.singleConversation ?? true,
      onSent: (message) => announce(message, 'api'),
    }),
    ...shopRoutes(world, orders, now),
    performanceRoute(performance, () => performanceAllowed),
  ];
  const guard = createGuard({ appKey, appSecret, now, auth, limits, world, routes });

  async function handle(request: FakeRequest): Promise<FakeAnswer> {
    const own = options.control?.(fake, request);
    if (own) return own;
    if (request.path === '/' || request.path.endsWith('/authorize')) return auth.page(request);
    if (request.path.startsWith('/media/')) return images.serve(request);
    const requestId = `${Math.floor(now().getTime() / 1000)}${world.nextId()}`;
    try {
      if (request.path === '/api/v2/token/get') return okAnswer(requestId, auth.exchange(request));
      if (request.path === '/api/v2/token/refresh') return okAnswer(requestId, auth.refresh(request));
      return okAnswer(requestId, await guard(request));
    } catch (error) {
      if (error instanceof Refusal) return refusalAnswer(requestId, error);
      throw error;
    }
  }

  const server = await startFakeServer({ handle, port: options.port ?? 0 });

  const toRequest = (body: Uint8Array, headers: Readonly<Record<string, string>>): RawRequest => ({
    method: 'POST',
    path: '/hooks/tiktok-shop',
    query: {},
    headers: { ...headers, 'content-length': String(body.length) },
    body,
    receivedAt: now(),
  });

  function push(type: number, shopId: string, data: object, lane?: string): Happening {
    const webhook = sender.sign(type, shopId, data, lane);
    const subscribed = world.shops.get(shopId)?.subscriptions.get(eventTypes[type] ?? '');
    sender.send(webhook, subscribed?.address);
    const happening = { webhook, request: toRequest(webhook.body, webhook.headers) };
    options.onPush?.(happening);
    return happening;
  }

  function announce(message: StoredMessage, by: ReceivedMessage['by']): Written {
    if (message.role !== 'BUYER' && message.isVisible) {
      const { shopId, conversationId, type } = message;
      received.push({ shopId, conversationId, messageId: message.id, type, text: shownText(message.content), by, at: now().getTime() });
    }
    const data = {
      content: message.content,
      conversation_id: message.conversationId,
      create_time: message.createTime,
      is_visible: message.isVisible,
      message_id: message.id,
      index: String(message.index),
      type: message.type,
      sender: { im_user_id: message.imUserId, role: message.role },
    };
    return { message, ...push(14, message.shopId, data, message.conversationId) };
  }

  const writes: TikTokShopFake['writes'] = (shopId, conversationId, seed) =>
    announce(world.append(world.conversationOf(shopId, conversationId), seed), 'other');
  const says = (role: MessageSeed['role'], type: string) => (shopId: string, conversationId: string, content: string) =>
    writes(shopId, conversationId, { role, type, content: { content } });

  const fake: TikTokShopFake = {
    url: server.url,
    appKey,
    appSecret,
    serviceId,
    world,
    server,
    webhooks: sender,
    received,
    addShop: world.addShop,
    grant: auth.issue,
    issued: auth.issued,
    issueCode: auth.issueCode,
    sellerWill: auth.sellerWill,
    expire: auth.expire,
    revoke: auth.revoke,
    openConversation: (shopId, seed) => world.openConversation(shopId, seed).id,
    addOrder: (order) => orders.set(order.id, order),
    countsPerformance: (shopId, day, seed) => performance.set(`${shopId} ${day}`, seed),
    allowPerformance(allowed) {
      performanceAllowed = allowed;
    },
    setCanSend(conversationId, canSend) {
      const conversation = world.conversations.get(conversationId);
      if (conversation) conversation.canSend = canSend;
    },
    unread: (conversationId) => world.conversations.get(conversationId)?.unread ?? 0,
    messages: (conversationId) => world.conversations.get(conversationId)?.messages ?? [],
    writes,
    buyerWrites: (shopId, conversationId, content, more) =>
      writes(shopId, conversationId, { role: 'BUYER', type: 'TEXT', content: { content }, ...more }),
    buyerSendsImage(shopId, conversationId, bytes) {
      const { url, width, height } = images.keep(shopId, bytes);
      // Buyers' pictures come with their sizes as strings, at times.
      return writes(shopId, conversationId, {
        role: 'BUYER',
        type: 'IMAGE',
        content: { url, width: String(width), height: String(height) },
      });
    },
    buyerEnters: (shopId, conversationId, from) =>
      'productId' in from
        ? writes(shopId, conversationId, { role: 'BUYER', type: 'BUYER_ENTER_FROM_PRODUCT', content: { product_id: from.productId } })
        : writes(shopId, conversationId, { role: 'BUYER', type: 'BUYER_ENTER_FROM_ORDER', content: { order_id: from.orderId } }),
    sellerReplies: says('CUSTOMER_SERVICE', 'TEXT'),
    autoReplies: says('SHOP', 'TEXT'),
    robotReplies: says('ROBOT', 'TEXT'),
    systemWrites: says('SYSTEM', 'NOTIFICATION'),
    agentJoins(shopId, conversationId) {
      const conversation = world.conversationOf(shopId, conversationId);
      conversation.agentJoined = !conversation.agentJoined;
      return push(13, shopId, { conversation_id: conversationId, create_time: conversation.createTime }, conversationId);
    },
    deauthorizes(shopId) {
      auth.revoke(shopId);
      return push(6, shopId, { message: 'The seller has cancelled the authorization.' });
    },
    authorizationExpires: (shopId, at) =>
      push(7, shopId, { message: 'The authorization expires soon.', expiration_time: String(Math.floor(at.getTime() / 1000)) }),
    event: (type, shopId, data) => push(type, shopId, data),
    signed(body) {
      const bytes = Buffer.from(body);
      return toRequest(bytes, sender.signedHeaders(bytes));
    },
    async close() {
      sender.close();
      await server.close();
    },
  };
  return fake;
}

function shownText(content: string): string {
  const { content: text, url } = JSON.parse(content) as { readonly content?: string; readonly url?: string };
  return text ?? url ?? content;
}
