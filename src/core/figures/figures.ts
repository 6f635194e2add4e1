import { type Durations, DurationTally, noDurations } from './durations.ts';

/** What is simply counted. What each means is in `docs/statistics.md`. */
const counters = [
  ...['opened', 'returning', 'reopened', 'answered', 'resolved', 'automatic'],
  ...['buyerMessages', 'replies', 'outside', 'autoReplies', 'held', 'failed'],
  ...['messagesOfResolved'],
] as const;
type Counter = (typeof counters)[number];

/** Durations that are told of. */
const measures = ['firstWall', 'firstBusiness', 'resolution'] as const;
type Measure = (typeof measures)[number];

/** How often each name came, by name. Pairs, not a mapping: names hold dots, and may be numbers. */
export type Counts = readonly (readonly [name: string, count: number])[];

/** One agent's share. `handled`: inquiries that this agent answered first. */
export interface AgentFigures {
  readonly agent: string;
  readonly handled: number;
  readonly replies: number;
  readonly held: number;
  readonly failed: number;
  readonly firstWall: Durations;
  readonly firstBusiness: Durations;
}

/** How a rule was kept. */
export interface PolicyFigures {
  readonly policy: string;
  /** Whose rule it is: the marketplace's, or the team's own. */
  readonly owner: string;
  readonly met: number;
  /** Below zero where a miss is taken back that was counted in another time. */
  readonly missed: number;
}

/** All that is counted of some time. Figures of two times that do not overlap add up. */
export type Figures = Readonly<Record<Counter, number>> &
  Readonly<Record<Measure, Durations>> & {
    readonly policies: readonly PolicyFigures[];
    readonly agents: readonly AgentFigures[];
    readonly tags: Counts;
    readonly keywords: Counts;
    /** Buyers' messages by the slot of the UTC day, 0 to 95. */
    readonly quarters: readonly (readonly [slotOfDay: number, count: number])[];
  };

/** Figures in the making: single things that happened, and what was counted before. */
export class FigureTally {
  readonly #counts = new Map<Counter, number>();
  readonly #durations = new Map<Measure, DurationTally>();
  readonly #policies = new Map<string, { policy: string; owner: string; met: number; missed: number }>();
  readonly #agents = new Map<string, AgentTally>();
  readonly #tags = new Map<string, number>();
  readonly #keywords = new Map<string, number>();
  readonly #quarters = new Map<number, number>();

  count(counter: Counter, by = 1): void {
    raise(this.#counts, counter, by);
  }

  measure(measure: Measure): DurationTally {
    return obtain(this.#durations, measure, () => new DurationTally());
  }

  agent(agent: string): AgentTally {
    return obtain(this.#agents, agent, () => new AgentTally());
  }

  policy(policy: string, owner: string, { met, missed }: Pick<PolicyFigures, 'met' | 'missed'>): void {
    const known = obtain(this.#policies, `${owner} ${policy}`, () => ({ policy, owner, met: 0, missed: 0 }));
    known.met += met;
    known.missed += missed;
  }

  tag(name: string, by = 1): void {
    raise(this.#tags, name, by);
  }

  keyword(name: string, by = 1): void {
    raise(this.#keywords, name, by);
  }

  quarter(slotOfDay: number, by = 1): void {
    raise(this.#quarters, slotOfDay, by);
  }

  merge(figures: Figures): void {
    for (const counter of counters) if (figures[counter] !== 0) this.count(counter, figures[counter]);
    for (const measure of measures) if (figures[measure].count > 0) this.measure(measure).merge(figures[measure]);
    for (const { policy, owner, met, missed } of figures.policies) this.policy(policy, owner, { met, missed });
    for (const one of figures.agents) this.agent(one.agent).merge(one);
    for (const [name, count] of figures.tags) this.tag(name, count);
    for (const [name, count] of figures.keywords) this.keyword(name, count);
    for (const [slotOfDay, count] of figures.quarters) this.quarter(slotOfDay, count);
  }

  result(): Figures {
    const counted = Object.fromEntries(counters.map((counter) => [counter, this.#counts.get(counter) ?? 0])) as Record<Counter, number>;
    const measured = Object.fromEntries(
      measures.map((measure) => [measure, this.#durations.get(measure)?.result() ?? noDurations]),
    ) as Record<Measure, Durations>;
    return {
      ...counted,
      ...measured,
      policies: [...this.#policies].sort(byKey).map(([, policy]) => ({ ...policy })),
      agents: [...this.#agents].sort(byKey).map(([agent, tally]) => tally.result(agent)),
      tags: [...this.#tags].sort(byKey),
      keywords: [...this.#keywords].sort(byKey),
      quarters: [...this.#quarters].sort(([a], [b]) => a - b),
    };
  }
}

/** One agent's share in the making. */
export class AgentTally {
  handled = 0;
  replies = 0;
  held = 0;
  failed = 0;
  readonly firstWall = new DurationTally();
  readonly firstBusiness = new DurationTally();

  merge(one: AgentFigures): void {
    this.handled += one.handled;
    this.replies += one.replies;
    this.held += one.held;
    this.failed += one.failed;
    this.firstWall.merge(one.firstWall);
    this.firstBusiness.merge(one.firstBusiness);
  }

  result(agent: string): AgentFigures {
    const { handled, replies, held, failed } = this;
    return { agent, handled, replies, held, failed, firstWall: this.firstWall.result(), firstBusiness: this.firstBusiness.result() };
  }
}

/** Adds up. None at all gives zeros. */
export function sumOf(all: Iterable<Figures>): Figures {
  const tally = new FigureTally();
  for (const figures of all) tally.merge(figures);
  return tally.result();
}

export const noFigures: Figures = sumOf([]);

/** Figures as they are stored: what is zero or empty is left out, which is most of a slot. */
export type PackedFigures = Partial<Omit<Figures, 'agents'>> & { readonly agents?: readonly PackedAgent[] };
type PackedAgent = Pick<AgentFigures, 'agent'> & Partial<AgentFigures>;

export function packFigures({ agents, ...figures }: Figures): PackedFigures {
  return {
    ...withoutEmpty(figures),
    ...(agents.length > 0 ? { agents: agents.map((one) => ({ agent: one.agent, ...withoutEmpty(one) })) } : {}),
  };
}

const noAgent = { handled: 0, replies: 0, held: 0, failed: 0, firstWall: noDurations, firstBusiness: noDurations };

export const unpackFigures = ({ agents = [], ...packed }: PackedFigures): Figures => ({
  ...noFigures,
  ...packed,
  agents: agents.map((one) => ({ ...noAgent, ...one })),
});

function withoutEmpty<T extends object>(figures: T): Partial<T> {
  return Object.fromEntries(Object.entries(figures).filter(([, value]) => !isEmpty(value))) as Partial<T>;
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && value !== null && 'count' in value ? value.count === 0 : value === 0;
}

/** By code units: the order must not depend on where it runs. */
function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function raise<Key>(counts: Map<Key, number>, key: Key, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

function obtain<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
