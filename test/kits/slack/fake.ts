import type { FakeServer } from '../fake-server.ts';
import { startFakeServer } from '../fake-server.ts';
import { createAnnouncer } from './announce.ts';
import { answerApi, type TokenState } from './api.ts';
import type { ApiContext } from './context.ts';
import type { FarPost, FarThread } from './far-end.ts';
import { farPosts, farThreads } from './far-end.ts';
import type { SlackLimit } from './limits.ts';
import { createLimiter, slackLimits } from './limits.ts';
import { serveFile, takeUpload } from './methods-files.ts';
import type { SlackPeople } from './people.ts';
import { createPeople } from './people.ts';
import { showAnswer, takeResponse } from './private.ts';
import type { Disturbance, Pusher } from './push.ts';
import { createPusher } from './push.ts';
import type { PushContentType, SignedRequest } from './sign.ts';
import type { SocketMode } from './socket.ts';
import { createSocketMode } from './socket.ts';
import type { Json } from './wire.ts';
import type { SlackWorld } from './world.ts';
import { createWorld } from './world.ts';

export interface SlackFakeOptions {
  /** 0 or absent: any free port. */
  readonly port?: number;
  /** Where events, buttons and commands go. Absent: they are kept, signed, in `kept`. */
  readonly eventsUrl?: string;
  /** `socket`: events go over Socket Mode and nowhere else, as in Slack. */
  readonly delivery?: 'http' | 'socket';
  /** How many times faster than real Slack limits refill and retries come. */
  readonly timeScale?: number;
  /** How long the app may take to answer, in real milliseconds: 3 s as Slack's. */
  readonly deadlineMs?: number;
  /** Also events that no person caused. */
  readonly noise?: boolean;
  /** Replaces limits; an empty object switches all off. */
  readonly limits?: Readonly<Record<string, SlackLimit>>;
  readonly botToken?: string;
  readonly appToken?: string;
  readonly signingSecret?: string;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** For `disturb`. */
  readonly random?: () => number;
}

export interface SlackFake extends SlackPeople {
  /** Without a slash at the end. */
  readonly url: string;
  /** As `SLACK_API_URL` wants it. */
  readonly apiUrl: string;
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;
  readonly world: SlackWorld;
  /** Faults on demand, and what arrived. */
  readonly server: FakeServer;
  readonly socket: SocketMode;
  /** What became of each event of the Events API. */
  readonly events: Pusher['records'];
  /** Signed requests made while no address was set, oldest first. */
  readonly kept: SignedRequest[];
  readonly ephemerals: ApiContext['ephemerals'];
  /** What its methods work on. */
  readonly context: ApiContext;
  /** The bot's scopes; take one away and methods answer `missing_scope`. */
  readonly scopes: Set<string>;
  sendEventsTo(url: string | null): void;
  disturb(disturbance: Disturbance): void;
  /** A signed request, not sent. `atSeconds` is Unix time. */
  sign(body: string, contentType?: PushContentType, atSeconds?: number): SignedRequest;
  /** Any event in its envelope, sent like all others. */
  emit(event: Json): void;
  /** The URL verification that Slack does when the address is entered: true when the app echoed it. */
  verifyUrl(url: string): Promise<boolean>;
  revokeToken(): void;
  uninstall(): void;
  /** The app is installed anew with the same token. */
  reinstall(): void;
  posts(channelId?: string): FarPost[];
  threads(channelId?: string): FarThread[];
  /** Resolves when no event is under way or waits for another attempt. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** What the app's manifest asks for (https://docs.slack.dev/reference/scopes, read 2026-11-22). */
const allScopes = [
  'chat:write',
  'channels:history',
  'groups:history',
  'channels:read',
  'groups:read',
  'app_mentions:read',
  'commands',
  'files:read',
  'files:write',
  'reactions:read',
  'reactions:write',
  'users:read',
  'users:read.email',
  'im:write',
];

/** A Slack workspace with one app in it, on loopback: Web API, Events API, interactions and Socket Mode. */
export async function startSlackFake(options: SlackFakeOptions = {}): Promise<SlackFake> {
  const { delivery = 'http', timeScale = 1, deadlineMs = 3000, noise = true, now = Date.now, random = Math.random } = options;
  const { botToken = 'xoxb-fake-bot-token', appToken = 'xapp-fake-app-token', signingSecret = 'fake-signing-secret' } = options;
  const world = createWorld(now);
  const tokens: TokenState = { bot: botToken, app: appToken, state: 'good' };
  const limiter = createLimiter(now, timeScale, options.limits ?? slackLimits);
  const pusher = createPusher({ signingSecret, now, random, timeScale, deadlineMs });
  pusher.sendTo(options.eventsUrl ?? null);
  const socket = createSocketMode({ appId: world.app.id, newId: () => world.nextId('E').toLowerCase(), ackDeadlineMs: deadlineMs });
  const scopes = new Set(allScopes);

  function emit(event: Json): void {
    const eventId = world.nextId('Ev');
    const payload = envelope(world, eventId, event);
    if (delivery === 'socket') socket.send('events_api', payload);
    else pusher.event(eventId, payload);
  }

  /** What the acknowledgement of a command carries is shown to whoever gave it. */
  function answered(kind: 'interactive' | 'slash_commands', payload: Json, body: string): void {
    if (kind !== 'slash_commands' || body === '') return;
    const { channel_id, user_id } = payload as Record<string, string>;
    showAnswer(context, { channel: channel_id ?? '', user: user_id ?? '', threadTs: null }, JSON.parse(body) as Json);
  }

  let url = '';
  const context: ApiContext = {
    world,
    socket,
    scopes,
    announce: createAnnouncer({ world, noise, serverUrl: () => url, emit }),
    triggers: new Map(),
    views: new Map(),
    ephemerals: [],
    responses: new Map(),
    serverUrl: () => url,
  };
  const people = createPeople({
    context,
    async interaction(kind, payload) {
      if (delivery === 'socket') {
        socket.send(kind, payload, (answer) => answer && answered(kind, payload, JSON.stringify(answer)));
        return null;
      }
      const form = kind === 'interactive' ? { payload: JSON.stringify(payload) } : (payload as Record<string, string>);
      const answer = await pusher.interaction(form);
      if (answer?.status === 200) answered(kind, payload, answer.body);
      return answer;
    },
  });

  const server = await startFakeServer({
    ...(options.port === undefined ? {} : { port: options.port }),
    upgrade: socket.upgrade,
    async handle(request) {
      if (request.path.startsWith('/api/')) return answerApi(request, context, tokens, limiter);
      if (request.path.startsWith('/upload/v1/')) return takeUpload(request, context);
      const bearer = request.headers['authorization'] === `Bearer ${tokens.bot}` && tokens.state === 'good';
      if (request.path.startsWith('/files-pri/')) return serveFile(request, context, bearer);
      if (request.path.startsWith('/respond/')) return takeResponse(request, context);
      return { status: 404, headers: { 'content-type': 'text/html' }, body: '<html><body>Not found</body></html>' };
    },
  });
  url = server.url;

  return {
    ...people,
    url,
    apiUrl: `${url}/api/`,
    botToken,
    appToken,
    signingSecret,
    world,
    server,
    socket,
    events: pusher.records,
    kept: pusher.kept,
    ephemerals: context.ephemerals,
    context,
    scopes,
    sendEventsTo: pusher.sendTo,
    disturb: pusher.disturb,
    sign: pusher.sign,
    emit,
    async verifyUrl(target) {
      const challenge = world.nextId('challenge');
      const { headers, body } = pusher.sign(JSON.stringify({ token: 'verification-token', challenge, type: 'url_verification' }));
      const response = await fetch(target, { method: 'POST', headers, body });
      return response.ok && (await response.text()).includes(challenge);
    },
    revokeToken() {
      tokens.state = 'revoked';
      emit({ type: 'tokens_revoked', tokens: { oauth: [], bot: [world.app.userId] } });
    },
    uninstall() {
      tokens.state = 'inactive';
      emit({ type: 'app_uninstalled' });
    },
    reinstall() {
      tokens.state = 'good';
    },
    posts: (channelId) => farPosts(world, channelId),
    threads: (channelId) => farThreads(world, channelId),
    async settled() {
      await pusher.settled();
      await socket.settled();
    },
    async close() {
      pusher.close();
      socket.close();
      await server.close();
    },
  };
}

/** @see https://docs.slack.dev/apis/events-api (read 2026-11-22) */
function envelope(world: SlackWorld, eventId: string, event: Json): Json {
  const { team, app } = world;
  return {
    token: 'verification-token',
    team_id: team.id,
    context_team_id: team.id,
    context_enterprise_id: null,
    api_app_id: app.id,
    event,
    type: 'event_callback',
    event_id: eventId,
    event_time: Math.floor(world.now() / 1000),
    authorizations: [{ enterprise_id: null, team_id: team.id, user_id: app.userId, is_bot: true, is_enterprise_install: false }],
    is_ext_shared_channel: false,
    event_context: `4-${eventId}`,
  };
}
