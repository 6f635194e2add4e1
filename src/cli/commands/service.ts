import { Command } from 'commander';
import { harmless, shortTime, table } from '../../core/columns.ts';
import { answer, asking, type Context } from '../command.ts';
import { CliError, exitCodes } from '../io.ts';

/**
 * As in `package.json` and the Dockerfile. A flood has tens of megabytes under way at once, which too small a room for what is new would copy again and again;
 * `start` gives back what the room grew to.
 * @see https://nodejs.org/docs/latest-v24.x/api/cli.html#--max-semi-space-sizesize-in-mib (2026-11-27)
 */
const serviceOptions = ['--max-semi-space-size=64', '--expose-gc'];

/** Starts the service in this very process, so that signals reach it. */
export function serve({ io, say }: Context): Command {
  return new Command('serve').description(say('cli.serve')).action(() => io.become('src/main.mjs', serviceOptions));
}

export function demo({ io, say }: Context): Command {
  return new Command('demo')
    .description(say('cli.demo'))
    .option('--chat <platform>', say('cli.demo.chat'))
    .action(({ chat }: { chat?: string }) => io.become('test/demo/run.ts', [], chat === undefined ? [] : ['--chat', chat]));
}

export function apply(context: Context): Command {
  const { io, say } = context;
  return asking(context, 'apply', 'cli.apply')
    .argument('[file]', say('cli.argument.file'))
    .option('--dry-run', say('cli.apply.dry-run'))
    .action((file: string | undefined, options) =>
      answer(context, options, async (client) => {
        const path = file ?? (io.env['THREADMART_CONFIG'] || './threadmart.yaml');
        const yaml = await io.readFile(path).catch(() => {
          throw new CliError(exitCodes.usage, 'cli.no-file', { path });
        });
        const result = await client.post<{ dryRun: boolean; changes: string[]; warnings: string[] }>(
          `/api/apply?dryRun=${options.dryRun ? 1 : 0}`,
          {
            text: yaml,
          },
        );
        const heading = result.changes.length === 0 ? 'cli.apply.nothing' : result.dryRun ? 'cli.apply.would' : 'cli.apply.done';
        const indented = (lines: readonly string[]) => lines.map((line) => `  ${harmless(line)}`);
        const warnings = result.warnings.length === 0 ? [] : [say('cli.apply.warnings'), ...indented(result.warnings)];
        return { data: result, lines: [say(heading), ...indented(result.changes), ...warnings] };
      }),
    );
}

interface TraceAnswer {
  readonly inquiryId: string | null;
  readonly states: readonly { readonly id: string; readonly state: string; readonly attempts: number; readonly dueAt: string | null }[];
  readonly hops: readonly {
    readonly at: string;
    readonly where: string;
    readonly step: string;
    readonly id: string;
    readonly detail: string | null;
    readonly requestId: string | null;
  }[];
}

export function trace(context: Context): Command {
  const { say } = context;
  return asking(context, 'trace', 'cli.trace')
    .argument('<id>', say('cli.argument.trace'))
    .action((id: string, options) =>
      answer(context, options, async (client) => {
        const found = await client.get<TraceAnswer>(`/api/trace/${encodeURIComponent(id)}`);
        const hopHeaders = (['time', 'where', 'step', 'id', 'detail', 'request-id'] as const).map((name) => say(`cli.column.${name}`));
        const stateHeaders = (['id', 'state', 'attempts', 'due'] as const).map((name) => say(`cli.column.${name}`));
        const lines = [
          say('cli.trace.inquiry', { id: harmless(found.inquiryId ?? '-') }),
          '',
          ...table(
            hopHeaders,
            found.hops.map((hop) => [hop.at, hop.where, hop.step, hop.id, hop.detail, hop.requestId]),
          ),
          '',
          ...table(
            stateHeaders,
            found.states.map((one) => [one.id, one.state, one.attempts, shortTime(one.dueAt)]),
          ),
        ];
        return { data: found, lines };
      }),
    );
}
