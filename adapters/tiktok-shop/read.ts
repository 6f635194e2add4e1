import type { z } from 'zod';
import type { ConversationId } from '../../src/core/ids.ts';
import { PlatformError } from '../../src/errors.ts';
import type { ConversationInfo, MarketplaceHistory, ShopAccess } from '../adapter.ts';
import type { ApiConversation } from './api-types.ts';
import { conversationPage, messagePage, noData, oneConversation } from './api-types.ts';
import type { TiktokShopClient } from './client.ts';
import { toConversationInfo, toListedMessage } from './convert.ts';
import { paths } from './paths.ts';

// The largest pages that the platform gives (get-conversations-202309, get-conversation-messages-202309; read 2026-11-22).
const conversationsPerPage = '20';
const messagesPerPage = '10';

export async function listConversations(
  client: TiktokShopClient,
  shop: ShopAccess,
  page: string | null,
): Promise<z.infer<typeof conversationPage>> {
  const { data } = await client.shop(shop, {
    operation: 'list conversations',
    method: 'GET',
    path: paths.conversations,
    query: { page_size: conversationsPerPage, page_token: page ?? '' },
    effect: 'none',
    data: conversationPage,
  });
  return data;
}

/** Newest first. */
export async function listMessages(
  client: TiktokShopClient,
  shop: ShopAccess,
  conversation: ConversationId,
  page: string | null,
): Promise<z.infer<typeof messagePage>> {
  const { data } = await client.shop(shop, {
    operation: 'list messages',
    method: 'GET',
    path: paths.messages(conversation),
    query: { page_size: messagesPerPage, page_token: page ?? '', sort_order: 'DESC', sort_field: 'create_time' },
    effect: 'none',
    data: messagePage,
  });
  return data;
}

/** That conversations come with the latest activity first is an assumption: the page on them names no order. */
export function createHistory(client: TiktokShopClient): MarketplaceHistory {
  return {
    async conversations(shop, page) {
      const answer = await listConversations(client, shop, page);
      return { items: (answer.conversations ?? []).map(toConversationInfo), next: answer.next_page_token };
    },
    async messages(shop, conversation, page) {
      const answer = await listMessages(client, shop, conversation, page);
      const hint = answer.unsupported_msg_tips;
      const items = (answer.messages ?? []).map((message) => toListedMessage(shop.externalId, conversation, message, hint));
      return { items, next: answer.next_page_token };
    },
  };
}

/** Answers of an app that may list conversations but is not entitled to the newer call for a single one. */
const notEntitled = new Set(['105005', '36009009', '36009010', 'http-404']);

/** Who the buyer is, and whether a reply would be taken now. */
export async function readConversation(
  client: TiktokShopClient,
  shop: ShopAccess,
  conversation: ConversationId,
): Promise<ConversationInfo> {
  return toConversationInfo(await oneOf(client, shop, conversation));
}

async function oneOf(client: TiktokShopClient, shop: ShopAccess, conversation: ConversationId): Promise<ApiConversation> {
  try {
    const { data } = await client.shop(shop, {
      operation: 'read conversation',
      method: 'GET',
      path: paths.conversation(conversation),
      effect: 'none',
      data: oneConversation,
    });
    return data;
  } catch (error) {
    if (!(error instanceof PlatformError && notEntitled.has(error.code ?? ''))) throw error;
    // It has just been written in, so it is on the first page.
    const { conversations } = await listConversations(client, shop, null);
    const found = conversations?.find(({ id }) => id === conversation);
    if (found) return found;
    throw new PlatformError('TikTok Shop, read conversation: this app may not, and it is not among the latest', {
      kind: 'rejected',
      platform: 'tiktok-shop',
      code: 'conversation-not-listed',
      cause: error,
    });
  }
}

/** Marks all that the buyer wrote as read. */
export async function markRead(client: TiktokShopClient, shop: ShopAccess, conversation: ConversationId): Promise<void> {
  await client.shop(shop, {
    operation: 'mark read',
    method: 'POST',
    path: paths.read(conversation),
    effect: 'none',
    data: noData,
  });
}
