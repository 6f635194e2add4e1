import type { RawEvent } from '../../src/core/connector.ts';
import type { ChatEvent } from '../bot.ts';
import { commandIn, menuCommandIn } from './asks.ts';
import { pressIn } from './buttons.ts';
import { authorOf, contentOf, type MessageContext, rootOf } from './messages.ts';
import { editedType, type FeishuEnvelope, type FeishuMessage, readPayload } from './payloads.ts';
import type { Origins } from './people.ts';
import type { Topics } from './topics.ts';
import type { Decrypt } from './verify.ts';

export interface EventContext extends MessageContext {
  readonly decrypt: Decrypt;
  readonly topics: Topics;
  readonly origins: Origins;
}

/** One stored payload -> what happened. It asks nobody; what it knows beside the payload is who the bot is, and where messages of late stood. */
export const createToEvents =
  (context: EventContext) =>
  (raw: RawEvent): ChatEvent[] => {
    const { payload } = readPayload(raw.body, context.decrypt);
    if (payload?.kind !== 'event') throw new Error('the stored body is none that the platform sends');
    // It may have come to another process, or to this one before it was started anew.
    learnFrom(payload.envelope, context);
    return [toEvent(payload.envelope, raw.receivedAt, context)];
  };

/** What an event tells by the way: where its message stands, its first words, and of which organisation people are. */
export function learnFrom(envelope: FeishuEnvelope, { topics, origins }: EventContext): void {
  origins.learn(envelope);
  const { message } = envelope.event;
  if (!message || envelope.header.event_type !== 'im.message.receive_v1') return;
  const { message_id: messageId, chat_id: chatId, thread_id, content } = message;
  topics.learn({ messageId, chatId, rootId: rootOf(message), topicId: thread_id ?? null });
  topics.differs(messageId, content ?? '');
}

function toEvent(envelope: FeishuEnvelope, receivedAt: Date, context: EventContext): ChatEvent {
  const { header, event } = envelope;
  switch (header.event_type) {
    case 'im.message.receive_v1':
      return event.message ? toMessage(envelope, event.message, context) : unknown(envelope);
    case editedType:
      return event.message ? toEdit(envelope, event.message, receivedAt, context) : unknown(envelope);
    case 'im.message.recalled_v1':
      return toDelete(envelope, receivedAt, context);
    case 'im.message.reaction.created_v1':
    case 'im.message.reaction.deleted_v1':
      return toReaction(envelope, receivedAt, context);
    case 'card.action.trigger':
      return toPress(envelope, receivedAt);
    case 'application.bot.menu_v6': {
      const asked = menuCommandIn(envelope);
      return asked ? { ...asked, at: receivedAt } : unknown(envelope);
    }
    case 'app_uninstalled':
      return { kind: 'connection-lost', reason: 'uninstalled' };
    case 'app_status_change':
      return event.status?.startsWith('stop') ? { kind: 'connection-lost', reason: 'revoked' } : unknown(envelope);
    default:
      return toChannelEvent(envelope);
  }
}

function toChannelEvent(envelope: FeishuEnvelope): ChatEvent {
  const { header, event } = envelope;
  const channelId = event.chat_id;
  if (!channelId) return unknown(envelope);
  switch (header.event_type) {
    case 'im.chat.disbanded_v1':
      return { kind: 'channel-lost', channelId, reason: 'deleted' };
    case 'im.chat.member.bot.deleted_v1':
      return { kind: 'channel-lost', channelId, reason: 'bot-removed' };
    case 'im.chat.member.bot.added_v1':
      return { kind: 'channel-back', channelId };
    default:
      return unknown(envelope);
  }
}

const unknown = ({ header }: FeishuEnvelope): ChatEvent => ({ kind: 'unknown', type: header.event_type });

function toMessage(envelope: FeishuEnvelope, message: FeishuMessage, context: EventContext): ChatEvent {
  const { author, fromSelf } = authorOf(envelope.event, envelope.header.app_id, context.ourOpenId());
  // Who came and who went: words of the platform, not of people.
  if (message.message_type === 'system') return unknown(envelope);
  const content = contentOf(message, context);
  const sentAt = timeOf(message.create_time);
  const command = author.kind === 'person' ? commandIn(message, content, author.userId) : null;
  if (command) return { ...command, at: sentAt };
  const { text, mentions, files } = content;
  return {
    kind: 'message',
    post: { channelId: message.chat_id, messageId: message.message_id },
    rootId: rootOf(message),
    ...{ author, fromSelf, text, mentions, files, sentAt },
    // Milliseconds of 13 digits until the year 2286. Which of two in one millisecond was first, nobody can tell.
    order: `${message.create_time}.${message.message_id}`,
  };
}

function toEdit(envelope: FeishuEnvelope, message: FeishuMessage, receivedAt: Date, context: EventContext): ChatEvent {
  const shown = toMessage({ ...envelope, header: { ...envelope.header, event_type: 'im.message.receive_v1' } }, message, context);
  if (shown.kind !== 'message') return unknown(envelope);
  const { files: _files, ...rest } = shown;
  return { ...rest, kind: 'edit', editedAt: momentOf(message.update_time, receivedAt) };
}

/** It says whose it was only in part: by whom, not in which topic. */
function toDelete(envelope: FeishuEnvelope, receivedAt: Date, { topics }: EventContext): ChatEvent {
  const { message_id: messageId, chat_id: channelId, recall_time } = envelope.event;
  if (!messageId || !channelId) return unknown(envelope);
  return {
    kind: 'delete',
    post: { channelId, messageId },
    rootId: topics.placeOf(messageId)?.rootId ?? null,
    fromSelf: false,
    deletedAt: momentOf(recall_time, receivedAt),
  };
}

function toReaction(envelope: FeishuEnvelope, receivedAt: Date, { topics }: EventContext): ChatEvent {
  const { message_id: messageId, reaction_type, operator_type, user_id, action_time } = envelope.event;
  const userId = user_id?.open_id;
  const place = messageId ? topics.placeOf(messageId) : null;
  // An app's are no words of anybody. Where the message is not known to be in a group of ours, it is none of our business either.
  if (!messageId || !reaction_type || operator_type !== 'user' || !userId || !place) return unknown(envelope);
  return {
    kind: 'reaction',
    name: reaction_type.emoji_type,
    added: envelope.header.event_type === 'im.message.reaction.created_v1',
    userId,
    post: { channelId: place.chatId, messageId },
    at: momentOf(action_time, receivedAt),
  };
}

function toPress(envelope: FeishuEnvelope, receivedAt: Date): ChatEvent {
  const { event } = envelope;
  const press = pressIn(event);
  const userId = event.operator?.open_id;
  if (!press || !userId) return unknown(envelope);
  if (press.kind === 'form') {
    const { form, values, context } = press;
    return { kind: 'form', form, values, context, userId, at: receivedAt };
  }
  const { open_message_id: messageId, open_chat_id: channelId } = event.context ?? {};
  const post = messageId && channelId ? { channelId, messageId } : null;
  return {
    ...{ kind: 'action', action: press.action, value: press.value, userId, post },
    rootId: press.root ?? messageId ?? null,
    at: receivedAt,
  };
}

const timeOf = (milliseconds: string): Date => new Date(Number(milliseconds));
const momentOf = (milliseconds: string | null | undefined, receivedAt: Date): Date =>
  milliseconds && Number(milliseconds) > 0 ? timeOf(milliseconds) : receivedAt;
