import { type BlockButton, buttonsIn } from './blocks.ts';
import type { ApiContext } from './context.ts';
import { type FarForm, farForm, formState } from './forms.ts';
import { addFile } from './methods-files.ts';
import { responseUrl } from './private.ts';
import type { AppAnswer } from './push.ts';
import { typed } from './render.ts';
import type { Json } from './wire.ts';
import { messageJson } from './wire.ts';
import type { Block, SlackChannel, SlackMessage } from './world.ts';

interface PersonFile {
  readonly name: string;
  readonly mimeType: string;
  readonly bytes: Uint8Array;
}

/** What people do in the workspace. Each tells the app through events, or as an interaction that the app answers. */
export interface SlackPeople {
  /** `text` as typed; tokens such as `<@U1>` stand for what was picked from a list. */
  personPosts(
    user: string,
    channelId: string,
    threadTs: string | null,
    text: string,
    options?: { readonly files?: readonly PersonFile[]; readonly broadcast?: boolean },
  ): SlackMessage;
  /** Another app posts. */
  otherBotPosts(user: string, channelId: string, threadTs: string | null, text: string): SlackMessage;
  personEdits(channelId: string, ts: string, text: string): void;
  personDeletes(channelId: string, ts: string): void;
  /** `name` with its skin tone, if it has one: `+1::skin-tone-3`. */
  personReacts(user: string, channelId: string, ts: string, name: string): void;
  personUnreacts(user: string, channelId: string, ts: string, name: string): void;
  /** `button`: its action id or its label. Throws when the message has no such button. */
  pressButton(user: string, channelId: string, ts: string, button: string): Promise<AppAnswer | null>;
  /** The same on what this person alone was shown last. */
  pressPrivate(user: string, button: string): Promise<AppAnswer | null>;
  useShortcut(user: string, channelId: string, ts: string, callbackId: string): Promise<AppAnswer | null>;
  useCommand(user: string, channelId: string, command: string, text: string): Promise<AppAnswer | null>;
  /** The forms that this person has open, the newest last. */
  formsOf(user: string): FarForm[];
  /** Submits the newest one; `filled` by label, of a list the label that is chosen. It closes once the app has taken it. */
  submitForm(user: string, filled: Readonly<Record<string, string>>): Promise<AppAnswer | null>;
  archive(channelId: string): void;
  unarchive(channelId: string): void;
  deleteChannel(channelId: string): void;
  removeBot(channelId: string): void;
  addBot(channelId: string): void;
}

export interface PeopleOptions {
  readonly context: ApiContext;
  /** Seconds of the platform during which a trigger id is good; real time, as people's clicks are. */
  readonly interaction: (kind: 'interactive' | 'slash_commands', payload: Json) => Promise<AppAnswer | null>;
}

/** @see https://docs.slack.dev/interactivity/handling-user-interaction: a trigger id expires after 3 s */
const triggerMs = 3000;

export function createPeople({ context, interaction }: PeopleOptions): SlackPeople {
  const { world, announce } = context;

  /** Where somebody does something, there they are. */
  function channelWith(user: string, id: string): SlackChannel {
    const channel = channelOf(id);
    channel.members.add(user);
    return channel;
  }

  function channelOf(id: string): SlackChannel {
    const channel = world.channels.get(id);
    if (!channel) throw new Error(`the fake has no channel ${id}`);
    return channel;
  }

  function messageOf(channelId: string, ts: string): SlackMessage {
    const message = world.message(channelId, ts);
    if (!message) throw new Error(`the fake has no message ${ts} in ${channelId}`);
    return message;
  }

  function trigger(user: string): string {
    const id = `${world.nextId('')}.${world.team.id}`;
    context.triggers.set(id, { user, until: world.now() + triggerMs, used: false });
    return id;
  }

  function pressed(user: string, button: BlockButton | undefined, wanted: string, where: Json): Promise<AppAnswer | null> {
    if (!button) throw new Error(`the message has no button ${wanted}`);
    return interaction('interactive', {
      type: 'block_actions',
      ...common(user),
      ...where,
      state: { values: {} },
      actions: [
        {
          type: 'button',
          block_id: button.blockId,
          action_id: button.actionId,
          text: { type: 'plain_text', text: button.label, emoji: true },
          ...(button.value === '' ? {} : { value: button.value }),
          ...(button.style ? { style: button.style } : {}),
          action_ts: actionTs(),
        },
      ],
    });
  }

  const who = (user: string): Json => ({ id: user, username: world.users.get(user)?.name ?? user, name: user, team_id: world.team.id });
  const common = (user: string): Json => ({
    team: world.team,
    user: who(user),
    api_app_id: world.app.id,
    token: 'verification-token',
    trigger_id: trigger(user),
    enterprise: null,
    is_enterprise_install: false,
  });
  const place = (channel: SlackChannel): Json => ({ id: channel.id, name: channel.name });
  const actionTs = (): string => `${Math.floor(world.now() / 1000)}.${String(world.nextId('').length).padStart(6, '0')}`;

  function post(
    user: string,
    botId: string | null,
    channelId: string,
    threadTs: string | null,
    text: string,
    extra: object = {},
  ): SlackMessage {
    const channel = channelWith(user, channelId);
    const clientMsgId = botId === null ? `00000000-0000-4000-8000-${world.nextId('').padStart(12, '0').toLowerCase()}` : null;
    const message = world.addMessage(channel, { user, botId, threadTs, text: typed(text), clientMsgId, ...extra });
    announce.posted(message);
    return message;
  }

  function channelEvent(channel: SlackChannel, type: string, extra: Json = {}): void {
    announce.event({ type: channel.isPrivate ? type.replace('channel_', 'group_') : type, channel: channel.id, ...extra });
  }

  const viewsOf = (user: string) => [...context.views.values()].filter((view) => view.user === user);
  const someone = (): string => [...world.users.values()].find((user) => user.kind === 'member')?.id ?? 'USLACKBOT';

  return {
    personPosts(user, channelId, threadTs, text, { files = [], broadcast = false } = {}) {
      const fileIds = files.map(({ name, mimeType, bytes }) => {
        const file = addFile(context, { name, mimeType, user });
        file.bytes = Buffer.from(bytes);
        file.complete = true;
        return file.id;
      });
      return post(user, null, channelId, threadTs, text, { fileIds, broadcast });
    },
    otherBotPosts: (user, channelId, threadTs, text) => post(user, 'B0OTHER', channelId, threadTs, text),
    personEdits(channelId, ts, text) {
      const message = messageOf(channelId, ts);
      const before = { ...message };
      message.text = typed(text);
      message.edited = { user: message.user, ts: world.nextTs(channelOf(channelId)) };
      announce.changed(message, before);
    },
    personDeletes(channelId, ts) {
      const message = messageOf(channelId, ts);
      message.deleted = true;
      announce.deleted(message);
    },
    personReacts(user, channelId, ts, name) {
      const message = messageOf(channelId, ts);
      const reaction = message.reactions.find((one) => one.name === name);
      if (reaction) reaction.users.push(user);
      else message.reactions.push({ name, users: [user] });
      announce.reaction('reaction_added', message, user, name);
    },
    personUnreacts(user, channelId, ts, name) {
      const message = messageOf(channelId, ts);
      const reaction = message.reactions.find((one) => one.name === name && one.users.includes(user));
      if (!reaction) throw new Error(`${user} has set no ${name}`);
      reaction.users.splice(reaction.users.indexOf(user), 1);
      if (reaction.users.length === 0) message.reactions.splice(message.reactions.indexOf(reaction), 1);
      announce.reaction('reaction_removed', message, user, name);
    },
    async pressButton(user, channelId, ts, wanted) {
      const channel = channelWith(user, channelId);
      const message = messageOf(channelId, ts);
      return pressed(user, findButton(message.blocks, wanted), wanted, {
        container: { type: 'message', message_ts: ts, channel_id: channelId, is_ephemeral: false, ...threadField(message) },
        channel: place(channel),
        message: messageJson(world, message, { withMetadata: false, serverUrl: context.serverUrl() }),
        response_url: responseUrl(context, { channel: channelId, user, threadTs: message.threadTs }),
      });
    },
    async pressPrivate(user, wanted) {
      const shown = context.ephemerals.findLast((one) => one.user === user);
      if (!shown) throw new Error(`nothing was shown to ${user} alone`);
      const { channel, ts, threadTs, blocks } = shown;
      // It comes without its message, and nothing says that its thread is named.
      return pressed(user, findButton(blocks, wanted), wanted, {
        container: { type: 'message', message_ts: ts, channel_id: channel, is_ephemeral: true },
        channel: place(channelOf(channel)),
        response_url: responseUrl(context, { channel, user, threadTs }),
      });
    },
    async useShortcut(user, channelId, ts, callbackId) {
      const message = messageOf(channelId, ts);
      return interaction('interactive', {
        type: 'message_action',
        ...common(user),
        callback_id: callbackId,
        message_ts: ts,
        action_ts: actionTs(),
        channel: place(channelWith(user, channelId)),
        message: messageJson(world, message, { withMetadata: false, serverUrl: context.serverUrl() }),
        response_url: responseUrl(context, { channel: channelId, user, threadTs: message.threadTs }),
      });
    },
    useCommand: (user, channelId, command, text) =>
      interaction('slash_commands', {
        token: 'verification-token',
        team_id: world.team.id,
        team_domain: world.team.domain,
        channel_id: channelId,
        channel_name: channelOf(channelId).name,
        user_id: user,
        user_name: world.users.get(user)?.name ?? user,
        command,
        text: typed(text),
        api_app_id: world.app.id,
        is_enterprise_install: 'false',
        response_url: responseUrl(context, { channel: channelId, user, threadTs: null }),
        trigger_id: trigger(user),
      }),
    formsOf: (user) => viewsOf(user).map(farForm),
    async submitForm(user, filled) {
      const stored = viewsOf(user).at(-1);
      if (!stored) throw new Error(`${user} has no form open`);
      const { id, hash } = stored;
      const view = { ...stored.view, id, hash, state: { values: formState(stored, filled) }, app_id: world.app.id, team_id: world.team.id };
      const answer = await interaction('interactive', { type: 'view_submission', ...common(user), view, response_urls: [] });
      if (answer === null || (answer.status === 200 && answer.body === '')) context.views.delete(id);
      return answer;
    },
    archive(channelId) {
      const channel = channelOf(channelId);
      channel.archived = true;
      channelEvent(channel, 'channel_archive', { user: someone() });
    },
    unarchive(channelId) {
      const channel = channelOf(channelId);
      channel.archived = false;
      channelEvent(channel, 'channel_unarchive', { user: someone() });
    },
    deleteChannel(channelId) {
      const channel = channelOf(channelId);
      world.channels.delete(channelId);
      channelEvent(channel, 'channel_deleted', { actor_id: someone() });
    },
    removeBot(channelId) {
      const channel = channelOf(channelId);
      channel.members.delete(world.app.userId);
      channelEvent(channel, 'channel_left', { actor_id: someone() });
      const type = channel.isPrivate ? 'G' : 'C';
      announce.event({ type: 'member_left_channel', user: world.app.userId, channel: channelId, channel_type: type, team: world.team.id });
    },
    addBot(channelId) {
      const channel = channelOf(channelId);
      channel.members.add(world.app.userId);
      const type = channel.isPrivate ? 'G' : 'C';
      announce.event({
        type: 'member_joined_channel',
        user: world.app.userId,
        channel: channelId,
        channel_type: type,
        team: world.team.id,
        inviter: someone(),
      });
    },
  };
}

const findButton = (blocks: readonly Block[], wanted: string): BlockButton | undefined =>
  buttonsIn(blocks).find(({ actionId, label }) => actionId === wanted || label === wanted);

const threadField = (message: SlackMessage): Json => (message.threadTs ? { thread_ts: message.threadTs } : {});
