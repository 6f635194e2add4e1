import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SlackFake, startSlackFake } from '../kits/slack/fake.ts';
import { environmentOf } from '../kits/tiktok-shop/environment.ts';
import { startTikTokShopFake, type TikTokShopFake } from '../kits/tiktok-shop/fake.ts';
import type { FakeShop } from '../kits/tiktok-shop/world.ts';
import { createServiceProcess, type ServiceProcess } from './service-process.ts';

export interface WorldOptions {
  readonly shops: number;
  readonly channels: number;
  readonly timeScale: number;
  readonly random: () => number;
  /** More of `threadmart.yaml`. */
  readonly yaml?: string;
  readonly undoSeconds?: number;
  readonly mongodbUri?: string;
}

export interface World {
  readonly tiktok: TikTokShopFake;
  readonly slack: SlackFake;
  readonly service: ServiceProcess;
  readonly shopIds: readonly string[];
  readonly channelIds: readonly string[];
  /** Full members, in every channel. */
  readonly agents: readonly string[];
  readonly adminToken: string;
  close(): Promise<void>;
}

const adminToken = 'an-admin-token-for-tests';

/** Both platforms on loopback, and a service between them: shops are routed to channels in turn. */
export async function createWorld(options: WorldOptions): Promise<World> {
  const { shops, channels, timeScale, random } = options;
  const tiktok = await startTikTokShopFake({ timeScale, random });
  const slack = await startSlackFake({ timeScale, random });
  const channelIds = Array.from({ length: channels }, (_, index) => `C${String(index + 1).padStart(9, '0')}`);
  for (const id of channelIds) slack.world.addChannel(id);
  const agents = ['U0000AGENT1', 'U0000AGENT2'];
  for (const id of agents) slack.world.addUser({ id, name: `agent-${id.slice(-1)}` });
  const fakeShops = Array.from({ length: shops }, () => tiktok.addShop());
  const shopIds = fakeShops.map(({ id }) => id);
  const folder = await mkdtemp(join(tmpdir(), 'threadmart-e2e-'));
  const file = join(folder, 'threadmart.yaml');
  await writeFile(file, yamlOf(tiktok, fakeShops, channelIds, options));
  const service = await createServiceProcess({
    ...environmentOf(tiktok),
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_SIGNING_SECRET: slack.signingSecret,
    SLACK_API_URL: slack.apiUrl,
    ...(options.mongodbUri ? { MONGODB_URI: options.mongodbUri, SECRET_KEY: Buffer.alloc(32, 7).toString('base64') } : {}),
    DATA_DIR: join(folder, 'data'),
    THREADMART_CONFIG: file,
    ADMIN_TOKEN: adminToken,
    TIME_SCALE: String(timeScale),
  });
  tiktok.webhooks.behave({ url: `${service.url}/hooks/tiktok-shop` });
  slack.sendEventsTo(`${service.url}/bots/slack/events`);
  return {
    tiktok,
    slack,
    service,
    shopIds,
    channelIds,
    agents,
    adminToken,
    async close() {
      await service.kill();
      await Promise.all([tiktok.close(), slack.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function yamlOf(
  tiktok: TikTokShopFake,
  shops: readonly Pick<FakeShop, 'id' | 'cipher'>[],
  channelIds: readonly string[],
  { undoSeconds = 0, yaml = '' }: WorldOptions,
): string {
  const shop = ({ id, cipher }: Pick<FakeShop, 'id' | 'cipher'>) => {
    const { accessToken, refreshToken } = tiktok.grant({ shopIds: [id] });
    return [
      `  - marketplace: tiktok-shop`,
      `    externalId: "${id}"`,
      `    name: Shop ${id.slice(-4)}`,
      `    timezone: Asia/Bangkok`,
      `    credentials:`,
      `      accessToken: ${accessToken}`,
      `      accessTokenExpiresAt: ${new Date(Date.now() + 7 * 86_400_000).toISOString()}`,
      `      refreshToken: ${refreshToken}`,
      `      refreshTokenExpiresAt: ${new Date(Date.now() + 300 * 86_400_000).toISOString()}`,
      `      shopCipher: ${cipher}`,
    ].join('\n');
  };
  const route = ({ id }: Pick<FakeShop, 'id'>, index: number) =>
    `  - { when: { shop: "${id}" }, channel: slack/${channelIds[index % channelIds.length]} }`;
  return [
    'shops:',
    ...shops.map(shop),
    'channels:',
    ...channelIds.map((id) => `  - { platform: slack, id: ${id}, name: ${id.toLowerCase()} }`),
    'routes:',
    ...shops.map(route),
    `reply: { undoSeconds: ${undoSeconds} }`,
    yaml,
  ].join('\n');
}
