import type { OwnedGate } from './gate.ts';

/** What fails in a row in one channel of a gate (a shop has one, null): of several lanes it is no longer a delivery's fault. */
export interface Outage {
  failures: number;
  readonly lanes: Set<string>;
  readonly sinceMs: number;
  /** Nothing is tried before, so that a platform in trouble is not hammered. */
  restUntilMs: number;
  /** It has lasted long enough for people to hear of it, and they have. */
  lasting: boolean;
}

const restAfterFailures = 5;
const firstRestMs = 1_000;
const longestRestMs = 30_000;
/** Shorter ones are nobody's concern. */
const lastingAfterMs = 2 * 60_000;

/** The platform is away, not this delivery impossible: failures count against nobody. What fails alone in a quiet channel goes by what the others meet. */
export function isAway({ outages }: Pick<OwnedGate, 'outages'>, channelId: string | null): boolean {
  return outages.has(channelId) && [...outages.values()].some(({ failures, lanes }) => failures >= restAfterFailures && lanes.size > 1);
}

export const restUntilMs = ({ outages }: Pick<OwnedGate, 'outages'>, channelId: string | null): number =>
  outages.get(channelId)?.restUntilMs ?? 0;

/** Notes one failure more. Null, or the outage where it is one. */
export function failedOnce(
  gate: Pick<OwnedGate, 'outages'>,
  { channelId, lane }: { readonly channelId: string | null; readonly lane: string },
  nowMs: number,
  timeScale: number,
): Outage | null {
  const outage = gate.outages.get(channelId) ?? { failures: 0, lanes: new Set(), sinceMs: nowMs, restUntilMs: 0, lasting: false };
  gate.outages.set(channelId, outage);
  outage.failures += 1;
  // More than one is all that has to be known.
  if (outage.lanes.size < 2) outage.lanes.add(lane);
  if (!isAway(gate, channelId)) return null;
  outage.restUntilMs = nowMs + Math.min(longestRestMs, firstRestMs * 2 ** Math.max(0, outage.failures - restAfterFailures)) / timeScale;
  return outage;
}

/** True once: when it has lasted long enough. */
export function becomesLasting(outage: Outage, nowMs: number, timeScale: number): boolean {
  if (outage.lasting || nowMs - outage.sinceMs < lastingAfterMs / timeScale) return false;
  outage.lasting = true;
  return true;
}
