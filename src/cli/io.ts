import type { Locale, TextKey, TextParams } from '../core/texts/index.ts';
import { nearestLocale } from '../core/texts/index.ts';

/** All that a command touches of the world; tests hand in their own. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly fetch: typeof globalThis.fetch;
  readonly now: () => Date;
  /** Rejects with code `ENOENT` when there is none. */
  readonly readFile: (path: string) => Promise<string>;
  /** Never over a file that is there: rejects with code `EEXIST`. */
  readonly writeFile: (path: string, bytes: Uint8Array) => Promise<void>;
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  /** Turns this process into another program of the project; paths are relative to its folder. Returns only where it cannot. */
  readonly become: (script: string, nodeOptions?: readonly string[], args?: readonly string[]) => void;
}

export const exitCodes = { done: 0, failed: 1, usage: 2, unreachable: 3 } as const;

/** Ends a command with a sentence of the catalogue. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: number;
  readonly key: TextKey;
  readonly params: TextParams;
  /** Further lines, already in the reader's language. */
  readonly details: readonly string[];

  constructor(exitCode: number, key: TextKey, params: TextParams = {}, details: readonly string[] = []) {
    super(key);
    this.exitCode = exitCode;
    this.key = key;
    this.params = params;
    this.details = details;
  }
}

/** As POSIX orders them; an empty one counts as unset. */
export function localeFrom(env: Io['env']): Locale {
  return nearestLocale(env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG']);
}
