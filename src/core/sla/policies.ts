import type { Shop } from '../shop.ts';
import type { Calendar } from './hours.ts';
import type { ActivePolicy, ClockRule, SlaContext, SlaPolicy } from './policy.ts';
import { heldReply, teamPolicy } from './presets.ts';
import { stepMs } from './reminders.ts';
import type { BusinessHours, PolicySetting, SlaSettings } from './settings.ts';
import { defaultWords } from './words.ts';

type ClockedShop = Pick<Shop, '_id' | 'marketplace' | 'externalId' | 'timezone'>;

/** Where policies come from. */
export interface PolicySources {
  /** The marketplace's own rules, for the shop's region. */
  readonly presets: readonly SlaPolicy[];
  readonly sla: SlaSettings;
  readonly businessHours: BusinessHours;
}

/**
 * What an inquiry's clocks go by.
 * @param named policies of the team that the inquiry's route names instead of the usual ones; null: it names none. The marketplace's rules hold either way.
 */
export function slaContext(shop: ClockedShop, sources: PolicySources, named: readonly string[] | null): SlaContext {
  const { sla, businessHours } = sources;
  const holds = ({ policy, usual }: Listed): boolean =>
    named === null || policy.owner === 'marketplace' || policy.name === heldReply.name ? usual : named.includes(policy.name);
  const policies = policiesOf(shop, sources)
    .filter(holds)
    .map(({ policy }) => activated(policy, shop, businessHours));
  const words = { fillers: sla.fillers ?? defaultWords.fillers, closingWords: sla.closingWords ?? defaultWords.closingWords };
  return { policies, words };
}

/** When the team of a shop works: for figures in business time. */
export function businessCalendar(shop: ClockedShop, { shops, ...usual }: BusinessHours): Calendar {
  const { zone, week, holidays } = { ...usual, ...shops.findLast((own) => isShop(shop, own.shop)) };
  return { zone: zone ?? shop.timezone, week, holidays };
}

const isShop = ({ _id, externalId }: ClockedShop, id: string): boolean => id === _id || id === externalId;

interface Listed {
  readonly policy: SlaPolicy;
  /** Without being named. */
  readonly usual: boolean;
}

function policiesOf(shop: ClockedShop, { presets, sla }: PolicySources): readonly Listed[] {
  const listed = new Map([...presets, heldReply].map((policy) => [policy.name, { policy, usual: true } as Listed]));
  for (const setting of sla.policies) {
    if (setting.marketplaces?.includes(shop.marketplace) === false || setting.shops?.some((id) => isShop(shop, id)) === false) continue;
    const before = listed.get(setting.name);
    const policy = changed(before?.policy, setting);
    if (policy) listed.set(setting.name, { policy, usual: !(setting.onlyWhenNamed ?? before?.usual === false) });
    if (setting.off) listed.delete(setting.name);
  }
  return [...listed.values()];
}

/** Null: changes to a policy that this shop's marketplace does not have. */
function changed(before: SlaPolicy | undefined, setting: PolicySetting): SlaPolicy | null {
  const rule = ruleOf(before?.rule, setting);
  // The team's own names have no slash.
  if (!rule || (!before && setting.name.includes('/'))) return null;
  const { kind, withinMs, receivedUntil, answeredBy, off, onlyWhenNamed, marketplaces, shops, ...changes } = setting;
  return { ...(before ?? teamPolicy(setting.name, rule)), ...changes, rule };
}

function ruleOf(before: ClockRule | undefined, given: PolicySetting): ClockRule | null {
  const kind = given.kind ?? before?.kind ?? 'turn';
  const { withinMs, receivedUntil, answeredBy } = { ...before, ...given };
  if (kind !== 'cut-off') return withinMs === undefined ? null : { kind, withinMs };
  return receivedUntil === undefined || answeredBy === undefined ? null : { kind, receivedUntil, answeredBy };
}

function activated({ hours, zone, holidays, ...policy }: SlaPolicy, shop: ClockedShop, businessHours: BusinessHours): ActivePolicy {
  const own: Calendar =
    hours === 'business'
      ? businessCalendar(shop, businessHours)
      : { zone: shop.timezone, week: hours === 'always' ? null : hours, holidays: [] };
  const calendar = { zone: zone ?? own.zone, week: own.week, holidays: [...own.holidays, ...holidays] };
  return { ...policy, steps: risingSteps(policy), calendar };
}

/** Between a share and a span of a cut-off, which leaves now an hour and now a day, the order is that of a whole day. */
function risingSteps({ steps, rule }: Pick<SlaPolicy, 'steps' | 'rule'>): SlaPolicy['steps'] {
  const wholeMs = rule.kind === 'cut-off' ? 24 * 3_600_000 : rule.withinMs;
  return steps.toSorted((a, b) => stepMs(a, wholeMs) - stepMs(b, wholeMs));
}
