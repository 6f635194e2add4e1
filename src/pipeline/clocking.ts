import type { Clocking } from '../core/desk/clocks.ts';
import type { Settings } from '../core/settings.ts';
import type { Shop } from '../core/shop.ts';
import { businessCalendar, slaContext } from '../core/sla/policies.ts';
import type { PipelineDeps } from './deps.ts';

type Deps = Pick<PipelineDeps, 'settings' | 'slaPresets'>;

/** Kept for as long as the settings are: made of every policy there is, and asked for with every message. */
const kept = new WeakMap<Settings, Map<string, Clocking>>();

/**
 * How the clocks of a shop's inquiry are judged.
 * @param named the team's policies that its route chose; null: the usual ones
 */
export function clockingOf(shop: Shop, named: readonly string[] | null, { settings, slaPresets }: Deps): Clocking {
  const { sla, businessHours } = settings();
  const known = kept.get(settings()) ?? new Map<string, Clocking>();
  kept.set(settings(), known);
  const key = [shop._id, shop.region, shop.timezone, ...(named ?? ['-'])].join('|');
  const clocking = known.get(key) ?? {
    sla: slaContext(shop, { presets: slaPresets(shop), sla, businessHours }, named),
    business: businessCalendar(shop, businessHours),
  };
  known.set(key, clocking);
  return clocking;
}

/** Of an inquiry whose shop is gone: nothing is timed any more. */
export const noClocking: Clocking = {
  sla: { policies: [], words: { fillers: [], closingWords: [] } },
  business: { zone: 'UTC', week: null, holidays: [] },
};
