import { z } from 'zod';

/** `1700000000.000100`: seconds and a counter; id, time and order of a message in one. */
const ts = z.string().regex(/^\d{1,12}\.\d{1,9}$/);

const file = z.object({
  id: z.string(),
  name: z.string().nullish(),
  title: z.string().nullish(),
  mimetype: z.string().nullish(),
  size: z.number().nullish(),
  /** `tombstone` and `hidden_by_limit`: listed, but gone. */
  mode: z.string().nullish(),
  url_private: z.string().nullish(),
  url_private_download: z.string().nullish(),
});
export type SlackFile = z.infer<typeof file>;

const message = z.object({
  subtype: z.string().nullish(),
  user: z.string().nullish(),
  bot_id: z.string().nullish(),
  app_id: z.string().nullish(),
  bot_profile: z.object({ app_id: z.string().nullish() }).nullish(),
  text: z.string().nullish(),
  ts: ts.nullish(),
  thread_ts: ts.nullish(),
  parent_user_id: z.string().nullish(),
  edited: z.object({ ts: ts.nullish() }).nullish(),
  files: z.array(file).nullish(),
});
export type SlackMessage = z.infer<typeof message>;

/** The fields of all inner events that we read; each event has some of them. */
const event = message.extend({
  type: z.string(),
  channel: z.union([z.string(), z.object({ id: z.string() }).transform(({ id }) => id)]).nullish(),
  event_ts: ts.nullish(),
  deleted_ts: ts.nullish(),
  message: message.nullish(),
  previous_message: message.nullish(),
  /** `reaction_added`, `reaction_removed`: what, and on which message. Other events call other things an item. */
  reaction: z.string().nullish(),
  item: z.object({ type: z.string(), channel: z.string(), ts }).nullish().catch(null),
  /** `tokens_revoked`. */
  tokens: z.object({ bot: z.array(z.string()).nullish() }).nullish(),
});
export type SlackEvent = z.infer<typeof event>;

const envelope = z.object({
  type: z.literal('event_callback'),
  event_id: z.string().nullish(),
  api_app_id: z.string().nullish(),
  authorizations: z.array(z.object({ user_id: z.string().nullish(), is_bot: z.boolean().nullish() })).nullish(),
  event,
});
export type SlackEnvelope = z.infer<typeof envelope>;

/** A submitted form: its fields by block and element. */
const view = z.object({
  id: z.string(),
  hash: z.string().nullish(),
  callback_id: z.string().nullish(),
  private_metadata: z.string().nullish(),
  state: z
    .object({
      values: z.record(
        z.string(),
        z.record(z.string(), z.object({ value: z.string().nullish(), selected_option: z.object({ value: z.string() }).nullish() })),
      ),
    })
    .nullish(),
});
export type SlackView = z.infer<typeof view>;

const interaction = z.object({
  type: z.enum([
    'block_actions',
    'message_action',
    'shortcut',
    'view_submission',
    'view_closed',
    'block_suggestion',
    'interactive_message',
  ]),
  trigger_id: z.string().nullish(),
  action_ts: z.string().nullish(),
  user: z.object({ id: z.string() }),
  channel: z.object({ id: z.string() }).nullish(),
  container: z.object({ channel_id: z.string().nullish(), message_ts: ts.nullish(), thread_ts: ts.nullish() }).nullish(),
  message: z.object({ ts: ts.nullish(), thread_ts: ts.nullish() }).nullish(),
  callback_id: z.string().nullish(),
  response_url: z.string().nullish(),
  view: view.nullish(),
  actions: z.array(z.object({ action_id: z.string(), value: z.string().nullish(), action_ts: z.string().nullish() })).nullish(),
});
export type SlackInteraction = z.infer<typeof interaction>;

const command = z.object({
  command: z.string(),
  text: z.string().nullish(),
  user_id: z.string(),
  channel_id: z.string(),
  trigger_id: z.string().nullish(),
  response_url: z.string().nullish(),
});
export type SlackCommand = z.infer<typeof command>;

const notification = z.object({
  type: z.enum(['url_verification', 'app_rate_limited']),
  challenge: z.string().nullish(),
  minute_rate_limited: z.number().nullish(),
});

export type SlackPayload =
  | { readonly kind: 'event'; readonly envelope: SlackEnvelope }
  | { readonly kind: 'interaction'; readonly interaction: SlackInteraction }
  | { readonly kind: 'command'; readonly command: SlackCommand }
  | { readonly kind: 'notification'; readonly notification: z.infer<typeof notification> };

export interface EncodedPayload {
  readonly body: Uint8Array;
  readonly contentType: string;
}

/**
 * Reads what Slack sends: JSON (events; everything in Socket Mode), a form with one field `payload` (buttons, shortcuts), or a plain form (slash commands).
 * Null for what no version of Slack sends.
 */
export function readPayload({ body, contentType }: EncodedPayload): SlackPayload | null {
  const fields = readFields(body, contentType);
  const one = <Value>(schema: z.ZodType<Value>) => schema.safeParse(fields).data;
  const asEnvelope = one(envelope);
  if (asEnvelope) return { kind: 'event', envelope: asEnvelope };
  const asInteraction = one(interaction);
  if (asInteraction) return { kind: 'interaction', interaction: asInteraction };
  const asCommand = one(command);
  if (asCommand) return { kind: 'command', command: asCommand };
  const asNotification = one(notification);
  return asNotification ? { kind: 'notification', notification: asNotification } : null;
}

/** A charset after the type is no reason to refuse it. */
const isForm = (contentType: string) => contentType.toLowerCase().startsWith('application/x-www-form-urlencoded');

function readFields(body: Uint8Array, contentType: string): unknown {
  const text = new TextDecoder().decode(body);
  if (!isForm(contentType)) return readJson(text);
  const form = new URLSearchParams(text);
  const payload = form.get('payload');
  return payload === null ? Object.fromEntries(form) : readJson(payload);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
