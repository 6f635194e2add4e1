import type { ListedEvent } from '../../src/core/connector.ts';
import type { ConversationId } from '../../src/core/ids.ts';
import { conversationId, externalMessageId } from '../../src/core/ids.ts';
import type { IncomingMessage, MessageAuthor } from '../../src/core/message.ts';
import type { ConversationInfo, ListedMessage } from '../adapter.ts';
import type { ApiConversation, ApiMessage } from './api-types.ts';
import { readContent, toParts } from './parts.ts';

/**
 * `SHOP` is an automatic or FAQ answer, `ROBOT` the seller's chatbot. Both share the shop's id and name with `SYSTEM`: only the role tells.
 * A role that is new to us is the marketplace's: it opens nothing, and is shown.
 * @see https://partner.tiktokshop.com/docv2/page/get-conversation-messages-202309 read 2026-11-22
 */
const authors: Readonly<Record<string, MessageAuthor>> = {
  BUYER: 'buyer',
  CUSTOMER_SERVICE: 'agent',
  SHOP: 'automatic',
  ROBOT: 'automatic',
};

/** Sent in the buyer's name, yet nothing that a person wrote. */
const wordless = new Set([
  'BUYER_ENTER_FROM_PRODUCT',
  'BUYER_ENTER_FROM_ORDER',
  'BUYER_ENTER_FROM_TRANSFER',
  'ALLOCATED_SERVICE',
  'NOTIFICATION',
]);

/** A message of the history or of a webhook. `hint`: what the platform would have people read in place of a type they cannot see. */
export function toMessage(message: ApiMessage, hint?: string | null): IncomingMessage {
  const author = authorOf(message);
  // Webhooks tell no name. That every agent has an id of their own is a guess: the shop's automatic answers share one.
  const writer = author === 'agent' ? message.sender?.im_user_id : null;
  return {
    externalId: externalMessageId(message.id),
    author,
    ...(writer ? { writer } : {}),
    parts: toParts(message.type, readContent(message.content), hint ?? undefined),
    sentAt: message.create_time,
    order: orderKey(message),
    visible: message.is_visible ?? true,
  };
}

function authorOf({ type, sender }: ApiMessage): MessageAuthor {
  const author = authors[sender?.role ?? ''] ?? 'system';
  return author === 'buyer' && wordless.has(type) ? 'system' : author;
}

/**
 * The platform lists a conversation by `create_time`, and that is its order. A second holds several messages; `index` (up to 19 digits, with
 * gaps, and not strictly rising) sorts those.
 */
function orderKey({ create_time, index }: ApiMessage): string {
  return `${String(create_time.getTime() / 1000).padStart(12, '0')}-${(index ?? '').padStart(20, '0')}`;
}

/** A listed message in the shape of the webhook that told, or would have told, of it: one reader for both, and one key. */
export function toListedMessage(
  shopId: string,
  conversation: ConversationId,
  message: ApiMessage,
  hint: string | null | undefined,
): ListedMessage {
  const seconds = message.create_time.getTime() / 1000;
  const body = {
    type: 14,
    shop_id: shopId,
    timestamp: seconds,
    data: {
      message_id: message.id,
      conversation_id: conversation,
      type: message.type,
      content: message.content,
      create_time: seconds,
      is_visible: message.is_visible,
      index: message.index,
      sender: message.sender,
      unsupported_msg_tips: hint || undefined,
    },
  };
  const event: ListedEvent = {
    key: message.id,
    lane: conversation,
    body: new TextEncoder().encode(JSON.stringify(body)),
    contentType: 'application/json',
  };
  return { event, message: toMessage(message, hint) };
}

export function toConversationInfo(conversation: ApiConversation): ConversationInfo {
  const buyer = conversation.participants?.find(({ role }) => role === 'BUYER');
  const latest = conversation.latest_message;
  return {
    conversation: conversationId(conversation.id),
    buyer: {
      ...(buyer?.user_id ? { externalId: buyer.user_id } : {}),
      ...(buyer?.nickname ? { name: buyer.nickname.toWellFormed() } : {}),
    },
    // Not every version of the object tells it; a send is refused in words all the same.
    canSend: conversation.can_send_message ?? true,
    latest: latest ? { externalId: externalMessageId(latest.id), author: authorOf(latest), sentAt: latest.create_time } : null,
  };
}
