import { defineMarketplace } from '../adapter.ts';
import { capabilitiesOf } from './capabilities.ts';
import { checkShop } from './check.ts';
import { createClient } from './client.ts';
import { toMediaRequest } from './media.ts';
import { createOAuth } from './oauth.ts';
import { createOrders } from './orders.ts';
import { readPerformance } from './performance.ts';
import { createHistory, markRead, readConversation } from './read.ts';
import { createSender } from './send.ts';
import { environment } from './settings.ts';
import { slaPolicies } from './sla.ts';
import { receiveWebhook, toEvents } from './webhook.ts';

export const tiktokShop = defineMarketplace({
  name: 'tiktok-shop',
  label: 'TikTok Shop',
  environment,
  required: ['TIKTOK_SHOP_APP_KEY', 'TIKTOK_SHOP_APP_SECRET'],
  slaPolicies,
  create(settings, { fetch, now }) {
    const client = createClient(settings, { fetch, now });
    const { sendReply, findSent } = createSender(client);
    return {
      capabilities: capabilitiesOf(settings),
      receive: (request) => receiveWebhook(settings, request),
      toEvents,
      sendReply,
      findSent,
      history: createHistory(client),
      conversation: (shop, conversation) => readConversation(client, shop, conversation),
      markRead: (shop, conversation) => markRead(client, shop, conversation),
      orders: createOrders(client),
      performance: (shop, days) => readPerformance(client, shop, days),
      oauth: createOAuth(settings, client),
      mediaRequest: (shop, media) => toMediaRequest(shop, media, settings.mediaHosts),
      checkShop: (shop, locale) => checkShop(client, shop, locale, now()),
    };
  },
});
