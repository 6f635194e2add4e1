import { checkContent, readContent } from './content.ts';
import { type ApiCall, type ApiContext, type ApiRoute, joinedChat, need, param, seenMessage, takeFrom } from './context.ts';
import { refusals } from './refusal.ts';
import { render } from './render.ts';
import { type Json, messageJson } from './wire.ts';
import { type FeishuChat, type FeishuMessage, type NewMessage, placeOfReply } from './world.ts';

const send = ['im:message', 'im:message:send_as_bot'];
const messages = '/open-apis/im/v1/messages';
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Third-party wording, and the length UNCONFIRMED: facts, 2.5. */
const maxUuidChars = 50;

/** Sending, changing, recalling. @see https://open.larkoffice.com/document/uAjLw4CM/ukTMukTMukTM/reference/im-v1/message/create.md (read 2026-11-28) */
export const messageRoutes: readonly ApiRoute[] = [
  {
    method: 'POST',
    path: messages,
    scopes: send,
    run(call, context) {
      const chat = receiver(call, context);
      return once(call, context, () => post(call, context, chat, {}));
    },
  },
  {
    method: 'POST',
    path: `${messages}/:id/reply`,
    scopes: send,
    run(call, context) {
      const { chat, message: target } = seenMessage(context, param(call, 'id'));
      if (target.rootId !== null && context.world.message(target.rootId)?.recalled) throw refusals.noTopic();
      const inThread = call.body['reply_in_thread'] === true;
      if (inThread && !chat.allowsTopics) throw refusals.noTopics();
      return once(call, context, () => post(call, context, chat, () => placeOfReply(context.world, target, inThread)));
    },
  },
  {
    method: 'PATCH',
    path: `${messages}/:id`,
    scopes: [...send, 'im:message:update'],
    run(call, context) {
      const { message } = seenMessage(context, param(call, 'id'));
      const { world } = context;
      if (message.sender !== world.app.openId || message.type !== 'interactive') throw refusals.notACard();
      if (world.now() - message.createdAt > 14 * dayMs) throw refusals.tooOld();
      takeFrom(context, 'message', message.id);
      const { content } = checkContent(world, 'interactive', call.body['content']);
      for (const card of [message.content, content]) if (!isShared(card)) throw refusals.invalid('update_multi is not true');
      refuseLeaks(context, { ...message, content });
      Object.assign(message, { content, updatedAt: world.now(), updates: message.updates + 1 });
      return {};
    },
  },
  {
    method: 'DELETE',
    path: `${messages}/:id`,
    scopes: ['im:message', 'im:message:send_as_bot', 'im:message:recall'],
    run(call, context) {
      const { message } = seenMessage(context, param(call, 'id'));
      if (message.sender !== context.world.app.openId) throw refusals.lacksPermission();
      message.recalled = true;
      context.announce.recalled(message);
      return {};
    },
  },
];

/** A group or a person; a topic is none: https://github.com/NousResearch/hermes-agent/issues/104788 (read 2026-11-28) */
function receiver({ query, body }: ApiCall, context: ApiContext): FeishuChat {
  const type = query.get('receive_id_type');
  const id = need(body, 'receive_id');
  if (type === 'chat_id') return joinedChat(context, id);
  if (type !== 'open_id') throw refusals.field('receive_id_type');
  const user = context.world.users.get(id);
  if (!user) throw refusals.invalid('invalid receive_id');
  if (user.kind === 'bot' || user.tenantKey !== context.world.tenantKey) throw refusals.unavailable();
  return context.world.directChat(id);
}

/** The same `uuid` within an hour: what was sent then is answered again. */
function once({ body }: ApiCall, { world, uuids, timeScale }: ApiContext, act: () => FeishuMessage): Json {
  const uuid = body['uuid'];
  if (uuid === undefined || uuid === '') return messageJson(world, act());
  if (typeof uuid !== 'string' || uuid.length > maxUuidChars) throw refusals.field('uuid');
  const known = uuids.get(uuid);
  const before = known && known.until > world.now() ? world.message(known.messageId) : undefined;
  const message = before ?? act();
  if (!before) uuids.set(uuid, { messageId: message.id, until: world.now() + hourMs / timeScale });
  return messageJson(world, message);
}

function post(
  { body }: ApiCall,
  context: ApiContext,
  chat: FeishuChat,
  place: Partial<NewMessage> | (() => Partial<NewMessage>),
): FeishuMessage {
  const { world } = context;
  const { type, content } = checkContent(world, body['msg_type'], body['content']);
  const draft = { sender: world.app.openId, type, content };
  refuseLeaks(context, draft);
  takeFrom(context, 'group', chat.id);
  const message = world.addMessage(chat, { ...draft, ...(typeof place === 'function' ? place() : place) });
  context.announce.posted(message);
  return message;
}

function isShared(content: string): boolean {
  const read = readContent('interactive', content);
  return read.type === 'interactive' && read.card.shared;
}

/** The tenant's rules look at what is read. */
function refuseLeaks({ world, dataLeakRule }: ApiContext, draft: Pick<FeishuMessage, 'sender' | 'type' | 'content'>): void {
  const rule = dataLeakRule();
  const { text } = render(world, { ...emptyMessage, ...draft });
  if (rule?.test(text)) throw refusals.dataLeak();
}

const emptyMessage: FeishuMessage = {
  ...{
    id: '',
    chatId: '',
    sender: '',
    type: 'text',
    rootId: null,
    parentId: null,
    threadId: null,
    mentions: [],
    createdAt: 0,
    reactions: [],
  },
  ...{ content: '', updatedAt: 0, updates: 0, recalled: false },
};
