import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SlackFake, startSlackFake } from '../kits/slack/fake.ts';
import type { TokenPair } from '../kits/tiktok-shop/auth.ts';
import { environmentOf } from '../kits/tiktok-shop/environment.ts';
import { startTikTokShopFake, type TikTokShopFake } from '../kits/tiktok-shop/fake.ts';
import type { FakeShop, ShopSeed } from '../kits/tiktok-shop/world.ts';
import { namesServer, startTestServer } from '../store-helper.ts';
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
  /** Settings of the agents; empty: every full member may answer. */
  readonly agents?: readonly { readonly userId: string; readonly role: 'agent' | 'supervisor' }[];
  /** More for the service's environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** A store that several processes share; the embedded engine of the service if absent. */
  readonly mongodbUri?: string;
  /** Slack's events come over Socket Mode. */
  readonly socketMode?: boolean;
}

export interface World {
  readonly tiktok: TikTokShopFake;
  /** The webhook that told of a marketplace message, by the message's id; and when it was made, in milliseconds since 1970. */
  readonly pushes: ReadonlyMap<string, { readonly notificationId: string; readonly at: number }>;
  readonly slack: SlackFake;
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
const opsId = 'C0000000OPS';

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
  const slack = await startSlackFake({ timeScale, random, ...(options.socketMode ? { delivery: 'socket' as const } : {}) });
  const channelNames = typeof channels === 'number' ? Array.from({ length: channels }, (_, index) => `channel-${index + 1}`) : channels;
  const channelIds = channelNames.map((name, index) => slack.world.addChannel(`C${String(index + 1).padStart(9, '0')}`, { name }).id);
  if (options.ops) slack.world.addChannel(opsId);
  const agents = people.map((name, index) => slack.world.addUser({ id: `U0000AGENT${index + 1}`, name }).id);
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
  await writeFile(file, yamlOf(fakeShops, grants, channelIds, options));
  const environment = {
    ...environmentOf(tiktok),
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_SIGNING_SECRET: slack.signingSecret,
    SLACK_API_URL: slack.apiUrl,
    ...(mongodbUri ? { MONGODB_URI: mongodbUri, SECRET_KEY: Buffer.alloc(32, 7).toString('base64') } : {}),
    DATA_DIR: join(folder, 'data'),
    THREADMART_CONFIG: file,
    ADMIN_TOKEN: adminToken,
    TIME_SCALE: String(timeScale),
    INSECURE_MEDIA_ORIGINS: tiktok.url,
    ...(options.socketMode ? { SLACK_APP_TOKEN: slack.appToken } : {}),
    ...options.environment,
  };
  const logOf = (name: string) => (options.keep ? { logFile: join(folder, 'logs', `${name}.log`) } : {});
  const service = await createServiceProcess(environment, logOf('service-1'));
  const twins: ServiceProcess[] = [];
  function sendEventsTo({ url }: ServiceProcess): void {
    tiktok.webhooks.behave({ url: `${url}/hooks/tiktok-shop` });
    if (!options.socketMode) slack.sendEventsTo(`${url}/bots/slack/events`);
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
    slack,
    undoMs: (options.undoSeconds ?? 0) * 1_000,
    service,
    shopIds,
    channelIds,
    accessTokens: grants.map(({ accessToken }) => accessToken),
    agents,
    adminToken,
    folder,
    opsId,
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
      await Promise.all([tiktok.close(), slack.close(), server?.stop()]);
      if (!options.keep) await rm(folder, { recursive: true, force: true });
    },
  };
}

function yamlOf(
  shops: readonly FakeShop[],
  grants: readonly TokenPair[],
  channelIds: readonly string[],
  { undoSeconds = 0, locale = 'en', yaml = '', ops = false, unrouted = 0, agents = [] }: WorldOptions,
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
    `  - { when: { shop: "${id}" }, channel: slack/${channelIds[index % channelIds.length]} }`;
  return [
    'shops:',
    ...shops.map(shop),
    'channels:',
    ...channelIds.map((id) => `  - { platform: slack, id: ${id}, name: ${id.toLowerCase()} }`),
    ...(ops ? [`  - { platform: slack, id: ${opsId}, name: ops, mode: alerts }`, `ops: slack/${opsId}`] : []),
    ...(shops.length > unrouted ? ['routes:', ...shops.slice(0, shops.length - unrouted).map(route)] : []),
    ...(agents.length > 0 ? ['agents:'] : []),
    ...agents.map(({ userId, role }) => `  - { name: ${userId.toLowerCase()}, role: ${role}, accounts: [slack/${userId}] }`),
    `reply: { undoSeconds: ${undoSeconds} }`,
    yaml,
  ].join('\n');
}
