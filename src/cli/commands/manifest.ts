import type { Command } from 'commander';
import { stringify } from 'yaml';
import type { BotDefinition } from '../../../bots/bot.ts';
import { defaultConnection } from '../../core/settings.ts';
import { type Context, print, printing } from '../command.ts';
import { CliError, exitCodes } from '../io.ts';

/** `<bot>-manifest` for every chat platform whose app can be made from one. Needs no service. */
export function manifests(context: Context, bots: readonly Pick<BotDefinition, 'name' | 'label' | 'manifest'>[]): Command[] {
  const { io, say } = context;
  return bots.flatMap(({ name, label, manifest }) => {
    if (!manifest) return [];
    const command = printing(context, `${name}-manifest`, 'cli.manifest')
      .option('--public-url <url>', say('cli.manifest.public-url'))
      .option('--socket', say('cli.manifest.socket', { bot: label }))
      .option('--connection <connection>', say('cli.manifest.connection'), defaultConnection)
      .option('--name <name>', say('cli.manifest.name'), 'Threadmart')
      .action((options: { json?: true; publicUrl?: string; socket?: true; connection: string; name: string }) => {
        const publicUrl = options.publicUrl ?? (io.env['PUBLIC_URL'] || null);
        if (publicUrl !== null && !URL.canParse(publicUrl)) throw new CliError(exitCodes.usage, 'cli.bad-url', { url: publicUrl });
        if (publicUrl === null && !options.socket) throw new CliError(exitCodes.usage, 'cli.manifest.nowhere', { bot: label });
        const made = manifest({ publicUrl, connection: options.connection, name: options.name, socketMode: options.socket === true });
        print(context, options, { data: made, lines: [stringify(made).trimEnd()] });
      });
    return [command];
  });
}
