import type { Json } from './wire.ts';
import { idsOf, receivedJson } from './wire.ts';
import type { FeishuChat, FeishuMessage, FeishuWorld, Reaction } from './world.ts';

/** Tells the app what happened, as events of schema 2.0; only of chats that its bot is in. There is none for an edit. */
export interface EventAnnouncer {
  posted(message: FeishuMessage): void;
  recalled(message: FeishuMessage): void;
  reaction(what: 'created' | 'deleted', message: FeishuMessage, reaction: Reaction): void;
  /** `im.chat.member.bot.added_v1` and the like: about a chat, whoever is in it. */
  chat(type: string, chat: FeishuChat, operator: string): void;
  /** Any other event. */
  event(type: string, event: Json): void;
}

export interface AnnounceOptions {
  readonly world: FeishuWorld;
  readonly scopes: ReadonlySet<string>;
  /** Also what the app's own bot sends: UNCONFIRMED, and the reason for a filter. */
  readonly echo: () => boolean;
  readonly emit: (type: string, event: Json) => void;
}

export function createAnnouncer({ world, scopes, echo, emit }: AnnounceOptions): EventAnnouncer {
  const heard = (chatId: string): boolean => {
    const chat = world.chats.get(chatId);
    return chat !== undefined && !chat.dissolved && chat.members.has(world.app.openId);
  };
  /** Without the scope for all messages of a group those that call the bot are pushed, and no others. */
  const mayHear = ({ mentions }: FeishuMessage): boolean =>
    scopes.has('im:message.group_msg') ||
    (scopes.has('im:message.group_at_msg') && mentions.some(({ openId }) => openId === world.app.openId));

  return {
    posted(message) {
      if (!heard(message.chatId)) return;
      if (message.sender === world.app.openId ? echo() : mayHear(message)) emit('im.message.receive_v1', receivedJson(world, message));
    },
    recalled({ id, chatId, sender }) {
      if (!heard(chatId) || sender === world.app.openId) return;
      emit('im.message.recalled_v1', { message_id: id, chat_id: chatId, recall_time: String(world.now()), recall_type: 'message_owner' });
    },
    reaction(what, message, { emoji, by, at }) {
      if (!heard(message.chatId) || !scopes.has('im:message.reactions:read')) return;
      const own = by === world.app.openId;
      // Neither chat nor topic is named.
      emit(`im.message.reaction.${what}_v1`, {
        message_id: message.id,
        reaction_type: { emoji_type: emoji },
        operator_type: own ? 'app' : 'user',
        ...(own ? { app_id: world.app.id } : { user_id: idsOf(by) }),
        action_time: String(at),
      });
    },
    chat(type, chat, operator) {
      const external = false;
      emit(type, { chat_id: chat.id, operator_id: idsOf(operator), external, operator_tenant_key: world.tenantKey, name: chat.name });
    },
    event: emit,
  };
}
