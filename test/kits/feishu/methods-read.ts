import { type ApiCall, type ApiContext, type ApiRoute, joinedChat, need, param, seenMessage } from './context.ts';
import { FeishuRefusal, refusals } from './refusal.ts';
import { type Json, messageJson } from './wire.ts';
import { type FeishuChat, type FeishuMessage, threadOf } from './world.ts';

const history = ['im:message', 'im:message:readonly', 'im:message.history:readonly'];
const chats = '/open-apis/im/v1/chats/:id';
const readChat = ['im:chat', 'im:chat:readonly', 'im:chat:read'];
const commands = '/open-apis/application/v7/app_slash_commands';

/** Reading, and the app's own affairs. The pages stand beside each. */
export const readRoutes: readonly ApiRoute[] = [
  {
    // https://open.larkoffice.com/document/uAjLw4CM/ukTMukTMukTM/reference/im-v1/message/list.md (2026-11-28)
    method: 'GET',
    path: '/open-apis/im/v1/messages',
    scopes: history,
    run(call, context) {
      const found = containerOf(call, context);
      const descending = call.query.get('sort_type') === 'ByCreateTimeDesc';
      const sorted = [...found].sort((one, other) => (descending ? other.createdAt - one.createdAt : one.createdAt - other.createdAt));
      const { page, ...rest } = paged(sorted, call, 20, 50);
      return { items: page.map((one) => listed(one, call, context)), ...rest };
    },
  },
  {
    method: 'GET',
    path: '/open-apis/im/v1/messages/:id',
    scopes: history,
    run: (call, context) => ({ items: [listed(seenMessage(context, param(call, 'id')).message, call, context)] }),
  },
  {
    // https://open.feishu.cn/document/uAjLw4CM/ukTMukTMukTM/reference/im-v1/chat/get.md (2026-11-28)
    method: 'GET',
    path: chats,
    scopes: readChat,
    run(call, { world }) {
      const chat = world.chats.get(param(call, 'id'));
      if (!chat) throw refusals.chatInvalid();
      const joined = chat.members.has(world.app.openId);
      return {
        name: chat.name,
        chat_mode: 'group',
        group_message_type: 'chat',
        chat_type: 'private',
        external: false,
        tenant_key: world.tenantKey,
        chat_status: chat.dissolved ? 'dissolved' : 'normal',
        ...(joined ? { user_count: String(chat.members.size - 1), bot_count: '1' } : {}),
      };
    },
  },
  {
    method: 'GET',
    path: `${chats}/members/is_in_chat`,
    scopes: [...readChat, 'im:chat.members:read'],
    run(call, { world }) {
      const chat = knownChat(call, world.chats);
      return { is_in_chat: chat.members.has(world.app.openId) };
    },
  },
  {
    // Bots are not listed. https://open.feishu.cn/document/uAjLw4CM/ukTMukTMukTM/reference/im-v1/chat-members/get.md (2026-11-28)
    method: 'GET',
    path: `${chats}/members`,
    scopes: [...readChat, 'im:chat.members:read'],
    run(call, { world }) {
      const chat = knownChat(call, world.chats);
      if (!chat.members.has(world.app.openId)) throw refusals.chatNotJoined();
      const people = [...chat.members].flatMap((id) => world.users.get(id) ?? []).filter(({ kind }) => kind === 'person');
      const { page, ...rest } = paged(people, call, 20, 100);
      const items = page.map(({ openId, name, tenantKey }) => ({
        member_id_type: 'open_id',
        member_id: openId,
        name,
        tenant_key: tenantKey,
      }));
      return { items, ...rest, member_total: people.length };
    },
  },
  {
    // https://open.feishu.cn/document/uAjLw4CM/ukTMukTMukTM/reference/contact-v3/user/get.md (2026-11-28)
    method: 'GET',
    path: '/open-apis/contact/v3/users/:id',
    scopes: ['contact:contact.base:readonly', 'contact:contact:readonly', 'contact:contact:readonly_as_app'],
    run(call, { world, scopes }) {
      const user = world.users.get(param(call, 'id'));
      if (!user || user.kind === 'bot') throw new FeishuRefusal(41012, 'user id invalid error');
      if (user.tenantKey !== world.tenantKey) throw new FeishuRefusal(41050, 'no user authority error');
      return {
        user: {
          open_id: user.openId,
          union_id: user.openId.replace('ou_', 'on_'),
          ...(scopes.has('contact:user.base:readonly') ? { name: user.name, en_name: '' } : {}),
          ...(scopes.has('contact:user.email:readonly') && user.email ? { email: user.email } : {}),
          status: { is_frozen: false, is_resigned: false, is_activated: true, is_exited: false, is_unjoin: false },
        },
      };
    },
  },
  {
    // https://open.feishu.cn/document/ukTMukTMukTM/uAjMxEjLwITMx4CMyETM.md (2026-11-28)
    method: 'GET',
    path: '/open-apis/bot/v3/info',
    flat: true,
    scopes: [],
    run: (_call, { world }) => ({ bot: { activate_status: 2, app_name: world.app.name, open_id: world.app.openId, ip_white_list: [] } }),
  },
  {
    // https://open.feishu.cn/document/uAjLw4CM/ukTMukTMukTM/application-v6/scope/list.md (2026-11-28)
    method: 'GET',
    path: '/open-apis/application/v6/scopes',
    scopes: [],
    run: (_call, { scopes }) => ({ scopes: [...scopes].map((name) => ({ scope_name: name, grant_status: 1, scope_type: 'tenant' })) }),
  },
  // https://open.feishu.cn/document/mcp_open_tools/agent-best-practices/agent-supports-slash-commands.md (2026-11-28); the shapes are UNCONFIRMED.
  {
    method: 'GET',
    path: commands,
    scopes: ['application:app_slash_command:read'],
    run: (_call, { slashCommands }) => ({ items: [...slashCommands.values()], has_more: false }),
  },
  {
    method: 'POST',
    path: commands,
    scopes: ['application:app_slash_command:write'],
    run({ body }, { slashCommands, world }) {
      if (slashCommands.size >= 100) throw refusals.field('commands');
      const made = { id: world.nextId('cmd'), command: need(body, 'command'), description: need(body, 'description') };
      slashCommands.set(made.id, made);
      return made;
    },
  },
  {
    method: 'PATCH',
    path: `${commands}/:id`,
    scopes: ['application:app_slash_command:write'],
    run(call, { slashCommands }) {
      const known = slashCommands.get(param(call, 'id'));
      if (!known) throw refusals.field('id');
      known.description = need(call.body, 'description');
      return { ...known };
    },
  },
  {
    method: 'DELETE',
    path: `${commands}/:id`,
    scopes: ['application:app_slash_command:write'],
    run(call, { slashCommands }) {
      if (!slashCommands.delete(param(call, 'id'))) throw refusals.field('id');
      return {};
    },
  },
];

function containerOf({ query }: ApiCall, context: ApiContext): readonly FeishuMessage[] {
  const { world, scopes } = context;
  const [type, id] = [query.get('container_id_type'), query.get('container_id') ?? ''];
  const range = [query.get('start_time'), query.get('end_time')];
  if (!scopes.has('im:message.group_msg')) throw refusals.lacksPermission();
  if (type === 'chat') {
    const [from, to] = range.map((seconds) => (seconds === null ? null : Number(seconds) * 1_000));
    // Of a topic the chat has its root alone.
    const inChat = joinedChat(context, id).messages.filter(({ threadId, rootId }) => threadId === null || rootId === null);
    return inChat.filter(({ createdAt }) => (from == null || createdAt >= from) && (to == null || createdAt < to + 1_000));
  }
  if (type !== 'thread') throw refusals.field('container_id_type');
  if (range.some((one) => one !== null)) throw refusals.field('start_time');
  const chat = [...world.chats.values()].find((one) => threadOf(one, id).length > 0);
  if (!chat) throw refusals.noTopic();
  return threadOf(joinedChat(context, chat.id), id);
}

const listed = (message: FeishuMessage, { query }: ApiCall, { world }: ApiContext): Json =>
  messageJson(world, message, { rawCards: query.get('card_msg_content_type') === 'raw_card_content' });

function knownChat(call: ApiCall, known: ReadonlyMap<string, FeishuChat>): FeishuChat {
  const chat = known.get(param(call, 'id'));
  if (!chat) throw refusals.chatInvalid();
  if (chat.dissolved) throw refusals.chatDissolved();
  return chat;
}

function paged<Item>(items: readonly Item[], { query }: ApiCall, fallback: number, max: number) {
  const size = Number(query.get('page_size') ?? fallback);
  if (!Number.isInteger(size) || size < 1 || size > max) throw refusals.field('page_size');
  const token = query.get('page_token') ?? '';
  const from = token === '' ? 0 : Number(Buffer.from(token, 'base64url').toString().replace('from:', ''));
  if (!Number.isSafeInteger(from)) throw refusals.field('page_token');
  const more = from + size < items.length;
  return {
    page: items.slice(from, from + size),
    has_more: more,
    page_token: more ? Buffer.from(`from:${from + size}`).toString('base64url') : '',
  };
}
