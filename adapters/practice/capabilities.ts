import type { MarketplaceCapabilities } from '../adapter.ts';

const dayMs = 24 * 3_600_000;

/** As large as those of marketplaces that are real, so that what is practised is what will be: TikTok Shop's. */
export const capabilities: MarketplaceCapabilities = {
  maxReplyChars: 2_000,
  replyWindowHours: null,
  automaticReplies: 'allowed',
  images: 'native',
  maxImageBytes: 10 * 1024 * 1024,
  imageTypes: ['image/jpeg', 'image/png', 'image/gif', 'image/webp'],
  // Nothing is kept of a reply but what the outbox keeps, so a second time changes nothing.
  idempotentSend: true,
  settleMs: 0,
  mediaHosts: [],
  ownHosts: [],
  limits: [],
  costs: {
    sendText: [],
    sendImage: [],
    findSent: [],
    conversation: [],
    conversations: [],
    messages: [],
    markRead: [],
    performance: [],
    orders: [],
    ordersOfBuyer: [],
  },
  redeliveryWindowMs: dayMs,
};
