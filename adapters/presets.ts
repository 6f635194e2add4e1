import type { PolicySource, SlaPolicy } from '../src/core/sla/policy.ts';
import { daily, hourMs, marketplacePolicy, minuteMs, threeMinuteSteps } from '../src/core/sla/presets.ts';
import type { RegionalPolicies } from './adapter.ts';
import { marketplaces } from './index.ts';
import { practice } from './practice/index.ts';

const readOn = '2026-11-22';
const everywhere = (...policies: readonly SlaPolicy[]): readonly RegionalPolicies[] => [{ regions: null, policies }];

/** Three minutes a turn by day, in China. What begins at night is not counted. */
const threeMinutesByDay = (name: string, given: { readonly scoredBy: SlaPolicy['scoredBy']; readonly source: PolicySource }) =>
  marketplacePolicy(
    name,
    { kind: 'turn', withinMs: 3 * minuteMs },
    { ...given, hours: daily(8 * 60, 23 * 60), zone: 'Asia/Shanghai', steps: threeMinuteSteps },
  );

/** Of marketplaces that have no folder here yet; an adapter takes its own along. */
const withoutAdapter: Readonly<Record<string, readonly RegionalPolicies[]>> = {
  shopee: everywhere(
    marketplacePolicy(
      'shopee/response',
      { kind: 'turn', withinMs: 12 * hourMs },
      // The shop's own target is told by get_shop_performance, metric 11.
      { source: { page: 'https://sellerby.com/p/32', readOn, basis: 'secondary' } },
    ),
  ),
  lazada: everywhere(
    marketplacePolicy(
      'lazada/same-day',
      { kind: 'cut-off', receivedUntil: 18 * 60, answeredBy: 19 * 60 },
      // Weekends count. Public holidays do not: they differ by country and year, so they are settled in threadmart.yaml.
      { target: 85, source: { page: 'community.lazada.com.ph, How is Chat response rate calculated?', readOn, basis: 'official' } },
    ),
  ),
  amazon: everywhere(
    marketplacePolicy(
      'amazon/response',
      { kind: 'turn', withinMs: 24 * hourMs },
      // Weekends and holidays count.
      { target: 90, source: { page: 'Seller Central, 200549770', readOn, basis: 'official' } },
    ),
  ),
  douyin: everywhere(
    // One late turn costs the whole session.
    threeMinutesByDay('douyin/three-minutes', {
      scoredBy: 'inquiry',
      source: { page: 'https://mip.xhstdz.com/news/6080.html', readOn, basis: 'secondary' },
    }),
  ),
  taobao: everywhere(
    threeMinutesByDay('taobao/three-minutes', {
      scoredBy: 'turn',
      source: { page: 'sssssz.cn, on the service rules of July 2022', readOn, basis: 'secondary' },
    }),
  ),
  'wechat-shop': everywhere(
    marketplacePolicy(
      'wechat-shop/three-minutes',
      { kind: 'turn', withinMs: 3 * minuteMs },
      // The page could not be read, and others contradict each other: three minutes is a guess.
      { steps: threeMinuteSteps, source: { page: 'store.weixin.qq.com, growth_center_rule_for_store/8', readOn, basis: 'guess' } },
    ),
  ),
};

const policiesOf = new Map([
  ...Object.entries(withoutAdapter),
  ...[...marketplaces, practice].map(({ name, slaPolicies }) => [name, slaPolicies] as const),
]);

/** A marketplace's own rules about how fast to answer, as they hold in a region. */
export function slaPresets(marketplace: string, region: string | null): readonly SlaPolicy[] {
  const regional = policiesOf.get(marketplace) ?? [];
  const here = regional.find(({ regions }) => regions === null || (region !== null && regions.includes(region)));
  return here?.policies ?? [];
}

/** What `threadmart.yaml` may name and change. */
export const slaPolicyNames: readonly string[] = [
  ...new Set([...policiesOf.values()].flatMap((regional) => regional.flatMap(({ policies }) => policies.map(({ name }) => name)))),
];
