import { type Durations, meanMs, quantileMs } from './durations.ts';
import type { Counts, Figures, PolicyFigures } from './figures.ts';
import { slotMs } from './spans.ts';

/** Milliseconds; null where nothing was measured. Median and p90 are upper ends of their buckets. */
export interface DurationSummary {
  readonly count: number;
  readonly meanMs: number | null;
  readonly medianMs: number | null;
  readonly p90Ms: number | null;
}

export interface PolicySummary extends PolicyFigures {
  /** Of 0 to 1; null: no clock of it has ended. */
  readonly rate: number | null;
}

export interface AgentSummary {
  readonly agent: string;
  readonly handled: number;
  readonly replies: number;
  readonly held: number;
  readonly failed: number;
  readonly firstResponse: { readonly wall: DurationSummary; readonly business: DurationSummary };
}

/** Figures as people see them; the formulas are in `docs/statistics.md`. Shares are of 0 to 1. */
export interface Summary {
  readonly opened: number;
  readonly returning: number;
  readonly answered: number;
  readonly resolved: number;
  readonly reopened: number;
  readonly buyerMessages: number;
  readonly replies: number;
  readonly held: number;
  readonly failed: number;
  readonly firstResponse: { readonly wall: DurationSummary; readonly business: DurationSummary };
  readonly resolution: DurationSummary;
  readonly messagesPerInquiry: number | null;
  readonly answeredAutomatically: number | null;
  readonly policies: readonly PolicySummary[];
}

export function summaryOf(figures: Figures): Summary {
  const { opened, returning, answered, resolved, reopened, buyerMessages, replies, outside, held, failed } = figures;
  return {
    ...{ opened, returning, answered, resolved, reopened, buyerMessages, replies: replies + outside, held, failed },
    firstResponse: { wall: durationSummary(figures.firstWall), business: durationSummary(figures.firstBusiness) },
    resolution: durationSummary(figures.resolution),
    messagesPerInquiry: figures.resolution.count === 0 ? null : figures.messagesOfResolved / figures.resolution.count,
    answeredAutomatically: share(figures.automatic, resolved),
    policies: figures.policies.map((policy) => ({ ...policy, rate: rateOf(policy) })),
  };
}

export const durationSummary = (durations: Durations): DurationSummary => ({
  count: durations.count,
  meanMs: meanMs(durations),
  medianMs: quantileMs(durations, 0.5),
  p90Ms: quantileMs(durations, 0.9),
});

/** Those with the most work first. */
export function agentSummaries({ agents }: Pick<Figures, 'agents'>): readonly AgentSummary[] {
  return agents
    .map(({ agent, handled, replies, held, failed, firstWall, firstBusiness }) => ({
      ...{ agent, handled, replies, held, failed },
      firstResponse: { wall: durationSummary(firstWall), business: durationSummary(firstBusiness) },
    }))
    .sort((a, b) => b.replies - a.replies || (a.agent < b.agent ? -1 : 1));
}

export const rateOf = ({ met, missed }: Pick<PolicyFigures, 'met' | 'missed'>): number | null => share(met, met + missed);

/**
 * What the rate of a day will be if what still runs ends as usual: `(met + usual * running) / (met + missed + running)`.
 * @param running clocks of the rule that run now and are to end today
 * @param usual the rate of the days before; null (there is none): all are met
 */
export function forecastOf({ met, missed }: Pick<PolicyFigures, 'met' | 'missed'>, running: number, usual: number | null): number | null {
  return share(met + (usual ?? 1) * running, met + missed + running);
}

/** The most frequent names; of equal ones the first by name. */
export function topOf(counts: Counts, most: number): readonly { readonly name: string; readonly count: number }[] {
  return counts
    .map(([name, count]) => ({ name, count }))
    .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
    .slice(0, most);
}

/**
 * Buyers' messages by the hour of the local day, 0 to 23.
 * @param stretches figures of times in which clocks were not changed, with how far those were ahead of UTC
 */
export function byHour(stretches: Iterable<{ readonly quarters: Figures['quarters']; readonly offsetMs: number }>): readonly number[] {
  const hours = new Array<number>(24).fill(0);
  for (const { quarters, offsetMs } of stretches) {
    for (const [slotOfDay, count] of quarters) {
      const hour = Math.floor((slotOfDay * slotMs + offsetMs + 86_400_000) / 3_600_000) % 24;
      hours[hour] = (hours[hour] ?? 0) + count;
    }
  }
  return hours;
}

/** A miss may be taken back that is not of this time: then all were in time. */
const share = (part: number, whole: number): number | null => (whole <= 0 ? null : Math.min(1, part / whole));
