import type { MarketplaceAdapter, MarketplaceEvent } from '../../../adapters/adapter.ts';
import type { ChatBot, ChatEvent } from '../../../bots/bot.ts';
import { emptyAnswer, type Received } from '../../../src/core/connector.ts';
import { conversationId, externalMessageId } from '../../../src/core/ids.ts';
import type { InquiryCard, PostRef, ThreadContent } from '../../../src/core/thread.ts';
import { PlatformError } from '../../../src/errors.ts';

// Marketplaces and a chat that live in simulated time: they take everything at once, and note it. What real ones are like is the kits' affair.

/** What a marketplace tells of a message. */
export interface MarketplaceMessage {
  readonly id: string;
  readonly shop: string;
  readonly conversation: string;
  readonly author: 'buyer' | 'agent';
  readonly words: string;
  readonly sentAt: number;
}

/** A marketplace refuses texts with this in them, once each. */
export const refusedOnce = '(refused once)';

/** @param now in milliseconds */
export function createMarketplace(automaticReplies: 'allowed' | 'forbidden'): MarketplaceAdapter {
  const refused = new Set<string>();
  let sent = 0;
  return {
    capabilities: {
      ...{ maxReplyChars: 2_000, replyWindowHours: null, automaticReplies, images: 'unsupported', maxImageBytes: 0, imageTypes: [] },
      ...{ idempotentSend: false, settleMs: 1_000, mediaHosts: [], ownHosts: [], limits: [], redeliveryWindowMs: 3_600_000 },
      costs: {
        ...{ sendText: [], sendImage: [], findSent: [], conversation: [], conversations: [] },
        ...{ messages: [], markRead: [], orders: [], ordersOfBuyer: [], performance: [] },
      },
    },
    receive(request): Received {
      const { id, shop, conversation } = JSON.parse(Buffer.from(request.body).toString()) as MarketplaceMessage;
      return { kind: 'event', key: id, shop, lane: conversation, answer: emptyAnswer };
    },
    toEvents({ body }): MarketplaceEvent[] {
      const { id, conversation, author, words, sentAt } = JSON.parse(Buffer.from(body).toString()) as MarketplaceMessage;
      return [
        {
          kind: 'message',
          conversation: conversationId(conversation),
          message: {
            ...{ externalId: externalMessageId(id), author, parts: [{ kind: 'text', text: words }], visible: true },
            ...{ sentAt: new Date(sentAt), order: `${String(sentAt).padStart(15, '0')}-${id}` },
          },
        },
      ];
    },
    async sendReply(_shop, _conversation, { deliveryId, body }) {
      if (body.kind === 'text' && body.text.includes(refusedOnce) && !refused.has(deliveryId)) {
        refused.add(deliveryId);
        throw new PlatformError('the marketplace does not like it', { kind: 'rejected', platform: 'far end', code: 'refused' });
      }
      sent += 1;
      return { messageId: externalMessageId(`sent-${sent}`) };
    },
    async conversation(_shop, conversation) {
      return { conversation, buyer: { name: `Buyer ${conversation}`, language: 'en' }, canSend: true, latest: null };
    },
    checkShop: async () => [],
  };
}

/** Something that stands in the chat now. */
export interface Shown {
  readonly at: number;
  readonly channelId: string;
  /** Null: in the channel itself. */
  readonly rootId: string | null;
  readonly messageId: string;
  readonly content: ThreadContent;
}

/** The thread of a conversation's last inquiry. */
export interface Thread {
  readonly root: PostRef;
  readonly inquiryId: string;
  card: InquiryCard;
}

export interface Chat {
  readonly bot: ChatBot;
  readonly shown: readonly Shown[];
  /** By the buyer's name. */
  readonly threads: ReadonlyMap<string, Thread>;
  /** As events of a person. */
  post(): string;
}

/** @param nowMs simulated */
export function createChat(nowMs: () => number, nameOf: (userId: string) => string): Chat {
  const shown: Shown[] = [];
  const threads = new Map<string, Thread>();
  let posts = 0;
  const newId = (): string => {
    posts += 1;
    return `p${String(posts).padStart(7, '0')}`;
  };
  const show: ChatBot['show'] = async ({ channelId, rootId, inquiryId }, { content }) => {
    const messageId = newId();
    if (content.kind === 'opening')
      threads.set(content.card.buyerName ?? '', { root: { channelId, messageId }, inquiryId, card: content.card });
    const thread = content.kind === 'card' ? threads.get(content.card.buyerName ?? '') : undefined;
    if (content.kind === 'card' && thread?.inquiryId === inquiryId) thread.card = content.card;
    shown.push({ at: nowMs(), channelId, rootId, messageId, content });
    const isPost = content.kind !== 'receipt' && content.kind !== 'card' && !('visibleTo' in content && content.visibleTo !== null);
    return { posts: isPost ? [{ channelId, messageId }] : [] };
  };
  return {
    shown,
    threads,
    post: newId,
    bot: {
      capabilities: {
        ...{ threads: 'native', maxPostChars: 4_000, reportsEdits: true, reportsDeletes: true, receiptEmoji: [], privateNotices: true },
        ...{ maxFormOptions: 0, maxFileBytes: 0, settleMs: 1_000, limits: [], redeliveryWindowMs: 3_600_000 },
        costs: () => [],
        lookupCosts: { findPosted: [], listReplies: [], user: [] },
      },
      receive(request): Received {
        const { key, lane } = JSON.parse(Buffer.from(request.body).toString()) as { readonly key: string; readonly lane: string };
        return { kind: 'event', key, shop: null, lane, answer: emptyAnswer };
      },
      toEvents: ({ body }) => [toChatEvent(JSON.parse(Buffer.from(body).toString()) as ChatMessage)],
      show,
      user: async (userId) => ({ userId, name: nameOf(userId), kind: 'member', email: null, locale: 'en' }),
      fetchFile: () => Promise.reject(new Error('nobody posts files')),
      check: async () => [],
    },
  };
}

/** What the chat tells of what people do. */
export interface ChatMessage {
  readonly key: string;
  readonly lane: string;
  readonly does: 'write' | 'press' | 'command';
  readonly userId: string;
  readonly channelId: string;
  readonly rootId: string;
  readonly messageId: string;
  readonly words: string;
  /** Of a button. */
  readonly value: string;
  readonly at: number;
}

function toChatEvent({ does, userId, channelId, rootId, messageId, words, value, at }: ChatMessage): ChatEvent {
  const when = new Date(at);
  switch (does) {
    case 'write':
      return {
        ...{ kind: 'message', post: { channelId, messageId }, rootId, author: { userId, kind: 'person' }, fromSelf: false, text: words },
        ...{ mentions: [], files: [], sentAt: when, order: `${String(at).padStart(15, '0')}-${messageId}` },
      };
    case 'press':
      return { kind: 'action', action: words as never, value, userId, post: { channelId, messageId: rootId }, rootId, at: when };
    case 'command':
      return { kind: 'command', text: words, mentions: [], userId, channelId, at: when, answerTo: null };
  }
}
