import type { Command } from 'commander';
import type { Finding } from '../../core/connector.ts';
import { createClient } from '../client.ts';
import { asking, type Context, print } from '../command.ts';
import { findingLines } from '../findings.ts';
import { CliError, exitCodes } from '../io.ts';

/** Through the running service, which holds the store; where there is none, everything that can be looked at without it. */
export function doctor(context: Context): Command {
  return asking(context, 'doctor', 'cli.doctor').action(async (options: { url?: string; json?: true }) => {
    const findings = (await throughService(context, options.url)) ?? (await withoutService(context));
    const failed = findings.some(({ ok }) => !ok);
    print(context, options, {
      data: { findings },
      lines: findingLines(context, findings),
      exitCode: failed ? exitCodes.failed : exitCodes.done,
    });
  });
}

/** Null: it does not run here. A wrong token or address is the caller's to mend. */
async function throughService({ io }: Context, url: string | undefined): Promise<readonly Finding[] | null> {
  try {
    const client = await createClient(io, url);
    const { findings } = await client.get<{ findings: readonly Finding[] }>('/api/doctor');
    return [{ check: 'service', ok: true }, ...findings];
  } catch (error) {
    // Before the first start there is no token either.
    const notThere = error instanceof CliError && (error.exitCode === exitCodes.unreachable || error.key === 'cli.no-token');
    if (url === undefined && notThere) return null;
    throw error;
  }
}

async function withoutService({ io, locale, say }: Context): Promise<readonly Finding[]> {
  // Loads the database driver and the connectors, which no other command needs.
  const { examineWithoutService } = await import('../examine.ts');
  const url = `http://${io.env['HOST'] || '127.0.0.1'}:${io.env['PORT'] || '3000'}`;
  const down: Finding = { check: 'service', ok: false, problem: say('doctor.service.down', { url }), effect: say('doctor.service.effect') };
  return [down, ...(await examineWithoutService(io, locale))];
}
