import { Command } from 'commander';
import { harmless, shortTime, table } from '../../core/columns.ts';
import { answer, asking, type Context } from '../command.ts';
import { CliError, exitCodes } from '../io.ts';
import { lists, moreLine, type PageAnswer, pageQuery } from '../paging.ts';

interface TemplateAnswer {
  readonly _id: string;
  readonly name: string;
  readonly marketplace: string | null;
  readonly language: string | null;
  readonly text: string;
  readonly changedAt: string;
  readonly changedBy: string | null;
}

interface JudgedAnswer extends TemplateAnswer {
  readonly remarks: readonly string[];
}

interface PlaceOptions {
  readonly marketplace?: string;
  readonly language?: string;
}

export function templates(context: Context): Command {
  const { io, say } = context;
  const group = new Command('templates').description(say('cli.templates'));

  group.addCommand(
    lists(context, asking(context, 'list', 'cli.templates.list')).action((options) =>
      answer(context, options, async (client) => {
        const page = await client.get<PageAnswer<TemplateAnswer>>(`/api/templates?${pageQuery(options, {})}`);
        const headers = (['name', 'marketplace', 'language', 'text'] as const).map((name) => say(`cli.column.${name}`));
        const rows = page.items.map(({ name, marketplace, language, text }) => [name, marketplace, language, beginning(text)]);
        const lines = page.items.length > 0 ? table(headers, rows) : [say('template.none')];
        return { data: page, lines: [...lines, ...moreLine(context, page)] };
      }),
    ),
  );

  group.addCommand(
    asking(context, 'show', 'cli.templates.show')
      .argument('<name>', say('cli.argument.template'))
      .action((name: string, options) =>
        answer(context, options, async (client) => {
          const found = await client.get<PageAnswer<JudgedAnswer>>(`/api/templates/${encodeURIComponent(name)}`);
          return { data: found, lines: found.items.flatMap((one, index) => [...(index > 0 ? [''] : []), ...describe(context, one)]) };
        }),
      ),
  );

  const placed = (command: Command) =>
    command.option('--marketplace <name>', say('cli.templates.marketplace')).option('--language <language>', say('cli.templates.language'));

  group.addCommand(
    placed(asking(context, 'set', 'cli.templates.set'))
      .argument('<name>', say('cli.argument.template'))
      .argument('[text]', say('cli.templates.text'))
      .option('--file <path>', say('cli.templates.file'))
      .action((name: string, given: string | undefined, options: PlaceOptions & { readonly file?: string; readonly url?: string }) =>
        answer(context, options, async (client) => {
          const text = given ?? (await fromFile(options.file));
          const saved = await client.post<JudgedAnswer>('/api/templates', { json: { name, ...placeOf(options), text } });
          return {
            data: saved,
            lines: [say('template.saved', { id: saved._id }), ...saved.remarks.map((remark) => `  ${harmless(remark)}`)],
          };
        }),
      ),
  );

  group.addCommand(
    placed(asking(context, 'remove', 'cli.templates.remove'))
      .argument('<name>', say('cli.argument.template'))
      .action((name: string, options: PlaceOptions & { readonly url?: string }) =>
        answer(context, options, async (client) => {
          const path = `/api/templates/${encodeURIComponent(name)}/remove`;
          const { removed } = await client.post<{ removed: string }>(path, { json: placeOf(options) });
          return { data: { removed }, lines: [say('template.removed', { id: harmless(removed) })] };
        }),
      ),
  );
  return group;

  async function fromFile(path: string | undefined): Promise<string> {
    if (path === undefined) throw new CliError(exitCodes.usage, 'cli.templates.no-text');
    return io.readFile(path).catch(() => {
      throw new CliError(exitCodes.usage, 'cli.no-file', { path });
    });
  }
}

const placeOf = ({ marketplace, language }: PlaceOptions) => ({ marketplace: marketplace ?? null, language: language ?? null });

/** In one line, short enough for a table. */
const beginning = (text: string): string => (text.length > 60 ? `${text.slice(0, 59)}…` : text).replaceAll('\n', ' ');

function describe({ say }: Context, { _id, text, changedAt, changedBy, remarks }: JudgedAnswer): readonly string[] {
  const changed = changedBy === null ? 'cli.templates.changed' : 'cli.templates.changed-by';
  return [
    harmless(_id),
    ...text.split('\n').map((line) => `  ${harmless(line)}`),
    say(changed, { time: shortTime(changedAt) ?? '', by: harmless(changedBy ?? '') }),
    ...remarks.map(harmless),
  ];
}
