import type { RateLimit } from '../../src/core/connector.ts';
import type { ThreadContent } from '../../src/core/thread.ts';
import type { BotCapabilities } from '../bot.ts';
import { maxFormOptions } from './form-card.ts';
import { reactionOf } from './names.ts';
import { countPosts, maxPostChars } from './posts.ts';
import { toBeUploaded } from './uploads.ts';

const ratePage = 'https://open.feishu.cn/document/server-docs/api-call-guide/frequency-control (2026-11-28)';
const replyPage = 'https://open.feishu.cn/document/server-docs/im-v1/message/reply (2026-11-28)';

/** Most APIs: 50 a second and 1000 a minute, each by itself, for app and tenant. */
const apis = ['message.create', 'message.reply', 'message.patch', 'message.get', 'message.list', 'reaction', 'upload', 'user'] as const;
type Api = (typeof apis)[number];

const perApi: readonly RateLimit[] = apis.flatMap((name): RateLimit[] => [
  { name, per: 'connection', permits: 1_000, everyMs: 60_000, burst: 50, source: ratePage },
  { name: `${name}/s`, per: 'connection', permits: 50, everyMs: 1_000, burst: 10, source: ratePage },
]);

const monthMs = 30 * 24 * 60 * 60_000;
/** Where nobody said what the plan includes: what the free one does, as far as is known (m1heng/clawdbot-feishu#170, 2026-11-28). Nothing is refused because of it. */
const assumedMonthlyCalls = 50_000;

const limitsOf = (monthlyCalls: number | null): readonly RateLimit[] => [
  // All bots of the group together; 4 leaves room for another one's.
  { name: 'group', per: 'channel', permits: 4, everyMs: 1_000, burst: 4, source: replyPage },
  // One topic's card alone is changed at most 5 times a second; there is one card a topic, and this is for all of a group.
  {
    name: 'card',
    per: 'channel',
    permits: 5,
    everyMs: 1_000,
    burst: 1,
    source: 'https://open.feishu.cn/document/server-docs/im-v1/message-card/patch (2026-11-28)',
  },
  ...perApi,
  {
    ...{ name: 'month', per: 'connection', permits: monthlyCalls ?? assumedMonthlyCalls, everyMs: monthMs, quota: 'month' },
    source: 'https://open.feishu.cn/document/server-docs/api-call-guide/custom-app-api-call-limit (2026-11-28)',
  },
];

/** One call: its API's paces, and one of the month's calls. Which APIs count for the month is UNCONFIRMED; all are taken to. */
const call = (name: Api): readonly string[] => [name, `${name}/s`, 'month'];
const calls = (count: number, name: Api): string[] => Array.from({ length: count }, () => call(name)).flat();

function costs(content: ThreadContent): string[] {
  if (content.kind === 'receipt') return calls(1, 'reaction');
  if (content.kind === 'card') return ['card', ...calls(1, 'message.patch')];
  const posts = countPosts(content);
  const inGroup =
    content.kind === 'opening' || content.kind === 'announcement' ? 1 : content.kind === 'messages' && content.surface ? 1 : 0;
  return [
    ...Array.from({ length: posts }, () => 'group'),
    ...calls(inGroup, 'message.create'),
    ...calls(posts - inGroup, 'message.reply'),
    ...calls(toBeUploaded(content).length, 'upload'),
  ];
}

/** @param monthlyCalls what the plan includes; null: it is not told */
export const createCapabilities = (monthlyCalls: number | null): BotCapabilities => ({
  threads: 'native',
  maxPostChars,
  reportsEdits: false,
  reportsDeletes: true,
  receiptEmoji: Object.values(reactionOf),
  privateNotices: false,
  maxFormOptions,
  // Held in memory on the way to a marketplace; a bound of ours, far below the platform's 100 MB.
  maxFileBytes: 25 * 1024 * 1024,
  // Nothing is looked for: a message is sent again under its name, once the first attempt is over at the platform, too.
  settleMs: 2_000,
  limits: limitsOf(monthlyCalls),
  costs,
  // Whether events count for the month is UNCONFIRMED; what was received is taken not to. An answer, or a form, is a card for one person.
  unasked: { event: [], answer: ['month'] },
  lookupCosts: {
    findPosted: ['group', ...calls(1, 'message.reply'), ...calls(1, 'message.create'), ...calls(1, 'message.list')],
    listReplies: [...calls(1, 'message.get'), ...calls(1, 'message.list')],
    user: calls(1, 'user'),
  },
  // After 15 s, 5 min, 1 h and 6 h: https://open.feishu.cn/document/server-docs/event-subscription-guide/overview (2026-11-28).
  redeliveryWindowMs: 7.2 * 60 * 60_000,
});
