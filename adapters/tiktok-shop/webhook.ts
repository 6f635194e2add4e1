import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { RawEvent, RawRequest, Received } from '../../src/core/connector.ts';
import { emptyAnswer } from '../../src/core/connector.ts';
import { conversationId } from '../../src/core/ids.ts';
import { PlatformError } from '../../src/errors.ts';
import type { MarketplaceEvent } from '../adapter.ts';
import type { ApiMessage } from './api-types.ts';
import { apiMessage } from './api-types.ts';
import { toMessage } from './convert.ts';
import { id, parseJsonBytes, unixSeconds } from './json.ts';
import { readContent, toSource } from './parts.ts';
import type { TiktokShopSettings } from './settings.ts';
import { signWebhook } from './sign.ts';

/** Numbers of the events that mean something to us. @see https://partner.tiktokshop.com/docv2/page/tts-webhooks-overview read 2026-11-22 */
const sellerDeauthorization = 6;
const upcomingAuthorizationExpiration = 7;
const newConversation = 13;
const newMessage = 14;

const address = z.object({
  type: z.int(),
  tts_notification_id: id.nullish(),
  shop_id: id,
  data: z.object({ conversation_id: id.nullish(), message_id: id.nullish() }).nullish().catch(null),
});

const eventType = z.object({ type: z.int() });
const inConversation = z.object({ data: z.object({ conversation_id: id }) });
const expiry = z.object({ data: z.object({ expiration_time: unixSeconds }) });
const message = z.object({
  data: z
    .object({ message_id: id, unsupported_msg_tips: z.string().nullish() })
    .and(apiMessage.omit({ id: true }))
    .transform(({ message_id, unsupported_msg_tips: hint, ...rest }): { message: ApiMessage; hint: string | null | undefined } => ({
      message: { ...rest, id: message_id },
      hint,
    })),
});

/** A message goes by its own id, so that the same one from the history is no second; every other event by the id of the notification. */
export function receiveWebhook({ appKey, appSecret }: TiktokShopSettings, request: RawRequest): Received {
  const expected = Buffer.from(signWebhook(appKey, appSecret, request.body));
  const given = Buffer.from(request.headers['authorization'] ?? '');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new PlatformError('The webhook is not signed with the secret of this app', {
      kind: 'rejected',
      platform: 'tiktok-shop',
      code: 'bad-signature',
    });
  }
  const digest = () => `sha256:${createHash('sha256').update(request.body).digest('hex')}`;
  const malformed = (reason: string): Received => ({ kind: 'malformed', key: digest(), reason, answer: emptyAnswer });

  let body: unknown;
  try {
    body = parseJsonBytes(request.body);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError || error instanceof RangeError) return malformed('the body is not JSON');
    throw error;
  }
  const parsed = address.safeParse(body);
  if (!parsed.success) return malformed('the body names no type or no shop');
  const { type, tts_notification_id: notification, shop_id: shop, data } = parsed.data;
  if (type === newMessage && !(data?.message_id && data.conversation_id)) {
    return malformed('a new message names no message or no conversation');
  }
  const key = (type === newMessage ? data?.message_id : notification) ?? digest();
  const isOfConversation = type === newMessage || type === newConversation;
  return { kind: 'event', key, shop, lane: (isOfConversation && data?.conversation_id) || shop, answer: emptyAnswer };
}

/** Throws where a known event lacks what it is about. */
export function toEvents(raw: RawEvent): MarketplaceEvent[] {
  const body = parseJsonBytes(raw.body);
  const { type } = readAs(eventType, body);
  switch (type) {
    case newMessage:
      return [toMessageEvent(body)];
    case newConversation:
      return [{ kind: 'conversation-changed', conversation: conversationId(readAs(inConversation, body).data.conversation_id) }];
    case sellerDeauthorization:
      return [{ kind: 'deauthorized' }];
    case upcomingAuthorizationExpiration:
      return [{ kind: 'authorization-expiring', expiresAt: readAs(expiry, body).data.expiration_time }];
    default:
      return [{ kind: 'unknown', type: String(type) }];
  }
}

function toMessageEvent(body: unknown): MarketplaceEvent {
  const conversation = conversationId(readAs(inConversation, body).data.conversation_id);
  const { message: sent, hint } = readAs(message, body).data;
  const source = toSource(sent.type, readContent(sent.content));
  if (source) return { kind: 'source', conversation, source, at: sent.create_time };
  return { kind: 'message', conversation, message: toMessage(sent, hint) };
}

function readAs<Event>(schema: z.ZodType<Event>, body: unknown): Event {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(({ path }) => path.join('.'));
  throw new PlatformError(`A TikTok Shop event is not as documented at ${[...new Set(fields)].join(', ')}`, {
    kind: 'rejected',
    platform: 'tiktok-shop',
    code: 'malformed-event',
  });
}
