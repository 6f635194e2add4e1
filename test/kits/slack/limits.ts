/**
 * Slack's rate limits, enforced. `burst` may be spent at once and is refilled at `perMinute`; "sporadic bursts are welcome" on the tiers.
 * @see https://docs.slack.dev/apis/web-api/rate-limits (read 2026-11-22); numbers per method from slackapi/java-slack-sdk MethodsRateLimits.java
 */
export interface SlackLimit {
  readonly perMinute: number;
  readonly burst: number;
  readonly per: 'workspace' | 'channel';
}

const tier = (perMinute: number): SlackLimit => ({ perMinute, burst: perMinute, per: 'workspace' });
const tier2 = tier(20);
const tier3 = tier(50);
const tier4 = tier(100);
const generous = tier(600);

export const slackLimits: Readonly<Record<string, SlackLimit>> = {
  // "Short bursts" have no published number; three is a guess on the strict side.
  'chat.postMessage': { perMinute: 60, burst: 3, per: 'channel' },
  'chat.update': tier3,
  'chat.delete': tier3,
  'chat.postEphemeral': tier4,
  'chat.getPermalink': generous,
  'conversations.replies': tier3,
  'conversations.history': tier3,
  'conversations.info': tier3,
  'conversations.members': tier4,
  'conversations.list': tier2,
  'conversations.open': tier3,
  'users.info': tier4,
  'reactions.add': tier3,
  'reactions.remove': tier2,
  'reactions.get': tier3,
  'views.open': tier4,
  'views.update': tier4,
  'files.getUploadURLExternal': tier4,
  'files.completeUploadExternal': tier4,
  'files.info': tier4,
  'auth.test': generous,
  // One of Slack's pages says Tier 1, another Tier 3; the generous one is enforced, because services are restarted often in tests.
  'apps.connections.open': tier3,
};

export interface SlackLimiter {
  /** Takes one call. Null: it may pass; else the whole seconds of `Retry-After`, in the platform's time. */
  take(method: string, channelId: string): number | null;
}

/** @param timeScale how many times faster than the real platform the limits refill */
export function createLimiter(now: () => number, timeScale: number, limits: Readonly<Record<string, SlackLimit>>): SlackLimiter {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return {
    take(method, channelId) {
      const limit = limits[method];
      if (!limit) return null;
      const key = limit.per === 'channel' ? `${method} ${channelId}` : method;
      const bucket = buckets.get(key) ?? { tokens: limit.burst, at: now() };
      const perMs = (limit.perMinute * timeScale) / 60_000;
      bucket.tokens = Math.min(limit.burst, bucket.tokens + (now() - bucket.at) * perMs);
      bucket.at = now();
      buckets.set(key, bucket);
      if (bucket.tokens >= 1) {
        bucket.tokens -= 1;
        return null;
      }
      return Math.max(1, Math.ceil(((1 - bucket.tokens) / limit.perMinute) * 60));
    },
  };
}
