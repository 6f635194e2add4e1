import type { ApiContext, ApiMethod, Args } from './context.ts';
import { visibleChannel } from './context.ts';
import { SlackRefusal } from './refusal.ts';
import type { Json } from './wire.ts';
import { channelJson, fileJson, messageJson, userJson } from './wire.ts';
import type { SlackMessage } from './world.ts';
import { isDirect, threadOf } from './world.ts';

const history = ['channels:history', 'groups:history'];
const read = ['channels:read', 'groups:read'];

/** Reading. @see https://docs.slack.dev/reference/methods (read 2026-11-22) */
export const readMethods: Readonly<Record<string, ApiMethod>> = {
  'auth.test': {
    scopes: [],
    run: (_args, { world }) => ({
      url: `https://${world.team.domain}.slack.com/`,
      team: world.team.domain,
      team_id: world.team.id,
      user: world.app.name,
      user_id: world.app.userId,
      bot_id: world.app.botId,
      is_enterprise_install: false,
    }),
  },
  'apps.connections.open': {
    scopes: ['connections:write'],
    token: 'app',
    run: (_args, { socket, serverUrl }) => ({ url: `${serverUrl().replace('http', 'ws')}${socket.ticketPath()}` }),
  },
  'conversations.replies': {
    scopes: history,
    run(args, context) {
      const channel = visibleChannel(context, args.need('channel'));
      memberOnly(context, channel.id);
      const ts = args.need('ts');
      const root = context.world.message(channel.id, ts);
      if (!root) throw new SlackRefusal('thread_not_found');
      const replies = threadOf(channel, ts)
        .filter((message) => message.ts !== ts && inRange(message, args))
        .sort(byTs);
      const { page, ...rest } = paged(replies, args, 1000);
      return { messages: [root, ...page].map((message) => listed(message, args, context)), ...rest };
    },
  },
  'conversations.history': {
    scopes: history,
    run(args, context) {
      const channel = visibleChannel(context, args.need('channel'));
      memberOnly(context, channel.id);
      const messages = channel.messages
        .filter((message) => !message.deleted && (message.threadTs === null || message.broadcast) && inRange(message, args))
        .sort((one, other) => byTs(other, one));
      const { page, ...rest } = paged(messages, args, 100);
      return { messages: page.map((message) => listed(message, args, context)), ...rest };
    },
  },
  'conversations.info': {
    scopes: read,
    run: (args, context) => ({ channel: channelJson(context.world, visibleChannel(context, args.need('channel'))) }),
  },
  'conversations.members': {
    scopes: read,
    run(args, context) {
      const { page, response_metadata } = paged([...visibleChannel(context, args.need('channel')).members], args, 100);
      return { members: page, response_metadata };
    },
  },
  'conversations.list': {
    scopes: read,
    run(args, context) {
      const types = (args.get('types') ?? 'public_channel').split(',');
      const seen = [...context.world.channels.values()].filter(
        (channel) =>
          !isDirect(channel) &&
          types.includes(channel.isPrivate ? 'private_channel' : 'public_channel') &&
          !(channel.isPrivate && !channel.members.has(context.world.app.userId)) &&
          !(channel.archived && args.flag('exclude_archived')),
      );
      const { page, response_metadata } = paged(seen, args, 100);
      return { channels: page.map((channel) => channelJson(context.world, channel)), response_metadata };
    },
  },
  'users.info': {
    scopes: ['users:read'],
    run(args, context) {
      const user = context.world.users.get(args.need('user'));
      if (!user) throw new SlackRefusal('user_not_found');
      return {
        user: userJson(context.world, user, { withEmail: context.scopes.has('users:read.email'), withLocale: args.flag('include_locale') }),
      };
    },
  },
  'files.info': {
    scopes: ['files:read'],
    run(args, context) {
      const file = context.world.files.get(args.need('file'));
      if (!file?.complete) throw new SlackRefusal('file_not_found');
      return { file: fileJson(context.world, file, context.serverUrl()) };
    },
  },
};

function memberOnly(context: ApiContext, channelId: string): void {
  if (!context.world.channels.get(channelId)?.members.has(context.world.app.userId)) throw new SlackRefusal('not_in_channel');
}

/** All `ts` have ten digits before the dot and six after it, so they compare as strings. */
const byTs = (one: SlackMessage, other: SlackMessage): number => (one.ts < other.ts ? -1 : 1);

/** `oldest` and `latest` may be whole seconds or have fewer digits. */
const padded = (ts: string): string => {
  const [seconds = '0', fraction = ''] = ts.split('.');
  return `${seconds.padStart(10, '0')}.${fraction.padEnd(6, '0')}`;
};

function inRange({ ts }: SlackMessage, args: Args): boolean {
  const inclusive = args.flag('inclusive');
  const oldest = padded(args.get('oldest') ?? '0');
  const latest = padded(args.get('latest') ?? '9999999999');
  return inclusive ? ts >= oldest && ts <= latest : ts > oldest && ts < latest;
}

function listed(message: SlackMessage, args: Args, context: ApiContext): Json {
  return messageJson(context.world, message, { withMetadata: args.flag('include_all_metadata'), serverUrl: context.serverUrl() });
}

function paged<Item>(items: readonly Item[], args: Args, fallback: number) {
  const limit = Math.min(Math.max(1, args.number('limit', fallback)), 1000);
  const cursor = args.get('cursor');
  const from = cursor === null ? 0 : Number(Buffer.from(cursor, 'base64').toString().replace('next:', ''));
  if (!Number.isSafeInteger(from)) throw new SlackRefusal('invalid_cursor');
  const next = from + limit < items.length ? Buffer.from(`next:${from + limit}`).toString('base64') : '';
  return { page: items.slice(from, from + limit), has_more: next !== '', response_metadata: { next_cursor: next } };
}
