import { withoutInvisible } from '../text-plain.ts';

/** How words are compared: full-width and half-width alike, small letters, nothing that cannot be seen, one space between words. */
export const foldWords = (text: string): string => withoutInvisible(text.normalize('NFKC')).toLowerCase().replace(/\s+/g, ' ').trim();

/**
 * Letters and digits of scripts that put spaces between words. The others (Chinese, Japanese, Thai, Lao, Khmer, Burmese) have no edge of a word to look for,
 * and Korean grows its endings onto the word: there a keyword counts wherever it stands.
 */
const spaced =
  /[[\p{L}\p{M}\p{N}]--[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}\p{scx=Hangul}]]/v;

/**
 * True where `words` has `keyword`, as a whole word in scripts that have spaces. Pure.
 * @param words @param keyword both as `foldWords` gives them
 */
export function hasKeyword(words: string, keyword: string): boolean {
  if (keyword === '') return false;
  const [opens, closes] = [firstOf(keyword), lastOf(keyword)].map(isSpaced);
  for (let at = words.indexOf(keyword); at >= 0; at = words.indexOf(keyword, at + 1)) {
    const before = opens && isSpaced(lastOf(words.slice(Math.max(0, at - 2), at)));
    const after = closes && isSpaced(firstOf(words.slice(at + keyword.length, at + keyword.length + 2)));
    if (!before && !after) return true;
  }
  return false;
}

const isSpaced = (character: string): boolean => spaced.test(character);
const firstOf = (text: string): string => String.fromCodePoint(text.codePointAt(0) ?? 32);
const lastOf = (text: string): string => [...text.slice(-2)].at(-1) ?? ' ';
