import type { Command } from 'commander';
import { harmless, table } from '../../core/columns.ts';
import type { RouteOutcome } from '../../core/routing/evaluate.ts';
import { answer, asking, type Context } from '../command.ts';

interface RouteAnswer {
  readonly language: string | null;
  readonly match: { readonly outcome: RouteOutcome } | null;
  readonly sentences: readonly string[];
}

interface Options {
  readonly url?: string;
  readonly json?: true;
  readonly explain: string;
  readonly shop: string;
  readonly language?: string;
  readonly at?: string;
  readonly buyerTag: readonly string[];
  readonly product: readonly string[];
  readonly orderStatus: readonly string[];
  readonly returning?: true;
}

const repeated = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** A dry run of the rules: nothing is sent or stored. */
export function route(context: Context): Command {
  const { say } = context;
  return asking(context, 'route', 'cli.route')
    .requiredOption('--explain <text>', say('cli.route.explain'))
    .requiredOption('--shop <id>', say('cli.route.shop'))
    .option('--language <language>', say('cli.route.language'))
    .option('--at <time>', say('cli.route.at'))
    .option('--buyer-tag <tag>', say('cli.route.buyer-tag'), repeated, [])
    .option('--product <id>', say('cli.route.product'), repeated, [])
    .option('--order-status <status>', say('cli.route.order-status'), repeated, [])
    .option('--returning', say('cli.route.returning'))
    .action((options: Options) =>
      answer(context, options, async (client) => {
        const found = await client.post<RouteAnswer>('/api/route', { json: questionOf(options) });
        return { data: found, lines: [...explanation(context, found), ...outcome(context, found)] };
      }),
    );
}

const questionOf = ({ explain, shop, language, at, buyerTag, product, orderStatus, returning }: Options) => ({
  ...{ shop, text: explain, buyerTags: buyerTag, products: product, orderStatuses: orderStatus, returning: returning ?? false },
  ...(language === undefined ? {} : { language }),
  ...(at === undefined ? {} : { at }),
});

const explanation = ({ say }: Context, { language, sentences }: RouteAnswer): readonly string[] => [
  say('cli.route.spoken', { language: language ?? say('route.unknown') }),
  ...sentences.map(harmless),
];

/** What the rule does, as far as it says anything. */
function outcome({ say }: Context, { match }: RouteAnswer): readonly string[] {
  if (!match) return [];
  const { channel, group, assign, priority, tags, slaPolicies, autoReply, suggest, notifySupervisor } = match.outcome;
  const reply = autoReply && ('text' in autoReply ? autoReply.text : autoReply.template);
  const fields: readonly (readonly [string, string | null])[] = [
    [say('cli.route.field.channel'), `${channel.platform}/${channel.id}`],
    [say('cli.route.field.group'), group],
    [say('cli.route.field.assign'), assign],
    [say('cli.route.field.priority'), priority],
    [say('cli.route.field.tags'), tags.join(', ') || null],
    [say('cli.route.field.sla'), slaPolicies?.join(', ') ?? null],
    [say('cli.route.field.autoReply'), reply],
    [say('cli.route.field.suggest'), suggest],
    [say('cli.route.field.notifySupervisor'), notifySupervisor ? '\u2713' : null],
  ];
  return [
    '',
    ...table(
      [say('cli.column.field'), say('cli.column.value')],
      fields.filter(([, value]) => value !== null),
    ),
  ];
}
