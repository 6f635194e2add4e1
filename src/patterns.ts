import { createRequire } from 'node:module';
import type { RE2JS } from 're2js';

/** Why a regular expression cannot be used. Never the expression itself: what stands in the file may be a secret in the wrong place. */
export type PatternProblem = 'unsupported' | 'unclosed' | 'repetition' | 'escape' | 'too-large' | 'broken';

interface Engine {
  compile(pattern: string, flags: number): RE2JS;
  readonly CASE_INSENSITIVE: number;
  readonly MULTILINE: number;
}

let loaded: Engine | null = null;

/**
 * RE2 in JavaScript: it searches in time proportional to the text, whatever the expression, and knows no look-around and no back reference, which cannot be.
 * Loaded when the first pattern is met, for most have none. At once and not by `import()`: a file is checked without waiting.
 */
function engine(): Engine {
  loaded ??= (createRequire(import.meta.url)('re2js') as { readonly RE2JS: Engine }).RE2JS;
  return loaded;
}

const maxChars = 1_000;
/** Steps of the compiled expression: each character of a text may cost as many. `a{1000}` has a thousand; those that people write have fewer than two hundred. */
const maxProgramSize = 1_500;

/** Null: it can be used. */
export function patternProblem(pattern: string): PatternProblem | null {
  if (pattern.length > maxChars) return 'too-large';
  try {
    return compile(pattern).programSize() > maxProgramSize ? 'too-large' : null;
  } catch (error) {
    return problems.find(([, words]) => error instanceof Error && words.test(error.message))?.[0] ?? 'broken';
  }
}

const problems: readonly (readonly [PatternProblem, RegExp])[] = [
  ['unsupported', /Perl syntax|invalid named capture/],
  ['unclosed', /missing closing|unexpected \)/],
  ['repetition', /repetition|repeat count/],
  ['escape', /escape sequence|trailing backslash|character class range/],
  ['too-large', /too large|too deeply/],
];

/** Small and capital letters are the same, unless the pattern says `(?-i)`; `^` and `$` are the ends of each line, for several messages are one text. */
function compile(pattern: string): RE2JS {
  const { CASE_INSENSITIVE, MULTILINE } = engine();
  return engine().compile(pattern.normalize('NFKC'), CASE_INSENSITIVE | MULTILINE);
}

/** Compiled once. They are those of the settings; old ones go when there are too many. */
const compiled = new Map<string, RE2JS>();
const mostCompiled = 1_000;

/** Is there something in this text that the pattern finds? A pattern that cannot be used finds nothing; the file has none. */
export function findsPattern(pattern: string, text: string): boolean {
  const known = compiled.get(pattern);
  if (known) return known.test(text);
  if (patternProblem(pattern) !== null) return false;
  if (compiled.size >= mostCompiled) compiled.clear();
  const made = compile(pattern);
  compiled.set(pattern, made);
  return made.test(text);
}
