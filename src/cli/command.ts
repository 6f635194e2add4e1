import { Command } from 'commander';
import { harmless } from '../core/columns.ts';
import type { Locale, TextKey, TextParams } from '../core/texts/index.ts';
import { text } from '../core/texts/index.ts';
import { type ApiClient, createClient } from './client.ts';
import { type CliError, type Io, localeFrom } from './io.ts';

/** What a command has at hand. */
export interface Context {
  readonly io: Io;
  readonly locale: Locale;
  say(key: TextKey, params?: TextParams): string;
}

export function createContext(io: Io): Context {
  const locale = localeFrom(io.env);
  return { io, locale, say: (key, params = {}) => text(locale, key, params) };
}

/** A command that prints: as a table or sentences for people, or with `--json` the whole answer for programs. */
export function printing(context: Context, name: string, description: TextKey): Command {
  return new Command(name).description(context.say(description)).option('--json', context.say('cli.option.json'));
}

/** A command that asks the running service. */
export function asking(context: Context, name: string, description: TextKey): Command {
  return printing(context, name, description).option('--url <url>', context.say('cli.option.url'));
}

interface AskingOptions {
  readonly url?: string;
  readonly json?: true;
}

export interface Answered<T> {
  readonly data: T;
  /** For people. */
  readonly lines: readonly string[];
  /** 0 unless said otherwise. */
  readonly exitCode?: number;
}

/** Asks, prints, and ends with the exit code that the answer means. */
export async function answer<T>(context: Context, options: AskingOptions, ask: (client: ApiClient) => Promise<Answered<T>>): Promise<void> {
  print(context, options, await ask(await createClient(context.io, options.url)));
}

export function print<T>({ io }: Context, { json }: AskingOptions, { data, lines, exitCode }: Answered<T>): void {
  if (json) io.out(toJson(data));
  else for (const line of lines) io.out(line);
  if (exitCode) throw new ExitCode(exitCode);
}

/** Ends a command that has said all there is to say. */
export class ExitCode extends Error {
  override readonly name = 'ExitCode';
  readonly exitCode: number;

  constructor(exitCode: number) {
    super(`exit code ${exitCode}`);
    this.exitCode = exitCode;
  }
}

/** Control characters beyond ASCII are the only ones that JSON leaves as they are. */
function toJson(data: unknown): string {
  return JSON.stringify(data, null, 2).replace(/[\u007f-\u009f]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
}

export function errorLines({ say }: Context, error: CliError): string[] {
  return [say(error.key, error.params), ...error.details.map((detail) => `  ${harmless(detail)}`)];
}
