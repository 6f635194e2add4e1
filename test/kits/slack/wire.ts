import type { SlackChannel, SlackFile, SlackMessage, SlackUser, SlackWorld } from './world.ts';
import { threadOf } from './world.ts';

/** JSON as Slack writes it, so far as the facts name the fields. */
export type Json = Readonly<Record<string, unknown>>;

interface WireOptions {
  readonly withMetadata?: boolean;
  /** Where files are served. */
  readonly serverUrl: string;
}

export function messageJson(world: SlackWorld, message: SlackMessage, { withMetadata = true, serverUrl }: WireOptions): Json {
  const channel = world.channels.get(message.channel);
  const replies = channel ? threadOf(channel, message.ts).filter((one) => one.ts !== message.ts) : [];
  const last = replies.at(-1);
  const root = message.threadTs ? channel?.messages.find((one) => one.ts === message.threadTs) : undefined;
  return {
    type: 'message',
    ...(message.fileIds.length > 0 ? { subtype: 'file_share' } : message.broadcast ? { subtype: 'thread_broadcast' } : {}),
    user: message.user,
    ts: message.ts,
    text: message.text,
    team: world.users.get(message.user)?.teamId ?? world.team.id,
    ...(message.botId ? { bot_id: message.botId, app_id: appOf(world, message.botId), bot_profile: botProfile(world, message.botId) } : {}),
    ...(message.clientMsgId ? { client_msg_id: message.clientMsgId } : {}),
    ...(message.blocks.length > 0 ? { blocks: message.blocks } : {}),
    ...(message.threadTs ? { thread_ts: message.threadTs, ...(root ? { parent_user_id: root.user } : {}) } : {}),
    ...(last ? { thread_ts: message.ts, reply_count: replies.length, latest_reply: last.ts } : {}),
    ...(message.fileIds.length > 0 ? { files: filesOf(world, message, serverUrl), upload: false, display_as_bot: false } : {}),
    ...(message.edited ? { edited: message.edited } : {}),
    ...(message.reactions.length > 0 ? { reactions: reactionsJson(message) } : {}),
    ...(withMetadata && message.metadata ? { metadata: message.metadata } : {}),
  };
}

const appOf = (world: SlackWorld, botId: string): string => (botId === world.app.botId ? world.app.id : `A${botId.slice(1)}`);

const botProfile = (world: SlackWorld, botId: string): Json => ({
  id: botId,
  app_id: appOf(world, botId),
  name: botId === world.app.botId ? world.app.name : botId.toLowerCase(),
  deleted: false,
  team_id: world.team.id,
});

export const reactionsJson = (message: SlackMessage): Json[] =>
  message.reactions.map(({ name, users }) => ({ name, users: [...users], count: users.length }));

const filesOf = (world: SlackWorld, message: SlackMessage, serverUrl: string): Json[] =>
  message.fileIds.flatMap((id) => {
    const file = world.files.get(id);
    return file ? [fileJson(world, file, serverUrl)] : [];
  });

export function fileJson(world: SlackWorld, file: SlackFile, serverUrl: string): Json {
  const path = `${world.team.id}-${file.id}`;
  return {
    id: file.id,
    created: file.created,
    timestamp: file.created,
    name: file.name,
    title: file.title,
    mimetype: file.mimeType,
    filetype: file.mimeType.split('/')[1] ?? 'binary',
    user: file.user,
    mode: 'hosted',
    size: file.bytes?.length ?? 0,
    is_external: false,
    url_private: `${serverUrl}/files-pri/${path}/${encodeURIComponent(file.name)}`,
    url_private_download: `${serverUrl}/files-pri/${path}/download/${encodeURIComponent(file.name)}`,
    permalink: `https://${world.team.domain}.slack.com/files/${file.user}/${file.id}/${encodeURIComponent(file.name)}`,
    channels: [...new Set(file.shares.map((share) => share.channel))],
    shares: sharesJson(world, file),
  };
}

function sharesJson(world: SlackWorld, file: SlackFile): Json {
  const shares: Record<'public' | 'private', Record<string, Json[]>> = { public: {}, private: {} };
  for (const { channel, ts, threadTs } of file.shares) {
    const place = shares[world.channels.get(channel)?.isPrivate ? 'private' : 'public'];
    place[channel] = [...(place[channel] ?? []), { ts, channel_name: channel, ...(threadTs ? { thread_ts: threadTs } : {}) }];
  }
  return Object.fromEntries(Object.entries(shares).filter(([, places]) => Object.keys(places).length > 0));
}

export function channelJson(world: SlackWorld, channel: SlackChannel): Json {
  return {
    id: channel.id,
    name: channel.name,
    is_channel: !channel.isPrivate,
    is_group: channel.isPrivate,
    is_private: channel.isPrivate,
    is_im: false,
    is_archived: channel.archived,
    is_member: channel.members.has(world.app.userId),
    is_ext_shared: false,
    num_members: channel.members.size,
  };
}

export function userJson(world: SlackWorld, user: SlackUser, { withEmail, withLocale }: { withEmail: boolean; withLocale: boolean }): Json {
  return {
    id: user.id,
    team_id: user.teamId,
    name: user.name,
    real_name: user.name,
    deleted: false,
    is_bot: user.kind === 'bot',
    is_app_user: false,
    is_restricted: user.kind === 'guest' || user.kind === 'single-channel-guest',
    is_ultra_restricted: user.kind === 'single-channel-guest',
    ...(user.kind === 'stranger' ? { is_stranger: true } : {}),
    ...(withLocale ? { locale: user.locale } : {}),
    profile: {
      real_name: user.name,
      display_name: user.name,
      team: user.teamId,
      ...(withEmail && user.email ? { email: user.email } : {}),
      ...(user.kind === 'bot' && user.id === world.app.userId ? { bot_id: world.app.botId, api_app_id: world.app.id } : {}),
    },
  };
}
