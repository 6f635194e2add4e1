import type { Finding } from '../core/connector.ts';
import type { DoctorDeps, Say } from './index.ts';

/** Platforms refuse requests whose time is off by more; the strictest allows a request from the future 30 s. */
const allowedMs = 20_000;
const deadlineMs = 5_000;

/** Compares our clock with the `Date` header of the first platform that answers. The header is cut to seconds, which hardly matters here. */
export async function clockSkew(deps: DoctorDeps, say: Say): Promise<readonly Finding[]> {
  if (deps.platformUrls.length === 0) return [];
  const found = await platformSkew(deps);
  if (found === null) return [{ check: 'clock', ok: false, problem: say('doctor.clock.unknown'), effect: say('doctor.clock.effect') }];
  const { skewMs, host } = found;
  if (Math.abs(skewMs) <= allowedMs) return [{ check: 'clock', ok: true }];
  const problem = say(skewMs > 0 ? 'doctor.clock.ahead' : 'doctor.clock.behind', { seconds: Math.round(Math.abs(skewMs) / 1000), host });
  return [{ check: 'clock', ok: false, problem, effect: say('doctor.clock.effect') }];
}

/** By how many milliseconds our clock is ahead of the first platform's that answers; null: none does. */
export async function platformSkew({
  platformUrls,
  fetch,
  now,
}: Pick<DoctorDeps, 'platformUrls' | 'fetch' | 'now'>): Promise<{ readonly skewMs: number; readonly host: string } | null> {
  for (const url of platformUrls) {
    const skewMs = await skewAgainst(url, fetch, now);
    if (skewMs !== null) return { skewMs, host: new URL(url).host };
  }
  return null;
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
