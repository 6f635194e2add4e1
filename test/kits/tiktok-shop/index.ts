import type { ShopAccess } from '../../../adapters/adapter.ts';
import { marketplaces } from '../../../adapters/index.ts';
import type { RawRequest } from '../../../src/core/connector.ts';
import { conversationId } from '../../../src/core/ids.ts';
import type { MessageAuthor } from '../../../src/core/message.ts';
import { createFetch } from '../../../src/fetch.ts';
import type { CreateKit, KitOperation, KitRefusal, MarketplaceKit } from '../../contract/marketplace-kit.ts';
import type { Fault } from '../fake-server.ts';
import { environmentOf } from './environment.ts';
import { startTikTokShopFake, type Written } from './fake.ts';
import { personalOfOrders } from './shop-api.ts';
import { webhookSign } from './signing.ts';

const root = String.raw`^/customer_service/202\d\d\d`;
const operations: Readonly<Record<KitOperation, { readonly method: string; readonly path: RegExp }>> = {
  send: { method: 'POST', path: new RegExp(String.raw`${root}/conversations/\d+/messages$`) },
  upload: { method: 'POST', path: new RegExp(`${root}/images/upload$`) },
  conversations: { method: 'GET', path: new RegExp(`${root}/conversations$`) },
  messages: { method: 'GET', path: new RegExp(String.raw`${root}/conversations/\d+/messages$`) },
  conversation: { method: 'GET', path: new RegExp(String.raw`${root}/conversations/\d+$`) },
  'read-mark': { method: 'POST', path: new RegExp(String.raw`${root}/conversations/\d+/messages/read$`) },
  orders: { method: 'GET', path: /^\/order\/202\d{3}\/orders$/ },
  'order-search': { method: 'POST', path: /^\/order\/202\d{3}\/orders\/search$/ },
  performance: { method: 'GET', path: new RegExp(`${root}/performance$`) },
  token: { method: 'GET', path: /^\/api\/v2\/token\/(get|refresh)$/ },
};
const is = (operation: KitOperation) => (request: { readonly method: string; readonly path: string }) =>
  request.method === operations[operation].method && operations[operation].path.test(request.path);

const refusal = (code: number, status: number): Fault => ({
  kind: 'status',
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ code, message: 'refused', request_id: '202603020800001', data: null }),
});

const platformStatus = { unpaid: 'UNPAID', 'in-transit': 'IN_TRANSIT', cancelled: 'CANCELLED' } as const;
const seconds = (at: Date): number => Math.floor(at.getTime() / 1000);

export const createKit: CreateKit = async () => {
  let nowMs = Date.UTC(2026, 2, 2, 8);
  const now = () => new Date(nowMs);
  const pushes: RawRequest[] = [];
  const fake = await startTikTokShopFake({ now, random: () => 0.37, onPush: ({ request }) => pushes.push(request) });
  const { id: shopId, cipher } = fake.addShop({ id: '7494049642642441621', name: 'Lamp House TH' });
  const otherShopId = fake.addShop().id;
  const accessWith = (accessToken: string): ShopAccess => ({
    externalId: shopId,
    accessToken,
    extra: { shopCipher: cipher },
    signal: new AbortController().signal,
  });
  const grant = (scopes?: readonly string[]) => fake.grant({ shopIds: [shopId], ...(scopes && { scopes }) }).accessToken;

  // Every conversation begins shortly before its index grows by a digit.
  const open = () => conversationId(fake.openConversation(shopId, { firstIndex: 9_999_999_999_999_996_700n }));
  const conversation = open();
  const pushed = ({ request, message }: Written) => ({ request, messageId: message.id });
  const roles = { buyer: ['BUYER'], agent: ['CUSTOMER_SERVICE'], automatic: ['SHOP', 'ROBOT'], system: ['SYSTEM'] } as const;
  const written: Record<MessageAuthor, number> = { buyer: 0, agent: 0, automatic: 0, system: 0 };

  const definition = marketplaces.find(({ name }) => name === 'tiktok-shop');
  if (!definition) throw new Error('tiktok-shop is not registered');
  const silent = { debug() {}, info() {}, warn() {}, error() {} };
  const settings = definition.environment.parse(environmentOf(fake));

  const endedAccess = () => {
    const token = grant();
    fake.expire(token);
    return accessWith(token);
  };
  const refusals: KitRefusal[] = [
    { name: 'an ended token', kind: 'auth', prepare: () => ({ shop: endedAccess() }) },
    { name: 'an unknown token', kind: 'auth', prepare: () => ({ shop: accessWith('ROW_unknown_token') }) },
    {
      name: 'the token of another shop',
      kind: 'auth',
      prepare: () => ({ shop: accessWith(fake.grant({ shopIds: [otherShopId] }).accessToken) }),
    },
    { name: 'a missing scope', kind: 'auth', prepare: () => ({ shop: accessWith(grant(['seller.authorization.info'])) }) },
    { name: 'sensitive words', kind: 'rejected', prepare: () => ({ text: 'No counterfeit lamps here' }) },
    { name: 'an unknown conversation', kind: 'rejected', prepare: () => ({ conversation: conversationId('7494560109732399999') }) },
    {
      name: 'a closed reply window',
      kind: 'rejected',
      prepare() {
        nowMs += 31 * 86_400_000;
        return { shop: accessWith(grant()) };
      },
    },
    {
      name: 'the daily quota',
      kind: 'rate-limited',
      limit: 'day',
      prepare() {
        fake.server.failNext(is('send'), refusal(45101004, 429));
        return {};
      },
    },
  ];

  const kit: MarketplaceKit = {
    adapter: definition.create(settings, { fetch: createFetch(), now, random: () => 0.5, log: silent }),
    shop: accessWith(grant()),
    conversation,
    now,
    passMs(ms) {
      nowMs += ms;
    },
    openConversation: open,

    writes(author, text, options = {}) {
      const role = roles[author][written[author] % roles[author].length] ?? 'SHOP';
      written[author] += 1;
      const type = author === 'system' ? 'NOTIFICATION' : 'TEXT';
      const seed = { role, type, content: { content: text }, visible: options.visible ?? true };
      return pushed(fake.writes(shopId, options.conversation ?? conversation, seed));
    },
    buyerSendsPicture(bytes) {
      const happened = fake.buyerSendsImage(shopId, conversation, bytes);
      return { ...pushed(happened), url: (JSON.parse(happened.message.content) as { url: string }).url };
    },
    buyerSendsSomethingNew: () =>
      pushed(fake.writes(shopId, conversation, { role: 'BUYER', type: 'HOLOGRAM_CARD', content: { shape: { sides: 6 } } })),
    buyerEnters: ({ kind, id }) => fake.buyerEnters(shopId, conversation, kind === 'product' ? { productId: id } : { orderId: id }).request,
    membersChange: () => fake.agentJoins(shopId, conversation).request,
    sellerWithdraws: () => fake.deauthorizes(shopId).request,
    authorizationEnds: (at) => fake.authorizationExpires(shopId, at).request,
    unrelatedPushes: () => [
      fake.event(33, shopId, {
        conversation_id: conversation,
        message_id: '722323407926368819',
        type: 'TEXT',
        content: '{"content":"creator"}',
      }).request,
      fake.event(1, shopId, { order_id: '576653688135258178', order_status: 'UNPAID', is_on_hold_order: true, update_time: 1718305585 })
        .request,
      fake.event(999, shopId, { anything: [{ at: 'all' }] }).request,
    ],
    pushes: () => pushes,
    signed: fake.signed,
    malformedBodies: [
      'no json',
      '{"type":14',
      '[]',
      'null',
      '"words"',
      '{}',
      `{"type":14,"tts_notification_id":"1","shop_id":"${shopId}","timestamp":1,"data":null}`,
      `{"type":14,"tts_notification_id":"2","shop_id":"${shopId}","timestamp":1,"data":{"message_id":{},"conversation_id":[]}}`,
    ],
    forgeries(genuine) {
      const { authorization = '', ...others } = genuine.headers;
      const signedAs = (value: string) => ({ ...genuine, headers: { ...others, authorization: value } });
      return [
        { name: 'no signature', request: { ...genuine, headers: others } },
        { name: 'an empty signature', request: signedAs('') },
        { name: 'a short signature', request: signedAs(authorization.slice(0, -1)) },
        { name: 'a long signature', request: signedAs(`${authorization}0`) },
        { name: 'a signature that is no hex', request: signedAs('é'.repeat(64)) },
        { name: 'another secret', request: signedAs(webhookSign(fake.appKey, 'other', genuine.body)) },
        { name: 'another app', request: signedAs(webhookSign('other', fake.appSecret, genuine.body)) },
        { name: 'no app key', request: signedAs(webhookSign('', fake.appSecret, genuine.body)) },
      ];
    },

    reached: () =>
      fake.received
        .filter(({ by }) => by === 'api')
        .map(({ messageId, type, text }) => ({ messageId, text, kind: type === 'IMAGE' ? 'image' : 'text' })),
    unread: () => fake.unread(conversation),
    closeReplyWindow: () => fake.setCanSend(conversation, false),
    fail(operation, fault, onArrival) {
      const fits = is(operation);
      fake.server.failNext((request) => {
        if (!fits(request)) return false;
        onArrival?.();
        return true;
      }, fault);
    },
    calls: (operation) => fake.server.log.filter(is(operation)).length,
    tooFast(retryAfterSeconds) {
      const base = refusal(36009002, 429);
      if (base.kind !== 'status' || retryAfterSeconds === null) return base;
      return { ...base, headers: { ...base.headers, 'retry-after': String(retryAfterSeconds) } };
    },
    tooFastLimit: 'method',
    refusals,
    orders: {
      buyer: fake.world.conversationOf(shopId, conversation).buyer.userId,
      place({ status, items, total, currency, parcel, paidAt, cancelledAt, cashOnDelivery, elsewhere }) {
        const id = fake.world.nextId();
        fake.addOrder({
          ...{ id, items, total, currency, status: platformStatus[status], createTime: seconds(now()) },
          shopId: elsewhere === 'shop' ? otherShopId : shopId,
          userId: elsewhere === 'buyer' ? '7494560109732300000' : fake.world.conversationOf(shopId, conversation).buyer.userId,
          ...(parcel && { parcel }),
          ...(paidAt && { paidTime: seconds(paidAt) }),
          ...(cancelledAt && { cancelTime: seconds(cancelledAt) }),
          ...(cashOnDelivery && { cashOnDelivery }),
        });
        return id;
      },
      unknownId: '576653688135299999',
      personal: personalOfOrders,
      chatOnlyAccess: () => accessWith(grant(['seller.authorization.info', 'seller.customer_service'])),
    },
    performance: {
      counted: (day, { sessions, responseRate, satisfaction, responseMinutes }) =>
        fake.countsPerformance(shopId, day, {
          sessions,
          responsePercentage: String(responseRate),
          satisfactionPercentage: `${satisfaction}%`,
          responseMinutes: String(responseMinutes),
        }),
      garbled: (day) =>
        fake.countsPerformance(shopId, day, { sessions: 3, responsePercentage: 'n/a', satisfactionPercentage: '', responseMinutes: '' }),
      forbid: () => fake.allowPerformance(false),
    },
    endedAccess,
    narrowAccess: () => accessWith(grant(['seller.authorization.info'])),
    async authorize(url, seller) {
      fake.sellerWill(seller === 'grants' ? { grants: { shopIds: [shopId, otherShopId] } } : 'denies');
      const answer = await fetch(url, { redirect: 'manual' });
      const location = answer.headers.get('location');
      if (!location) throw new Error(`the authorise page answered ${answer.status}`);
      return Object.fromEntries(new URL(location).searchParams);
    },
    close: fake.close,
  };
  return kit;
};
