import type { Json } from './wire.ts';
import { fileJson, messageJson } from './wire.ts';
import { isDirect, type SlackChannel, type SlackMessage, type SlackWorld } from './world.ts';

/** Tells the app what happened, as events; only of channels that it is in. It has not asked for `message.im`. */
export interface EventAnnouncer {
  posted(message: SlackMessage): void;
  changed(message: SlackMessage, before: SlackMessage): void;
  deleted(message: SlackMessage): void;
  reaction(type: 'reaction_added' | 'reaction_removed', message: SlackMessage, user: string, name: string): void;
  /** Any other event, e.g. `channel_archive`. */
  event(event: Json): void;
}

export interface AnnounceOptions {
  readonly world: SlackWorld;
  /** Also what no person caused: `message_changed` when a reply lands or a link unfurls, `message_replied` without its subtype. */
  readonly noise: boolean;
  readonly serverUrl: () => string;
  readonly emit: (event: Json) => void;
}

export function createAnnouncer({ world, noise, serverUrl, emit }: AnnounceOptions): EventAnnouncer {
  const json = (message: SlackMessage): Json => messageJson(world, message, { withMetadata: false, serverUrl: serverUrl() });
  const channelOf = (message: SlackMessage): SlackChannel | undefined => world.channels.get(message.channel);
  const heard = (channel: SlackChannel | undefined): channel is SlackChannel =>
    channel?.members.has(world.app.userId) === true && !isDirect(channel);

  /** A message event about a message: hidden, with a `ts` of its own. */
  function hidden(channel: SlackChannel, subtype: string | null, fields: Json): void {
    const ts = world.nextTs(channel);
    const kind = subtype === null ? {} : { subtype };
    emit({ type: 'message', ...kind, hidden: true, channel: channel.id, channel_type: channelType(channel), ts, event_ts: ts, ...fields });
  }

  function replyNoise(channel: SlackChannel, reply: SlackMessage): void {
    const root = channel.messages.find((message) => message.ts === reply.threadTs);
    if (!root) return;
    const now = json(root);
    const { reply_count: _count, latest_reply: _latest, ...before } = now;
    hidden(channel, 'message_changed', { message: now, previous_message: before });
    // https://docs.slack.dev/reference/events/message/message_replied (read 2026-11-22): its subtype is missing over the Events API
    hidden(channel, null, { message: { ...now, replies: [{ user: reply.user, ts: reply.ts }] } });
  }

  return {
    posted(message) {
      const channel = channelOf(message);
      if (!heard(channel)) return;
      const event = { ...json(message), channel: channel.id, channel_type: channelType(channel), event_ts: message.ts };
      emit(event);
      if (message.text.includes(`<@${world.app.userId}>`) && message.botId === null) {
        const { channel_type: _type, subtype: _subtype, ...mention } = { subtype: undefined, ...event };
        emit({ ...mention, type: 'app_mention' });
      }
      for (const id of message.fileIds) {
        const file = world.files.get(id);
        if (file)
          emit({
            type: 'file_shared',
            file_id: id,
            user_id: message.user,
            file: { id: fileJson(world, file, '')['id'] },
            channel_id: channel.id,
            event_ts: message.ts,
          });
      }
      if (!noise) return;
      if (message.threadTs !== null) replyNoise(channel, message);
      const link = /<(https?:[^>|]+)/.exec(message.text)?.[1];
      if (link && message.botId === null) {
        const attachments = [{ id: 1, from_url: link, title: 'Unfurled', fallback: link }];
        hidden(channel, 'message_changed', { message: { ...json(message), attachments }, previous_message: json(message) });
      }
    },
    changed(message, before) {
      const channel = channelOf(message);
      if (heard(channel)) hidden(channel, 'message_changed', { message: json(message), previous_message: json(before) });
    },
    deleted(message) {
      const channel = channelOf(message);
      if (heard(channel)) hidden(channel, 'message_deleted', { deleted_ts: message.ts, previous_message: json(message) });
    },
    reaction(type, message, user, name) {
      const channel = channelOf(message);
      if (!heard(channel)) return;
      const item = { type: 'message', channel: channel.id, ts: message.ts };
      emit({ type, user, reaction: name, item, item_user: message.user, event_ts: eventTs(world) });
    },
    event: (event) => emit({ event_ts: eventTs(world), ...event }),
  };
}

const channelType = (channel: SlackChannel): string => (channel.isPrivate ? 'group' : 'channel');

/** For events that are no messages. */
const eventTs = (world: SlackWorld): string => `${Math.floor(world.now() / 1000)}.${String((world.now() % 1000) * 1000).padStart(6, '0')}`;
