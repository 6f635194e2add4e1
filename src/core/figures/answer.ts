import type { ShopId } from '../ids.ts';
import type { PerformanceSummary } from './performance.ts';
import type { StatsRange } from './range.ts';
import type { AgentSummary, Summary } from './summary.ts';

export const groupings = ['shop', 'marketplace', 'agent', 'channel'] as const;
export type Grouping = (typeof groupings)[number];

/** Which figures: all conditions hold. */
export interface StatsScope {
  readonly shop?: ShopId;
  readonly marketplace?: string;
  /** `slack/default/C0123456789`. */
  readonly channel?: string;
  /** Key of an agent, or user id of somebody who is none. */
  readonly agent?: string;
}

export interface StatsQuestion {
  readonly range: StatsRange;
  readonly scope: StatsScope;
  readonly by: Grouping | null;
}

/** How a rule stands, and what today will come to; see `forecastOf`. */
export interface PolicyForecast {
  readonly policy: string;
  readonly owner: string;
  readonly met: number;
  readonly missed: number;
  readonly rate: number | null;
  /** Clocks of the rule that run now. */
  readonly running: number;
  readonly forecast: number | null;
}

export type StatsGroup = { readonly key: string; readonly name: string } & Summary;

export interface StatsAnswer {
  readonly range: StatsRange;
  /** What happened after it may not be counted yet. */
  readonly asOf: Date;
  readonly by: Grouping | null;
  readonly scope: StatsScope;
  readonly total: Summary;
  /** By agent: `agents` says more. */
  readonly groups: readonly StatsGroup[];
  readonly agents: readonly AgentSummary[];
  /** Buyers' messages by hour of the day in the range's zone, from midnight on. */
  readonly hours: readonly number[];
  readonly tags: readonly { readonly name: string; readonly count: number }[];
  readonly keywords: readonly { readonly name: string; readonly count: number }[];
  /** What the marketplaces themselves count, by shop; empty where figures of a channel or an agent are asked for, or of more than three months. */
  readonly performance: readonly PerformanceSummary[];
  /** As the team calls its rules, by their names; those of marketplaces as well where it has words of its own. */
  readonly titles: Readonly<Record<string, string>>;
  /** Null unless the range is today. */
  readonly forecast: readonly PolicyForecast[] | null;
}
