import { readContent } from './content.ts';
import { render } from './render.ts';
import type { FeishuMessage, FeishuWorld, Mention, Reaction } from './world.ts';

/** JSON as Feishu writes it, so far as the facts and its pages name the fields. */
export type Json = Readonly<Record<string, unknown>>;

/** A person or bot in an event. */
export const idsOf = (openId: string): Json => ({ open_id: openId, union_id: openId.replace('ou_', 'on_'), user_id: null });

/** In an event a mention has all ids, in the history one. */
const eventMention = (world: FeishuWorld, { key, openId, name }: Mention): Json => ({
  key,
  id: openId === 'all' ? { open_id: '', union_id: '', user_id: '' } : idsOf(openId),
  name,
  mentioned_type: world.users.get(openId)?.kind === 'bot' ? 'bot' : 'user',
  tenant_key: world.users.get(openId)?.tenantKey ?? world.tenantKey,
});
const listedMention = (world: FeishuWorld, { key, openId, name }: Mention): Json => ({
  key,
  id: openId,
  id_type: 'open_id',
  name,
  tenant_key: world.users.get(openId)?.tenantKey ?? world.tenantKey,
});

const placeOf = ({ rootId, parentId, threadId }: FeishuMessage): Json => ({
  ...(rootId ? { root_id: rootId, parent_id: parentId } : {}),
  ...(threadId ? { thread_id: threadId } : {}),
});

/** `event` of `im.message.receive_v1`. */
export function receivedJson(world: FeishuWorld, message: FeishuMessage): Json {
  const { id, chatId, type, content, createdAt, mentions } = message;
  const sender = world.users.get(message.sender);
  return {
    sender: {
      sender_id: idsOf(message.sender),
      sender_type: sender?.kind === 'bot' ? 'app' : 'user',
      tenant_key: sender?.tenantKey ?? world.tenantKey,
    },
    message: {
      message_id: id,
      ...placeOf(message),
      create_time: String(createdAt),
      update_time: String(createdAt),
      chat_id: chatId,
      chat_type: world.chats.get(chatId)?.with ? 'p2p' : 'group',
      message_type: type,
      content,
      ...(mentions.length > 0 ? { mentions: mentions.map((one) => eventMention(world, one)) } : {}),
    },
  };
}

interface ListOptions {
  /** Cards as they were sent, not boiled down. */
  readonly rawCards: boolean;
}

/** A message in the history and in answers. */
export function messageJson(world: FeishuWorld, message: FeishuMessage, { rawCards }: ListOptions = { rawCards: false }): Json {
  const { id, chatId, type, createdAt, updatedAt, recalled, mentions, updates } = message;
  const sender = world.users.get(message.sender);
  const byApp = sender?.kind === 'bot';
  return {
    message_id: id,
    ...placeOf(message),
    msg_type: type,
    create_time: String(createdAt),
    update_time: String(updatedAt),
    deleted: recalled,
    updated: updates > 0,
    chat_id: chatId,
    sender: {
      id: byApp ? appIdOf(world, message.sender) : message.sender,
      id_type: byApp ? 'app_id' : 'open_id',
      sender_type: byApp ? 'app' : 'user',
      tenant_key: sender?.tenantKey ?? world.tenantKey,
    },
    body: { content: recalled ? 'This message was recalled' : listedContent(world, message, rawCards) },
    ...(mentions.length > 0 ? { mentions: mentions.map((one) => listedMention(world, one)) } : {}),
  };
}

const appIdOf = (world: FeishuWorld, openId: string): string => (openId === world.app.openId ? world.app.id : 'cli_00000000000other');

/**
 * Of a card the history has a title and its words alone, unless `card_msg_content_type=raw_card_content` is asked for
 * (larksuite/cli shortcuts/im/convert_lib/card.go, read 2026-11-28).
 */
function listedContent(world: FeishuWorld, message: FeishuMessage, rawCards: boolean): string {
  if (message.type !== 'interactive') return message.content;
  if (rawCards) return JSON.stringify({ json_card: message.content, card_schema: 2, json_attachment: '{}' });
  const content = readContent(message.type, message.content);
  const title = content.type === 'interactive' ? (content.card.header?.title.content ?? '') : '';
  const lines = render(world, message).text.split('\n');
  return JSON.stringify({ title, elements: lines.map((text) => [{ tag: 'text', text }]) });
}

export const reactionJson = (world: FeishuWorld, { id, emoji, by, at }: Reaction): Json => ({
  reaction_id: id,
  operator: by === world.app.openId ? { operator_id: world.app.id, operator_type: 'app' } : { operator_id: by, operator_type: 'user' },
  action_time: String(at),
  reaction_type: { emoji_type: emoji },
});
