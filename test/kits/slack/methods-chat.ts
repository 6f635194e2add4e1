import { z } from 'zod';
import { checkBlocks, filesIn } from './blocks.ts';
import type { ApiContext, ApiMethod, Args } from './context.ts';
import { rootIn, visibleChannel, writableChannel } from './context.ts';
import { showEphemeral } from './private.ts';
import { SlackRefusal } from './refusal.ts';
import { messageJson, reactionsJson } from './wire.ts';
import type { Block, SlackMessage } from './world.ts';

const maxTextChars = 40_000;
const metadataSchema = z.object({ event_type: z.string().min(1).max(255), event_payload: z.record(z.string(), z.unknown()) });

/** Posting, changing, deleting, marking. @see https://docs.slack.dev/reference/methods/chat.postMessage (read 2026-11-22) */
export const chatMethods: Readonly<Record<string, ApiMethod>> = {
  'chat.postMessage': {
    scopes: ['chat:write'],
    run(args, context) {
      const channel = writableChannel(context, args.need('channel'));
      const threadTs = args.get('thread_ts');
      if (threadTs !== null) rootIn(context, channel, threadTs);
      const blocks = blocksOf(args, context);
      const text = (args.get('text') ?? args.get('markdown_text') ?? '').slice(0, maxTextChars);
      if (text === '' && blocks.length === 0) throw new SlackRefusal('no_text');
      const { userId, botId } = context.world.app;
      const message = context.world.addMessage(channel, {
        user: userId,
        botId,
        text,
        blocks,
        threadTs,
        broadcast: threadTs !== null && args.flag('reply_broadcast'),
        mrkdwn: args.get('mrkdwn') !== 'false',
        metadata: metadataOf(args),
      });
      shareBlockFiles(message, context);
      context.announce.posted(message);
      return { channel: channel.id, ts: message.ts, message: messageJson(context.world, message, { serverUrl: context.serverUrl() }) };
    },
  },
  'chat.update': {
    scopes: ['chat:write'],
    run(args, context) {
      const message = ownMessage(args, context, 'cant_update_message');
      const before = { ...message };
      const blocks = args.json('blocks') === undefined ? null : blocksOf(args, context);
      const text = args.get('text');
      if (text === null && blocks === null) throw new SlackRefusal('no_text');
      if ((text ?? '').length > maxTextChars) throw new SlackRefusal('msg_too_long');
      message.text = text ?? '';
      // Without blocks the earlier ones go: https://docs.slack.dev/reference/methods/chat.update/ (read 2026-11-22)
      message.blocks = blocks ?? [];
      message.metadata = metadataOf(args) ?? message.metadata;
      // With blocks no "edited" flag is shown.
      if (blocks === null) message.edited = { user: message.user, ts: message.ts };
      context.announce.changed(message, before);
      return { channel: message.channel, ts: message.ts, text: message.text };
    },
  },
  'chat.delete': {
    scopes: ['chat:write'],
    run(args, context) {
      const message = ownMessage(args, context, 'cant_delete_message');
      message.deleted = true;
      context.announce.deleted(message);
      return { channel: message.channel, ts: message.ts };
    },
  },
  'chat.postEphemeral': {
    scopes: ['chat:write'],
    run(args, context) {
      const channel = writableChannel(context, args.need('channel'));
      const user = args.need('user');
      if (!channel.members.has(user)) throw new SlackRefusal('user_not_in_channel');
      const threadTs = args.get('thread_ts');
      if (threadTs !== null) rootIn(context, channel, threadTs);
      const { ts } = showEphemeral(context, { channel: channel.id, user, threadTs }, args.get('text') ?? '', blocksOf(args, context));
      return { message_ts: ts };
    },
  },
  'chat.getPermalink': {
    scopes: [],
    run(args, context) {
      const channel = visibleChannel(context, args.need('channel'));
      const message = found(context, channel.id, args.need('message_ts'));
      const thread = message.threadTs ? `?thread_ts=${message.threadTs}&cid=${channel.id}` : '';
      const path = `archives/${channel.id}/p${message.ts.replace('.', '')}`;
      return { channel: channel.id, permalink: `https://${context.world.team.domain}.slack.com/${path}${thread}` };
    },
  },
  'reactions.add': {
    scopes: ['reactions:write'],
    run(args, context) {
      const channel = writableChannel(context, args.need('channel'));
      const message = found(context, channel.id, args.need('timestamp'));
      const name = args.need('name');
      if (!/^[a-z0-9_+'-]+(?:::skin-tone-[2-6])?$/.test(name)) throw new SlackRefusal('invalid_name');
      const { userId } = context.world.app;
      const reaction = message.reactions.find((one) => one.name === name);
      if (reaction?.users.includes(userId)) throw new SlackRefusal('already_reacted');
      if (reaction) reaction.users.push(userId);
      else message.reactions.push({ name, users: [userId] });
      context.announce.reaction('reaction_added', message, userId, name);
      return {};
    },
  },
  'reactions.remove': {
    scopes: ['reactions:write'],
    run(args, context) {
      const channel = writableChannel(context, args.need('channel'));
      const message = found(context, channel.id, args.need('timestamp'));
      const name = args.need('name');
      const { userId } = context.world.app;
      const reaction = message.reactions.find((one) => one.name === name && one.users.includes(userId));
      if (!reaction) throw new SlackRefusal('no_reaction');
      reaction.users.splice(reaction.users.indexOf(userId), 1);
      if (reaction.users.length === 0) message.reactions.splice(message.reactions.indexOf(reaction), 1);
      context.announce.reaction('reaction_removed', message, userId, name);
      return {};
    },
  },
  'reactions.get': {
    scopes: ['reactions:read'],
    run(args, context) {
      const channel = visibleChannel(context, args.need('channel'));
      const message = found(context, channel.id, args.need('timestamp'));
      return {
        type: 'message',
        channel: channel.id,
        message: { type: 'message', ts: message.ts, text: message.text, reactions: reactionsJson(message) },
      };
    },
  },
};

function found(context: ApiContext, channelId: string, ts: string): SlackMessage {
  const message = context.world.message(channelId, ts);
  if (!message) throw new SlackRefusal('message_not_found');
  return message;
}

function ownMessage(args: Args, context: ApiContext, refusal: string): SlackMessage {
  const channel = writableChannel(context, args.need('channel'));
  const message = found(context, channel.id, args.need('ts'));
  if (message.botId !== context.world.app.botId) throw new SlackRefusal(refusal);
  return message;
}

export function blocksOf(args: Args, context: ApiContext): readonly Block[] {
  const blocks = args.json('blocks');
  if (blocks === undefined || blocks === null) return [];
  if (!Array.isArray(blocks)) throw new SlackRefusal('invalid_blocks_format');
  const checked = checkBlocks(blocks);
  for (const id of filesIn(checked)) {
    const file = context.world.files.get(id);
    if (!(file?.complete && file.mimeType.startsWith('image/'))) {
      throw new SlackRefusal('invalid_blocks', { response_metadata: { messages: ['[ERROR] invalid slack file [json-pointer:/blocks]'] } });
    }
  }
  return checked;
}

function shareBlockFiles({ channel, ts, threadTs, blocks }: SlackMessage, context: ApiContext): void {
  for (const id of filesIn(blocks)) context.world.files.get(id)?.shares.push({ channel, ts, threadTs });
}

function metadataOf(args: Args): SlackMessage['metadata'] {
  const value = args.json('metadata');
  if (value === undefined || value === null) return null;
  const parsed = metadataSchema.safeParse(value);
  if (!parsed.success) throw new SlackRefusal('invalid_metadata_format');
  // Flat values, or lists of flat objects.
  const flat = Object.values(parsed.data.event_payload).every((one) => typeof one !== 'object' || Array.isArray(one));
  if (!flat) throw new SlackRefusal('invalid_metadata_schema');
  return parsed.data;
}
