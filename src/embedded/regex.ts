import { BSONRegExp } from 'bson';
import { CommandError } from './errors.ts';
import { regexParts } from './values.ts';

export const isRegex = (value: unknown): value is BSONRegExp | RegExp => value instanceof BSONRegExp || value instanceof RegExp;

/** MongoDB's flags: i, m, s as here; x lets blanks and comments stand in the pattern; u is always on there. */
export function toRegExp(value: BSONRegExp | RegExp, options?: string): RegExp {
  const [pattern, own] = regexParts(value);
  const flags = [...new Set(options ?? own)];
  const unknown = flags.find((flag) => !'imsxu'.includes(flag));
  if (unknown !== undefined) throw new CommandError(51_091, `invalid flag in regex options: ${unknown}`);
  const source = flags.includes('x') ? withoutBlanks(pattern) : pattern;
  try {
    return new RegExp(source, flags.filter((flag) => 'ims'.includes(flag)).join(''));
  } catch (error) {
    throw new CommandError(51_091, `Regular expression is invalid: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Escaped blanks, and blanks inside a class, stay; a class without end is told by whoever reads the pattern next. */
const withoutBlanks = (pattern: string): string =>
  pattern.replace(/(\\.|\[(?:\\.|[^\]\\])*\]?)|\s+|#[^\n]*/gs, (_, kept: string | undefined) => kept ?? '');

/** The text with which every match begins, where the pattern says so plainly; '' otherwise. */
export function prefixOf(value: BSONRegExp | RegExp, options?: string): string {
  const [pattern, own] = regexParts(value);
  if ((options ?? own) !== '' || pattern.includes('|')) return '';
  const literal = /^\^([\w :;,@#%&=<>~"'-]*)/.exec(pattern)?.[1] ?? '';
  // The last character may be optional or repeated.
  return /^[*?{]/.test(pattern.slice(literal.length + 1)) ? literal.slice(0, -1) : literal;
}
