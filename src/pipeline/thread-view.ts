import { type ClassifyPolicy, classify } from '../core/classify.ts';
import type { ComposeView } from '../core/compose.ts';
import type { Delivery } from '../core/delivery.ts';
import { type CommandVerb, commandOf } from '../core/desk/commands.ts';
import type { Inquiry } from '../core/inquiry.ts';
import type { Settings } from '../core/settings.ts';
import type { Shop } from '../core/shop.ts';
import type { Member, ThreadEvent, ThreadView } from '../core/thread-view.ts';
import { clockingOf, noClocking } from './clocking.ts';
import type { PipelineDeps } from './deps.ts';
import type { OwnedGate } from './gate.ts';
import type { People } from './people.ts';

/** Of an inquiry's history, as `!history` shows it. */
const historyShown = 20;

export interface ThreadSources {
  readonly gate: OwnedGate;
  readonly bot: string;
  readonly links: ReadonlySet<string>;
  readonly replies: ReadonlyMap<string, Delivery>;
  readonly people: People;
  readonly deps: PipelineDeps;
}

/** All that a decision about these events stands on. What only some commands need is looked up where they ask for it. */
export async function threadView(
  inquiry: Inquiry,
  lane: string,
  happened: readonly ThreadEvent[],
  { gate, bot, links, replies, people, deps }: ThreadSources,
): Promise<ThreadView> {
  const settings = deps.settings();
  const policy = policyOf(settings, inquiry);
  const given = happened.flatMap((event) => commandIn(event, policy));
  const asks = (...verbs: readonly CommandVerb[]): boolean => given.some(({ verb }) => verbs.includes(verb));
  const shop = await deps.shops.byId(inquiry.shopId);
  const [compose, latestReplies, openElsewhere, history, mentioned] = await Promise.all([
    composeView(inquiry, shop, settings, happened, deps),
    asks('undo') ? deps.outbox.latestReplies(inquiry) : [],
    asks('reopen') || happened.some((event) => event.kind === 'action' && event.action === 'reopen')
      ? isOpenElsewhere(inquiry, deps)
      : false,
    asks('history') ? deps.inquiries.lastHistory(inquiry._id, historyShown) : [],
    membersOf(
      given.filter(({ verb }) => verb === 'assign').flatMap(({ mentions }) => mentions),
      people,
      gate,
    ),
  ]);
  return {
    ...(shop ? clockingOf(shop, inquiry.slaPolicies, deps) : noClocking),
    inquiry,
    settings,
    channelMode: policy.channelMode,
    bot,
    opensForms: deps.bots.get(bot)?.openForm !== undefined,
    compose,
    lane,
    turnId: deps.newId(),
    now: deps.clock.now(),
    zone: shop?.timezone ?? 'UTC',
    people: mentioned,
    asked: { openElsewhere, history },
    known: links,
    replies,
    latestReplies,
  };
}

/** The command that somebody wrote. */
function commandIn(
  event: ThreadEvent,
  policy: ClassifyPolicy,
): readonly { readonly verb: CommandVerb; readonly mentions: readonly string[] }[] {
  if (event.kind === 'command') return [{ verb: event.word, mentions: [] }];
  if (event.kind !== 'message' && event.kind !== 'edit') return [];
  const { text, mentions } = event;
  const verdict = classify({ text, mentions, followsNoteOfAnotherPerson: false }, policy);
  const command = verdict.kind === 'command' ? commandOf(verdict.verb, verdict.rest) : null;
  return command?.kind === 'command' ? [{ verb: command.verb, mentions }] : [];
}

async function membersOf(ids: readonly string[], people: People, gate: OwnedGate): Promise<ReadonlyMap<string, Member>> {
  const members = await Promise.all([...new Set(ids)].map((userId) => people.member(gate, userId)));
  return new Map(members.map((member) => [member.userId, member]));
}

async function isOpenElsewhere({ _id, shopId, conversationId }: Inquiry, { inquiries }: PipelineDeps): Promise<boolean> {
  const open = (await inquiries.openIn(shopId, [conversationId])).get(conversationId);
  return open !== undefined && open._id !== _id;
}

const policyOf = (settings: Settings, inquiry: Inquiry): ClassifyPolicy => ({
  notePrefixes: settings.reply.notePrefixes,
  channelMode: channelModeOf(settings, inquiry),
});

function channelModeOf(settings: Settings, { thread }: Inquiry): ThreadView['channelMode'] {
  const channel = settings.channels.find(
    ({ platform, connection, id }) => thread?.channelId === id && thread.bot === `${platform}/${connection}`,
  );
  return channel?.mode ?? 'reply';
}

async function composeView(
  inquiry: Inquiry,
  shop: Shop | null,
  settings: Settings,
  happened: readonly ThreadEvent[],
  deps: PipelineDeps,
): Promise<ComposeView> {
  const limits = deps.marketplaces.get(inquiry.marketplace)?.capabilities;
  if (!limits) throw new Error(`marketplace "${inquiry.marketplace}" is not configured`);
  // Only a text with a number in it can hold an order number; all others need no look-up.
  const hasNumber = happened.some((event) => 'text' in event && /\d{5}/.test(event.text.normalize('NFKC')));
  const knownIds = hasNumber ? await deps.inquiries.knownIds(inquiry) : [];
  return { limits, screening: settings.screening, knownIds, signature: shop?.alias ?? null };
}
