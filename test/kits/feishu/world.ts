/** What a Feishu tenant holds, as its API and events name it. One tenant, one custom app. */

export interface FeishuUser {
  /** `ou_…`: the person, as this app knows them. */
  readonly openId: string;
  /** Differs from the tenant's own for people of other organisations. */
  readonly tenantKey: string;
  readonly name: string;
  readonly email: string | null;
  readonly kind: 'person' | 'bot';
}

export interface FeishuChat {
  /** `oc_…` */
  readonly id: string;
  readonly name: string;
  /** `open_id`s; the app's own bot among them. */
  readonly members: Set<string>;
  /** Recalled ones stay, marked, so that the far-end log can tell of them. */
  readonly messages: FeishuMessage[];
  /** Between the app and this person alone; null: a group. */
  readonly with: string | null;
  /** False: the group allows no topics, and `reply_in_thread` is refused. */
  allowsTopics: boolean;
  dissolved: boolean;
  lastMs: number;
}

export type MessageType = 'text' | 'post' | 'image' | 'file' | 'interactive';

export interface Mention {
  /** The placeholder in the words: `@_user_1`. */
  readonly key: string;
  readonly openId: string;
  readonly name: string;
}

export interface Reaction {
  readonly id: string;
  readonly emoji: string;
  readonly by: string;
  readonly at: number;
}

export interface FeishuMessage {
  /** `om_…` */
  readonly id: string;
  readonly chatId: string;
  /** Whose; the app's own bot has an `open_id` like everybody. */
  readonly sender: string;
  readonly type: MessageType;
  readonly rootId: string | null;
  readonly parentId: string | null;
  /** `omt_…`; a root gets it with the first reply in its topic. */
  threadId: string | null;
  readonly mentions: readonly Mention[];
  readonly createdAt: number;
  readonly reactions: Reaction[];
  /** The JSON string of the API. */
  content: string;
  updatedAt: number;
  updates: number;
  recalled: boolean;
}

/** An image or a file; `owner` may show it, others find it in a message alone. */
export interface FeishuFile {
  /** `img_v3_…` or `file_v3_…` */
  readonly key: string;
  readonly owner: string;
  readonly name: string;
  readonly mimeType: string;
  bytes: Buffer | null;
}

export interface FeishuWorld {
  readonly tenantKey: string;
  readonly app: { readonly id: string; readonly openId: string; readonly name: string };
  readonly chats: Map<string, FeishuChat>;
  readonly users: Map<string, FeishuUser>;
  readonly files: Map<string, FeishuFile>;
  readonly now: () => number;
  nextId(prefix: string): string;
  addChat(id: string, options?: { readonly name?: string; readonly withBot?: boolean }): FeishuChat;
  /** The conversation of the app with one person; it begins with the first message. */
  directChat(openId: string): FeishuChat;
  addUser(user: Partial<FeishuUser> & { readonly openId: string }): FeishuUser;
  addFile(file: Omit<FeishuFile, 'key'> & { readonly prefix: 'img_v3' | 'file_v3' }): FeishuFile;
  /** Also recalled ones. */
  message(id: string): FeishuMessage | undefined;
  addMessage(chat: FeishuChat, message: NewMessage): FeishuMessage;
}

export type NewMessage = Pick<FeishuMessage, 'sender' | 'type' | 'content'> &
  Partial<Pick<FeishuMessage, 'rootId' | 'parentId' | 'threadId' | 'mentions'>>;

export function createWorld(now: () => number, appId: string): FeishuWorld {
  const chats = new Map<string, FeishuChat>();
  const users = new Map<string, FeishuUser>();
  const files = new Map<string, FeishuFile>();
  const messages = new Map<string, FeishuMessage>();
  const tenantKey = '2ca1d211f64f6438';
  const app = { id: appId, openId: 'ou_0000000000000000threadmart', name: 'threadmart' };
  let ids = 0;

  const world: FeishuWorld = {
    tenantKey,
    app,
    chats,
    users,
    files,
    now,
    nextId(prefix) {
      ids += 1;
      return `${prefix}_${ids.toString(16).padStart(24, '0')}`;
    },
    addChat(id, { name = id, withBot = true } = {}) {
      const members = new Set(withBot ? [app.openId] : []);
      const chat: FeishuChat = { id, name, members, messages: [], with: null, allowsTopics: true, dissolved: false, lastMs: 0 };
      chats.set(id, chat);
      return chat;
    },
    directChat(openId) {
      const known = [...chats.values()].find((chat) => chat.with === openId);
      if (known) return known;
      const direct = { ...world.addChat(world.nextId('oc'), { name: '' }), with: openId };
      direct.members.add(openId);
      chats.set(direct.id, direct);
      return direct;
    },
    addUser({ openId, tenantKey: tenant = tenantKey, name = openId, email = `${name}@example.com`, kind = 'person' }) {
      const user: FeishuUser = { openId, tenantKey: tenant, name, email, kind };
      users.set(openId, user);
      return user;
    },
    addFile({ prefix, ...file }) {
      const fresh = { ...file, key: world.nextId(prefix) };
      files.set(fresh.key, fresh);
      return fresh;
    },
    message: (id) => messages.get(id),
    addMessage(chat, fresh) {
      // The platform may give two messages of a chat the same millisecond, and then nobody can tell which was first.
      chat.lastMs = Math.max(now(), chat.lastMs + 1);
      const message: FeishuMessage = {
        id: world.nextId('om'),
        chatId: chat.id,
        rootId: null,
        parentId: null,
        threadId: null,
        mentions: [],
        ...fresh,
        createdAt: chat.lastMs,
        reactions: [],
        updatedAt: chat.lastMs,
        updates: 0,
        recalled: false,
      };
      chat.messages.push(message);
      messages.set(message.id, message);
      return message;
    },
  };
  world.addUser({ openId: app.openId, name: app.name, email: null, kind: 'bot' });
  return world;
}

/** A topic's messages, oldest first, the root among them; recalled ones, too. */
export const threadOf = (chat: FeishuChat, threadId: string): FeishuMessage[] =>
  chat.messages.filter((message) => message.threadId === threadId);

/**
 * Where a reply to `target` stands. A topic is one level deep: who answers a message in it stands in it, below its root. `inThread` opens a topic
 * where there is none (https://open.larkoffice.com/document/uAjLw4CM/ukTMukTMukTM/reference/im-v1/message/reply.md, read 2026-11-28).
 */
export function placeOfReply(
  world: FeishuWorld,
  target: FeishuMessage,
  inThread: boolean,
): Required<Pick<NewMessage, 'rootId' | 'parentId' | 'threadId'>> {
  const rootId = target.rootId ?? target.id;
  const root = world.message(rootId);
  const threadId = target.threadId ?? (inThread ? (root?.threadId ?? world.nextId('omt')) : null);
  if (root && threadId !== null) root.threadId ??= threadId;
  if (threadId !== null) target.threadId ??= threadId;
  return { rootId, parentId: target.id, threadId };
}
