import type { ScreeningSetting } from '../settings.ts';
import { cleanText, withoutInvisible } from '../text-plain.ts';
import type { Notice } from '../thread.ts';
import { fold } from './fold.ts';
import { links, mailAddress } from './links.ts';
import { messenger } from './messenger.ts';
import type { Level } from './patterns.ts';
import { harmless } from './patterns.ts';
import { hiddenNumbers, plainNumbers } from './phone.ts';

declare const screened: unique symbol;
/** A text that went through the screening. Only `approve` and `sign` make one, so that nothing unscreened can be sent. */
export type ScreenedText = string & { readonly [screened]: true };

/** Names of the rules, as `screening.off` and `screening.warn` of the settings use them. */
export const ruleNames = ['empty', 'too-long', 'phone', 'digits', 'mail', 'link', 'messenger'] as const;
export type RuleName = (typeof ruleNames)[number];

export interface ScreeningContext {
  /** The marketplace's own web hosts: links to them pass. `.example.com` also means its subdomains. */
  readonly ownHosts: readonly string[];
  /** Order, product and tracking numbers that the inquiry knows. */
  readonly knownIds: readonly string[];
  readonly policy: ScreeningSetting;
  /** UTF-16 code units; more is taken for a mistake. */
  readonly maxChars: number;
}

export interface Screening {
  readonly verdict: 'pass' | 'warn' | 'block';
  readonly reasons: Notice['reasons'];
  /** The text as it would be sent. */
  readonly text: string;
}

/** What may not leave, and why. Applied to every text for a buyer. Pure; the work grows with the text's length, no faster. */
export function screen(given: string, { ownHosts, knownIds, policy, maxChars }: ScreeningContext): Screening {
  const text = cleanText(given).trim();
  const { rest, link } = links(fold(text), ownHosts);
  const searched = withoutIds(rest, knownIds);
  const { phone, digits } = plainNumbers(searched);
  const found: Readonly<Record<RuleName, Level | null>> = {
    empty: isBlank(text) ? 'block' : null,
    'too-long': text.length > maxChars ? 'block' : null,
    phone: hiddenNumbers(searched) ?? phone,
    digits: digits ? 'warn' : null,
    mail: mailAddress(searched),
    link,
    messenger: messenger(searched),
  };
  const levels = ruleNames.flatMap((rule) => {
    const level = policy.off.includes(rule) ? null : found[rule];
    return level ? [{ rule, level: policy.warn.includes(rule) ? ('warn' as const) : level }] : [];
  });
  const verdict = levels.some(({ level }) => level === 'block') ? 'block' : levels.length > 0 ? 'warn' : 'pass';
  // Of what is blocked only the grounds for it are told.
  const told = verdict === 'block' ? levels.filter(({ level }) => level === 'block') : levels;
  return {
    verdict,
    text,
    reasons: told.map(({ rule }) => ({ key: `screening.${rule}` as const, params: rule === 'too-long' ? { max: maxChars } : {} })),
  };
}

/** Nothing that could be seen. */
export const isBlank = (text: string): boolean => withoutInvisible(cleanText(text)).trim() === '';

/** The text of a screening that passed, or that a person may release; the caller holds what is blocked. */
export const approve = ({ text }: Screening): ScreenedText => text as ScreenedText;

/** Adds a line of the shop's own settings, which is nobody's message and needs no screening. */
export const sign = (text: ScreenedText, line: string): ScreenedText => `${text}\n${line}` as ScreenedText;

/** Ids as whole words: one digit in front or behind makes it another number. */
function withoutIds(folded: string, knownIds: readonly string[]): string {
  return knownIds
    .map(fold)
    .filter((id) => id.length >= 4)
    .reduce(
      (text, id) =>
        text.replaceAll(id, (_, at: number) => (/[a-z0-9]/.test((text[at - 1] ?? '') + (text[at + id.length] ?? '')) ? id : harmless)),
      folded,
    );
}
