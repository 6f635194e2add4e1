import type { RateLimit } from '../../src/core/connector.ts';
import type { MarketplaceCapabilities } from '../adapter.ts';
import type { TiktokShopSettings } from './settings.ts';

/** @see https://partner.tiktokshop.com/docv2/page/send-message-202309 read 2026-11-22 */
export const maxReplyChars = 2000;
/** @see https://partner.tiktokshop.com/docv2/page/upload-buyer-messages-image-202309 read 2026-11-22 */
export const maxImageBytes = 10 * 1024 * 1024;
export const imageTypes: readonly string[] = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'];

/**
 * 50 requests a second for each app, shop and endpoint. A bucket that holds 5 and refills by 45 never lets more through in any second.
 */
const endpoint = (name: string): RateLimit => ({
  name,
  per: 'connection',
  permits: 45,
  everyMs: 1000,
  burst: 5,
  source: 'https://partner.tiktokshop.com/docv2/page/rate-limits read 2026-11-22',
});

/**
 * 10,000 customer-service requests a day. Whether an app, a shop or an endpoint has them is not said: all calls of a shop are counted together.
 */
const day: RateLimit = {
  name: 'day',
  per: 'connection',
  permits: 10_000,
  everyMs: 86_400_000,
  burst: 10_000,
  quota: true,
  source: 'https://partner.tiktokshop.com/docv2/page/send-message-202309 (code 45101004) read 2026-11-22',
};

const minuteMs = 60_000;

export const capabilitiesOf = ({ mediaHosts }: Pick<TiktokShopSettings, 'mediaHosts'>): MarketplaceCapabilities => ({
  maxReplyChars,
  // Whether a reply is taken depends on chats, orders and returns of the last 30 to 60 days: `can_send_message` tells.
  replyWindowHours: null,
  // No page forbids them. The response rate counts answers of people alone: seller-us.tiktok.com/university, essay 7454760317110062 read 2026-11-22
  automaticReplies: 'allowed',
  images: 'native',
  maxImageBytes,
  imageTypes,
  idempotentSend: false,
  // A guess: how soon a sent message is listed is not documented.
  settleMs: 5_000,
  mediaHosts,
  ownHosts: ['.tiktok.com', '.tokopedia.com'],
  limits: [
    ...['send', 'upload', 'list-messages', 'list-conversations', 'conversation', 'read', 'performance', 'orders', 'order-search'].map(
      endpoint,
    ),
    day,
  ],
  costs: {
    sendText: ['send', 'day'],
    sendImage: ['upload', 'send', 'day', 'day'],
    findSent: ['list-messages', 'day'],
    conversation: ['conversation', 'day'],
    conversations: ['list-conversations', 'day'],
    messages: ['list-messages', 'day'],
    markRead: ['read', 'day'],
    performance: ['performance', 'day'],
    // No calls of customer service: the day is not theirs.
    orders: ['orders'],
    ordersOfBuyer: ['order-search'],
  },
  // Sent again after 2 minutes, 30 minutes, 3 hours and 12 hours, then never.
  // https://partner.tiktokshop.com/docv2/page/configuration-guide read 2026-11-22
  redeliveryWindowMs: (2 + 30 + 3 * 60 + 12 * 60) * minuteMs,
});
