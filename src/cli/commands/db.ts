import { Command } from 'commander';
import { type Context, printing } from '../command.ts';

/** Looks after the data with the service stopped. What it needs is loaded when it is called: no other command needs a database driver. */
export function db(context: Context): Command {
  const { say } = context;
  const group = new Command('db').description(say('cli.db'));
  group.addCommand(
    printing(context, 'check', 'cli.db.check')
      .argument('[file]', say('cli.argument.store-file'))
      .action(async (file: string | undefined, options) => (await import('../storage/commands.ts')).check(context, file, options)),
  );
  group.addCommand(
    printing(context, 'export', 'cli.db.export')
      .argument('<folder>', say('cli.argument.export-folder'))
      .action(async (folder: string, options) => (await import('../storage/commands.ts')).exportTo(context, folder, options)),
  );
  group.addCommand(
    printing(context, 'import', 'cli.db.import')
      .argument('<folder>', say('cli.argument.import-folder'))
      .action(async (folder: string, options) => (await import('../storage/commands.ts')).importFrom(context, folder, options)),
  );
  return group;
}
