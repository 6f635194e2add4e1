import { fold } from './fold.ts';

/**
 * Every pattern of the screening is linear: repeats are bounded (`{0,3}`), or unbounded over a class that shares no character with what follows it,
 * and no repeat stands inside another that could split the same text in two ways. Work is at most text length times a constant.
 */

/** One of these words. A Latin word counts only whole; scripts without spaces have no such edge. */
export function anyOf(words: readonly string[]): string {
  return words
    .map(fold)
    .map((word) => `${/^[a-z]/.test(word) ? '(?<![a-z])' : ''}${word}${/[a-z]$/.test(word) ? '(?![a-z])' : ''}`)
    .join('|');
}

/** The position of the last (of the text's end) or first match; -1 without one. */
export function lastIndexOf(text: string, pattern: RegExp): number {
  let last = -1;
  for (const match of text.matchAll(pattern)) last = match.index;
  return last;
}

/** Stands for what was recognised as harmless and taken out: no letter, no digit, no separator. */
export const harmless = '\ue00f';

/** Found by a rule: stops the text, or is worth a remark. */
export type Level = 'warn' | 'block';
