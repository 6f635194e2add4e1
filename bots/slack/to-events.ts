import type { RawEvent } from '../../src/core/connector.ts';
import { threadActionNames } from '../../src/core/thread.ts';
import type { ChatEvent, ChatFile } from '../bot.ts';
import { commandIn, formOf, placeOf } from './asks.ts';
import { fieldsOf } from './forms.ts';
import { fromMarkup } from './markup.ts';
import { actionIdPrefix } from './names.ts';
import type { SlackEnvelope, SlackEvent, SlackFile, SlackInteraction, SlackMessage } from './payloads.ts';
import { readPayload } from './payloads.ts';

/** One stored payload -> what happened. Pure: who "we" are is written in each envelope. */
export function toEvents(raw: RawEvent): ChatEvent[] {
  const payload = readPayload(raw);
  switch (payload?.kind) {
    case 'event':
      return [toEvent(payload.envelope)];
    case 'interaction':
      return toInteractions(payload.interaction, raw.receivedAt);
    case 'command': {
      const asked = commandIn(payload.command);
      return [asked ? { ...asked, at: raw.receivedAt } : { kind: 'unknown', type: 'slash_command' }];
    }
    case 'notification':
      return [{ kind: 'unknown', type: payload.notification.type }];
    case undefined:
      throw new Error('the stored body is none that Slack sends');
  }
}

function toEvent(envelope: SlackEnvelope): ChatEvent {
  const { event } = envelope;
  switch (event.type) {
    case 'message':
    case 'app_mention':
      return toMessageEvent(envelope);
    case 'tokens_revoked':
      return event.tokens?.bot?.length ? { kind: 'connection-lost', reason: 'revoked' } : unknown(event);
    case 'app_uninstalled':
      return { kind: 'connection-lost', reason: 'uninstalled' };
    case 'reaction_added':
    case 'reaction_removed':
      return toReaction(envelope);
    default:
      return toChannelEvent(envelope);
  }
}

function toChannelEvent(envelope: SlackEnvelope): ChatEvent {
  const { event } = envelope;
  const channelId = event.channel;
  if (!channelId) return unknown(event);
  switch (event.type) {
    case 'channel_archive':
    case 'group_archive':
      return { kind: 'channel-lost', channelId, reason: 'archived' };
    case 'channel_deleted':
    case 'group_deleted':
      return { kind: 'channel-lost', channelId, reason: 'deleted' };
    case 'channel_left':
    case 'group_left':
      return { kind: 'channel-lost', channelId, reason: 'bot-removed' };
    case 'channel_unarchive':
    case 'group_unarchive':
      return { kind: 'channel-back', channelId };
    case 'member_left_channel':
      return isOurBot(envelope, event.user) ? { kind: 'channel-lost', channelId, reason: 'bot-removed' } : unknown(event);
    case 'member_joined_channel':
      return isOurBot(envelope, event.user) ? { kind: 'channel-back', channelId } : unknown(event);
    default:
      return unknown(event);
  }
}

function toReaction(envelope: SlackEnvelope): ChatEvent {
  const { event } = envelope;
  const { item, reaction, user } = event;
  if (item?.type !== 'message' || !reaction || !user || isOurBot(envelope, user)) return unknown(event);
  return {
    kind: 'reaction',
    // `+1::skin-tone-3` means what `+1` does.
    name: reaction.split('::')[0] ?? reaction,
    added: event.type === 'reaction_added',
    userId: user,
    post: { channelId: item.channel, messageId: item.ts },
    at: timeOf(event.event_ts ?? item.ts),
  };
}

const unknown = ({ type, subtype }: SlackEvent): ChatEvent => ({ kind: 'unknown', type: subtype ? `${type}.${subtype}` : type });

/** `thread_broadcast` is a reply that is also shown in the channel: one message. `bot_message` is kept so that it can be dropped by its author. */
const messageSubtypes = new Set([undefined, null, 'file_share', 'thread_broadcast', 'bot_message']);

function toMessageEvent(envelope: SlackEnvelope): ChatEvent {
  const { event } = envelope;
  const { channel: channelId, ts } = event;
  if (!channelId) return unknown(event);
  if (event.subtype === 'message_changed') return toEdit(envelope, channelId);
  if (event.subtype === 'message_deleted') return toDelete(envelope, channelId, event.deleted_ts ?? event.previous_message?.ts, event);
  // Slack also hints that a thread has grown, and may leave out the subtype that says so; the reply itself comes apart.
  if (!messageSubtypes.has(event.subtype) || event.message || !ts) return unknown(event);
  // A reply that came without its thread: reading the thread back will bring it again, complete.
  if (event.parent_user_id && !event.thread_ts) return { kind: 'unknown', type: 'message.without_thread' };
  return {
    kind: 'message',
    post: { channelId, messageId: ts },
    rootId: rootOf(event),
    author: authorOf(envelope, event),
    fromSelf: isSelf(envelope, event),
    ...fromMarkup(event.text ?? '', selfIds(envelope)),
    files: (event.files ?? []).map(toFile),
    sentAt: timeOf(ts),
    order: ts,
  };
}

/** Slack sends `message_changed` for much that is no edit: a reply below, a preview that unfolds. Only other words, or a new mark of an edit, count. */
function toEdit(envelope: SlackEnvelope, channelId: string): ChatEvent {
  const { event } = envelope;
  const { message, previous_message: previous } = event;
  if (!message?.ts) return unknown(event);
  // A message with replies below leaves a tombstone when it is deleted.
  if (message.subtype === 'tombstone') return toDelete(envelope, channelId, message.ts, event);
  const otherWords = previous != null && previous.text !== message.text;
  const newlyEdited = message.edited != null && message.edited.ts !== previous?.edited?.ts;
  if (!otherWords && !newlyEdited) return { kind: 'unknown', type: 'message.message_changed' };
  return {
    kind: 'edit',
    post: { channelId, messageId: message.ts },
    rootId: rootOf(message),
    author: authorOf(envelope, message),
    fromSelf: isSelf(envelope, message),
    ...fromMarkup(message.text ?? '', selfIds(envelope)),
    editedAt: timeOf(message.edited?.ts ?? event.event_ts ?? event.ts ?? message.ts),
    sentAt: timeOf(message.ts),
    order: message.ts,
  };
}

function toDelete(envelope: SlackEnvelope, channelId: string, deletedTs: string | null | undefined, event: SlackEvent): ChatEvent {
  if (!deletedTs) return unknown(event);
  const previous = event.previous_message;
  return {
    kind: 'delete',
    post: { channelId, messageId: deletedTs },
    rootId: previous ? rootOf(previous) : null,
    fromSelf: previous ? isSelf(envelope, previous) : false,
    deletedAt: timeOf(event.event_ts ?? event.ts ?? deletedTs),
  };
}

function toInteractions(interaction: SlackInteraction, receivedAt: Date): ChatEvent[] {
  switch (interaction.type) {
    case 'block_actions':
      return toActions(interaction, receivedAt);
    case 'message_action':
      return [toShortcut(interaction, receivedAt)];
    case 'view_submission':
      return [toForm(interaction, receivedAt)];
    case 'shortcut':
    case 'view_closed':
    case 'block_suggestion':
    case 'interactive_message':
      return [{ kind: 'unknown', type: interaction.type }];
  }
}

function toActions(interaction: SlackInteraction, receivedAt: Date): ChatEvent[] {
  const { post, rootId } = placeOf(interaction);
  return (interaction.actions ?? []).map(({ action_id, value, action_ts }) => {
    const action = threadActionNames.find((name) => action_id === `${actionIdPrefix}${name}`);
    if (!action) return { kind: 'unknown', type: 'block_actions' };
    return {
      ...{ kind: 'action', action, value: value ?? '', userId: interaction.user.id, post, rootId },
      at: momentOf(action_ts, receivedAt),
    };
  });
}

function toShortcut(interaction: SlackInteraction, receivedAt: Date): ChatEvent {
  const { post, rootId } = placeOf(interaction);
  const name = formOf(interaction.callback_id);
  if (!name || !post) return { kind: 'unknown', type: 'message_action' };
  return { kind: 'shortcut', name, userId: interaction.user.id, post, rootId, at: momentOf(interaction.action_ts, receivedAt) };
}

function toForm({ user, view }: SlackInteraction, receivedAt: Date): ChatEvent {
  const form = formOf(view?.callback_id);
  if (!form || !view) return { kind: 'unknown', type: 'view_submission' };
  return { kind: 'form', form, values: fieldsOf(view), context: view.private_metadata ?? '', userId: user.id, at: receivedAt };
}

const momentOf = (ts: string | null | undefined, receivedAt: Date): Date => (ts && Number(ts) > 0 ? timeOf(ts) : receivedAt);

function toFile(file: SlackFile): ChatFile {
  // What is gone, or (in a shared channel) must be asked for, has no address; the name still says that there was something.
  const gone = file.mode === 'tombstone' || file.mode === 'hidden_by_limit';
  return {
    fileId: file.id,
    url: gone ? '' : (file.url_private_download ?? file.url_private ?? ''),
    name: file.name ?? file.title ?? file.id,
    mimeType: file.mimetype ?? '',
    bytes: file.size ?? 0,
  };
}

/** A root that has replies carries its own `ts` as thread; it is still a message of the channel. */
const rootOf = ({ ts, thread_ts }: SlackMessage): string | null => (thread_ts && thread_ts !== ts ? thread_ts : null);

const timeOf = (ts: string): Date => new Date(Math.floor(Number(ts) * 1_000));

const selfIds = ({ authorizations }: SlackEnvelope): string[] =>
  (authorizations ?? []).flatMap(({ user_id, is_bot }) => (user_id && is_bot !== false ? [user_id] : []));

const isOurBot = (envelope: SlackEnvelope, userId: string | null | undefined): boolean =>
  userId != null && selfIds(envelope).includes(userId);

function isSelf(envelope: SlackEnvelope, message: SlackMessage): boolean {
  const appId = message.app_id ?? message.bot_profile?.app_id;
  return isOurBot(envelope, message.user) || (appId != null && appId === envelope.api_app_id);
}

/** A message of ours, or anything that happens to one: each of our posts comes back as an event, and so does each reply below it; and our own marks. */
export function isOwn(envelope: SlackEnvelope): boolean {
  const { event } = envelope;
  if (event.type === 'reaction_added' || event.type === 'reaction_removed') return isOurBot(envelope, event.user);
  if (event.type !== 'message') return false;
  return isSelf(envelope, event.message ?? event.previous_message ?? event);
}

function authorOf(envelope: SlackEnvelope, message: SlackMessage): { readonly userId: string; readonly kind: 'person' | 'bot' } {
  const isBot =
    message.bot_id != null ||
    message.bot_profile != null ||
    message.subtype === 'bot_message' ||
    message.user === 'USLACKBOT' ||
    message.user == null ||
    isSelf(envelope, message);
  return { userId: message.user ?? message.bot_id ?? '', kind: isBot ? 'bot' : 'person' };
}
