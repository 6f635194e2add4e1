import type { ChatBot } from '../../../bots/bot.ts';
import { feishu } from '../../../bots/feishu/index.ts';
import { deliveryId, inquiryId } from '../../../src/core/ids.ts';
import type { Showing, ShownMessage, ThreadContent, ThreadState } from '../../../src/core/thread.ts';
import { createFetch } from '../../../src/fetch.ts';
import { channelId, users } from '../../kits/feishu/cast.ts';
import { type FeishuFake, type FeishuFakeOptions, startFeishuFake } from '../../kits/feishu/fake.ts';

export interface Stand {
  readonly fake: FeishuFake;
  readonly bot: ChatBot;
  readonly access: Parameters<ChatBot['show']>[2];
  readonly thread: (rootId?: string | null) => ThreadState;
  /** What the bot logged. */
  readonly lines: string[];
  /** The bot of another process, which remembers nothing. */
  restarted(): Promise<ChatBot>;
  close(): Promise<void>;
}

/** The bot in front of a fake tenant with one group; `now` is the service's clock. */
export async function stand(
  options: FeishuFakeOptions = {},
  env: Readonly<Record<string, string>> = {},
  now = () => new Date(),
): Promise<Stand> {
  const fake = await startFeishuFake({ limits: {}, ...options });
  const chat = fake.world.addChat(channelId);
  fake.world.addUser({ openId: users.member, name: 'mai' });
  chat.members.add(users.member);
  const lines: string[] = [];
  const log = (fields: object, sentence: string) => void lines.push(JSON.stringify({ ...fields, sentence }));
  const settings = feishu.environment.parse({
    FEISHU_APP_ID: fake.appId,
    FEISHU_APP_SECRET: fake.appSecret,
    FEISHU_ENCRYPT_KEY: fake.encryptKey,
    FEISHU_BASE_URL: fake.url,
    ...env,
  });
  const create = () =>
    feishu.create(settings, { fetch: createFetch(), now, random: () => 0, log: { debug: log, info: log, warn: log, error: log } });
  const bot = await create();
  const bytes = Buffer.from('89504e470d0a1a0a', 'hex');
  return {
    ...{ fake, bot, lines, restarted: create },
    access: { signal: AbortSignal.timeout(20_000), loadMedia: async () => ({ bytes, mimeType: 'image/png', name: 'lamp.png' }) },
    thread: (rootId = null) => ({ inquiryId: inquiryId('q-1'), channelId, rootId, locale: 'en' }),
    close: () => fake.close(),
  };
}

let deliveries = 0;
export function showing(content: ThreadContent): Showing {
  deliveries += 1;
  return { deliveryId: deliveryId(`d-${deliveries}`), content };
}

export const said = (text: string): ShownMessage => ({
  ...{ author: 'buyer', parts: [{ kind: 'text', text }], sentAt: new Date('2026-11-20T08:30:00Z'), late: false },
});

export const opening = (text: string): ThreadContent => ({
  kind: 'opening',
  card: {
    ...{ inquiryId: inquiryId('q-1'), marketplace: 'TikTok Shop', shopName: 'Lamp House', shopTimezone: 'Asia/Bangkok' },
    ...{ buyerName: 'Somchai', status: 'waiting', assignee: null, source: null, previous: null },
    ...{ openedAt: new Date('2026-11-20T08:30:00Z'), excerpt: text },
  },
  messages: [said(text)],
});
