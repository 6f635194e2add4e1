/** What a Slack workspace holds, as its Web API and events name it. One workspace, one app. */

export interface SlackUser {
  readonly id: string;
  /** Differs from the workspace's own for people of Slack Connect. */
  readonly teamId: string;
  readonly name: string;
  readonly email: string | null;
  readonly locale: string;
  readonly kind: 'member' | 'guest' | 'single-channel-guest' | 'stranger' | 'bot';
}

export interface SlackChannel {
  readonly id: string;
  readonly name: string;
  readonly isPrivate: boolean;
  readonly members: Set<string>;
  /** Deleted messages stay, marked, so that the far-end log can tell of them. */
  readonly messages: SlackMessage[];
  archived: boolean;
  lastMicros: number;
}

export interface SlackFile {
  readonly id: string;
  readonly name: string;
  readonly mimeType: string;
  readonly user: string;
  readonly created: number;
  bytes: Buffer | null;
  title: string;
  /** False until `files.completeUploadExternal`. */
  complete: boolean;
  readonly shares: { readonly channel: string; readonly ts: string; readonly threadTs: string | null }[];
}

export type Block = { readonly type: string } & Readonly<Record<string, unknown>>;

export interface SlackMessage {
  readonly channel: string;
  readonly ts: string;
  readonly threadTs: string | null;
  readonly user: string;
  readonly botId: string | null;
  readonly clientMsgId: string | null;
  readonly broadcast: boolean;
  readonly fileIds: readonly string[];
  readonly reactions: { readonly name: string; readonly users: string[] }[];
  text: string;
  /** False: `mrkdwn: false` was asked for. */
  mrkdwn: boolean;
  blocks: readonly Block[];
  metadata: { readonly event_type: string; readonly event_payload: Readonly<Record<string, unknown>> } | null;
  edited: { readonly user: string; readonly ts: string } | null;
  deleted: boolean;
}

export interface SlackWorld {
  readonly team: { readonly id: string; readonly domain: string };
  readonly app: { readonly id: string; readonly userId: string; readonly botId: string; readonly name: string };
  readonly channels: Map<string, SlackChannel>;
  readonly users: Map<string, SlackUser>;
  readonly files: Map<string, SlackFile>;
  readonly now: () => number;
  nextId(prefix: string): string;
  /** Unique in its channel and strictly rising: seconds, and six digits. */
  nextTs(channel: SlackChannel): string;
  addChannel(id: string, options?: { readonly name?: string; readonly isPrivate?: boolean; readonly withBot?: boolean }): SlackChannel;
  addUser(user: Partial<SlackUser> & { readonly id: string }): SlackUser;
  message(channelId: string, ts: string): SlackMessage | undefined;
  addMessage(channel: SlackChannel, message: NewMessage): SlackMessage;
}

export type NewMessage = Pick<SlackMessage, 'user' | 'text'> &
  Partial<Pick<SlackMessage, 'threadTs' | 'botId' | 'clientMsgId' | 'broadcast' | 'fileIds' | 'mrkdwn' | 'blocks' | 'metadata'>>;

export function createWorld(now: () => number): SlackWorld {
  const channels = new Map<string, SlackChannel>();
  const users = new Map<string, SlackUser>();
  const files = new Map<string, SlackFile>();
  const team = { id: 'T0THREAD', domain: 'lamp-house' };
  const app = { id: 'A0THREAD', userId: 'U0THREADBOT', botId: 'B0THREAD', name: 'threadmart' };
  let ids = 0;

  const world: SlackWorld = {
    team,
    app,
    channels,
    users,
    files,
    now,
    nextId(prefix) {
      ids += 1;
      return `${prefix}${ids.toString(36).toUpperCase().padStart(9, '0')}`;
    },
    nextTs(channel) {
      channel.lastMicros = Math.max(now() * 1000, channel.lastMicros) + 100;
      return `${Math.floor(channel.lastMicros / 1e6)}.${String(channel.lastMicros % 1e6).padStart(6, '0')}`;
    },
    addChannel(id, { name = id.toLowerCase(), isPrivate = false, withBot = true } = {}) {
      const members = new Set(withBot ? [app.userId] : []);
      const channel: SlackChannel = { id, name, isPrivate, members, messages: [], archived: false, lastMicros: 0 };
      channels.set(id, channel);
      return channel;
    },
    addUser({ id, teamId = team.id, name = id.toLowerCase(), email = `${name}@example.com`, locale = 'en-US', kind = 'member' }) {
      const user: SlackUser = { id, teamId, name, email, locale, kind };
      users.set(id, user);
      return user;
    },
    message: (channelId, ts) => channels.get(channelId)?.messages.find((message) => message.ts === ts && !message.deleted),
    addMessage(channel, fresh) {
      const ts = world.nextTs(channel);
      const message: SlackMessage = {
        channel: channel.id,
        ts,
        threadTs: null,
        botId: null,
        clientMsgId: null,
        broadcast: false,
        fileIds: [],
        mrkdwn: true,
        blocks: [],
        metadata: null,
        ...fresh,
        reactions: [],
        edited: null,
        deleted: false,
      };
      channel.messages.push(message);
      for (const id of message.fileIds) files.get(id)?.shares.push({ channel: channel.id, ts, threadTs: message.threadTs });
      return message;
    },
  };
  world.addUser({ id: app.userId, name: app.name, email: null, kind: 'bot' });
  return world;
}

/** The thread's messages, oldest first, the root among them. */
export function threadOf(channel: SlackChannel, rootTs: string): SlackMessage[] {
  return channel.messages.filter((message) => !message.deleted && (message.ts === rootTs || message.threadTs === rootTs));
}

/** A conversation of the app with one person. */
export const isDirect = ({ id }: SlackChannel): boolean => id.startsWith('D');

/** The one with this person; undefined: none was opened. */
export const directChannel = (world: SlackWorld, user: string): SlackChannel | undefined =>
  [...world.channels.values()].find((channel) => isDirect(channel) && channel.members.has(user));
