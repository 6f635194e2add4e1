import { Command, Option } from 'commander';
import { harmless, shortTime, table } from '../../core/columns.ts';
import { isTextKey } from '../../core/texts/index.ts';
import { answer, asking, type Context } from '../command.ts';
import { lists, moreLine, type PageAnswer, pageQuery } from '../paging.ts';

interface LetterAnswer {
  readonly _id: string;
  readonly box: string;
  readonly state: string;
  readonly at: string;
  readonly diedAt: string | null;
  readonly source: string;
  readonly kind: string;
  readonly reason: string | null;
  readonly attempts: number;
  readonly inquiryId: string | null;
}

interface LetterDetailAnswer extends LetterAnswer {
  readonly raw: { readonly contentType: string; readonly encoding: string; readonly body: string } | null;
  readonly content: object | null;
}

interface ChangeAnswer {
  readonly _id: string;
  readonly state: string;
  readonly changed: boolean;
}

export function deadLetters(context: Context): Command {
  const { say } = context;
  const group = new Command('dead-letters').description(say('cli.dead-letters'));
  const reasonOf = (reason: string | null) => (reason !== null && isTextKey(reason) ? say(reason) : reason);

  group.addCommand(
    lists(context, asking(context, 'list', 'cli.dead-letters.list'))
      .addOption(new Option('--box <box>', say('cli.dead-letters.box')).choices(['inbox', 'outbox']))
      .action((options) =>
        answer(context, options, async (client) => {
          const query = pageQuery(options, options.box ? { box: options.box } : {});
          const page = await client.get<PageAnswer<LetterAnswer>>(`/api/dead-letters?${query}`);
          const headers = (['id', 'time', 'source', 'kind', 'attempts', 'reason'] as const).map((name) => say(`cli.column.${name}`));
          const rows = page.items.map(({ _id, at, source, kind, attempts, reason }) => [
            ...[_id, shortTime(at), source, kind, attempts, reasonOf(reason)],
          ]);
          const lines = page.items.length > 0 ? table(headers, rows) : [say('cli.dead-letters.none')];
          return { data: page, lines: [...lines, ...moreLine(context, page)] };
        }),
      ),
  );

  group.addCommand(
    asking(context, 'show', 'cli.dead-letters.show')
      .argument('<id>', say('cli.argument.dead-letter'))
      .action((id: string, options) =>
        answer(context, options, async (client) => {
          const letter = await client.get<LetterDetailAnswer>(`/api/dead-letters/${encodeURIComponent(id)}`);
          const { raw, content, reason, ...rest } = letter;
          const fields = Object.entries({ ...rest, reason: reasonOf(reason) }).filter(
            ([, value]) => typeof value !== 'object' || value === null,
          );
          return {
            data: letter,
            lines: [
              ...table([say('cli.column.field'), say('cli.column.value')], fields as [string, string | number | null][]),
              ...(raw ? ['', harmless(`${raw.contentType} (${raw.encoding})`), harmless(raw.body)] : []),
              ...(content ? ['', harmless(JSON.stringify(content))] : []),
            ],
          };
        }),
      ),
  );

  const changing = (name: 'replay' | 'discard') =>
    asking(context, name, `cli.dead-letters.${name}`)
      .argument('<id...>', say('cli.argument.dead-letter'))
      .action((ids: string[], options) =>
        answer(context, options, async (client) => {
          const changes: ChangeAnswer[] = [];
          for (const id of ids) changes.push(await client.post<ChangeAnswer>(`/api/dead-letters/${encodeURIComponent(id)}/${name}`));
          const lines = changes.map(({ _id, state, changed }) =>
            say(changed ? `cli.dead-letters.${name}-done` : 'cli.dead-letters.unchanged', { id: harmless(_id), state }),
          );
          return { data: { items: changes }, lines };
        }),
      );
  return group.addCommand(changing('replay')).addCommand(changing('discard'));
}
