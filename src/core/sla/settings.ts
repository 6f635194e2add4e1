import type { Calendar } from './hours.ts';
import type { ClockRule, SlaPolicy } from './policy.ts';
import type { WordLists } from './words.ts';

/** What people have settled about clocks; the marketplaces' own rules come with the marketplaces. */
export interface SlaSettings {
  /** Instead of the lists that come with the product; null: those. */
  readonly fillers: WordLists['fillers'] | null;
  readonly closingWords: WordLists['closingWords'] | null;
  /** In this order: of two with the same name the later one changes what the earlier one said. */
  readonly policies: readonly PolicySetting[];
}

/** A policy of the team's own, or changes to one that is there: what is given replaces. */
export interface PolicySetting extends Partial<Omit<SlaPolicy, 'name' | 'owner' | 'rule' | 'source'>> {
  readonly name: string;
  /** Of a new policy: `turn`. */
  readonly kind?: Exclude<ClockRule['kind'], 'held-reply'>;
  readonly withinMs?: number;
  /** Minutes of the local day, as in `ClockRule`. */
  readonly receivedUntil?: number;
  readonly answeredBy?: number;
  readonly off?: boolean;
  /** Only for inquiries whose route names it. */
  readonly onlyWhenNamed?: boolean;
  /** Absent: all. */
  readonly marketplaces?: readonly string[];
  /** Ids of shops, ours or the marketplaces'. Absent: all. */
  readonly shops?: readonly string[];
}

/** When a shop's team works. */
export interface BusinessHours extends HoursSetting {
  /** What is given replaces, for this shop; its id is ours or the marketplace's. */
  readonly shops: readonly (Partial<HoursSetting> & { readonly shop: string })[];
}

interface HoursSetting extends Omit<Calendar, 'zone'> {
  /** IANA name; null: the shop's. */
  readonly zone: string | null;
}

export const defaultSla: SlaSettings = { policies: [], fillers: null, closingWords: null };

/** All day, every day. */
export const defaultBusinessHours: BusinessHours = { zone: null, week: null, holidays: [], shops: [] };
