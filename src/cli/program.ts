import { Command, CommanderError } from 'commander';
import type { BotDefinition } from '../../bots/bot.ts';
import { isTextKey } from '../core/texts/index.ts';
import { type Context, createContext, ExitCode, errorLines } from './command.ts';
import { backup, restore } from './commands/backup.ts';
import { db } from './commands/db.ts';
import { deadLetters } from './commands/dead-letters.ts';
import { doctor } from './commands/doctor.ts';
import { inquiries } from './commands/inquiries.ts';
import { manifests } from './commands/manifest.ts';
import { practice } from './commands/practice.ts';
import { route } from './commands/route.ts';
import { apply, demo, serve, trace } from './commands/service.ts';
import { shops } from './commands/shops.ts';
import { stats } from './commands/stats.ts';
import { templates } from './commands/templates.ts';
import { CliError, exitCodes, type Io } from './io.ts';

/**
 * Runs one command line.
 * @param args without the program's own name
 * @returns the exit code: 0 done, 1 failed, 2 wrong usage or configuration, 3 the service is not reachable
 */
export async function runCli(args: readonly string[], io: Io, bots: readonly BotDefinition[]): Promise<number> {
  const context = createContext(io);
  try {
    await createProgram(context, bots).parseAsync([...args], { from: 'user' });
    return exitCodes.done;
  } catch (error) {
    if (error instanceof ExitCode) return error.exitCode;
    if (error instanceof CommanderError) return usageExit(context, error);
    if (!(error instanceof CliError)) throw error;
    for (const line of errorLines(context, error)) io.err(line);
    return error.exitCode;
  }
}

function createProgram(context: Context, bots: readonly BotDefinition[]): Command {
  const { io, say } = context;
  // An option belongs to the command that it stands behind: groups and their commands may have the same ones.
  const program = new Command('threadmart').description(say('cli.about')).enablePositionalOptions();
  program.addCommand(serve(context)).addCommand(apply(context)).addCommand(shops(context)).addCommand(inquiries(context));
  program.addCommand(templates(context)).addCommand(stats(context));
  program.addCommand(deadLetters(context)).addCommand(trace(context)).addCommand(route(context));
  for (const command of manifests(context, bots)) program.addCommand(command);
  program
    .addCommand(doctor(context))
    .addCommand(backup(context))
    .addCommand(restore(context))
    .addCommand(db(context))
    .addCommand(practice(context))
    .addCommand(demo(context));
  for (const command of allCommands(program)) {
    command
      .exitOverride()
      .helpOption('-h, --help', say('cli.help'))
      .helpCommand(false)
      .configureHelp({ styleTitle: (title) => translatedTitle(context, title) })
      .configureOutput({
        writeOut: (words) => io.out(words.trimEnd()),
        writeErr: (words) => io.err(words.trimEnd()),
        outputError: () => undefined,
      });
  }
  return program;
}

function allCommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap((child) => allCommands(child as Command))];
}

/** The parser's headings are English: `Usage:`, `Options:` ... */
function translatedTitle({ say }: Context, title: string): string {
  const key = `cli.title.${title.replace(':', '').toLowerCase()}`;
  return isTextKey(key) ? say(key) : title;
}

/** Says in the reader's language what the parser found; the parser's own sentences are English and are not shown. */
function usageExit({ io, say }: Context, { code, exitCode, message }: CommanderError): number {
  if (exitCode === 0) return exitCodes.done;
  // A group without its command: the parser has shown what there is.
  if (code === 'commander.help') return exitCodes.usage;
  const key = `cli.usage.${code.replace('commander.', '')}`;
  const [, what = ''] = /'([^']*)'/.exec(message) ?? [];
  io.err(isTextKey(key) ? say(key, { what }) : message);
  io.err(say('cli.usage.hint'));
  return exitCodes.usage;
}
