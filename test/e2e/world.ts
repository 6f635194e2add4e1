import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DingTalkFake, startDingTalkFake } from '../kits/dingtalk/fake.ts';
import { type FeishuFake, startFeishuFake } from '../kits/feishu/fake.ts';
import { type SlackFake, startSlackFake } from '../kits/slack/fake.ts';
import type { TokenPair } from '../kits/tiktok-shop/auth.ts';
import { environmentOf } from '../kits/tiktok-shop/environment.ts';
import { startTikTokShopFake, type TikTokShopFake } from '../kits/tiktok-shop/fake.ts';
import type { FakeShop, ShopSeed } from '../kits/tiktok-shop/world.ts';
import { namesServer, startTestServer } from '../store-helper.ts';
import type { KnownWords } from './card-threads.ts';
import type { Chat } from './chat.ts';
import { dingtalkChat } from './chat-dingtalk.ts';
import { feishuChat } from './chat-feishu.ts';
import { slackChat } from './chat-slack.ts';
import type { Desk } from './desk.ts';
import { dingtalkDesk } from './desk-dingtalk.ts';
import { feishuDesk } from './desk-feishu.ts';
import { slackDesk } from './desk-slack.ts';
import { createServiceProcess, type ServiceProcess } from './service-process.ts';

export interface WorldOptions {
  /** How many, or which. */
  readonly shops: number | readonly ShopSeed[];
  /** How many, or their names. */
  readonly channels: number | readonly string[];
  /** Names of the people in the channels; two if absent. */
  readonly people?: readonly string[];
  /** The language of threads; English if absent. */
  readonly locale?: string;
  /** Where everything of the service lies; a temporary one if absent. Removed when the world is closed. */
  readonly folder?: string;
  /** True: the folder stays when the world is closed, and the service's logs are written to it. */
  readonly keep?: boolean;
  readonly timeScale: number;
  /** How long an access token of a shop lives; seven days if absent. */
  readonly accessLifeMs?: number;
  readonly random: () => number;
  /** More of `threadmart.yaml`. */
  readonly yaml?: string;
  readonly undoSeconds?: number;
  /** One more channel, for trouble. */
  readonly ops?: boolean;
  /** Of the shops, how many have no route. The last ones. */
  readonly unrouted?: number;
  /** Of the people, in their order; empty: every full member may answer. */
  readonly roles?: readonly ('agent' | 'supervisor')[];
  /** More for the service's environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** A store that several processes share; the embedded engine of the service if absent. */
  readonly mongodbUri?: string;
  /** Its events come over a socket that the service opens. */
  readonly socketMode?: boolean;
  /** By which words on a card are told apart, where threads are cards; traffic's if absent. */
  readonly words?: KnownWords;
  /** Where the team works; Slack if absent. */
  readonly chat?: Chat['platform'];
}

export interface World {
  readonly tiktok: TikTokShopFake;
  /** The webhook that told of a marketplace message, by the message's id; and when it was made, in milliseconds since 1970. */
  readonly pushes: ReadonlyMap<string, { readonly notificationId: string; readonly at: number }>;
  readonly chat: Chat;
  /** Where people of the team sit. */
  readonly desk: Desk;
  /** Throws where the team works elsewhere; so do the next ones. */
  readonly slack: SlackFake;
  readonly feishu: FeishuFake;
  readonly dingtalk: DingTalkFake;
  readonly undoMs: number;
  readonly service: ServiceProcess;
  readonly shopIds: readonly string[];
  readonly channelIds: readonly string[];
  /** Access tokens that the shops began with. */
  readonly accessTokens: readonly string[];
  /** Full members, in every channel. */
  readonly agents: readonly string[];
  readonly adminToken: string;
  /** Where everything of the service lies. */
  readonly folder: string;
  /** The channel for trouble, where there is one. */
  readonly opsId: string;
  /** Asks the administration API; a body that is a string is `threadmart.yaml`. */
  api<T = unknown>(path: string, body?: string | object): Promise<T>;
  /** Changes settings of the running service: a part of `threadmart.yaml`. */
  apply(yaml: string): Promise<void>;
  /** A second process on the same store; not started. */
  twin(): Promise<ServiceProcess>;
  /** Where both platforms send their events from now on. */
  sendEventsTo(service: ServiceProcess): void;
  close(): Promise<void>;
}

const adminToken = 'an-admin-token-for-tests';

/** Both platforms on loopback, and a service between them: shops are routed to channels in turn. */
export async function createWorld(options: WorldOptions): Promise<World> {
  const { shops, channels, people = ['agent-1', 'agent-2'], timeScale, random } = options;
  const pushes = new Map<string, { readonly notificationId: string; readonly at: number }>();
  const tiktok = await startTikTokShopFake({
    timeScale,
    random,
    onPush({ webhook: { notificationId, body } }) {
      const { data } = JSON.parse(body.toString()) as { readonly data: { readonly message_id?: string } };
      if (data.message_id) pushes.set(data.message_id, { notificationId, at: Date.now() });
    },
  });
  const { chat, desk, slack, feishu, dingtalk } = await startChat(options);
  const channelNames = typeof channels === 'number' ? Array.from({ length: channels }, (_, index) => `channel-${index + 1}`) : channels;
  const channelIds = channelNames.map((name, index) => {
    const id = chat.channelIdOf(index + 1);
    chat.addChannel(id, name);
    return id;
  });
  if (options.ops) chat.addChannel(chat.opsId, 'ops');
  const agents = people.map((name, index) => chat.addPerson(index + 1, name));
  const fakeShops = (typeof shops === 'number' ? Array<ShopSeed>(shops).fill({}) : shops).map((seed) => tiktok.addShop(seed));
  const shopIds = fakeShops.map(({ id }) => id);
  // A server that the environment names is used here, too, in a database of its own.
  const server = !options.mongodbUri && namesServer(process.env) ? await startTestServer() : null;
  const mongodbUri = options.mongodbUri ?? server?.uri;
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'threadmart-e2e-')));
  const file = join(folder, 'threadmart.yaml');
  const grants = shopIds.map((id) =>
    tiktok.grant({ shopIds: [id], ...(options.accessLifeMs ? { accessLifeMs: options.accessLifeMs } : {}) }),
  );
  await writeFile(file, yamlOf(fakeShops, grants, channelIds, agents, chat, options));
  const environment = {
    ...environmentOf(tiktok),
    ...chat.environment,
    ...(mongodbUri ? { MONGODB_URI: mongodbUri, SECRET_KEY: Buffer.alloc(32, 7).toString('base64') } : {}),
    DATA_DIR: join(folder, 'data'),
    THREADMART_CONFIG: file,
    ADMIN_TOKEN: adminToken,
    TIME_SCALE: String(timeScale),
    INSECURE_MEDIA_ORIGINS: tiktok.url,
    ...options.environment,
  };
  const logOf = (name: string) => (options.keep ? { logFile: join(folder, 'logs', `${name}.log`) } : {});
  const service = await createServiceProcess(environment, logOf('service-1'));
  const twins: ServiceProcess[] = [];
  function sendEventsTo({ url }: ServiceProcess): void {
    tiktok.webhooks.behave({ url: `${url}/hooks/tiktok-shop` });
    chat.sendEventsTo(url);
  }
  sendEventsTo(service);

  async function api<T>(path: string, body?: string | object): Promise<T> {
    const answer = await fetch(`${service.url}/api/${path}`, {
      headers: { authorization: `Bearer ${adminToken}` },
      ...(body === undefined ? {} : { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`/api/${path} answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  return {
    tiktok,
    pushes,
    chat,
    desk,
    get slack() {
      if (!slack) throw new Error('this team does not work in Slack');
      return slack;
    },
    get feishu() {
      if (!feishu) throw new Error('this team does not work in Feishu');
      return feishu;
    },
    get dingtalk() {
      if (!dingtalk) throw new Error('this team does not work in DingTalk');
      return dingtalk;
    },
    undoMs: (options.undoSeconds ?? 0) * 1_000,
    service,
    shopIds,
    channelIds,
    accessTokens: grants.map(({ accessToken }) => accessToken),
    agents,
    adminToken,
    folder,
    opsId: chat.opsId,
    api,
    apply: async (yaml) => {
      await api('apply', yaml);
    },
    async twin() {
      const number = twins.length + 2;
      const twin = await createServiceProcess({ ...environment, DATA_DIR: join(folder, `data-${number}`) }, logOf(`service-${number}`));
      twins.push(twin);
      return twin;
    },
    sendEventsTo,
    async close() {
      await Promise.all([service, ...twins].map((one) => one.kill()));
      await Promise.all([tiktok.close(), chat.close(), server?.stop()]);
      if (!options.keep) await rm(folder, { recursive: true, force: true });
    },
  };
}

interface Workplace {
  readonly chat: Chat;
  readonly desk: Desk;
  readonly slack?: SlackFake;
  readonly feishu?: FeishuFake;
  readonly dingtalk?: DingTalkFake;
}

async function startChat({ chat, timeScale, random, socketMode = false, words }: WorldOptions): Promise<Workplace> {
  const options = { timeScale, random, ...(socketMode ? { delivery: 'socket' as const } : {}) };
  if (chat === 'feishu') {
    const feishu = await startFeishuFake(options);
    return { chat: feishuChat(feishu, socketMode), desk: feishuDesk(feishu), feishu };
  }
  if (chat === 'dingtalk') {
    const dingtalk = await startDingTalkFake({ timeScale, random, pingEveryMs: 5_000, limits: { perSecond: 20 } });
    return { chat: dingtalkChat(dingtalk, words), desk: dingtalkDesk(dingtalk), dingtalk };
  }
  const slack = await startSlackFake(options);
  return { chat: slackChat(slack, socketMode), desk: slackDesk(slack), slack };
}

function yamlOf(
  shops: readonly FakeShop[],
  grants: readonly TokenPair[],
  channelIds: readonly string[],
  people: readonly string[],
  { platform, opsId }: Chat,
  { undoSeconds = 0, locale = 'en', yaml = '', ops = false, unrouted = 0, roles = [] }: WorldOptions,
): string {
  const shop = ({ id, cipher, name }: FakeShop, index: number) => {
    const grant = grants[index];
    if (!grant) throw new Error('a shop without its grant');
    return [
      `  - marketplace: tiktok-shop`,
      `    externalId: "${id}"`,
      `    name: ${JSON.stringify(name)}`,
      `    timezone: Asia/Bangkok`,
      `    locale: ${locale}`,
      `    credentials:`,
      `      accessToken: ${grant.accessToken}`,
      `      accessTokenExpiresAt: ${grant.accessTokenExpiresAt.toISOString()}`,
      `      refreshToken: ${grant.refreshToken}`,
      `      refreshTokenExpiresAt: ${grant.refreshTokenExpiresAt.toISOString()}`,
      `      shopCipher: ${cipher}`,
    ].join('\n');
  };
  const route = ({ id }: FakeShop, index: number) =>
    `  - { when: { shop: "${id}" }, channel: ${platform}/${channelIds[index % channelIds.length]} }`;
  return [
    'shops:',
    ...shops.map(shop),
    'channels:',
    ...channelIds.map((id) => `  - { platform: ${platform}, id: ${id}, name: ${id.toLowerCase()} }`),
    ...(ops ? [`  - { platform: ${platform}, id: ${opsId}, name: ops, mode: alerts }`, `ops: ${platform}/${opsId}`] : []),
    ...(shops.length > unrouted ? ['routes:', ...shops.slice(0, shops.length - unrouted).map(route)] : []),
    ...(roles.length > 0 ? ['agents:'] : []),
    ...roles.map((role, index) => `  - { name: ${people[index]?.toLowerCase()}, role: ${role}, accounts: [${platform}/${people[index]}] }`),
    `reply: { undoSeconds: ${undoSeconds} }`,
    yaml,
  ].join('\n');
}
