import { createHash } from 'node:crypto';
import type { BotAccess, ChatBot, SocketConnection, SocketEvent } from '../../../bots/bot.ts';
import { bots } from '../../../bots/index.ts';
import type { RawRequest, Received } from '../../../src/core/connector.ts';
import { text } from '../../../src/core/texts/index.ts';
import { createFetch } from '../../../src/fetch.ts';
import type { BotKit, BotKitOptions } from '../../contract/bot-kit.ts';
import { onePixelPng } from '../pictures.ts';
import { type DingTalkFake, startDingTalkFake } from './fake.ts';
import { cardLook } from './far-end.ts';
import type { QuoteShape } from './payloads.ts';
import { samples } from './samples.ts';
import { composerOf, formOf, privateOf, seenPosts } from './seen.ts';
import { robotTopic } from './stream-frames.ts';
import { faultOf, matches } from './trouble.ts';

const channelId = 'cidKITGROUP00000000000==';
const users = { member: 'mai', supervisor: 'boss', guest: 'newcomer', external: 'partner', otherBot: 'otherrobot' };

/** The DingTalk bot in front of a fake organisation. All that reaches it comes over the Stream. */
export async function createKit({ socket = false }: BotKitOptions = {}): Promise<BotKit> {
  const fake = await startDingTalkFake({ ackDeadlineMs: 10_000 });
  fill(fake);
  const bot = await createBot(fake);
  const abort = new AbortController();
  const access: BotAccess = {
    signal: abort.signal,
    loadMedia: async () => ({ bytes: onePixelPng, mimeType: 'image/png', name: 'lamp.png' }),
  };
  const inbox = createInbox(bot);
  const connection = socket ? null : await inbox.connect();
  const submitted: { readonly id: string; readonly rootId: string; readonly words: string }[] = [];
  const refOf = (messageId: string) => ({ channelId, messageId });
  const posts = () => seenPosts(fake, channelId, submitted);

  /** Words of an agent, as the card's own field takes them. */
  function reply(by: string, rootId: string, words: string): string {
    const { label, name } = composerOf(fake, rootId);
    fake.submits(by, rootId, { [label]: words });
    const id = `reply-${createHash('sha256')
      .update(JSON.stringify([rootId, by, name, words]))
      .digest('hex')
      .slice(0, 32)}`;
    submitted.push({ id, rootId, words });
    return id;
  }

  const misconfigurations: Record<string, () => void> = {
    'secret changed': () => fake.tokens.changeSecret('another'),
    'robot not in the group': () => void setRobot(fake, false),
    'no such group': () => void fake.world.groups.delete(channelId),
    'group dissolved': () => dissolve(fake),
    'card template not published': () => void fake.world.templates.set(fake.cardTemplateId, false),
    'no such card template': () => void fake.world.templates.delete(fake.cardTemplateId),
  };
  for (const scope of ['Card.Instance.Write', 'qyapi_robot_sendmsg', 'qyapi_get_member'])
    misconfigurations[`scope ${scope} missing`] = () => fake.context.scopes.delete(scope);

  return {
    ...{ bot, channelId, access, users, samples, ingress: 'socket', oldestSignatureSeconds: 0 },
    tells: {
      ...{ picture: [], document: ['name'], threadOfDeleted: false },
      ...{ channelEnds: ['deleted', 'bot-removed'], channelEvents: false, connectionEnds: [] },
      ...{ fileAddress: false, postAddress: false, threadOfFile: false, waitMs: 1000 },
      kinds: { member: 'member', supervisor: 'member', guest: 'member', external: null, otherBot: null },
    },
    bold: (words) => words,
    write(by, rootId, typed, { file } = {}) {
      // Nothing but a picture can call a robot in a group; another file is sent to it alone.
      if (file && !file.mimeType.startsWith('image/')) return refOf(fake.whispers(by, typed, { file }).msgId);
      const root = rootId === null ? undefined : fake.posts(channelId).findLast(({ outTrackId }) => outTrackId === rootId);
      if (rootId !== null && !file) return refOf(reply(by, rootId, typed));
      const quotes = root ? { quotes: { msgId: root.msgId, shape: 'card-params' as const } } : {};
      return refOf(fake.writes(by, channelId, typed, { ...(file ? { file } : {}), ...quotes }).msgId);
    },
    quotes: {
      naming: ['card-tree', 'card-params', 'rich', 'text', 'content', 'query-key'],
      silent: ['msg-id', 'bare', 'left-out'],
      write(by, { messageId }, typed, shape) {
        const quoted = fake.posts(channelId).findLast(({ outTrackId }) => outTrackId === messageId);
        if (!quoted) throw new Error(`there is no card ${messageId} to quote`);
        return refOf(fake.writes(by, channelId, typed, { quotes: { msgId: quoted.msgId, shape: shape as QuoteShape } }).msgId);
      },
    },
    ...{ otherBotWrites: null, rewrite: null, remove: null, emoji: null, shortcut: null, triggersExpire: null },
    react: () => undefined,
    unreact: () => undefined,
    press: async (by, { messageId }, action, locale) => void fake.presses(by, messageId, text(locale, `action.${action}`)),
    command: async (by, words) => void fake.writes(by, channelId, words),
    foreignCommand: async (by, words) => void fake.writes(by, channelId, `/deploy ${words}`, { callsRobot: false }),
    async pressPrivate(by, action, locale) {
      const last = fake.privateCards(by).at(-1);
      if (!last) throw new Error(`nothing was shown to ${by} alone`);
      fake.presses(by, last.outTrackId, text(locale, `action.${action}`));
    },
    async submitForm(by, filled) {
      const last = fake.privateCards(by).findLast(({ outTrackId }) => formOf(fake, outTrackId, by) !== null);
      if (!last) throw new Error(`${by} has no form open`);
      fake.submits(by, last.outTrackId, filled);
      await fake.stream.settled();
    },
    leaves: (user) => void fake.world.groups.get(channelId)?.members.delete(user),
    channelBecomes(state) {
      if (state === 'archived') throw new Error('a group of DingTalk is not archived');
      if (state === 'deleted') dissolve(fake);
      else setRobot(fake, state === 'back');
    },
    connectionBecomes: (state) => fake.tokens.changeSecret(state === 'revoked' ? 'another' : null),
    somethingElseHappens() {
      fake.sendsSomethingElse(users.member, channelId);
      fake.push('/v1.0/card/instances/callback', {
        type: 'actionCallback',
        outTrackId: 'another-app-s',
        userId: users.member,
        content: '{}',
      });
      fake.push(robotTopic, { msgtype: 'something_new_in_2031', conversationType: '2', conversationId: channelId, msgId: 'm-2031' });
    },
    async pushed() {
      await fake.stream.settled();
      return inbox.taken.splice(0);
    },
    received: inbox.received,
    async redelivered(request) {
      const record = fake.stream.records.find(({ push }) => Buffer.from(request.body).includes(push.messageId));
      if (!record) throw new Error('that was never pushed');
      fake.stream.pushAgain(record);
      await fake.stream.settled();
      const again = inbox.taken.pop();
      if (!again) throw new Error('nothing came again');
      return again;
    },
    signed: (body) => asRequest({ key: '', lane: '', body: Buffer.from(body), contentType: 'application/json' }),
    handshake: null,
    garbled: (body) =>
      void fake.stream.push({ type: 'CALLBACK', topic: robotTopic, messageId: fake.world.nextId('frame-'), data: body, headers: {} }),
    async socketAcknowledged() {
      await fake.stream.settled();
      return fake.stream.records.filter(({ state }) => state === 'acknowledged').length;
    },
    posts,
    everything: () =>
      JSON.stringify([
        [...fake.world.groups.values()].map(({ messages }) => messages),
        [...fake.world.cards.values()].map(({ history }) => history),
      ]),
    privateTo: (user) => fake.privateCards(user).map(({ outTrackId, atUserIds }) => privateOf(fake, outTrackId, atUserIds, user)),
    seenIn({ body = '' }) {
      const { cardParamMap } = JSON.parse(body) as { readonly cardParamMap: Readonly<Record<string, string>> };
      const shown = { outTrackId: fake.world.nextId('seen-'), templateId: fake.cardTemplateId, callbackType: null, userIdType: 1 };
      fake.world.cards.set(shown.outTrackId, { ...shown, params: cardParamMap, privateParams: new Map(), history: [] });
      const { text: words, pings, buttons } = cardLook(fake.world, shown.outTrackId, [], null);
      fake.world.cards.delete(shown.outTrackId);
      return { rootId: null, text: words, pings, buttons: buttons.map((button) => button.text) };
    },
    filesOf: (user) =>
      (fake.world.direct.get(user) ?? []).flatMap((message) => {
        const file =
          message.kind === 'robot' && message.msgKey === 'sampleFile' ? fake.world.media.get(message.param['mediaId'] ?? '') : undefined;
        return file?.bytes ? [unpacked(file.name, file.bytes)] : [];
      }),
    formsOf: (user) => fake.privateCards(user).flatMap(({ outTrackId }) => formOf(fake, outTrackId, user) ?? []),
    break(target, trouble, times = 1) {
      for (const server of [fake.api, fake.oapi]) server.failNext(matches[target], faultOf(target, trouble), times);
    },
    calls: () => [...fake.api.log, ...fake.oapi.log].filter(({ path }) => !/oauth2|gateway|^\/files\//.test(path)).length,
    ...{ looksUp: 'reads', limitOf: { post: 'method', mark: 'method' } },
    forbidFiles: () => fake.context.scopes.delete('qyapi_robot_sendmsg'),
    loseFiles() {
      for (const file of fake.world.downloads.values()) file.bytes = null;
    },
    misconfigurations,
    async close() {
      abort.abort();
      await connection?.close();
      await fake.close();
    },
  };
}

async function createBot(fake: DingTalkFake): Promise<ChatBot> {
  const definition = bots.find(({ name }) => name === 'dingtalk');
  if (!definition) throw new Error('bots/index.ts has no dingtalk');
  const settings = definition.environment.parse({
    DINGTALK_CLIENT_ID: fake.world.app.clientId,
    DINGTALK_CLIENT_SECRET: fake.clientSecret,
    DINGTALK_ROBOT_CODE: fake.world.app.robotCode,
    DINGTALK_CARD_TEMPLATE_ID: fake.cardTemplateId,
    DINGTALK_BASE_URL: fake.apiUrl,
    DINGTALK_OAPI_BASE_URL: fake.oapiUrl,
  });
  const silent = () => undefined;
  const log = { debug: silent, info: silent, warn: silent, error: silent };
  return definition.create(settings, { fetch: createFetch(), now: () => new Date(), random: Math.random, log });
}

function fill({ world }: DingTalkFake): void {
  const group = world.addGroup(channelId, { title: 'th-support' });
  world.addUser({ id: users.member, name: 'Mai' });
  world.addUser({ id: users.supervisor, name: 'Boss' });
  world.addUser({ id: users.guest, name: 'Newcomer' });
  world.addUser({ id: users.external, name: 'Partner', kind: 'outsider' });
  world.addUser({ id: users.otherBot, name: 'Other robot', kind: 'robot' });
  for (const id of Object.values(users)) group.members.add(id);
}

function setRobot({ world }: DingTalkFake, there: boolean): void {
  const group = world.groups.get(channelId);
  if (group) group.hasRobot = there;
}

function dissolve({ world }: DingTalkFake): void {
  const group = world.groups.get(channelId);
  if (group) group.dissolved = true;
}

/** What somebody has once they have opened it: of an archive, which is never compressed here, the one file in it. */
function unpacked(name: string, bytes: Buffer): { readonly name: string; readonly bytes: Uint8Array } {
  if (!name.endsWith('.zip')) return { name, bytes: new Uint8Array(bytes) };
  const [method, size, nameLength, extraLength] = [
    bytes.readUInt16LE(8),
    bytes.readUInt32LE(18),
    bytes.readUInt16LE(26),
    bytes.readUInt16LE(28),
  ];
  if (bytes.readUInt32LE(0) !== 0x04034b50 || method !== 0) throw new Error('no archive that everybody can open');
  const from = 30 + nameLength + extraLength;
  return { name: bytes.subarray(30, 30 + nameLength).toString(), bytes: new Uint8Array(bytes.subarray(from, from + size)) };
}

/** What came over the Stream, as it were requests. */
function createInbox(bot: ChatBot) {
  const events = new WeakMap<RawRequest, SocketEvent>();
  const taken: RawRequest[] = [];
  const eventOf = (request: RawRequest): SocketEvent => {
    const event = events.get(request);
    if (!event) throw new Error('that did not come over the Stream');
    return event;
  };
  return {
    taken,
    async connect(): Promise<SocketConnection> {
      if (!bot.socket) throw new Error('the bot opens no socket');
      return bot.socket.start(async (event) => {
        const request = asRequest(event);
        events.set(request, event);
        taken.push(request);
        return null;
      });
    },
    received(request: RawRequest): Received {
      const { key, lane, ask } = eventOf(request);
      return { kind: 'event', key, lane, shop: null, ...(ask ? { ask } : {}), answer: { status: 200 } };
    },
  };
}

const asRequest = ({ body, contentType }: SocketEvent): RawRequest => ({
  ...{ method: 'POST', path: '/bots/dingtalk/stream', query: {}, headers: { 'content-type': contentType } },
  ...{ body, receivedAt: new Date() },
});
