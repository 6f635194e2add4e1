import { type ApiContext, type ApiRoute, param } from './context.ts';
import { emojiTypes } from './emoji.ts';
import { FeishuRefusal } from './refusal.ts';
import { reactionJson } from './wire.ts';
import type { FeishuMessage, Reaction } from './world.ts';

const path = '/open-apis/im/v1/messages/:id/reactions';
/** The name is UNCONFIRMED: facts, 2.5. */
const write = ['im:message', 'im:message.reactions:write_only'];

/** Emoji on messages. @see https://open.feishu.cn/document/uAjLw4CM/ukTMukTMukTM/reference/im-v1/message-reaction/create.md (read 2026-11-28) */
export const reactionRoutes: readonly ApiRoute[] = [
  {
    method: 'POST',
    path,
    scopes: write,
    run(call, context) {
      const message = reactable(context, param(call, 'id'));
      const emoji = (call.body['reaction_type'] as { readonly emoji_type?: unknown } | undefined)?.emoji_type;
      if (typeof emoji !== 'string' || !emojiTypes.has(emoji)) throw new FeishuRefusal(231001, 'reaction type is invalid.');
      const { world } = context;
      // What a second one of the same kind answers is UNCONFIRMED; nobody sees two.
      const known = message.reactions.find((one) => one.by === world.app.openId && one.emoji === emoji);
      return reactionJson(world, known ?? addReaction(context, message, world.app.openId, emoji));
    },
  },
  {
    method: 'GET',
    path,
    scopes: ['im:message', 'im:message.reactions:read'],
    run(call, context) {
      const wanted = call.query.get('reaction_type');
      const { reactions } = reactable(context, param(call, 'id'));
      const items = reactions.filter(({ emoji }) => wanted === null || emoji === wanted).map((one) => reactionJson(context.world, one));
      return { items, has_more: false, page_token: '' };
    },
  },
  {
    method: 'DELETE',
    path: `${path}/:reaction`,
    scopes: write,
    run(call, context) {
      const message = reactable(context, param(call, 'id'));
      const reaction = message.reactions.find(({ id }) => id === param(call, 'reaction'));
      if (!reaction) throw new FeishuRefusal(231010, 'the reaction is NOT exist.');
      if (reaction.by !== context.world.app.openId) throw new FeishuRefusal(231008, 'The operator is not the owner of the reaction.');
      removeReaction(context, message, reaction);
      return reactionJson(context.world, reaction);
    },
  },
];

export function addReaction({ world, announce }: ApiContext, message: FeishuMessage, by: string, emoji: string): Reaction {
  const reaction = { id: world.nextId('reaction'), emoji, by, at: world.now() };
  message.reactions.push(reaction);
  announce.reaction('created', message, reaction);
  return reaction;
}

export function removeReaction({ world, announce }: ApiContext, message: FeishuMessage, reaction: Reaction): void {
  message.reactions.splice(message.reactions.indexOf(reaction), 1);
  announce.reaction('deleted', message, { ...reaction, at: world.now() });
}

function reactable({ world }: ApiContext, id: string): FeishuMessage {
  const message = world.message(id);
  if (!message || message.recalled) throw new FeishuRefusal(231003, 'The message is not found.');
  const chat = world.chats.get(message.chatId);
  if (!chat || chat.dissolved || !chat.members.has(world.app.openId)) {
    throw new FeishuRefusal(231002, 'The operator has no permission to react on the specific message.');
  }
  return message;
}
