import type { RateLimit } from '../core/connector.ts';
import { isScarce, monthOf, type Quota } from '../core/economy.ts';
import type { LimitScope } from '../errors.ts';

/**
 * The paces of one gate: a token bucket for every limit its connector declares, one per channel where the limit is per channel.
 * Lives with the gate's owner; only quotas outlive it.
 */
export interface Limiter {
  /**
   * Takes what one delivery costs, all or nothing. Returns 0 when taken, else the milliseconds until it is worth asking again.
   * `read`: may not touch the reserve that a daily quota keeps for sends.
   */
  take(costs: readonly string[], channelId: string | null, purpose: 'send' | 'read'): number;
  /** Counts what was spent of quotas without being asked for. */
  spent(costs: readonly string[]): void;
  /** The platform said wait: the limit it spoke of stands still, no other. */
  penalise(scope: LimitScope | undefined, costs: readonly string[], channelId: string | null, waitMs: number): void;
  /** True while what costs this has to queue: then, and only then, a lane's messages share a post, a newest receipt vouches for the earlier ones. */
  saturated(costs: readonly string[], channelId: string | null): boolean;
  /** What is spent of quotas, for the gate's lease, for warnings and metrics. */
  quotas(): readonly Quota[];
  /** True while most of a month's plan is spent: see `economy.ts`. */
  scarce(): boolean;
}

interface Bucket {
  tokens: number;
  refilledAtMs: number;
  blockedUntilMs: number;
  refusedAtMs: number;
}

/** Share of a daily quota that only sends may spend. A choice of ours. */
const sendReserve = 0.3;

export interface LimiterOptions {
  readonly limits: readonly RateLimit[];
  readonly monotonicMs: () => number;
  readonly now: () => Date;
  /** Declared times are divided by it; 1 outside tests. */
  readonly timeScale: number;
  readonly spent: readonly Pick<Quota, 'name' | 'window' | 'spent'>[];
}

export function createLimiter({ limits, monotonicMs, now, timeScale, spent }: LimiterOptions): Limiter {
  const byName = new Map(limits.map((limit) => [limit.name, limit]));
  const buckets = new Map<string, Bucket>();
  const quotas = new Map(spent.map(({ name, window, spent: used }) => [name, { window: window.getTime(), spent: used }]));
  const hasMonth = limits.some((limit) => limit.quota === 'month');
  let connectionBlockedUntilMs = 0;

  const named = (name: string): RateLimit => {
    const limit = byName.get(name);
    if (!limit) throw new Error(`limit "${name}" is not declared; add it to the connector's capabilities.limits`);
    return limit;
  };
  const sizeOf = (limit: RateLimit) => limit.burst ?? 1;

  function bucket(limit: RateLimit, channelId: string | null): Bucket {
    const key = limit.per === 'channel' ? `${limit.name}|${channelId}` : limit.name;
    const nowMs = monotonicMs();
    let found = buckets.get(key);
    if (!found) {
      found = { tokens: sizeOf(limit), refilledAtMs: nowMs, blockedUntilMs: 0, refusedAtMs: Number.NEGATIVE_INFINITY };
      buckets.set(key, found);
    }
    if (nowMs > found.refilledAtMs) {
      const perMs = (limit.permits * timeScale) / limit.everyMs;
      found.tokens = Math.min(sizeOf(limit), found.tokens + (nowMs - found.refilledAtMs) * perMs);
      found.refilledAtMs = nowMs;
    }
    return found;
  }

  function windowOf(limit: RateLimit): { readonly window: number; readonly endMs: number } {
    if (limit.quota === 'month') {
      const { start, end } = monthOf(now());
      return { window: start.getTime(), endMs: end.getTime() };
    }
    const everyMs = limit.everyMs / timeScale;
    const window = Math.floor(now().getTime() / everyMs) * everyMs;
    return { window, endMs: window + everyMs };
  }

  function quota(limit: RateLimit) {
    const { window, endMs } = windowOf(limit);
    let found = quotas.get(limit.name);
    if (!found || found.window !== window) {
      found = { window, spent: 0 };
      quotas.set(limit.name, found);
    }
    return { found, leftMs: endMs - now().getTime() };
  }

  const quotasNow = (): readonly Quota[] =>
    limits
      .filter((limit) => limit.quota)
      .map((limit) => {
        const { found } = quota(limit);
        const spentNow = { name: limit.name, window: new Date(found.window), spent: found.spent, permits: limit.permits };
        return limit.quota === 'month' ? { ...spentNow, every: 'month' } : spentNow;
      });

  return {
    take(costs, channelId, purpose) {
      const nowMs = monotonicMs();
      if (connectionBlockedUntilMs > nowMs) return connectionBlockedUntilMs - nowMs;
      const needs = new Map<string, number>();
      for (const name of costs) needs.set(name, (needs.get(name) ?? 0) + 1);
      let waitMs = 0;
      for (const [name, wanted] of needs) {
        const limit = named(name);
        const box = bucket(limit, channelId);
        if (box.blockedUntilMs > nowMs) waitMs = Math.max(waitMs, box.blockedUntilMs - nowMs);
        if (limit.quota === 'month') continue;
        if (limit.quota) {
          const { found, leftMs } = quota(limit);
          const allowed = purpose === 'send' ? limit.permits : limit.permits * (1 - sendReserve);
          if (found.spent + wanted > allowed) waitMs = Math.max(waitMs, leftMs);
          continue;
        }
        // More than the bucket holds is taken on credit once it is full; otherwise it could never be taken.
        const missing = Math.min(wanted, sizeOf(limit)) - box.tokens;
        if (missing > 1e-9) {
          box.refusedAtMs = nowMs;
          waitMs = Math.max(waitMs, (missing * limit.everyMs) / (limit.permits * timeScale));
        }
      }
      if (waitMs > 0) return Math.max(1, Math.ceil(waitMs));
      for (const [name, wanted] of needs) {
        const limit = named(name);
        if (limit.quota) quota(limit).found.spent += wanted;
        else bucket(limit, channelId).tokens -= wanted;
      }
      return 0;
    },

    spent(costs) {
      for (const limit of costs.map(named)) if (limit.quota) quota(limit).found.spent += 1;
    },

    penalise(scope, costs, channelId, waitMs) {
      const until = monotonicMs() + waitMs;
      if (scope === undefined || scope === 'connection') {
        connectionBlockedUntilMs = Math.max(connectionBlockedUntilMs, until);
        return;
      }
      for (const name of new Set(costs)) {
        const limit = named(name);
        const spoken =
          scope === 'day' ? limit.quota : scope === 'channel' ? limit.per === 'channel' : limit.per === 'connection' && !limit.quota;
        if (!spoken) continue;
        const box = bucket(limit, channelId);
        box.blockedUntilMs = Math.max(box.blockedUntilMs, until);
        // The platform's own bucket was empty; ours does not fill up behind its back while it waits.
        box.tokens = Math.min(box.tokens, 0);
        box.refilledAtMs = Math.max(box.refilledAtMs, until);
      }
    },

    saturated(costs, channelId) {
      const nowMs = monotonicMs();
      if (connectionBlockedUntilMs > nowMs) return true;
      return [...new Set(costs)].map(named).some((limit) => {
        if (limit.quota) return false;
        const box = bucket(limit, channelId);
        const oneTokenMs = limit.everyMs / (limit.permits * timeScale);
        return box.blockedUntilMs > nowMs || nowMs - box.refusedAtMs < oneTokenMs * 2;
      });
    },

    quotas: quotasNow,
    scarce: () => hasMonth && quotasNow().some(isScarce),
  };
}
