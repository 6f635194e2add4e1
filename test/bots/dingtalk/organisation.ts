import type { BotAccess, ChatBot } from '../../../bots/bot.ts';
import { dingtalk } from '../../../bots/dingtalk/index.ts';
import type { ConnectorDeps } from '../../../src/core/connector.ts';
import { deliveryId, inquiryId } from '../../../src/core/ids.ts';
import type { BoardLine, InquiryCard, Showing, ShownMessage, ThreadBoard, ThreadContent, ThreadState } from '../../../src/core/thread.ts';
import { createFetch } from '../../../src/fetch.ts';
import { type DingTalkFake, type DingTalkFakeOptions, startDingTalkFake } from '../../kits/dingtalk/fake.ts';

export const group = 'cidGroup==';
const picture = Buffer.from('89504e470d0a1a0a0000000d494844520000000100000001', 'hex');

/** The bot in front of an organisation with one group and two members. */
export interface Organisation {
  readonly fake: DingTalkFake;
  readonly bot: ChatBot;
  readonly access: BotAccess;
  /** What was logged, as words. */
  readonly logged: readonly string[];
  /** Calls of the newer host that were let through, `POST /v1.0/...`. */
  calls(): string[];
  close(): Promise<void>;
}

/** @param environment more of it, made once the fake is there */
export async function startOrganisation(
  options: DingTalkFakeOptions = {},
  environment: (fake: DingTalkFake) => Readonly<Record<string, string>> = () => ({}),
): Promise<Organisation> {
  const fake = await startDingTalkFake(options);
  const inGroup = fake.world.addGroup(group);
  for (const user of [fake.world.addUser({ id: 'mai', name: 'Mai' }), fake.world.addUser({ id: 'boss', name: 'Boss' })])
    inGroup.members.add(user.id);
  const logged: string[] = [];
  const log = (fields: object, sentence: string) =>
    void logged.push(`${sentence} ${JSON.stringify(fields, (_key, value) => (value instanceof Error ? String(value) : value))}`);
  const deps: ConnectorDeps = {
    fetch: createFetch(),
    now: () => new Date(),
    random: Math.random,
    log: { debug: log, info: log, warn: log, error: log },
  };
  const settings = dingtalk.environment.parse({
    ...{
      DINGTALK_CLIENT_ID: fake.world.app.clientId,
      DINGTALK_CLIENT_SECRET: fake.clientSecret,
      DINGTALK_ROBOT_CODE: fake.world.app.robotCode,
    },
    ...{ DINGTALK_CARD_TEMPLATE_ID: fake.cardTemplateId, DINGTALK_BASE_URL: fake.apiUrl, DINGTALK_OAPI_BASE_URL: fake.oapiUrl },
    ...environment(fake),
  });
  return {
    fake,
    bot: await dingtalk.create(settings, deps),
    access: { signal: new AbortController().signal, loadMedia: async () => ({ bytes: picture, mimeType: 'image/png', name: 'lamp.png' }) },
    logged,
    calls: () => fake.api.log.map(({ method, path }) => `${method} ${path}`).filter((call) => call.includes('/card/')),
    close: () => fake.close(),
  };
}

export const card = (options: Partial<InquiryCard> = {}): InquiryCard => ({
  ...{
    inquiryId: inquiryId('4f2a1c0123456789abcdef01'),
    marketplace: 'TikTok Shop',
    shopName: 'Lamp House TH',
    shopTimezone: 'Asia/Bangkok',
  },
  ...{ buyerName: 'Somchai', status: 'waiting', assignee: null, source: null, previous: null, excerpt: 'is the lamp in stock' },
  openedAt: new Date('2026-11-20T08:30:00Z'),
  ...options,
});

export const message = (text: string, options: Partial<ShownMessage> = {}): ShownMessage => ({
  ...{ author: 'buyer', parts: [{ kind: 'text', text }], sentAt: new Date('2026-11-20T08:30:00Z'), late: false },
  ...options,
});

export const lineOf = ({ author, parts, sentAt }: ShownMessage, more: Partial<BoardLine> = {}): BoardLine => ({
  ...{ post: null, author: { kind: author, name: null }, parts, sentAt, state: null },
  ...more,
});

export const board = (lines: readonly BoardLine[], more: Partial<ThreadBoard> = {}): ThreadBoard => ({
  card: card(),
  lines,
  buried: false,
  ...more,
});

export const thread = (rootId: string | null, shown?: ThreadBoard): ThreadState => ({
  ...{ inquiryId: card().inquiryId, channelId: group, rootId, locale: 'en' },
  ...(shown ? { board: shown } : {}),
});

let deliveries = 0;
export function showing(content: ThreadContent): Showing {
  deliveries += 1;
  return { deliveryId: deliveryId(`delivery-${deliveries}`), content };
}

export const messages = (...shown: readonly ShownMessage[]): ThreadContent => ({ kind: 'messages', messages: shown, surface: false });
export const opening = (...shown: readonly ShownMessage[]): ThreadContent => ({ kind: 'opening', card: card(), messages: shown });
