import { type ClassifyPolicy, classify } from '../core/classify.ts';
import type { ComposeView } from '../core/compose.ts';
import type { Delivery } from '../core/delivery.ts';
import { type CommandVerb, commandOf } from '../core/desk/commands.ts';
import type { Inquiry } from '../core/inquiry.ts';
import { noOrders, type OrdersFound } from '../core/order.ts';
import type { Settings } from '../core/settings.ts';
import type { Shop } from '../core/shop.ts';
import type { TemplateAnswer } from '../core/templates/command.ts';
import type { Locale } from '../core/texts/index.ts';
import { agentMessageId, type Member, type ThreadEvent, type ThreadView } from '../core/thread-view.ts';
import { PlatformError } from '../errors.ts';
import { isCardThread } from './boards.ts';
import { clockingOf, noClocking } from './clocking.ts';
import { localeOf } from './content.ts';
import type { PipelineDeps } from './deps.ts';
import type { OwnedGate } from './gate.ts';
import { groupTurns } from './group-turns.ts';
import { withPatience } from './patience.ts';
import type { People } from './people.ts';
import { templateCommand } from './template-commands.ts';

/** Of an inquiry's history, as `!history` shows it. */
const historyShown = 20;

export interface ThreadSources {
  readonly gate: OwnedGate;
  readonly bot: string;
  readonly links: ReadonlySet<string>;
  readonly replies: ReadonlyMap<string, Delivery>;
  readonly people: Pick<People, 'member'>;
  readonly deps: PipelineDeps;
}

/** Nobody in the channel waits longer for one who asks for an order; the look-up goes on, and is answered at once when it is asked for again. */
const orderPatienceMs = 1_500;

/** All that a decision about these events stands on. What only some commands need is looked up where they ask for it. */
export async function threadView(
  inquiry: Inquiry,
  lane: string,
  happened: readonly ThreadEvent[],
  { gate, bot, links, replies, people, deps }: ThreadSources,
): Promise<ThreadView> {
  const settings = deps.settings();
  const policy = policyOf(settings, inquiry);
  const given = happened.flatMap((event) => commandIn(event, bot, policy));
  const asks = (...verbs: readonly CommandVerb[]): boolean => given.some(({ verb }) => verbs.includes(verb));
  const shop = await deps.shops.byId(inquiry.shopId);
  const orders = {
    ordersFor: (of: Inquiry) => withPatience(deps.orders.ordersFor(of), orderPatienceMs, ordersLate, deps.timers),
  };
  const fresh = given.filter(({ id, member }) => member.mayAnswer && !links.has(id));
  const locale = localeOf(settings, bot, inquiry.thread?.channelId ?? '', shop);
  const [latestReplies, openElsewhere, history, templates, ofBuyer, found, mentioned] = await Promise.all([
    asks('undo') ? deps.outbox.latestReplies(inquiry) : [],
    asks('reopen') || happened.some((event) => event.kind === 'action' && event.action === 'reopen')
      ? isOpenElsewhere(inquiry, deps)
      : false,
    asks('history') ? deps.inquiries.lastHistory(inquiry._id, historyShown) : [],
    templateAnswers(fresh, inquiry, { ...deps, orders }),
    fresh.some(({ verb }) => verb === 'order') ? orders.ordersFor(inquiry) : noOrders,
    findAnswers(fresh, locale, deps.find),
    membersOf(
      given.filter(({ verb }) => verb === 'assign').flatMap(({ mentions }) => mentions),
      people,
      gate,
    ),
  ]);
  const groups = await groupTurns(
    fresh.filter(({ verb }) => verb === 'assign'),
    mentioned,
    inquiry,
    bot,
    deps,
  );
  const texts = [...happened, ...templates.values()].flatMap((one) => ('text' in one ? [one.text] : []));
  return {
    ...(shop ? clockingOf(shop, inquiry.slaPolicies, deps) : noClocking),
    inquiry,
    settings,
    channelMode: policy.channelMode,
    bot,
    opensForms: deps.bots.get(bot)?.openForm !== undefined,
    drawsCard: isCardThread(inquiry, deps),
    compose: await composeView(inquiry, shop, settings, texts, deps),
    lane,
    turnId: deps.newId(),
    now: deps.clock.now(),
    locale,
    zone: shop?.timezone ?? 'UTC',
    people: mentioned,
    asked: { openElsewhere, history, templates, orders: ofBuyer, groups, found },
    known: links,
    replies,
    latestReplies,
  };
}

const ordersLate: OrdersFound = { orders: [], problem: { key: 'order.late', params: {} } };

interface GivenCommand {
  readonly id: string;
  readonly verb: CommandVerb;
  readonly rest: string;
  readonly mentions: readonly string[];
  readonly member: Member;
}

/** The command that somebody wrote. */
function commandIn(event: ThreadEvent, bot: string, policy: ClassifyPolicy): readonly GivenCommand[] {
  if (event.kind === 'command')
    return [{ id: event.id, verb: event.word, rest: event.rest, mentions: event.mentions, member: event.member }];
  if (event.kind !== 'message' && event.kind !== 'edit') return [];
  const { post, text, mentions, member } = event;
  const verdict = classify({ text, mentions, followsNoteOfAnotherPerson: false }, policy);
  const command = verdict.kind === 'command' ? commandOf(verdict.verb, verdict.rest) : null;
  return command?.kind === 'command' ? [{ ...command, id: agentMessageId(bot, post), mentions, member }] : [];
}

/** One after the other, as they were given: one may stand on what the one before has saved. Of one message, the first words count. */
async function templateAnswers(
  given: readonly GivenCommand[],
  inquiry: Inquiry,
  deps: Parameters<typeof templateCommand>[3],
): Promise<ReadonlyMap<string, TemplateAnswer>> {
  const answers = new Map<string, TemplateAnswer>();
  for (const { id, verb, rest, member } of given) {
    if ((verb !== 'template' && verb !== 'templates') || answers.has(id)) continue;
    answers.set(id, await templateCommand(rest, member.userId, inquiry, deps));
  }
  return answers;
}

async function findAnswers(
  given: readonly GivenCommand[],
  locale: Locale,
  find: PipelineDeps['find'],
): Promise<ThreadView['asked']['found']> {
  const asked = given.filter(({ verb }) => verb === 'find');
  return new Map(await Promise.all(asked.map(async ({ id, rest, member }) => [id, await find(rest, member.locale ?? locale)] as const)));
}

/** Those of them who are people: a platform's own group has an id like theirs. */
async function membersOf(ids: readonly string[], people: Pick<People, 'member'>, gate: OwnedGate): Promise<ReadonlyMap<string, Member>> {
  const members = await Promise.all(
    [...new Set(ids)].map((userId) =>
      people.member(gate, userId).catch((err: unknown) => {
        if (err instanceof PlatformError && err.kind === 'rejected') return null;
        throw err;
      }),
    ),
  );
  return new Map(members.flatMap((member) => (member ? [[member.userId, member] as const] : [])));
}

async function isOpenElsewhere({ _id, shopId, conversationId }: Inquiry, { inquiries }: PipelineDeps): Promise<boolean> {
  const open = (await inquiries.openIn(shopId, [conversationId])).get(conversationId);
  return open !== undefined && open._id !== _id;
}

const policyOf = (settings: Settings, inquiry: Inquiry): ClassifyPolicy => ({
  notePrefixes: settings.reply.notePrefixes,
  channelMode: channelModeOf(settings, inquiry),
});

export function channelModeOf(settings: Settings, { thread }: Inquiry): ThreadView['channelMode'] {
  const channel = settings.channels.find(
    ({ platform, connection, id }) => thread?.channelId === id && thread.bot === `${platform}/${connection}`,
  );
  return channel?.mode ?? 'reply';
}

async function composeView(
  inquiry: Inquiry,
  shop: Shop | null,
  settings: Settings,
  texts: readonly string[],
  deps: PipelineDeps,
): Promise<ComposeView> {
  const limits = deps.marketplaces.get(inquiry.marketplace)?.capabilities;
  if (!limits) throw new Error(`marketplace "${inquiry.marketplace}" is not configured`);
  // Only a text with a number in it can hold an order number; all others need no look-up.
  const hasNumber = texts.some((text) => /\d{5}/.test(text.normalize('NFKC')));
  const knownIds = hasNumber ? await deps.inquiries.knownIds(inquiry) : [];
  return { limits, screening: settings.screening, knownIds, signature: shop?.alias ?? null };
}
