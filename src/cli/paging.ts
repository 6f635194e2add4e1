import type { Command } from 'commander';
import type { Context } from './command.ts';

/** A list as the API gives it. */
export interface PageAnswer<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/** Adds what every list command takes. */
export function lists({ say }: Context, command: Command): Command {
  return command.option('--limit <count>', say('cli.option.limit'), '50').option('--cursor <cursor>', say('cli.option.cursor'));
}

export function pageQuery(
  { limit, cursor }: { readonly limit?: string; readonly cursor?: string },
  filter: Readonly<Record<string, string>>,
): URLSearchParams {
  return new URLSearchParams({ ...filter, ...(limit ? { limit } : {}), ...(cursor ? { cursor } : {}) });
}

/** How to see the rest, if there is one. */
export function moreLine({ say }: Context, { nextCursor }: PageAnswer<unknown>): string[] {
  return nextCursor === null ? [] : ['', say('cli.more', { cursor: nextCursor })];
}
