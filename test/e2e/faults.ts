import type { FakeRequest, Fault, FaultPlan } from '../kits/fake-server.ts';

/** Every kind of trouble that both platforms know, by chance: about one request in seven. */
export function troubled(
  random: () => number,
  rateLimited: Extract<Fault, { kind: 'status' }>,
  concerns: (request: FakeRequest) => boolean,
): FaultPlan {
  return (request) => {
    if (!concerns(request)) return null;
    const chance = random();
    if (chance < 0.03) return rateLimited;
    if (chance < 0.05) return { kind: 'status', status: 503, body: 'upstream connect error' };
    if (chance < 0.06)
      return { kind: 'status', status: 200, headers: { 'content-type': 'text/html' }, body: '<!doctype html><title>Sign in</title>' };
    if (chance < 0.08)
      return { kind: 'status-after', status: 502, headers: { 'content-type': 'text/html' }, body: '<html>bad gateway</html>' };
    if (chance < 0.1) return { kind: 'cut-before' };
    if (chance < 0.12) return { kind: 'cut-after' };
    if (chance < 0.15) return { kind: 'slow', ms: 50 + random() * 250 };
    return null;
  };
}

export const tiktokRateLimited = {
  kind: 'status',
  status: 429,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ code: 36009002, message: 'rate limit', request_id: 'r', data: {} }),
} as const;

export const slackRateLimited = {
  kind: 'status',
  status: 429,
  headers: { 'content-type': 'application/json', 'retry-after': '1' },
  body: JSON.stringify({ ok: false, error: 'ratelimited' }),
} as const;
