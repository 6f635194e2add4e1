import type { BotAccess, ChatBot } from '../../../bots/bot.ts';
import { bots } from '../../../bots/index.ts';
import type { RawRequest } from '../../../src/core/connector.ts';
import { text } from '../../../src/core/texts/index.ts';
import { createFetch } from '../../../src/fetch.ts';
import type { BotKit, BotKitOptions, SeenPost, SeenPrivate, Target, Trouble } from '../../contract/bot-kit.ts';
import type { FakeRequest, Fault } from '../fake-server.ts';
import { buttonsIn } from './blocks.ts';
import type { SlackFake } from './fake.ts';
import { startSlackFake } from './fake.ts';
import type { FarPost } from './far-end.ts';
import { type Ephemeral, showAnswer } from './private.ts';
import { render } from './render.ts';
import { samples } from './samples.ts';
import type { PushContentType, SignedRequest } from './sign.ts';
import { directChannel } from './world.ts';

const channelId = 'C0123456789';
const users = { member: 'U0MEMBER', supervisor: 'U0BOSS', guest: 'U0GUEST', external: 'U0OTHERORG', otherBot: 'U0OTHERBOT' };
const challengeWord = '3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P';
const picture = Buffer.from('89504e470d0a1a0a0000000d494844520000000100000001', 'hex');

/** The Slack bot in front of a fake workspace. */
export async function createKit({ socket = false }: BotKitOptions = {}): Promise<BotKit> {
  const fake = await startSlackFake({ limits: {}, delivery: socket ? 'socket' : 'http', deadlineMs: socket ? 150 : 3000 });
  fill(fake);
  const bot = await createBot(fake, socket);
  const abort = new AbortController();
  const access: BotAccess = { signal: abort.signal, loadMedia: async () => ({ bytes: picture, mimeType: 'image/png', name: 'lamp.png' }) };
  const refOf = ({ ts }: { readonly ts: string }) => ({ channelId, messageId: ts });
  const misconfigurations: Record<string, () => void> = {
    'token revoked': fake.revokeToken,
    'bot not in the channel': () => fake.removeBot(channelId),
    'channel archived': () => fake.archive(channelId),
    'no such channel': () => fake.deleteChannel(channelId),
  };
  for (const scope of [
    'chat:write',
    'channels:history',
    'files:read',
    'files:write',
    'reactions:read',
    'reactions:write',
    'users:read',
    'commands',
  ]) {
    misconfigurations[`scope ${scope} missing`] = () => fake.scopes.delete(scope);
  }

  const challenge = toRaw(fake.sign(JSON.stringify({ token: 't', challenge: challengeWord, type: 'url_verification' })));

  return {
    bot,
    channelId,
    access,
    users,
    samples,
    ingress: 'http',
    oldestSignatureSeconds: 300,
    tells: {
      picture: ['name', 'mimeType', 'bytes'],
      document: ['name', 'mimeType', 'bytes'],
      threadOfDeleted: true,
      channelEnds: ['archived', 'deleted', 'bot-removed'],
      channelEvents: true,
      connectionEnds: ['revoked', 'uninstalled'],
      ...{ fileAddress: true, postAddress: true, threadOfFile: true, waitMs: 7000 },
      kinds: { member: 'member', supervisor: 'member', guest: 'guest', external: 'external', otherBot: 'bot' },
    },
    bold: (words) => `*${words}*`,
    write: (by, rootId, typed, { file, broadcast = false } = {}) =>
      refOf(fake.personPosts(by, channelId, rootId, typed, { broadcast, files: file ? [file] : [] })),
    quotes: null,
    otherBotWrites: (rootId, words) => refOf(fake.otherBotPosts(users.otherBot, channelId, rootId, words)),
    rewrite: (post, typed) => fake.personEdits(post.channelId, post.messageId, typed),
    remove: (post) => fake.personDeletes(post.channelId, post.messageId),
    press: async (by, post, action, locale) => {
      await fake.pressButton(by, post.channelId, post.messageId, text(locale, `action.${action}`));
    },
    emoji: { name: '+1', typed: ['+1', '+1::skin-tone-2', '+1::skin-tone-6'] },
    react: (by, post, emoji) => fake.personReacts(by, post.channelId, post.messageId, emoji),
    unreact: (by, post, emoji) => fake.personUnreacts(by, post.channelId, post.messageId, emoji),
    command: async (by, words) => void (await fake.useCommand(by, channelId, '/tm', words)),
    foreignCommand: async (by, words) => void (await fake.useCommand(by, channelId, '/deploy', words)),
    shortcut: async (by, post, form) => void (await fake.useShortcut(by, post.channelId, post.messageId, `threadmart.${form}`)),
    pressPrivate: async (by, action, locale) => void (await fake.pressPrivate(by, text(locale, `action.${action}`))),
    submitForm: async (by, filled) => void (await fake.submitForm(by, filled)),
    leaves: (user) => void fake.world.channels.get(channelId)?.members.delete(user),
    channelBecomes(state) {
      if (state === 'archived') fake.archive(channelId);
      else if (state === 'deleted') fake.deleteChannel(channelId);
      else if (state === 'bot-removed') fake.removeBot(channelId);
      else if (fake.world.channels.get(channelId)?.archived) fake.unarchive(channelId);
      else fake.addBot(channelId);
    },
    connectionBecomes: (state) => (state === 'revoked' ? fake.revokeToken() : fake.uninstall()),
    somethingElseHappens() {
      fake.emit({ type: 'reaction_added', user: users.member, reaction: 'tada', item: { type: 'file', file: 'F1' } });
      fake.emit({ type: 'channel_rename', channel: { id: channelId, name: 'new-name', created: 1_700_000_000 } });
      fake.emit({ type: 'app_home_opened', user: users.member, channel: 'D1', tab: 'home' });
      fake.emit({
        type: 'message',
        subtype: 'channel_topic',
        user: users.member,
        channel: channelId,
        text: 'x',
        topic: 'x',
        ts: '1700000000.000100',
      });
      fake.emit({ type: 'something_new_in_2031', detail: { deep: [1, { more: null }] } });
      fake.emit({ type: 'member_joined_channel', user: users.guest, channel: channelId, channel_type: 'C', team: fake.world.team.id });
    },
    pushed: async () => fake.kept.splice(0).map(toRaw),
    received: (request) => bot.receive(request),
    async redelivered(request) {
      const again = fake.sign(Buffer.from(request.body).toString(), request.headers['content-type'] as PushContentType);
      return toRaw({ ...again, headers: { ...again.headers, 'x-slack-retry-num': '1', 'x-slack-retry-reason': 'http_timeout' } });
    },
    signed: (body, secondsAhead = 0) => toRaw(fake.sign(body, 'application/json', Math.floor(Date.now() / 1000) + secondsAhead)),
    handshake: {
      request: challenge,
      echo: challengeWord,
      forged: { ...challenge, headers: { 'content-type': 'application/json' } },
    },
    garbled: null,
    async socketAcknowledged() {
      await fake.socket.settled();
      return fake.socket.acknowledged.length;
    },
    posts: () =>
      fake
        .posts(channelId)
        .filter(({ deleted }) => !deleted)
        .map((post) => toSeen(post, fake.world.app.userId)),
    everything: () => JSON.stringify([...fake.world.channels.values()].map(({ messages }) => messages)),
    privateTo: (user) => fake.ephemerals.filter((one) => one.user === user).map(toPrivate),
    seenIn({ body = '' }, by) {
      showAnswer(fake.context, { channel: channelId, user: by, threadTs: null }, JSON.parse(body));
      const shown = fake.ephemerals.at(-1);
      if (!shown) throw new Error('nothing was shown');
      return toPrivate(shown);
    },
    filesOf(user) {
      const direct = directChannel(fake.world, user);
      const seen = direct ? fake.posts(direct.id).flatMap(({ files }) => files) : [];
      return seen.map(({ name, bytes }) => ({ name, bytes: new Uint8Array(bytes) }));
    },
    formsOf: fake.formsOf,
    triggersExpire() {
      for (const [id, trigger] of fake.context.triggers) fake.context.triggers.set(id, { ...trigger, until: 0 });
    },
    break: (target, trouble, times = 1) => fake.server.failNext(matches[target], faults[trouble], times),
    looksUp: 'reads',
    calls: () => fake.server.log.filter(({ path }) => path.startsWith('/api/')).length,
    limitOf: { post: 'channel', mark: 'method' },
    forbidFiles: () => fake.scopes.delete('files:read'),
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

async function createBot(fake: SlackFake, socket: boolean): Promise<ChatBot> {
  const definition = bots.find(({ name }) => name === 'slack');
  if (!definition) throw new Error('bots/index.ts has no slack');
  const settings = definition.environment.parse({
    SLACK_BOT_TOKEN: fake.botToken,
    SLACK_SIGNING_SECRET: fake.signingSecret,
    SLACK_APP_TOKEN: socket ? fake.appToken : '',
    SLACK_API_URL: fake.apiUrl,
  });
  const silent = () => undefined;
  const log = { debug: silent, info: silent, warn: silent, error: silent };
  return definition.create(settings, { fetch: createFetch(), now: () => new Date(), random: Math.random, log });
}

function fill({ world }: SlackFake): void {
  const channel = world.addChannel(channelId, { name: 'th-support' });
  world.addUser({ id: users.member, name: 'mai' });
  world.addUser({ id: users.supervisor, name: 'boss' });
  world.addUser({ id: users.guest, name: 'guest', kind: 'guest' });
  world.addUser({ id: users.external, name: 'partner', kind: 'stranger', teamId: 'T0OTHER' });
  world.addUser({ id: users.otherBot, name: 'otherbot', kind: 'bot', email: null });
  for (const id of Object.values(users)) channel.members.add(id);
}

const toRaw = ({ headers, body }: SignedRequest): RawRequest => ({
  method: 'POST',
  path: '/bots/slack/events',
  query: {},
  headers,
  body: Buffer.from(body),
  receivedAt: new Date(),
});

function toSeen(post: FarPost, self: string): SeenPost {
  return {
    ref: { channelId: post.channel, messageId: post.ts },
    rootId: post.threadTs,
    fromBot: post.fromBot,
    text: post.text,
    pings: post.pings,
    styled: post.styled,
    images: post.files.map(({ bytes }) => bytes),
    buttons: post.buttons.map(({ label }) => label),
    marks: post.reactions.filter(({ users: by }) => by.includes(self)).map(({ name }) => name),
    inChannel: post.threadTs === null || post.broadcast,
  };
}

function toPrivate({ threadTs, text: words, blocks }: Ephemeral): SeenPrivate {
  const { text: seen, pings } = render({ text: words, blocks, mrkdwn: true, fileIds: [] });
  return { rootId: threadTs, text: seen, pings, buttons: buttonsIn(blocks).map(({ label }) => label) };
}

const isCall = (pattern: RegExp) => (request: FakeRequest) => pattern.test(request.path);
const matches: Readonly<Record<Target, (request: FakeRequest) => boolean>> = {
  post: isCall(/^\/api\/chat\.postMessage$/),
  mark: isCall(/^\/api\/reactions\.add$/),
  card: isCall(/^\/api\/chat\.update$/),
  private: isCall(/^\/api\/chat\.postEphemeral$/),
  form: isCall(/^\/api\/views\.open$/),
  upload: isCall(/^\/api\/files\.|^\/upload\//),
  read: isCall(/^\/api\/conversations\./),
};
const page = { headers: { 'content-type': 'text/html' }, body: '<html><body>Service Unavailable</body></html>' };
const faults: Readonly<Record<Trouble, Fault>> = {
  none: { kind: 'slow', ms: 0 },
  'rate-limited': { kind: 'status', status: 429, headers: { 'retry-after': '7' }, body: '{"ok":false,"error":"ratelimited"}' },
  'server-error': { kind: 'status', status: 503, ...page },
  'server-error-after': { kind: 'status-after', status: 500, ...page },
  html: { kind: 'status', status: 200, ...page },
  'cut-before': { kind: 'cut-before' },
  'cut-after': { kind: 'cut-after' },
};
