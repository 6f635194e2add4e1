import type { z } from 'zod';
import type { Locale, TextKey, TextParams } from '../core/texts/index.ts';
import { isTextKey, text } from '../core/texts/index.ts';

export interface Sentence {
  readonly key: TextKey;
  readonly params: TextParams;
}

/** One thing that is wrong (or worth a warning) in the configuration. It never holds a value: the value may be a secret in the wrong place. */
export interface Problem {
  /** Null: an environment variable. */
  readonly file: string | null;
  /** From 1; null for an environment variable. */
  readonly line: number | null;
  readonly column: number | null;
  /** `SLACK_BOT_TOKEN`, `shops[0].externalId`; empty: the file as a whole. */
  readonly field: string;
  readonly sentence: Sentence;
}

/** Everything that is wrong, in one error; its message is the English text. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(describeProblems(problems, 'en'));
    this.problems = problems;
  }

  describe(locale: Locale): string {
    return describeProblems(this.problems, locale);
  }
}

function describeProblems(problems: readonly Problem[], locale: Locale): string {
  const lines = problems.map((problem) => `  - ${describeProblem(problem, locale)}`);
  return [text(locale, 'config.invalid', { count: problems.length }), ...lines].join('\n');
}

/** `threadmart.yaml:4:17 shops[0].externalId: must be text; write it in quotes ...` */
export function describeProblem({ file, line, column, field, sentence }: Problem, locale: Locale): string {
  const place = file === null ? [] : [line === null ? file : `${file}:${line}:${column}`];
  const where = [...place, ...(field === '' ? [] : [field])].join(' ');
  return `${where}: ${text(locale, sentence.key, sentence.params)}`;
}

type Path = readonly PropertyKey[];
/** A problem of a value, before anyone knows in which file and line it stands. `key`: the problem is this key of the mapping at `path`, not the mapping. */
export interface ValueProblem {
  readonly path: Path;
  readonly key?: string;
  readonly sentence: Sentence;
}

/**
 * From zod's issue to sentences of the catalogue. A schema of ours names a text key as its message; other messages (a connector's own) are shown as they are.
 * @param root what was parsed; only the type of what is wrong is looked at
 */
export function toProblems(issue: z.core.$ZodIssue, root: unknown): readonly ValueProblem[] {
  const path = issue.path;
  const own: Sentence | null = isTextKey(issue.message) ? { key: issue.message, params: {} } : null;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path, key, sentence: own ?? { key: 'config.unknown-key', params: {} } }));
  }
  if (own) return [{ path, sentence: own }];
  switch (issue.code) {
    case 'invalid_type':
      return [{ path, sentence: wrongType(issue.expected, valueAt(root, path)) }];
    case 'invalid_value':
      return [{ path, sentence: { key: 'config.expected.one-of', params: { values: issue.values.join(', ') } } }];
    case 'too_small':
      return [{ path, sentence: smallest(issue) }];
    case 'too_big':
      return [{ path, sentence: { key: 'config.expected.at-most', params: { maximum: String(issue.maximum) } } }];
    default:
      return [{ path, sentence: { key: 'config.connector-says', params: { message: issue.message } } }];
  }
}

function smallest(issue: z.core.$ZodIssueTooSmall): Sentence {
  if (issue.origin === 'string') return { key: 'config.expected.not-empty', params: {} };
  return { key: 'config.expected.at-least', params: { minimum: String(issue.minimum) } };
}

function wrongType(expected: string, actual: unknown): Sentence {
  if (actual === undefined) return { key: 'config.required', params: {} };
  if (expected === 'string' && (typeof actual === 'number' || typeof actual === 'bigint'))
    return { key: 'config.expected.quotes', params: {} };
  const key = `config.expected.${expected}`;
  return isTextKey(key) ? { key, params: {} } : { key: 'config.expected.type', params: { expected } };
}

function valueAt(root: unknown, path: Path): unknown {
  return path.reduce((value: unknown, step) => (typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined), root);
}
