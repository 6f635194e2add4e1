import { isTextKey, type Locale, text } from '../texts/index.ts';
import type { CardClock } from '../thread.ts';
import type { ActivePolicy, SlaPolicy } from './policy.ts';

/**
 * What a rule is called in figures: as the team calls it, else, where a marketplace brings it along, what the catalogue has for the second part of its name, as
 * for `tiktok-shop/response`.
 * @param own the team's title; undefined: it has none
 */
export function policyTitle(name: string, own: string | undefined, locale: Locale): string {
  if (own !== undefined) return own;
  const [marketplace = '', rule = ''] = name.split('/');
  const key = `sla.preset.${rule}`;
  return isTextKey(key) ? text(locale, key, { marketplace }) : name;
}

type Told = Pick<CardClock, 'owner' | 'title' | 'asks'>;

/** A clock as people are told of it. Its rule may be gone since. */
export function toldClock(
  name: string,
  owner: SlaPolicy['owner'],
  policies: readonly Pick<ActivePolicy, 'name' | 'title' | 'rule'>[],
): Told {
  const policy = policies.find((one) => one.name === name);
  const asks = policy?.rule.kind === 'resolution' ? 'resolve' : 'answer';
  return { owner, asks, title: policy?.title ?? (owner === 'team' ? name : null) };
}

/** @param time absolute, as a clock at the shop shows it: these words are not written again while time passes */
export function clockWords({ owner, title, asks, state }: Told & Pick<CardClock, 'state'>, time: string, locale: Locale): string {
  const who = title === null ? text(locale, `sla.who.${owner}`) : text(locale, `sla.who.${owner}-titled`, { title });
  return text(locale, state === 'running' ? `sla.clock.${asks}` : `sla.clock.${state}`, { who, time });
}
