import { defaultConnection } from '../../src/core/settings.ts';
import { text } from '../../src/core/texts/index.ts';
import type { ManifestOptions } from '../bot.ts';
import { actionIdPrefix } from './names.ts';

/** What the bot's token must be allowed, by what it is for. https://docs.slack.dev/reference/scopes (2026-11-22) */
export const botScopes = {
  post: ['chat:write'],
  receive: ['channels:history', 'groups:history', 'channels:read', 'groups:read', 'app_mentions:read'],
  files: ['files:read', 'files:write'],
  marks: ['reactions:write'],
  emoji: ['reactions:read'],
  people: ['users:read', 'users:read.email'],
  commands: ['commands'],
  direct: ['im:write'],
} as const;

const botEvents = [
  'message.channels',
  'message.groups',
  'app_mention',
  'reaction_added',
  'reaction_removed',
  'app_home_opened',
  'member_joined_channel',
  'member_left_channel',
  'channel_archive',
  'channel_unarchive',
  'channel_deleted',
  'channel_left',
  'channel_rename',
  'group_archive',
  'group_unarchive',
  'group_deleted',
  'group_left',
  'app_uninstalled',
  'tokens_revoked',
];

/**
 * The manifest of an operator's own app, ready to be pasted at https://api.slack.com/apps. An app made this way is internal to its workspace and keeps
 * the ordinary limit of reading threads. @see https://docs.slack.dev/reference/app-manifest (2026-11-22)
 */
export function slackManifest({ publicUrl, connection, name, socketMode }: ManifestOptions) {
  const path = connection === defaultConnection ? '/bots/slack/events' : `/bots/slack/${connection}/events`;
  const requestUrl = socketMode || publicUrl === null ? {} : { request_url: new URL(path, publicUrl).href };
  const commandUrl = 'request_url' in requestUrl ? { url: requestUrl.request_url } : {};
  return {
    _metadata: { major_version: 2, minor_version: 1 },
    display_information: { name: name.slice(0, 35), description: text('en', 'app.description') },
    features: {
      app_home: { home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: false },
      bot_user: { display_name: name.slice(0, 80), always_online: true },
      slash_commands: [{ command: '/tm', description: text('en', 'app.command'), usage_hint: 'help', should_escape: true, ...commandUrl }],
      shortcuts: [shortcut('template'), shortcut('note')],
    },
    oauth_config: { scopes: { bot: Object.values(botScopes).flat() } },
    settings: {
      event_subscriptions: { ...requestUrl, bot_events: botEvents },
      interactivity: { is_enabled: true, ...requestUrl },
      org_deploy_enabled: false,
      socket_mode_enabled: socketMode,
      token_rotation_enabled: false,
    },
  };
}

const shortcut = (form: 'template' | 'note') => ({
  name: text('en', `app.shortcut-${form}`),
  type: 'message' as const,
  callback_id: `${actionIdPrefix}${form}`,
  description: text('en', `app.shortcut-${form}-hint`),
});
