import { z } from 'zod';
import type { Decrypt } from './verify.ts';

/** `open_id` is who somebody is for this app; the only id that needs no further permission. */
const userIds = z.object({ open_id: z.string().nullish() });

/** A placeholder in the words, and who stands behind it. Lists have the id alone where events have several. */
const mention = z.object({
  key: z.string(),
  id: z.union([z.string(), userIds.transform(({ open_id }) => open_id ?? '')]),
  name: z.string().nullish(),
  /** `user` or `bot`; lists, and older events, leave it out. */
  mentioned_type: z.string().nullish(),
});
export type FeishuMention = z.infer<typeof mention>;

const milliseconds = z.string().regex(/^\d{1,15}$/);

const message = z.object({
  message_id: z.string(),
  /** In a topic: the message that it hangs from. */
  root_id: z.string().nullish(),
  parent_id: z.string().nullish(),
  /** `omt_…`: only in a topic. */
  thread_id: z.string().nullish(),
  chat_id: z.string(),
  /** `p2p`: with the bot alone. */
  chat_type: z.string().nullish(),
  message_type: z.string(),
  /** JSON once more, by type. */
  content: z.string().nullish(),
  create_time: milliseconds,
  /** Of the last edit; the same as above where there was none. */
  update_time: milliseconds.nullish(),
  mentions: z.array(mention).nullish(),
});
export type FeishuMessage = z.infer<typeof message>;

/** The fields of all events that we read; each event has some of them. */
const event = z.object({
  // im.message.receive_v1
  sender: z.object({ sender_id: userIds.nullish(), sender_type: z.string().nullish(), tenant_key: z.string().nullish() }).nullish(),
  message: message.nullish(),
  // recalled, reactions, membership
  message_id: z.string().nullish(),
  chat_id: z.string().nullish(),
  recall_time: milliseconds.nullish(),
  reaction_type: z.object({ emoji_type: z.string() }).nullish(),
  operator_type: z.string().nullish(),
  user_id: userIds.nullish(),
  action_time: milliseconds.nullish(),
  // application.bot.menu_v6, card.action.trigger
  event_key: z.string().nullish(),
  operator: z.object({ open_id: z.string().nullish(), operator_id: userIds.nullish(), tenant_key: z.string().nullish() }).nullish(),
  action: z.object({ value: z.unknown(), form_value: z.record(z.string(), z.unknown()).nullish(), name: z.string().nullish() }).nullish(),
  context: z.object({ open_message_id: z.string().nullish(), open_chat_id: z.string().nullish() }).nullish(),
  // Events of version 1
  type: z.string().nullish(),
  status: z.string().nullish(),
});
export type FeishuEvent = z.infer<typeof event>;

const envelope = z.object({
  schema: z.literal('2.0'),
  header: z.object({
    event_id: z.string().nullish(),
    event_type: z.string(),
    create_time: z.string().nullish(),
    app_id: z.string().nullish(),
    tenant_key: z.string().nullish(),
    token: z.string().nullish(),
  }),
  event,
});
export type FeishuEnvelope = z.infer<typeof envelope>;

/** Some events of the app itself still come in the older shape: https://open.feishu.cn/document/ukTMukTMukTM/uUTNz4SN1MjL1UzM (2026-11-28) */
const oldEnvelope = z.object({
  type: z.literal('event_callback'),
  uuid: z.string().nullish(),
  token: z.string().nullish(),
  event: event.extend({ type: z.string() }),
});

const verification = z.object({ type: z.literal('url_verification'), challenge: z.string(), token: z.string().nullish() });

/** The platform has no event for an edit; a message that was read back with other words is told of by this one of ours, in the shape of a new one. */
export const editedType = 'threadmart.message.edited';

export type FeishuPayload =
  | { readonly kind: 'event'; readonly envelope: FeishuEnvelope }
  | { readonly kind: 'verification'; readonly challenge: string; readonly token: string | null };

/** What was decrypted, beside the JSON that it was: this is what is stored. */
export interface ReadPayload {
  readonly payload: FeishuPayload | null;
  readonly plain: string;
}

/** Reads what the platform sends: JSON, encrypted or (over the long connection, and once stored) plain. `payload` null: what no version of it sends. */
export function readPayload(body: Uint8Array, decrypt: Decrypt): ReadPayload {
  const given = new TextDecoder().decode(body);
  const outer = z.object({ encrypt: z.string() }).safeParse(readJson(given)).data;
  const plain = outer ? (decrypt(outer.encrypt) ?? '') : given;
  const fields = readJson(plain);
  const asEvent = envelope.safeParse(fields).data;
  if (asEvent) return { payload: { kind: 'event', envelope: asEvent }, plain };
  const asOld = oldEnvelope.safeParse(fields).data;
  if (asOld) return { payload: { kind: 'event', envelope: asNew(asOld) }, plain };
  const asked = verification.safeParse(fields).data;
  return { payload: asked ? { kind: 'verification', challenge: asked.challenge, token: asked.token ?? null } : null, plain };
}

const asNew = ({ uuid, token, event: old }: z.infer<typeof oldEnvelope>): FeishuEnvelope => ({
  schema: '2.0',
  header: { event_id: uuid, event_type: old.type, token },
  event: old,
});

export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
