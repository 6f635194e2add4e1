import type { Command } from 'commander';
import { Option } from 'commander';
import { shortTime, table } from '../../core/columns.ts';
import { answer, asking, type Context } from '../command.ts';
import { lists, moreLine, type PageAnswer, pageQuery } from '../paging.ts';

interface InquiryAnswer {
  readonly _id: string;
  readonly shopId: string;
  readonly status: string;
  readonly openedAt: string;
  readonly waitingSince: string | null;
  readonly assignee: { readonly name: string } | null;
  readonly thread: { readonly bot: string; readonly channelId: string } | null;
}

interface HistoryAnswer {
  readonly at: string;
  readonly kind: string;
  readonly by: string | null;
}

interface MessageAnswer {
  readonly sentAt: string;
  readonly direction: string;
  readonly author: { readonly kind: string; readonly name: string | null };
  readonly parts: readonly { readonly kind: string; readonly text?: string }[];
}

/** One inquiry with its history, or the list. Buyers' words are shown only with `--messages`. */
export function inquiries(context: Context): Command {
  const { say } = context;
  return lists(context, asking(context, 'inquiries', 'cli.inquiries'))
    .argument('[id]', say('cli.argument.inquiry'))
    .option('--all', say('cli.inquiries.all'))
    .addOption(new Option('--status <status>', say('cli.inquiries.status')).choices(['waiting', 'answered', 'resolved']))
    .option('--shop <id>', say('cli.inquiries.shop'))
    .option('--unrouted', say('cli.inquiries.unrouted'))
    .option('--messages', say('cli.inquiries.messages'))
    .action((id: string | undefined, options) => {
      if (id === undefined) return list(context, options);
      return options.messages ? messages(context, id, options) : show(context, id, options);
    });
}

interface Options {
  readonly url?: string;
  readonly json?: true;
  readonly all?: true;
  readonly status?: string;
  readonly shop?: string;
  readonly unrouted?: true;
  readonly limit?: string;
  readonly cursor?: string;
}

function list(context: Context, options: Options): Promise<void> {
  const { say } = context;
  const { all, status, shop, unrouted } = options;
  const query = pageQuery(options, {
    ...(all || status === 'resolved' ? {} : { open: '1' }),
    ...(status ? { status } : {}),
    ...(shop ? { shop } : {}),
    ...(unrouted ? { unrouted: '1' } : {}),
  });
  return answer(context, options, async (client) => {
    const page = await client.get<PageAnswer<InquiryAnswer>>(`/api/inquiries?${query}`);
    const headers = (['id', 'shop', 'status', 'opened', 'waiting-since', 'with', 'channel'] as const).map((name) =>
      say(`cli.column.${name}`),
    );
    const rows = page.items.map(({ _id, shopId, status: now, openedAt, waitingSince, assignee, thread }) => [
      ...[_id, shopId, now, shortTime(openedAt), shortTime(waitingSince), assignee?.name ?? null],
      thread ? `${thread.bot}/${thread.channelId}` : say('cli.inquiries.no-route'),
    ]);
    const lines = page.items.length > 0 ? table(headers, rows) : [say('cli.inquiries.none')];
    return { data: page, lines: [...lines, ...moreLine(context, page)] };
  });
}

function show(context: Context, id: string, options: object): Promise<void> {
  const { say } = context;
  return answer(context, options, async (client) => {
    const found = await client.get<{ inquiry: InquiryAnswer; history: HistoryAnswer[] }>(`/api/inquiries/${encodeURIComponent(id)}`);
    const { inquiry, history } = found;
    const summary = table(
      [say('cli.column.field'), say('cli.column.value')],
      [
        ['id', inquiry._id],
        ['shop', inquiry.shopId],
        ['status', inquiry.status],
        ['channel', inquiry.thread ? `${inquiry.thread.bot}/${inquiry.thread.channelId}` : say('cli.inquiries.no-route')],
      ],
    );
    const headers = [say('cli.column.time'), say('cli.column.step'), say('cli.column.by')];
    const lines = table(
      headers,
      history.map(({ at, kind, by }) => [shortTime(at), kind, by]),
    );
    return { data: found, lines: [...summary, '', ...lines] };
  });
}

function messages(context: Context, id: string, options: Options): Promise<void> {
  const { say } = context;
  return answer(context, options, async (client) => {
    const page = await client.get<PageAnswer<MessageAnswer>>(`/api/inquiries/${encodeURIComponent(id)}/messages?${pageQuery(options, {})}`);
    const headers = [say('cli.column.time'), say('cli.column.direction'), say('cli.column.author'), say('cli.column.text')];
    const rows = page.items.map(({ sentAt, direction, author, parts }) => [
      ...[shortTime(sentAt), direction, author.name ?? author.kind],
      parts.map((part) => part.text ?? `[${part.kind}]`).join(' '),
    ]);
    return { data: page, lines: [...table(headers, rows), ...moreLine(context, page)] };
  });
}
