import type { ScreeningSetting } from '../settings.ts';
import { cleanText } from '../text-plain.ts';
import type { Notice } from '../thread.ts';

declare const screened: unique symbol;
/** A text that has passed the screening or been approved by a person. Only `approve` makes one, so nothing unscreened can be sent. */
export type ScreenedText = string & { readonly [screened]: true };

export interface ScreeningContext {
  /** The marketplace's own web hosts: links to them pass. */
  readonly ownHosts: readonly string[];
  /** Order, product and tracking numbers that the inquiry knows. */
  readonly knownIds: readonly string[];
  readonly policy: ScreeningSetting;
}

export interface Screening {
  readonly verdict: 'pass' | 'warn' | 'block';
  readonly reasons: Notice['reasons'];
  /** The text as it would be sent. */
  readonly text: string;
}

/** What may not leave, and why. Applied to every text for a buyer. Pure. */
export function screen(text: string, _context: ScreeningContext): Screening {
  return { verdict: 'pass', reasons: [], text: cleanText(text).trim() };
}

/** The text of a screening that passed, or that a person may release; the caller holds what is blocked. */
export const approve = ({ text }: Screening): ScreenedText => text as ScreenedText;
