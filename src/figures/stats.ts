import type { Grouping, PolicyForecast, StatsAnswer, StatsGroup, StatsQuestion, StatsScope } from '../core/figures/answer.ts';
import { type DrillName, type DrillSource, drillSource } from '../core/figures/drill.ts';
import { type Figures, FigureTally, noFigures, sumOf } from '../core/figures/figures.ts';
import type { ChannelFigures } from '../core/figures/fold.ts';
import { type PerformanceSummary, performanceSummary } from '../core/figures/performance.ts';
import { daysFrom, eachDay, type StatsRange, stretchesIn } from '../core/figures/range.ts';
import { endOf, runsOf, startOf } from '../core/figures/spans.ts';
import { agentSummaries, byHour, forecastOf, rateOf, type Summary, summaryOf, topOf } from '../core/figures/summary.ts';
import { addDays, type LocalDay, localDay } from '../core/figures/zone.ts';
import type { ShopId } from '../core/ids.ts';
import type { AgentSetting } from '../core/settings.ts';
import type { Shop } from '../core/shop.ts';
import type { Clock } from '../core/time.ts';
import type { FigureSource, FigureSourceStore } from '../store/figure-sources.ts';
import type { FigureStore, SpanFigures } from '../store/figures.ts';
import type { Page, PageRequest } from '../store/pages.ts';
import type { PerformanceStore } from '../store/performance.ts';
import type { Desk } from './desk.ts';

export interface DailyFigures {
  readonly day: LocalDay;
  readonly summary: Summary;
  readonly groups: readonly StatsGroup[];
}

export interface Stats {
  answer(question: StatsQuestion): Promise<StatsAnswer>;
  /** Every day of the range by itself, oldest first. */
  daily(range: StatsRange, scope: StatsScope, by: Grouping | null): Promise<readonly DailyFigures[]>;
  /** What the marketplaces themselves count, by shop and day, oldest first. */
  performance(range: StatsRange, scope: StatsScope): Promise<readonly PerformanceSummary[]>;
  /** The history behind a figure, newest first; null: there is no such figure of one agent. */
  behind(
    question: Omit<StatsQuestion, 'by'> & { readonly figure: DrillName; readonly name: string | null },
    page: PageRequest,
  ): Promise<Page<FigureSource> | null>;
}

export interface StatsDeps {
  readonly store: Pick<FigureStore, 'within' | 'behindSince'>;
  readonly sources: FigureSourceStore;
  readonly performance: Pick<PerformanceStore, 'within'>;
  readonly shops: () => Promise<readonly Shop[]>;
  /** As a channel is called in the settings. */
  readonly channelName: (channel: string) => string | null;
  /** Work is noted under an agent's name or one of its accounts; it is told under the name. */
  readonly agents: () => readonly Pick<AgentSetting, 'name' | 'accounts'>[];
  /** The team's own titles of rules, by their names. */
  readonly titles: () => Readonly<Record<string, string>>;
  readonly running: (shopIds: readonly ShopId[]) => ReturnType<Desk['running']>;
  readonly clock: Pick<Clock, 'now'>;
}

const namesShown = 10;
/** The forecast goes by the days before. */
const usualDays = 7;

/** Answers from the figures that are kept; never from history, whatever it takes. */
export function createStats({ store, sources, performance, shops, channelName, agents, titles, running, clock }: StatsDeps): Stats {
  async function shopsIn({ shop, marketplace }: StatsScope): Promise<readonly Shop[]> {
    return (await shops()).filter(
      (one) => (shop === undefined || one._id === shop) && (marketplace === undefined || one.marketplace === marketplace),
    );
  }

  /** Figures of a range, apart where clocks were changed within it. */
  async function read(range: StatsRange, shopIds: readonly ShopId[]) {
    const names = new Map(agents().flatMap(({ name, accounts }) => accounts.map(({ userId }) => [userId, name] as const)));
    const named = ({ channel, figures }: ChannelFigures): ChannelFigures => ({
      channel,
      figures: { ...figures, agents: figures.agents.map((one) => ({ ...one, agent: names.get(one.agent) ?? one.agent })) },
    });
    return Promise.all(
      stretchesIn(range).map(async ({ from, to, offsetMs }) => {
        const found = await store.within(shopIds, runsOf(from, endToRead(from, to, clock.now())));
        return { offsetMs, found: found.map((span) => ({ ...span, channels: span.channels.map(named) })) };
      }),
    );
  }

  /** Somebody may be asked for by an account, too. */
  const withKey = (scope: StatsScope): StatsScope => {
    const known = agents().find(({ accounts }) => accounts.some(({ userId }) => userId === scope.agent));
    return known ? { ...scope, agent: known.name } : scope;
  };

  const namesOf = (agent: string): readonly string[] => [
    agent,
    ...agents()
      .filter(({ name }) => name === agent)
      .flatMap(({ accounts }) => accounts.map(({ userId }) => userId)),
  ];

  /** Of each shop, or of each shop and day. They are of whole shops: of a part of one there is nothing to tell. */
  async function performanceOf(
    { firstDay, lastDay }: StatsRange,
    { agent, channel }: StatsScope,
    inScope: readonly Shop[],
    each: 'shop' | 'day',
  ): Promise<readonly PerformanceSummary[]> {
    if (agent !== undefined || channel !== undefined) return [];
    const ids = inScope.map(({ _id }) => _id);
    const byShop = Map.groupBy(await performance.within(ids, firstDay, lastDay), ({ shopId }) => shopId);
    return inScope.flatMap(({ _id: shopId, name: shopName, marketplace }) => {
      const days = byShop.get(shopId) ?? [];
      const parts = each === 'shop' ? [days] : days.map((day) => [day]);
      return parts.flatMap((part) => performanceSummary(part, { shopId, shopName, marketplace }) ?? []);
    });
  }

  async function forecast(question: StatsQuestion, inScope: readonly Shop[], total: Figures): Promise<readonly PolicyForecast[] | null> {
    const { range, scope } = question;
    const today = localDay(range.zone, clock.now());
    if (range.firstDay !== today || range.lastDay !== today || scope.agent !== undefined || scope.channel !== undefined) return null;
    const before = daysFrom(range.zone, addDays(today, -usualDays), addDays(today, -1));
    const ids = inScope.map(({ _id }) => _id);
    const [usual, clocks] = await Promise.all([before ? read(before, ids) : [], running(ids)]);
    const usualFigures = sumOf(usual.flatMap(({ found }) => found.flatMap((one) => partsOf(one, scope))));
    const usualRate = new Map(usualFigures.policies.map((policy) => [policy.policy, rateOf(policy)]));
    const runningNow = new Map(clocks.map((one) => [one.policy, one.running]));
    const ended = new Map(total.policies.map((policy) => [policy.policy, policy]));
    // A rule of which no clock has ended yet today: whose it is tell the days before.
    for (const { policy } of clocks) {
      const owner = usualFigures.policies.find((one) => one.policy === policy)?.owner ?? '';
      if (!ended.has(policy)) ended.set(policy, { policy, owner, met: 0, missed: 0 });
    }
    return [...ended.values()].map((policy) => {
      const now = runningNow.get(policy.policy) ?? 0;
      return { ...policy, rate: rateOf(policy), running: now, forecast: forecastOf(policy, now, usualRate.get(policy.policy) ?? null) };
    });
  }

  return {
    async answer(given) {
      const question = { ...given, scope: withKey(given.scope) };
      const { range, scope, by } = question;
      const inScope = await shopsIn(scope);
      const [stretches, behindSince] = await Promise.all([
        read(
          range,
          inScope.map(({ _id }) => _id),
        ),
        store.behindSince(),
      ]);
      const found = stretches.flatMap((stretch) => stretch.found);
      // Added up once: a year is millions of buckets.
      const groups = addUp(by, found, scope, inScope);
      const total = sumOf(groups.values());
      return {
        ...{ range, by, scope, asOf: behindSince ?? clock.now() },
        total: summaryOf(total),
        groups: groupsOf(by, groups, total, nameOf(by, inScope, channelName)),
        agents: agentSummaries(total),
        hours: byHour(
          stretches.flatMap(({ offsetMs, found: there }) =>
            there.flatMap((one) => partsOf(one, scope).map(({ quarters }) => ({ offsetMs, quarters }))),
          ),
        ),
        tags: topOf(total.tags, namesShown),
        keywords: topOf(total.keywords, namesShown),
        performance: isTold(range)
          ? (await performanceOf(range, scope, inScope, 'shop')).toSorted((a, b) => (b.sessions ?? 0) - (a.sessions ?? 0))
          : [],
        titles: titles(),
        forecast: await forecast(question, inScope, total),
      };
    },

    async daily(range, given, by) {
      const scope = withKey(given);
      const inScope = await shopsIn(scope);
      const ids = inScope.map(({ _id }) => _id);
      const days: DailyFigures[] = [];
      for (const one of eachDay(range)) {
        const found = (await read(one, ids)).flatMap((stretch) => stretch.found);
        const groups = addUp(by, found, scope, inScope);
        const total = sumOf(groups.values());
        days.push({ day: one.firstDay, summary: summaryOf(total), groups: groupsOf(by, groups, total, nameOf(by, inScope, channelName)) });
      }
      return days;
    },

    async performance(range, given) {
      const scope = withKey(given);
      const found = await performanceOf(range, scope, await shopsIn(scope), 'day');
      return found.toSorted((a, b) => (a.firstDay < b.firstDay ? -1 : a.firstDay > b.firstDay ? 1 : 0));
    },

    async behind({ range, scope: given, figure, name }, page) {
      const scope = withKey(given);
      const source: DrillSource | null = drillSource(figure, name, scope.agent === undefined ? null : namesOf(scope.agent));
      if (source === null) return null;
      const shopIds = (await shopsIn(scope)).map(({ _id }) => _id);
      const { from, to } = range;
      return sources.page({ shopIds, from, to, ...(scope.channel === undefined ? {} : { channel: scope.channel }) }, source, page);
    },
  };
}

/**
 * Nothing has happened yet after now, so what holds now is read to the end of its month: one document instead of the days and hours up to now, which are most
 * of what an answer reads.
 */
function endToRead(from: Date, to: Date, now: Date): Date {
  return from <= now && now < to ? endOf('month', startOf('month', new Date(to.getTime() - 1))) : to;
}

/** A year of fifty shops is twenty thousand documents: too many for an answer that somebody waits for; an export has them. */
const mostDaysTold = 92;
const isTold = ({ firstDay, lastDay }: StatsRange): boolean => lastDay < addDays(firstDay, mostDaysTold);

/** Figures of a span as far as they are in scope. */
function partsOf({ channels }: SpanFigures, { channel, agent }: StatsScope): readonly Figures[] {
  const inChannel = channels.filter((one) => channel === undefined || one.channel === channel).map(({ figures }) => figures);
  return agent === undefined ? inChannel : inChannel.map((figures) => ofAgent(figures, agent));
}

/** What one agent did, as figures: everything else is nobody's. */
function ofAgent({ agents }: Figures, agent: string): Figures {
  const own = agents.filter((one) => one.agent === agent);
  return sumOf(
    own.map((one) => {
      const { handled, replies, held, failed, firstWall, firstBusiness } = one;
      return { ...noFigures, answered: handled, replies, held, failed, firstWall, firstBusiness, agents: [one] };
    }),
  );
}

/** By key of the group; where there is none to tell apart, all under one. */
function addUp(
  by: Grouping | null,
  found: readonly SpanFigures[],
  scope: StatsScope,
  inScope: readonly Shop[],
): ReadonlyMap<string, Figures> {
  const marketplaces = new Map(inScope.map(({ _id, marketplace }) => [_id, marketplace]));
  const groups = new Map<string, FigureTally>();
  for (const one of found) {
    for (const channel of one.channels) {
      const key =
        by === 'shop'
          ? one.shopId
          : by === 'marketplace'
            ? (marketplaces.get(one.shopId) ?? '')
            : by === 'channel'
              ? (channel.channel ?? '')
              : '';
      const tally = groups.get(key) ?? new FigureTally();
      groups.set(key, tally);
      for (const figures of partsOf({ ...one, channels: [channel] }, scope)) tally.merge(figures);
    }
  }
  return new Map([...groups].map(([key, tally]) => [key, tally.result()]));
}

function groupsOf(
  by: Grouping | null,
  groups: ReadonlyMap<string, Figures>,
  total: Figures,
  name: (key: string) => string,
): readonly StatsGroup[] {
  if (by === null) return [];
  const named = by === 'agent' ? total.agents.map(({ agent }) => [agent, ofAgent(total, agent)] as const) : [...groups];
  return named.map(([key, figures]) => ({ key, name: name(key), ...summaryOf(figures) })).sort(mostFirst);
}

function nameOf(by: Grouping | null, inScope: readonly Shop[], channelName: StatsDeps['channelName']): (key: string) => string {
  const shops = new Map<string, string>(inScope.map(({ _id, name }) => [_id, name]));
  return (key) => (by === 'shop' ? shops.get(key) : by === 'channel' ? channelName(key) : null) ?? key;
}

const mostFirst = (a: StatsGroup, b: StatsGroup): number =>
  b.opened - a.opened || b.answered - a.answered || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
