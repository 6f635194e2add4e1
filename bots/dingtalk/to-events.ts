import { formNames } from '../../src/core/ask.ts';
import type { RawEvent } from '../../src/core/connector.ts';
import { cleanText } from '../../src/core/text-plain.ts';
import { threadActionNames } from '../../src/core/thread.ts';
import type { ChatEvent } from '../bot.ts';
import { answerToOf } from './addresses.ts';
import { commandIn } from './commands.ts';
import { authorOf, channelOf } from './conversations.ts';
import { filesOfMessage, isReadable, mentionsIn, wordsOfMessage } from './messages.ts';
import { actionIdPrefix, isFormCard, placeField, replyFieldPrefix, replyIdOf } from './names.ts';
import { type CardAct, type Push, placeIn, type RobotMessage, readPush } from './payloads.ts';
import { aboutOf, withoutTicket } from './quotes.ts';
import { topics } from './stream.ts';

/**
 * One stored push -> what it means. Pure.
 * @throws Error where it is one that we asked for and cannot be read: it may be somebody's words, which the platform does not send again
 */
export function toEvents({ body, receivedAt }: RawEvent): ChatEvent[] {
  const push = readPush(body);
  if (!push || (push.kind === 'other' && asked.has(push.topic))) throw new Error('the stored push cannot be read');
  switch (push.kind) {
    case 'robot':
      return [toMessage(push, push.message, receivedAt)];
    case 'card':
      return [toAct(push, push.act, push.at ?? receivedAt)];
    case 'other':
      return [{ kind: 'unknown', type: push.topic }];
  }
}

const asked: ReadonlySet<string> = new Set(Object.values(topics));

function toMessage(push: Push, message: RobotMessage, receivedAt: Date): ChatEvent {
  if (!isReadable(message)) return { kind: 'unknown', type: `message.${message.msgtype}` };
  const sentAt = timeOf(message.createAt) ?? push.at ?? receivedAt;
  const command = commandOf(message);
  if (command !== null) {
    return {
      ...{ kind: 'command', text: command, mentions: mentionsIn(message), userId: authorOf(message), channelId: channelOf(message) },
      ...{ at: sentAt, answerTo: answerToOf(message) },
    };
  }
  const { ticket, rest } = withoutTicket(wordsOfMessage(message));
  const about = aboutOf(message, ticket) ?? { posts: [], ticket: null };
  return {
    ...{ kind: 'message', post: { channelId: channelOf(message), messageId: message.msgId }, rootId: null },
    author: { userId: authorOf(message), kind: 'person' },
    fromSelf: message.senderId != null && message.senderId === message.chatbotUserId,
    ...{ text: rest, mentions: mentionsIn(message), files: filesOfMessage(message), sentAt },
    ...{ order: orderOf(sentAt, message.msgId), about },
  };
}

/** What was said to the robot about no inquiry, if it is a command. */
export function commandOf(message: RobotMessage): string | null {
  const words = wordsOfMessage(message);
  const isWords = message.msgtype === 'text' || (message.msgtype === 'richText' && filesOfMessage(message).length === 0);
  if (!isWords || aboutOf(message, withoutTicket(words).ticket)) return null;
  return commandIn(words);
}

function toAct(push: Push, act: CardAct, at: Date): ChatEvent {
  const { outTrackId, userId, form } = act;
  if (form && isFormCard(outTrackId)) return toForm(act, form, at);
  if (form) {
    const reply = replyIn(act);
    if (!reply) return { kind: 'unknown', type: 'card.form' };
    return {
      ...{ kind: 'message', post: { channelId: channelOfAct(act), messageId: reply.id }, rootId: outTrackId },
      ...{ author: { userId, kind: 'person' }, fromSelf: false, text: reply.words, mentions: [], files: [], sentAt: at },
      order: orderOf(at, push.messageId),
    };
  }
  const action = threadActionNames.find((name) => act.actionId === `${actionIdPrefix}${name}`);
  if (!action) return { kind: 'unknown', type: 'card.action' };
  const post = { channelId: channelOfAct(act), messageId: outTrackId };
  return { kind: 'action', action, value: textIn(act.params['value']), userId, post, rootId: rootOfAct(act), at };
}

/** What was written on a card, and the name of that reply; null: nothing was. */
export function replyIn({ outTrackId, userId, form }: CardAct): { readonly id: string; readonly words: string } | null {
  const [field, value] = Object.entries(form ?? {}).find(([name]) => name.startsWith(replyFieldPrefix)) ?? [];
  const words = cleanText(textIn(value)).trim();
  return field === undefined || words === '' ? null : { id: replyIdOf(outTrackId, userId, field, textIn(value)), words };
}

function toForm({ userId, outTrackId }: CardAct, form: Readonly<Record<string, unknown>>, at: Date): ChatEvent {
  const { [placeField]: where, ...filled } = form;
  const { form: named, context } = placeIn(where);
  const name = formNames.find((known) => known === named);
  if (!name) return { kind: 'unknown', type: `form.${outTrackId}` };
  const values = Object.fromEntries(Object.entries(filled).map(([field, value]) => [field, textIn(value)]));
  return { kind: 'form', form: name, values, context: context ?? '', userId, at };
}

/** What a field holds; of a list the value that was chosen. */
function textIn(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  return typeof value === 'object' && value !== null && 'value' in value ? textIn(value.value) : '';
}

/** Where the card stands: as it says itself, or else by the platform's word for the place (UNCONFIRMED that this is the conversation's id). */
export function channelOfAct({ params, form, spaceId }: CardAct): string {
  return textIn(params['channel']) || placeIn(form?.[placeField]).channel || spaceId || '';
}

/** The thread that the card belongs to; a thread's own card is its root. */
export const rootOfAct = ({ params, outTrackId }: CardAct): string => textIn(params['root']) || outTrackId;

function timeOf(ms: string | number | null | undefined): Date | null {
  const at = Number(ms ?? Number.NaN);
  return at > 0 ? new Date(at) : null;
}

/** Sorts as the platform sent it. */
const orderOf = (at: Date, id: string): string => `${String(at.getTime()).padStart(15, '0')}.${id}`;
