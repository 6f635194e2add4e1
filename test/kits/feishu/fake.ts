import type { FakeServer } from '../fake-server.ts';
import { startFakeServer } from '../fake-server.ts';
import { createAnnouncer } from './announce.ts';
import { createApi, type Quota } from './api.ts';
import { type Auth, createAuth } from './auth.ts';
import type { ApiContext } from './context.ts';
import { type FarPost, farPosts } from './far-end.ts';
import { createLimiter, type FeishuLimit, feishuLimits, type LimitName } from './limits.ts';
import { createPeople, type FeishuPeople } from './people.ts';
import { createPusher, createWebhook, type Disturbance, type Pusher, type Webhook } from './push.ts';
import type { SignedRequest } from './sign.ts';
import { createLongConnection, type LongConnection } from './socket.ts';
import type { Json } from './wire.ts';
import { createWorld, type FeishuWorld } from './world.ts';

export interface FeishuFakeOptions {
  /** 0 or absent: any free port. */
  readonly port?: number;
  /** Where events and presses go. Absent: they are kept, encrypted and signed, in `kept`. */
  readonly eventsUrl?: string;
  /** `socket`: they go over the long connection and nowhere else, as the console has it. */
  readonly delivery?: 'http' | 'socket';
  /** How many times faster than real Feishu limits refill, events come again and names of messages are forgotten. What it allows for hours or days is real time. */
  readonly timeScale?: number;
  /** The same for what is sent again; absent: `timeScale`. */
  readonly retryScale?: number;
  /** How long the app may take to answer, in real milliseconds: 3 s as Feishu's. */
  readonly deadlineMs?: number;
  /** Replaces limits; an empty object switches all off. */
  readonly limits?: Readonly<Partial<Record<LimitName, FeishuLimit>>>;
  /** Two hours if absent. */
  readonly tokenLifeMs?: number;
  /** Events larger than this come over the long connection in several frames. */
  readonly maxFrameBytes?: number;
  /** Of the long connection; 120 s if absent. */
  readonly pingSeconds?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** For `disturb`. */
  readonly random?: () => number;
}

export interface FeishuFake extends FeishuPeople {
  /** Without a slash at the end; as `FEISHU_BASE_URL` wants it. */
  readonly url: string;
  readonly appId: string;
  readonly appSecret: string;
  readonly encryptKey: string;
  readonly verificationToken: string;
  readonly world: FeishuWorld;
  /** Faults on demand, and what arrived. */
  readonly server: FakeServer;
  readonly socket: LongConnection;
  readonly auth: Auth;
  readonly quota: Quota;
  /** What became of each event. */
  readonly events: Pusher['records'];
  /** Requests made while no address was set, oldest first. */
  readonly kept: SignedRequest[];
  readonly toasts: readonly { readonly user: string; readonly text: string }[];
  /** What the tenant has granted; take one away and calls answer 99991672, or events stay away. */
  readonly scopes: Set<string>;
  /** The tenant forbids what matches; null: nothing. */
  forbidWords(rule: RegExp | null): void;
  /** Also tells the app of what its own bot sends. */
  echo(on: boolean): void;
  sendEventsTo(url: string | null): void;
  disturb(disturbance: Disturbance): void;
  /** An encrypted, signed request, not sent. `atSeconds` is Unix time. */
  sign: Webhook['sign'];
  /** Any event in its envelope, sent like all others. */
  emit(type: string, event: Json): void;
  /** The same in the old schema, as some events still come. */
  emitOld(event: Json): void;
  /** What the console sends when an address is entered, encrypted. */
  challenge(word: string): SignedRequest;
  posts(chatId?: string): FarPost[];
  /** Resolves when no event is under way or waits for another attempt. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** What the app asks for: facts, 2.7, and the pages of the calls. */
const allScopes = [
  'im:message',
  'im:message:send_as_bot',
  'im:message:update',
  'im:message:recall',
  'im:message.group_msg',
  'im:message.group_at_msg',
  'im:message.p2p_msg:readonly',
  'im:message.reactions:read',
  'im:message.reactions:write_only',
  'im:resource',
  'im:chat:readonly',
  'contact:contact.base:readonly',
  'contact:user.base:readonly',
  'contact:user.email:readonly',
  'application:app_slash_command:read',
  'application:app_slash_command:write',
];

/** A Feishu tenant with one custom app in it, on loopback: OpenAPI, events by webhook or long connection, cards. */
export async function startFeishuFake(options: FeishuFakeOptions = {}): Promise<FeishuFake> {
  const { delivery = 'http', timeScale = 1, deadlineMs = 3000, now = Date.now, random = Math.random } = options;
  const appId = 'cli_a1b2c3d4e5f60718';
  const appSecret = 'fake-app-secret-0123456789abcdef';
  const encryptKey = 'fake-encrypt-key';
  const verificationToken = 'fake-verification-token';
  const world = createWorld(now, appId);
  const scopes = new Set(allScopes);
  const toasts: { user: string; text: string }[] = [];
  const clientConfig = { ReconnectCount: -1, ReconnectInterval: 1, ReconnectNonce: 0, PingInterval: options.pingSeconds ?? 120 };
  const socket = createLongConnection({ newId: world.nextId, deadlineMs, maxFrameBytes: options.maxFrameBytes ?? 65_536, clientConfig });
  const webhook = createWebhook(encryptKey, now, deadlineMs);
  webhook.sendTo(options.eventsUrl ?? null);
  const send = delivery === 'socket' ? socket.send : webhook.send;
  const pusher = createPusher({ send, now, random, timeScale: options.retryScale ?? timeScale });
  let echo = false;
  let forbidden: RegExp | null = null;

  const envelope = (type: string, event: Json): Json => ({
    schema: '2.0',
    header: {
      event_id: world.nextId('event'),
      token: verificationToken,
      create_time: String(now()),
      event_type: type,
      tenant_key: world.tenantKey,
      app_id: appId,
    },
    event,
  });
  function emit(type: string, event: Json): void {
    const payload = envelope(type, event);
    pusher.event((payload['header'] as { readonly event_id: string }).event_id, payload);
  }

  const context: ApiContext = {
    world,
    scopes,
    announce: createAnnouncer({ world, scopes, echo: () => echo, emit }),
    limiter: createLimiter(now, timeScale, options.limits ?? feishuLimits),
    uuids: new Map(),
    slashCommands: new Map(),
    dataLeakRule: () => forbidden,
    timeScale,
  };
  const people = createPeople({ context, toasts, interaction: (event) => pusher.callback(envelope('card.action.trigger', event)) });
  const auth = createAuth({ appId, appSecret, now, tokenLifeMs: options.tokenLifeMs ?? 7_200_000, clientConfig });
  const api = createApi(auth, context, () => world.nextId('log'));

  const server = await startFakeServer({
    ...(options.port === undefined ? {} : { port: options.port }),
    upgrade: socket.upgrade,
    async handle(request) {
      if (request.path === '/open-apis/auth/v3/tenant_access_token/internal') return auth.token(request);
      if (request.path === '/callback/ws/endpoint')
        return auth.endpoint(request, () => `${server.url.replace('http', 'ws')}${socket.ticketPath()}`);
      return api.answer(request);
    },
  });

  return {
    ...people,
    url: server.url,
    appId,
    appSecret,
    encryptKey,
    verificationToken,
    world,
    server,
    socket,
    auth,
    quota: api.quota,
    events: pusher.records,
    kept: webhook.kept,
    toasts,
    scopes,
    forbidWords: (rule) => {
      forbidden = rule;
    },
    echo: (on) => {
      echo = on;
    },
    sendEventsTo: webhook.sendTo,
    disturb: pusher.disturb,
    sign: webhook.sign,
    emit,
    emitOld(event) {
      const uuid = world.nextId('uuid');
      pusher.event(uuid, {
        uuid,
        token: verificationToken,
        ts: (now() / 1_000).toFixed(6),
        type: 'event_callback',
        event: { ...event, app_id: appId, tenant_key: world.tenantKey },
      });
    },
    challenge: (word) => webhook.sign(JSON.stringify({ challenge: word, token: verificationToken, type: 'url_verification' })),
    posts: (chatId) => farPosts(world, chatId),
    settled: pusher.settled,
    async close() {
      pusher.close();
      socket.close();
      await server.close();
    },
  };
}
