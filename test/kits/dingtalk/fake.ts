import { type FakeServer, startFakeServer } from '../fake-server.ts';
import { type ApiContext, answerApi, answerOapi, serveFile } from './api.ts';
import type { CardQuirks } from './cards.ts';
import { type FarPost, farPosts } from './far-end.ts';
import { createLimiter, type DingLimits } from './limits.ts';
import { createPeople, type DingPeople } from './people.ts';
import { createStream, type PushRecord, type Stream } from './stream.ts';
import { cardTopic } from './stream-frames.ts';
import { checkParams } from './template.ts';
import { createTokens, type Tokens } from './tokens.ts';
import { createWebhookRobots, type WebhookRobot } from './webhook-robot.ts';
import { createWorld, type DingWorld } from './world.ts';

export interface DingTalkFakeOptions {
  /** Of the newer host; 0 or absent: any free port. */
  readonly port?: number;
  /** How many times faster than real DingTalk limits refill and drains end. */
  readonly timeScale?: number;
  /** Absent: none are enforced. */
  readonly limits?: DingLimits;
  readonly quirks?: Partial<CardQuirks>;
  readonly clientSecret?: string;
  readonly tokenLifeMs?: number;
  /** Real milliseconds until a push without an answer is given up. */
  readonly ackDeadlineMs?: number;
  /** Real milliseconds between pings; 0: none. */
  readonly pingEveryMs?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  readonly random?: () => number;
}

export interface DingTalkFake extends DingPeople {
  /** As `DINGTALK_BASE_URL` wants it: the place of api.dingtalk.com. */
  readonly apiUrl: string;
  /** As `DINGTALK_OAPI_BASE_URL` wants it: the place of oapi.dingtalk.com. */
  readonly oapiUrl: string;
  readonly clientSecret: string;
  readonly cardTemplateId: string;
  readonly world: DingWorld;
  readonly tokens: Tokens;
  readonly stream: Stream;
  /** What its APIs work on. */
  readonly context: ApiContext;
  /** Faults on demand, and what arrived, by host. */
  readonly api: FakeServer;
  readonly oapi: FakeServer;
  /** Calls that count for the month. */
  callsOfMonth(): number;
  addWebhookRobot(groupId: string): WebhookRobot;
  /** False: forms come without their hidden fields. */
  sendHiddenFields(send: boolean): void;
  /** Everything in a group as it looks now: to this person, or to anybody. */
  posts(groupId: string, viewer?: string): FarPost[];
  /** Any push: a frame's topic and data. */
  push(topic: string, data: object): PushRecord;
  /** An event of a subscription, as https://open.dingtalk.com/document/orgapp/stream has them. */
  event(eventType: string, data: object): PushRecord;
  close(): Promise<void>;
}

const cardTemplateId = '0f3a9b1c-threadmart.schema';
const allScopes = ['qyapi_robot_sendmsg', 'Card.Instance.Write', 'qyapi_chat_manage', 'qyapi_get_member', 'Premium.Ding.Write'];

/** A DingTalk organisation with one app in it, on loopback: both hosts, the Stream, and the people. */
export async function startDingTalkFake(options: DingTalkFakeOptions = {}): Promise<DingTalkFake> {
  const { timeScale = 1, now = Date.now, random = Math.random, clientSecret = 'fake-client-secret', limits = {} } = options;
  const world = createWorld(now);
  world.templates.set(cardTemplateId, true);
  const tokens = createTokens(world, clientSecret, options.tokenLifeMs ?? 7_200_000);
  const urls = { api: '', oapi: '' };
  const stream = createStream({
    ...{ newId: world.nextId, now, random, appId: world.app.clientId, ackDeadlineMs: options.ackDeadlineMs ?? 5_000 },
    ...{ drainMs: 10_000 / timeScale, pingEveryMs: options.pingEveryMs ?? 0 },
    endpoint: () => `${urls.api.replace('http:', 'ws:')}/connect`,
    checkApp: tokens.right,
    onAnswer: (record) => applyAnswer(world, record),
  });
  const webhookRobots = createWebhookRobots(world, () => urls.oapi, timeScale);
  const limiter = createLimiter(now, timeScale, limits);
  const context: ApiContext = {
    ...{ world, tokens, stream, limiter, webhookRobots, flowControlled: new Set<string>(), scopes: new Set(allScopes) },
    quirks: { repeatedOutTrackId: 'refused', failedDeliveryKeepsCard: true, strictParams: false, ...options.quirks },
    invalidTokenStatus: 400,
    filesUrl: () => `${urls.api}/files`,
  };
  let hiddenFields = true;
  const people = createPeople({ world, stream, hiddenFieldsComeBack: () => hiddenFields });
  const api = await startFakeServer({
    ...(options.port === undefined ? {} : { port: options.port }),
    upgrade: stream.upgrade,
    handle: (request) => (request.path.startsWith('/files/') ? serveFile(context, request) : answerApi(context, request)),
  });
  const oapi = await startFakeServer({ handle: (request) => answerOapi(context, request) });
  urls.api = api.url;
  urls.oapi = oapi.url;

  return {
    ...people,
    ...{ apiUrl: api.url, oapiUrl: oapi.url, clientSecret, cardTemplateId, world, tokens, stream, context, api, oapi },
    callsOfMonth: () => limiter.used,
    addWebhookRobot: webhookRobots.add,
    sendHiddenFields(send) {
      hiddenFields = send;
    },
    posts(groupId, viewer) {
      const group = world.groups.get(groupId);
      if (!group) throw new Error(`the fake has no group ${groupId}`);
      return farPosts(world, group, viewer ?? null);
    },
    push: (topic, data) =>
      stream.push({ type: 'CALLBACK', topic, messageId: world.nextId('frame-'), data: JSON.stringify(data), headers: {} }),
    event(eventType, data) {
      const eventId = world.nextId('event-');
      const headers = { eventType, eventId, eventCorpId: world.corpId, eventBornTime: String(now()), eventUnifiedAppId: 'unified-app' };
      return stream.push({ type: 'EVENT', topic: '*', messageId: world.nextId('frame-'), data: JSON.stringify(data), headers });
    },
    async close() {
      stream.close();
      await Promise.all([api.close(), oapi.close()]);
    },
  };
}

/** The answer to what was done on a card may change the card: for all, or for who did it. */
function applyAnswer(world: DingWorld, { push, answer }: PushRecord): void {
  if (push.topic !== cardTopic || answer === null || answer === '') return;
  const { response } = JSON.parse(answer) as { readonly response?: CardResponse | string | null };
  if (typeof response !== 'object' || response === null) return;
  const { outTrackId, userId } = JSON.parse(push.data) as { readonly outTrackId: string; readonly userId: string };
  const card = world.cards.get(outTrackId);
  if (!card) return;
  const shared = response.cardData?.cardParamMap;
  const own = response.userPrivateData?.cardParamMap;
  for (const params of [shared, own]) if (params) checkParams(params, 'some');
  if (shared) card.params = response.cardUpdateOptions?.updateCardDataByKey ? { ...card.params, ...shared } : shared;
  if (own) card.privateParams = new Map([...card.privateParams, [userId, { ...card.privateParams.get(userId), ...own }]]);
  card.history.push(card.params);
}

interface CardResponse {
  readonly cardUpdateOptions?: { readonly updateCardDataByKey?: boolean; readonly updatePrivateDataByKey?: boolean };
  readonly cardData?: { readonly cardParamMap: Readonly<Record<string, string>> };
  readonly userPrivateData?: { readonly cardParamMap: Readonly<Record<string, string>> };
}
