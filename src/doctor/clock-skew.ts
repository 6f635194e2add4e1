import type { Finding } from '../core/connector.ts';
import type { DoctorDeps, Say } from './index.ts';

/** Platforms refuse requests whose time is off by more; the strictest allows a request from the future 30 s. */
const allowedMs = 20_000;
const deadlineMs = 5_000;

/** Compares our clock with the `Date` header of the first platform that answers. The header is cut to seconds, which hardly matters here. */
export async function clockSkew({ platformUrls, fetch, now }: DoctorDeps, say: Say): Promise<readonly Finding[]> {
  for (const url of platformUrls) {
    const skewMs = await skewAgainst(url, fetch, now);
    if (skewMs === null) continue;
    if (Math.abs(skewMs) <= allowedMs) return [{ check: 'clock', ok: true }];
    const params = { seconds: Math.round(Math.abs(skewMs) / 1000), host: new URL(url).host };
    const problem = say(skewMs > 0 ? 'doctor.clock.ahead' : 'doctor.clock.behind', params);
    return [{ check: 'clock', ok: false, problem, effect: say('doctor.clock.effect') }];
  }
  if (platformUrls.length === 0) return [];
  return [{ check: 'clock', ok: false, problem: say('doctor.clock.unknown'), effect: say('doctor.clock.effect') }];
}

/** Positive: ours is ahead. Null: no answer, or one without a time. */
async function skewAgainst(url: string, fetch: DoctorDeps['fetch'], now: () => Date): Promise<number | null> {
  const askedAtMs = now().getTime();
  try {
    const answer = await fetch(url, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(deadlineMs) });
    const theirsMs = Date.parse(answer.headers.get('date') ?? '');
    return Number.isNaN(theirsMs) ? null : (askedAtMs + now().getTime()) / 2 - theirsMs;
  } catch {
    // An address that does not answer tells no time; the next one may.
    return null;
  }
}
