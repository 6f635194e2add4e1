import { setTimeout as pause } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { harmless, shortTime, table } from '../../core/columns.ts';
import { groupings, type StatsAnswer } from '../../core/figures/answer.ts';
import { type AgentLoad, loadView, type QueueAnswer, queueView } from '../../core/figures/desk.ts';
import { drillNames } from '../../core/figures/drill.ts';
import { sheetNames } from '../../core/figures/sheets.ts';
import { durationText, statsView, viewLines } from '../../core/figures/view.ts';
import { answer, asking, type Context } from '../command.ts';
import { CliError, exitCodes } from '../io.ts';
import { moreLine, type PageAnswer } from '../paging.ts';

interface ScopeOptions {
  readonly url?: string;
  readonly json?: true;
  readonly zone?: string;
  readonly shop?: string;
  readonly marketplace?: string;
  readonly agent?: string;
  readonly channel?: string;
}

interface StatsOptions extends ScopeOptions {
  readonly by?: string;
  readonly drill?: string;
  readonly name?: string;
  readonly limit?: string;
  readonly cursor?: string;
}

/** What the API says of a rebuild; times are ISO. */
interface RebuildAnswer {
  readonly finishedAt: string | null;
  readonly days: number;
  readonly changed: number;
}

interface SourceAnswer {
  readonly inquiryId: string;
  readonly shopId: string;
  readonly at: string;
  readonly kind: string;
  readonly valueMs: number | null;
}

type QueueOptions = Pick<ScopeOptions, 'url' | 'json' | 'shop' | 'marketplace'> & { readonly limit: string };

type ExportOptions = ScopeOptions & { readonly by?: string; readonly format: string; readonly table: string; readonly out?: string };

const askAgainMs = 1_000;

/** Figures of a range, the inquiries behind one of them, an export, a rebuild. */
export function stats(context: Context): Command {
  const { say } = context;
  const group = scoped(context, asking(context, 'stats', 'cli.stats'))
    .enablePositionalOptions()
    .argument('[range]', say('cli.stats.range'), 'today')
    .addOption(new Option('--by <what>', say('cli.stats.by')).choices([...groupings]))
    .addOption(new Option('--drill <figure>', say('cli.stats.drill')).choices([...drillNames]))
    .option('--name <name>', say('cli.stats.name'))
    .option('--limit <count>', say('cli.option.limit'))
    .option('--cursor <cursor>', say('cli.option.cursor'))
    .action((range: string, options: StatsOptions) =>
      options.drill === undefined ? show(context, range, options) : drill(context, range, options),
    );
  group.addCommand(
    asking(context, 'queue', 'cli.stats.queue')
      .option('--shop <id>', say('cli.stats.shop'))
      .option('--marketplace <name>', say('cli.stats.marketplace'))
      .option('--limit <count>', say('cli.option.limit'), '20')
      .action((options: QueueOptions) => queue(context, options)),
  );
  group.addCommand(
    asking(context, 'agents', 'cli.stats.agents')
      .option('--zone <zone>', say('cli.stats.zone'))
      .action((options: ScopeOptions) => agents(context, options)),
  );
  group.addCommand(
    scoped(context, asking(context, 'export', 'cli.stats.export'))
      .argument('[range]', say('cli.stats.range'), '30d')
      .addOption(new Option('--format <format>', say('cli.stats.format')).choices(['csv', 'xlsx']).default('csv'))
      .addOption(new Option('--by <what>', say('cli.stats.by')).choices([...groupings]))
      .addOption(new Option('--table <table>', say('cli.stats.table')).choices([...sheetNames]).default('days'))
      .option('--out <file>', say('cli.stats.out'))
      .action((range: string, options: ExportOptions) => exported(context, range, options)),
  );
  group.addCommand(
    asking(context, 'rebuild', 'cli.stats.rebuild')
      .option('--no-wait', say('cli.stats.rebuild.no-wait'))
      .action((options: ScopeOptions & { readonly wait: boolean }) => rebuild(context, options)),
  );
  return group;
}

function scoped({ say }: Context, command: Command): Command {
  return command
    .option('--zone <zone>', say('cli.stats.zone'))
    .option('--shop <id>', say('cli.stats.shop'))
    .option('--marketplace <name>', say('cli.stats.marketplace'))
    .option('--agent <name>', say('cli.stats.agent'))
    .option('--channel <channel>', say('cli.stats.channel'));
}

function given(values: Readonly<Record<string, string | undefined>>): URLSearchParams {
  return new URLSearchParams(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as [string, string]])),
  );
}

const queryOf = (
  range: string,
  { zone, shop, marketplace, agent, channel }: ScopeOptions,
  more: Readonly<Record<string, string | undefined>>,
): URLSearchParams => given({ range, zone, shop, marketplace, agent, channel, ...more });

const isoTime = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/;

/** Times are ISO in the API's JSON. */
function revived<T>(data: T): T {
  return JSON.parse(JSON.stringify(data), (_key, value) =>
    typeof value === 'string' && isoTime.test(value) ? new Date(value) : value,
  ) as T;
}

function show(context: Context, range: string, options: StatsOptions): Promise<void> {
  return answer(context, options, async (client) => {
    const data = await client.get<StatsAnswer>(`/api/stats?${queryOf(range, options, { by: options.by })}`);
    return { data, lines: viewLines(statsView(revived(data), context.locale)) };
  });
}

function drill(context: Context, range: string, options: StatsOptions): Promise<void> {
  const { say, locale } = context;
  const { name, limit, cursor } = options;
  return answer(context, options, async (client) => {
    const page = await client.get<PageAnswer<SourceAnswer>>(
      `/api/stats?${queryOf(range, options, { drill: options.drill, name, limit, cursor })}`,
    );
    const headers = [say('cli.column.time'), say('cli.column.id'), say('cli.column.shop'), say('cli.column.step'), say('cli.column.value')];
    const rows = page.items.map(({ at, inquiryId, shopId, kind, valueMs }) => [
      shortTime(at),
      inquiryId,
      shopId,
      kind,
      durationText(valueMs, locale),
    ]);
    return { data: page, lines: [...(rows.length > 0 ? table(headers, rows) : [say('figures.none')]), ...moreLine(context, page)] };
  });
}

function queue(context: Context, { shop, marketplace, limit, ...options }: QueueOptions): Promise<void> {
  return answer(context, options, async (client) => {
    const data = await client.get<QueueAnswer>(`/api/stats/queue?${given({ shop, marketplace, limit })}`);
    return { data, lines: viewLines(queueView(revived(data), context.locale)) };
  });
}

function agents(context: Context, { zone, ...options }: ScopeOptions): Promise<void> {
  return answer(context, options, async (client) => {
    const data = await client.get<PageAnswer<AgentLoad>>(`/api/stats/agents?${given({ zone })}`);
    return { data, lines: viewLines(loadView(data.items, context.locale)) };
  });
}

/** Into a file that is not there yet. */
function exported(context: Context, range: string, options: ExportOptions): Promise<void> {
  const { say, io } = context;
  const { by, format, table: tableName, out } = options;
  return answer(context, options, async (client) => {
    const bytes = await client.bytes(`/api/stats/export?${queryOf(range, options, { by, format, table: tableName })}`);
    const path = out ?? `threadmart-${range.replaceAll('.', '-')}.${format}`;
    await io.writeFile(path, bytes).catch((error: unknown) => {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      throw new CliError(exitCodes.failed, code === 'EEXIST' ? 'cli.stats.exists' : 'cli.stats.not-written', { path, code });
    });
    return { data: { path, bytes: bytes.byteLength }, lines: [say('cli.stats.exported', { path: harmless(path) })] };
  });
}

function rebuild(context: Context, options: ScopeOptions & { readonly wait: boolean }): Promise<void> {
  const { say, io } = context;
  return answer(context, options, async (client) => {
    let state = await client.post<RebuildAnswer>('/api/stats/rebuild');
    let told = state.days;
    while (options.wait && state.finishedAt === null) {
      await pause(askAgainMs);
      state = await client.get<RebuildAnswer>('/api/stats/rebuild');
      if (!options.json && state.finishedAt === null && state.days > told) io.err(say('cli.stats.rebuild.progress', { days: state.days }));
      told = state.days;
    }
    const { days, changed } = state;
    return {
      data: state,
      lines: [state.finishedAt === null ? say('cli.stats.rebuild.begun') : say('cli.stats.rebuild.done', { days, changed })],
    };
  });
}
