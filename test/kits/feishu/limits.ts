/**
 * Feishu's rate limits, enforced. `burst` may be spent at once and is refilled over `everyMs`.
 * @see https://open.larkoffice.com/document/ukTMukTMukTM/uUzN04SN3QjL1cDN.md and the page of each call (read 2026-11-28)
 */
export interface FeishuLimit {
  readonly burst: number;
  readonly everyMs: number;
}

/** What a limit counts by: app and API, the group (shared by all its bots), one message. */
export type LimitName = 'api-second' | 'api-minute' | 'group' | 'message';

export const feishuLimits: Readonly<Partial<Record<LimitName, FeishuLimit>>> = {
  'api-second': { burst: 50, everyMs: 1_000 },
  'api-minute': { burst: 1_000, everyMs: 60_000 },
  group: { burst: 5, everyMs: 1_000 },
  message: { burst: 5, everyMs: 1_000 },
};

export interface FeishuLimiter {
  /** Takes one. Null: it may pass; else the whole seconds to wait, in the platform's time. */
  take(name: LimitName, key: string): number | null;
}

/** @param timeScale how many times faster than the real platform the limits refill */
export function createLimiter(
  now: () => number,
  timeScale: number,
  limits: Readonly<Partial<Record<LimitName, FeishuLimit>>>,
): FeishuLimiter {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return {
    take(name, key) {
      const limit = limits[name];
      if (!limit) return null;
      const bucket = buckets.get(`${name} ${key}`) ?? { tokens: limit.burst, at: now() };
      const perMs = (limit.burst / limit.everyMs) * timeScale;
      bucket.tokens = Math.min(limit.burst, bucket.tokens + (now() - bucket.at) * perMs);
      bucket.at = now();
      buckets.set(`${name} ${key}`, bucket);
      if (bucket.tokens >= 1) {
        bucket.tokens -= 1;
        return null;
      }
      return Math.max(1, Math.ceil(((1 - bucket.tokens) * limit.everyMs) / limit.burst / 1_000));
    },
  };
}
