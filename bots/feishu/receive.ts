import { createHash } from 'node:crypto';
import type { Ask } from '../../src/core/ask.ts';
import { type Answer, emptyAnswer, type RawRequest, type Received } from '../../src/core/connector.ts';
import { PlatformError } from '../../src/errors.ts';
import { commandIn, formAskIn, menuCommandIn } from './asks.ts';
import { pressIn } from './buttons.ts';
import { doneCard } from './form-card.ts';
import { authorOf, contentOf, rootOf } from './messages.ts';
import { editedType, type FeishuEnvelope, readPayload } from './payloads.ts';
import { type EventContext, learnFrom } from './to-events.ts';
import type { VerifyRequest } from './verify.ts';

/** An event's name, place and question: the same whichever way it came. */
export interface NamedEvent {
  /** Null where it has no name of its own. */
  readonly key: string | null;
  readonly lane: string;
  readonly own: boolean;
  readonly ask: Ask | null;
  readonly answer: Answer;
}

export interface ReceiveContext extends EventContext {
  /** Null: not compared. */
  readonly verificationToken: string | null;
  /** Called with each event: the platform is there, so what could not be asked before may be asked now. */
  readonly onEvent: () => void;
}

/**
 * `receive` of the bot interface for the one endpoint of events and card actions. What is stored is the plain JSON: a key that is changed later must not make it
 * unreadable.
 */
export function createReceive(verify: VerifyRequest, context: ReceiveContext): (request: RawRequest) => Received {
  return (request) => {
    const unsigned = refusalOf(() => verify(request));
    if (unsigned && request.body.byteLength > mostUnsignedBytes) throw unsigned;
    const { payload, plain } = readPayload(request.body, context.decrypt);
    if (payload?.kind === 'verification') {
      // The platform promises no signature here. That it could be decrypted says who sent it as well.
      const encrypted = plain !== new TextDecoder().decode(request.body);
      if (unsigned && !encrypted) throw unsigned;
      checkToken(payload.token, context);
      return { kind: 'handshake', answer: jsonAnswer({ challenge: payload.challenge }) };
    }
    if (unsigned) throw unsigned;
    const fingerprint = fingerprintOf(request.body);
    if (!payload) return { kind: 'malformed', key: fingerprint, reason: 'the body is none that the platform sends', answer: emptyAnswer };
    checkToken(payload.envelope.header.token, context);
    context.onEvent();
    const named = nameEvent(payload.envelope, context);
    const { key, lane, own, ask, answer } = named;
    return {
      ...{ kind: 'event', key: key ?? fingerprint, shop: null, lane, answer },
      stored: { body: new TextEncoder().encode(plain), contentType: 'application/json' },
      ...(own ? { own } : {}),
      ...(ask ? { ask } : {}),
    };
  };
}

/** A challenge has three short fields. Whatever is longer and from nobody knows whom is not worth reading. */
const mostUnsignedBytes = 8 * 1024;

function refusalOf(run: () => void): PlatformError | null {
  try {
    run();
    return null;
  } catch (error) {
    if (error instanceof PlatformError) return error;
    throw error;
  }
}

/** Beside the signature: another app's events, signed with the same key by mistake, end here. */
function checkToken(token: string | null | undefined, { verificationToken }: ReceiveContext): void {
  if (verificationToken === null || !token || token === verificationToken) return;
  throw new PlatformError("a request that claims to be the platform's was refused: it is for another app", {
    kind: 'rejected',
    platform: 'feishu',
    code: 'verification-token',
  });
}

/** The same bytes, the same name: for what carries no id. */
export const fingerprintOf = (body: Uint8Array): string => `sha256:${createHash('sha256').update(body).digest('hex')}`;

const jsonAnswer = (fields: object): Answer => ({
  ...{ status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(fields) },
});

/** Whoever presses waits for an answer of JSON; "{}" changes nothing. */
const pressAnswer = jsonAnswer({});

export function nameEvent(envelope: FeishuEnvelope, context: EventContext): NamedEvent {
  const { header, event } = envelope;
  const { topics } = context;
  learnFrom(envelope, context);
  const other = { key: header.event_id ? `event:${header.event_id}` : null, own: false, ask: null, answer: emptyAnswer };
  const laneIn = (chatId: string, rootId: string | null) => (rootId === null ? chatId || 'tenant' : `${chatId}:${rootId}`);
  /** An emoji or a recall stays in order with its topic where that is known; else it has only itself to be in order with. */
  const laneOfMessage = (messageId: string, chatId: string | null | undefined) => {
    const place = topics.placeOf(messageId);
    return laneIn(chatId || place?.chatId || 'tenant', place?.rootId ?? messageId);
  };
  switch (header.event_type) {
    case 'im.message.receive_v1': {
      const { message } = event;
      if (!message) return { ...other, lane: 'tenant' };
      const { message_id: messageId, chat_id: chatId } = message;
      const rootId = rootOf(message);
      const { author, fromSelf } = authorOf(event, header.app_id, context.ourOpenId());
      const ask = author.kind === 'person' ? askIn(envelope, context) : null;
      // By the message: "do not rely on event_id", which may change between attempts. https://open.feishu.cn/document/server-docs/im-v1/message/events/receive (2026-11-28)
      return { ...other, key: `message:${messageId}`, lane: laneIn(chatId, rootId), own: fromSelf, ask };
    }
    case editedType:
      return event.message
        ? {
            ...other,
            key: `message:${event.message.message_id}:edited:${event.message.update_time ?? ''}`,
            lane: laneIn(event.message.chat_id, rootOf(event.message)),
          }
        : { ...other, lane: 'tenant' };
    case 'im.message.recalled_v1':
      return event.message_id
        ? { ...other, key: `message:${event.message_id}:recalled`, lane: laneOfMessage(event.message_id, event.chat_id) }
        : { ...other, lane: 'tenant' };
    case 'im.message.reaction.created_v1':
    case 'im.message.reaction.deleted_v1':
      return { ...other, lane: laneOfMessage(event.message_id ?? '', null), own: event.operator_type === 'app' };
    case 'card.action.trigger':
      return namePress(envelope, other);
    case 'application.bot.menu_v6':
      return { ...other, lane: event.operator?.operator_id?.open_id || 'tenant', ask: menuCommandIn(envelope) };
    default:
      return { ...other, lane: event.chat_id || 'tenant' };
  }
}

function askIn({ event }: FeishuEnvelope, context: EventContext): Ask | null {
  const { message, sender } = event;
  if (!message || message.message_type === 'system') return null;
  try {
    return commandIn(message, contentOf(message, context), sender?.sender_id?.open_id ?? '');
  } catch {
    // A content that is none becomes a dead letter when it is read once more.
    return null;
  }
}

/** A form is submitted once, however often its button is pressed: it is named by its card. */
function namePress(envelope: FeishuEnvelope, other: Omit<NamedEvent, 'lane'>): NamedEvent {
  const { open_message_id: messageId, open_chat_id: chatId } = envelope.event.context ?? {};
  const press = pressIn(envelope.event);
  const rootId = press?.root ?? messageId;
  const lane = chatId ? (rootId ? `${chatId}:${rootId}` : chatId) : 'tenant';
  if (press?.kind !== 'form') return { ...other, lane, ask: formAskIn(envelope), answer: pressAnswer };
  const answer = jsonAnswer({ card: { type: 'raw', data: doneCard(press) } });
  return { ...other, key: messageId ? `form:${messageId}` : other.key, lane, answer };
}
