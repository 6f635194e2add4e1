import { picturesOf } from '../../src/core/answer-words.ts';
import type { RateLimit } from '../../src/core/connector.ts';
import { attachmentsOf } from '../../src/core/shown-words.ts';
import type { ThreadContent } from '../../src/core/thread.ts';
import type { BotCapabilities } from '../bot.ts';
import { maxFormOptions } from './forms.ts';
import { reactionOf } from './names.ts';
import { countPosts, maxPostChars } from './posts.ts';

const ratePage = 'https://docs.slack.dev/apis/web-api/rate-limits (2026-11-22)';
const tiers = 'slackapi/java-slack-sdk MethodsRateLimits.java (2026-11-22)';

/** A method of a tier has its own bucket for app and workspace. The bursts are a guess: Slack tolerates "short" ones. */
const perMinute = (name: string, permits: number, source: string): RateLimit => ({
  name,
  per: 'connection',
  permits,
  everyMs: 60_000,
  burst: Math.ceil(permits / 10),
  source,
});

const limits: readonly RateLimit[] = [
  // "Short bursts" are let through; by this much a post may be late and the next one still keep the pace, and no two ever go at once.
  { name: 'post', per: 'channel', permits: 1, everyMs: 1_000, burst: 1.25, source: ratePage },
  // "Several hundred a minute"; 300 is a guess on the low side.
  perMinute('post-workspace', 300, ratePage),
  perMinute('chat.update', 50, tiers),
  perMinute('chat.postEphemeral', 100, tiers),
  perMinute('reactions.add', 50, tiers),
  perMinute('files.getUploadURLExternal', 100, tiers),
  perMinute('files.completeUploadExternal', 100, tiers),
  perMinute('users.info', 100, tiers),
  perMinute('conversations.history', 50, tiers),
  perMinute('conversations.replies', 50, tiers),
];

function costs(content: ThreadContent): string[] {
  if (content.kind === 'receipt') return ['reactions.add'];
  if (content.kind === 'card') return ['chat.update'];
  if ('visibleTo' in content && content.visibleTo !== null) return ['chat.postEphemeral'];
  const attachments = 'messages' in content ? attachmentsOf(content.messages) : content.kind === 'answer' ? picturesOf(content) : [];
  return [
    ...Array.from({ length: countPosts(content, 'en') }, () => ['post', 'post-workspace']).flat(),
    ...attachments.map(() => 'files.getUploadURLExternal'),
    ...(attachments.length > 0 ? ['files.completeUploadExternal'] : []),
  ];
}

export const capabilities: BotCapabilities = {
  threads: 'native',
  maxPostChars,
  reportsEdits: true,
  reportsDeletes: true,
  receiptEmoji: Object.values(reactionOf),
  privateNotices: true,
  maxFormOptions,
  // Held in memory on the way to a marketplace; a bound of ours, far below Slack's.
  maxFileBytes: 25 * 1024 * 1024,
  // A guess: posts are in the history at once, as far as has been seen.
  settleMs: 3_000,
  limits,
  costs,
  lookupCosts: {
    // Which of the two is read depends on the content; an opening with files needs both.
    findPosted: ['conversations.history', 'conversations.replies'],
    listReplies: ['conversations.replies'],
    user: ['users.info'],
  },
  // At once, after one minute, after five more (third-party reading of the docs, dev.classmethod.jp, 2026-11-22).
  redeliveryWindowMs: 6 * 60_000,
};
