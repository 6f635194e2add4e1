import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { BotAccess, ChatBot } from '../../../bots/bot.ts';
import { bots } from '../../../bots/index.ts';
import type { RawRequest } from '../../../src/core/connector.ts';
import { text } from '../../../src/core/texts/index.ts';
import { createFetch } from '../../../src/fetch.ts';
import type { BotKit, BotKitOptions, SeenPost, SeenPrivate, Target, Trouble } from '../../contract/bot-kit.ts';
import type { FakeRequest, Fault } from '../fake-server.ts';
import { channelId, users } from './cast.ts';
import type { FeishuFake } from './fake.ts';
import { startFeishuFake } from './fake.ts';
import type { FarPost } from './far-end.ts';
import { samples } from './samples.ts';
import { decrypt, encrypt, type SignedRequest, signRequest } from './sign.ts';

const picture = Buffer.from('89504e470d0a1a0a0000000d494844520000000100000001', 'hex');

/** The Feishu bot in front of a fake tenant. */
export async function createKit({ socket = false }: BotKitOptions = {}): Promise<BotKit> {
  const fake = await startFeishuFake({
    limits: {},
    retryScale: 1_000,
    maxFrameBytes: 300,
    ...(socket ? { delivery: 'socket' as const, deadlineMs: 500 } : {}),
  });
  fill(fake);
  const bot = await createBot(fake, socket);
  const abort = new AbortController();
  const access: BotAccess = { signal: abort.signal, loadMedia: async () => ({ bytes: picture, mimeType: 'image/png', name: 'lamp.png' }) };
  const refOf = ({ id }: { readonly id: string }) => ({ channelId, messageId: id });
  const postsHere = () => fake.posts(channelId).filter(({ recalled }) => !recalled);

  /** What calls this person, or answers them. */
  function shownTo(user: string): FarPost[] {
    return postsHere().filter(({ fromBot, pings, id }) => {
      const answers = fake.world.message(fake.world.message(id)?.parentId ?? '')?.sender === user;
      return fromBot && (pings.includes(user) || answers);
    });
  }

  /** The platform takes what the bot answers to a press: here it is asked for it as soon as the press is kept. */
  function takeAnswer(): void {
    const request = fake.kept.at(-1);
    if (!request) return;
    const received = bot.receive(toRaw(request));
    if (received.answer.status === 200) fake.answered(received.answer.body ?? '');
  }

  const misconfigurations: Record<string, () => void> = {
    'app secret changed': () => {
      fake.auth.state = 'reset';
    },
    'app switched off': () => {
      fake.auth.state = 'stopped';
    },
    'bot not in the group': () => fake.removeBot(channelId),
    'group dissolved': () => fake.dissolve(channelId),
    'no such group': () => void fake.world.chats.delete(channelId),
  };
  // One scope of each is enough.
  for (const scopes of [
    ['im:message', 'im:message:send_as_bot'],
    ['im:message.group_msg'],
    ['im:message.p2p_msg:readonly'],
    ['im:resource'],
    ['im:message', 'im:message.reactions:read'],
    ['im:message', 'im:message.reactions:write_only'],
    ['im:chat:readonly'],
    ['contact:contact.base:readonly'],
    ['contact:user.base:readonly'],
  ]) {
    misconfigurations[`scope ${scopes.at(-1)} missing`] = () => {
      for (const scope of scopes) fake.scopes.delete(scope);
    };
  }

  return {
    bot,
    channelId,
    access,
    users,
    samples,
    ingress: 'http',
    oldestSignatureSeconds: 8 * 3_600,
    tells: {
      picture: [],
      document: ['name'],
      threadOfDeleted: false,
      channelEnds: ['deleted', 'bot-removed'],
      channelEvents: true,
      connectionEnds: ['revoked', 'uninstalled'],
      ...{ fileAddress: true, postAddress: true, threadOfFile: true, waitMs: 7000 },
      kinds: { member: 'member', supervisor: 'member', guest: 'member', external: 'external', otherBot: null },
    },
    bold: (words) => `**${words}**`,
    write: (by, rootId, typed, { file } = {}) => refOf(fake.personPosts(by, channelId, rootId, typed, { files: file ? [file] : [] })),
    quotes: null,
    otherBotWrites: (rootId, words) => refOf(fake.otherBotPosts(users.otherBot, channelId, rootId, words)),
    rewrite: null,
    remove: (post) => fake.personRecalls(post.messageId),
    press: async (by, post, action, locale) => {
      await fake.pressButton(by, post.messageId, text(locale, `action.${action}`));
      if (!socket) takeAnswer();
    },
    emoji: { name: 'THUMBSUP', typed: ['THUMBSUP'] },
    react: (by, post, emoji) => fake.personReacts(by, post.messageId, emoji),
    unreact: (by, post, emoji) => fake.personUnreacts(by, post.messageId, emoji),
    command: async (by, words) => void fake.personPosts(by, channelId, null, `<@${fake.world.app.openId}> ${words}`.trimEnd()),
    foreignCommand: async (by, words) => void fake.personPosts(by, channelId, null, `<@${users.otherBot}> ${words}`),
    shortcut: null,
    pressPrivate: async (by, action, locale) => {
      const shown = shownTo(by).at(-1);
      if (!shown) throw new Error(`nothing was shown to ${by}`);
      await fake.pressButton(by, shown.id, text(locale, `action.${action}`));
      if (!socket) takeAnswer();
    },
    submitForm: async (by, filled) => {
      await fake.submitForm(by, filled);
      if (!socket) takeAnswer();
    },
    leaves: (user) => void fake.world.chats.get(channelId)?.members.delete(user),
    channelBecomes(state) {
      if (state === 'deleted') fake.dissolve(channelId);
      else if (state === 'bot-removed') fake.removeBot(channelId);
      else if (state === 'back') fake.addBot(channelId);
      else throw new Error('a group of Feishu cannot be archived');
    },
    connectionBecomes(state) {
      fake.auth.state = 'stopped';
      // That a custom app is told of these is UNCONFIRMED.
      if (state === 'uninstalled') fake.emitOld({ type: 'app_uninstalled' });
      else fake.emitOld({ type: 'app_status_change', status: 'stop_by_tenant', operator: { open_id: users.supervisor } });
    },
    somethingElseHappens() {
      fake.emit('im.message.message_read_v1', {
        reader: { reader_id: { open_id: users.member }, read_time: String(Date.now()), tenant_key: fake.world.tenantKey },
        message_id_list: ['om_000000000000000000000000'],
      });
      fake.emit('im.chat.updated_v1', { chat_id: channelId, before_change: { name: 'a' }, after_change: { name: 'b' } });
      fake.emit('im.chat.member.user.added_v1', { chat_id: channelId, users: [{ name: 'guest', user_id: { open_id: users.guest } }] });
      fake.emit('something.new_in_v2031', { detail: { deep: [1, { more: null }] } });
      fake.emitOld({ type: 'app_ticket', app_ticket: 'ticket' });
    },
    pushed: async () => fake.kept.splice(0).map(toRaw),
    received: (request) => bot.receive(request),
    redelivered: async (request) => toRaw(fake.sign(decrypt(fake.encryptKey, Buffer.from(request.body).toString()) ?? '')),
    signed: (body, secondsAhead = 0) => toRaw(signAny(fake, body, secondsAhead)),
    handshake: {
      request: toRaw(fake.challenge('ajls384kdjx98XX')),
      echo: 'ajls384kdjx98XX',
      // Whether it comes signed is UNCONFIRMED; that it is encrypted tells who sent it.
      forged: toRaw(
        signRequest('another key', encrypt('another key', '{"challenge":"x","type":"url_verification"}'), Math.floor(Date.now() / 1000)),
      ),
    },
    garbled: null,
    async socketAcknowledged() {
      await fake.settled();
      return fake.socket.acknowledged;
    },
    posts: () => postsHere().map((post) => toSeen(post, fake.world.app.openId)),
    everything: () => JSON.stringify([...fake.world.chats.values()].map(({ messages }) => messages)),
    privateTo: (user) => shownTo(user).map((post) => toPrivate(post, user, fake)),
    seenIn() {
      throw new Error('no acknowledgement shows anything on Feishu');
    },
    filesOf(user) {
      const direct = [...fake.world.chats.values()].find((chat) => chat.with === user);
      return (direct?.messages ?? []).flatMap(({ type, content }) => {
        const file = type === 'file' ? fake.world.files.get(fileContent.parse(JSON.parse(content)).file_key) : undefined;
        return file?.bytes ? [{ name: file.name, bytes: new Uint8Array(file.bytes) }] : [];
      });
    },
    formsOf: (user) =>
      fake.formsOf(user).map(({ title, submit, fields }) => ({
        title,
        submit: submit.label,
        fields: fields.map(({ label, options, filled }) => ({
          label,
          options: options?.map((option) => option.label) ?? null,
          filled: options?.find(({ value }) => value === filled)?.label ?? filled,
        })),
      })),
    triggersExpire: null,
    break: (target, trouble, times = 1) => fake.server.failNext(matches[target], faultOf(target, trouble), times),
    looksUp: 'sends-again',
    calls: () => fake.server.log.filter(({ path }) => path.startsWith('/open-apis/') && !path.startsWith('/open-apis/auth/')).length,
    limitOf: { post: 'channel', mark: 'method' },
    forbidFiles: () => fake.scopes.delete('im:resource'),
    loseFiles() {
      for (const file of fake.world.files.values()) file.bytes = null;
    },
    misconfigurations,
    async close() {
      abort.abort();
      await fake.close();
    },
  };
}

const fileContent = z.object({ file_key: z.string() });

async function createBot(fake: FeishuFake, socket: boolean): Promise<ChatBot> {
  const definition = bots.find(({ name }) => name === 'feishu');
  if (!definition) throw new Error('bots/index.ts has no feishu');
  const settings = definition.environment.parse({
    FEISHU_APP_ID: fake.appId,
    FEISHU_APP_SECRET: fake.appSecret,
    FEISHU_ENCRYPT_KEY: fake.encryptKey,
    FEISHU_VERIFICATION_TOKEN: fake.verificationToken,
    FEISHU_BASE_URL: fake.url,
    FEISHU_MODE: socket ? 'socket' : 'webhook',
  });
  const silent = () => undefined;
  const log = { debug: silent, info: silent, warn: silent, error: silent };
  return definition.create(settings, { fetch: createFetch(), now: () => new Date(), random: Math.random, log });
}

function fill({ world }: FeishuFake): void {
  const chat = world.addChat(channelId, { name: 'th-support' });
  world.addUser({ openId: users.member, name: 'mai' });
  world.addUser({ openId: users.supervisor, name: 'boss' });
  world.addUser({ openId: users.guest, name: 'guest' });
  world.addUser({ openId: users.external, name: 'partner', tenantKey: '736588c9260f175e' });
  world.addUser({ openId: users.otherBot, name: 'otherbot', kind: 'bot', email: null });
  for (const id of Object.values(users)) chat.members.add(id);
}

const toRaw = ({ headers, body }: SignedRequest): RawRequest => ({
  method: 'POST',
  path: '/bots/feishu/events',
  query: {},
  headers,
  body: Buffer.from(body),
  receivedAt: new Date(),
});

/** What is not encrypted yet is, with an IV of its own so that the same words give the same bytes. */
function signAny({ encryptKey }: FeishuFake, body: string, secondsAhead: number): SignedRequest {
  const iv = createHash('md5').update(body).digest();
  const wire = body.startsWith('{"encrypt":') ? body : encrypt(encryptKey, body, iv);
  return signRequest(encryptKey, wire, Math.floor(Date.now() / 1000) + secondsAhead);
}

function toSeen(post: FarPost, self: string): SeenPost {
  return {
    ref: { channelId: post.chatId, messageId: post.id },
    rootId: post.threadId === null ? null : post.rootId,
    fromBot: post.fromBot,
    text: post.text,
    pings: post.pings,
    styled: post.styled,
    images: post.images,
    buttons: post.buttons.map(({ label }) => label),
    marks: post.reactions.filter(({ by }) => by === self).map(({ emoji }) => emoji),
    inChannel: post.threadId === null || post.rootId === null,
  };
}

/** Without the call that addresses it. */
function toPrivate(post: FarPost, user: string, { world }: FeishuFake): SeenPrivate {
  const call = `@${world.users.get(user)?.name}`;
  const words = post.text.replace(call, '').trim();
  return {
    rootId: post.threadId === null ? null : post.rootId,
    text: words,
    pings: post.pings.filter((id) => id !== user),
    buttons: post.buttons.map(({ label }) => label),
  };
}

const messages = '/open-apis/im/v1/messages';
const isSend = ({ method, path }: FakeRequest): boolean =>
  method === 'POST' && (path === messages || (path.startsWith(`${messages}/`) && path.endsWith('/reply')));
const holdsForm = ({ body }: FakeRequest): boolean => body.includes('\\"tag\\":\\"form\\"');
const matches: Readonly<Record<Target, (request: FakeRequest) => boolean>> = {
  post: (request) => isSend(request) && !holdsForm(request),
  mark: ({ method, path }) => method === 'POST' && path.endsWith('/reactions'),
  card: ({ method, path }) => method === 'PATCH' && path.startsWith(`${messages}/`),
  private: () => false,
  form: (request) => isSend(request) && holdsForm(request),
  upload: ({ path }) => path === '/open-apis/im/v1/images' || path === '/open-apis/im/v1/files',
  read: ({ method, path }) => method === 'GET' && (path.startsWith(messages) || path.startsWith('/open-apis/im/v1/chats/')),
};
const page = { headers: { 'content-type': 'text/html' }, body: '<html><body>Service Unavailable</body></html>' };
const reset = { 'content-type': 'application/json', 'x-ogw-ratelimit-limit': '5', 'x-ogw-ratelimit-reset': '7' };
/** Of the group, and of the call. */
const groupLimit = { status: 400, headers: reset, body: '{"code":230020,"msg":"This operation triggers the frequency limit."}' };
const callLimit = { status: 429, headers: reset, body: '{"code":99991400,"msg":"request trigger frequency limit"}' };
const faults: Readonly<Record<Exclude<Trouble, 'rate-limited'>, Fault>> = {
  none: { kind: 'slow', ms: 0 },
  'server-error': { kind: 'status', status: 503, ...page },
  'server-error-after': { kind: 'status-after', status: 500, ...page },
  html: { kind: 'status', status: 200, ...page },
  'cut-before': { kind: 'cut-before' },
  'cut-after': { kind: 'cut-after' },
};
const faultOf = (target: Target, trouble: Trouble): Fault =>
  trouble !== 'rate-limited' ? faults[trouble] : { kind: 'status', ...(target === 'post' ? groupLimit : callLimit) };
