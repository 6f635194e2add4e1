import type { Ask } from '../../src/core/ask.ts';
import { formOf, pressIn } from './buttons.ts';
import type { PlainContent } from './content.ts';
import type { FeishuEnvelope, FeishuMessage } from './payloads.ts';

/** Where an answer goes: below a message in its topic, after it in a chat of two, or to a person. */
export const answerToMessage = ({ message_id, chat_type }: FeishuMessage): string =>
  `${chat_type === 'p2p' ? 'after' : 'below'}:${message_id}`;
export const answerToUser = (openId: string): string => `user:${openId}`;
export const answerBelow = (messageId: string): string => `below:${messageId}`;

export type CommandAsk = Extract<Ask, { kind: 'command' }>;

/**
 * Words to the bot: a message in the group itself that mentions it or begins with our own word, or anything in a chat of two. A slash command that was chosen arrives
 * as such a message, so a slash before it is none of the words. In a topic words go to the buyer, whoever is mentioned.
 */
export function commandIn(message: FeishuMessage, content: PlainContent, userId: string): CommandAsk | null {
  const isDirect = message.chat_type === 'p2p';
  const { text, mentions, callsUs } = content;
  if (!isDirect && (message.root_id || !(callsUs || /^\/tm\b/.test(text)))) return null;
  return {
    ...{ kind: 'command', text: withoutSlash(text), mentions, userId, channelId: message.chat_id },
    answerTo: answerToMessage(message),
  };
}

/** `/stats`, `/tm stats` -> `stats`. */
const withoutSlash = (text: string): string => text.replace(/^\/(?:tm\b)?/, '').trim();

/** An entry of the bot's menu, which stands in the chat of two: its key is the command. */
export function menuCommandIn({ event }: FeishuEnvelope): CommandAsk | null {
  const userId = event.operator?.operator_id?.open_id;
  if (!event.event_key || !userId) return null;
  const text = withoutSlash(event.event_key.replaceAll('_', ' '));
  return { kind: 'command', text, mentions: [], userId, channelId: userId, answerTo: answerToUser(userId) };
}

/** What opens a form: a button that was pressed, on a card that still is where it was. */
export interface FormTrigger {
  readonly chatId: string;
  /** Below which the form is shown. */
  readonly rootId: string;
  readonly userId: string;
  /** Of the press: a form is opened once for it. */
  readonly eventId: string;
}

export const encodeTrigger = (trigger: FormTrigger): string => JSON.stringify(trigger);

/** A button that wants a form. */
export function formAskIn({ header, event }: FeishuEnvelope): Ask | null {
  const press = pressIn(event);
  const form = press?.kind === 'action' ? formOf(press.action) : null;
  const userId = event.operator?.open_id;
  const { open_message_id: messageId, open_chat_id: channelId } = event.context ?? {};
  if (press?.kind !== 'action' || !form || !userId || !messageId || !channelId) return null;
  const rootId = press.root ?? messageId;
  const trigger = encodeTrigger({ chatId: channelId, rootId, userId, eventId: header.event_id ?? '' });
  const post = { channelId, messageId };
  return { kind: 'form', form, value: press.value, userId, post, rootId, trigger, answerTo: answerBelow(rootId) };
}
