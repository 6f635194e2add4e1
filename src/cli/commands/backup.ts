import type { Command } from 'commander';
import { harmless, shortTime, table } from '../../core/columns.ts';
import { answer, asking, type Context, printing } from '../command.ts';

interface BackupAnswer {
  readonly path: string;
  readonly at: string;
  readonly bytes: number;
}

/** Reading and copying a large store takes minutes. */
const deadlineMs = 3_600_000;

export function backup(context: Context): Command {
  const { say } = context;
  return asking(context, 'backup', 'cli.backup')
    .option('--list', say('cli.backup.list'))
    .action((options: { readonly list?: true; readonly json?: true; readonly url?: string }) =>
      answer(context, options, async (client) => {
        const made = options.list ? null : await client.post<BackupAnswer>('/api/backup', undefined, { deadlineMs });
        const { items } = await client.get<{ items: BackupAnswer[] }>('/api/backup');
        const headers = [say('cli.column.time'), say('cli.column.bytes'), say('cli.column.file')];
        const kept = table(
          headers,
          items.map(({ at, bytes, path }) => [shortTime(at), bytes, path]),
        );
        const head = made ? [say('cli.backup.made', { path: harmless(made.path) }), say('cli.backup.key'), ''] : [];
        return { data: { made, items }, lines: [...head, ...(items.length > 0 ? kept : [say('cli.backup.none')])] };
      }),
    );
}

/** Offline, unlike `backup`. */
export function restore(context: Context): Command {
  return printing(context, 'restore', 'cli.restore')
    .argument('<file>', context.say('cli.argument.backup'))
    .action(async (file: string, options) => (await import('../storage/restore.ts')).restore(context, file, options));
}
