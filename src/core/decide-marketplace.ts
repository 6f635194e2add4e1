import type { Delivery } from './delivery.ts';
import { release } from './desk/claims.ts';
import { buyerWrote, type Clocking, closes, personAnswered, stalls, waited, wordsIn } from './desk/clocks.ts';
import { endSilence } from './desk/follow-up.ts';
import { searchKeys } from './desk/search.ts';
import type { Draft } from './draft.ts';
import { change, count, draftOf, note, toTurn } from './draft.ts';
import type { ConversationId, InquiryId } from './ids.ts';
import type { Assignee, Inquiry, Link } from './inquiry.ts';
import { externalLinkId, untouched } from './inquiry.ts';
import type { BuyerProfile, IncomingMessage, InquirySource, MessageAuthor, MessagePart } from './message.ts';
import { notice, planAnnouncement, planCard, planMessage } from './plan.ts';
import type { RouteMatch } from './routing/evaluate.ts';
import { type RouteWords, takeRoute } from './routing/take-route.ts';
import { botOf, type ChannelRef, type Settings } from './settings.ts';
import type { Shop } from './shop.ts';
import { splitText } from './split.ts';
import { excerpt } from './text-plain.ts';
import type { ShownMessage } from './thread.ts';
import type { Turn } from './turn.ts';

/** All that a decision about a conversation's messages stands on. */
export interface ConversationView {
  readonly shop: Shop;
  readonly settings: Settings;
  readonly conversationId: ConversationId;
  /** The open inquiry, or else the last one, or null. */
  readonly inquiry: Inquiry | null;
  readonly lane: string;
  readonly buyer: BuyerProfile;
  /** ISO 639-1, of the buyer or their words; null: not known, or nothing opens. */
  readonly language: string | null;
  /** The rule that takes it if it opens; null: none does. */
  readonly routed: RouteMatch | null;
  /** Who of the rule's group gets it then; null: whoever claims it. */
  readonly assignee: Assignee | null;
  /** What the rule gives to read; null: nothing. */
  readonly words: RouteWords | null;
  /** Who has it is away, or off duty. */
  readonly assigneeAbsent: boolean;
  /** Where the buyer came from, told while no inquiry was open. */
  readonly source: InquirySource | null;
  /** Link ids of marketplace messages that are known already: our own replies, and what was mirrored. */
  readonly known: ReadonlySet<string>;
  /** Used if an inquiry opens. */
  readonly newInquiryId: InquiryId;
  /** By the names of the rules that a route chose. */
  readonly clocking: (policies: readonly string[] | null) => Clocking;
  readonly turnId: string;
  readonly maxPostChars: number;
  readonly now: Date;
}

export interface ConversationDecision {
  readonly turn: Turn | null;
  /** What became of each message, in the given order: kept with the inbox event. */
  readonly outcomes: readonly string[];
}

/** One lane's messages, in order of arrival, folded into one turn. Pure. */
export function decideMessages(view: ConversationView, messages: readonly IncomingMessage[]): ConversationDecision {
  let draft: Draft | null = view.inquiry?.open ? draftOf(view.inquiry) : null;
  const known = new Set(view.known);
  const outcomes = messages.map((message) => {
    const linkId = externalLinkId(view.shop._id, message.externalId);
    if (known.has(linkId)) return 'known';
    if (!message.visible) return 'invisible';
    if (message.author !== 'buyer' && !draft) return 'no-inquiry';
    known.add(linkId);
    draft ??= begun(view, message);
    if (!draft.inquiry.open && message.author === 'buyer' && !isClosing(view, message)) reopen(draft, view, message);
    append(draft, view, message);
    return message.author === 'buyer' ? 'appended' : message.author;
  });
  return { turn: draft && toTurn(draft, { id: view.turnId, lane: view.lane, desk: view.settings.desk }), outcomes };
}

/** Marketplaces cut their times to the second: what was written in the second of an answer or a resolution counts as after it. */
const secondMs = 1_000;

/** In the same thread as before, or as a case of its own. */
function begun(view: ConversationView, message: IncomingMessage): Draft {
  return view.inquiry && !opensWith(view, message) ? draftOf(view.inquiry) : opened(view, message);
}

/**
 * Whether a buyer's message begins a case of its own. One that is open goes on, one that was closed a short while ago is opened again, and closing words
 * ("thanks") open nothing where there was something to close. Pure.
 */
export function opensWith(view: Pick<ConversationView, 'inquiry' | 'settings' | 'clocking'>, message: IncomingMessage): boolean {
  const last = view.inquiry;
  return last === null || !(last.open || reopens(view, last, message) || isClosing(view, message));
}

const isClosing = (view: Pick<ConversationView, 'inquiry' | 'clocking'>, { author, parts }: IncomingMessage): boolean =>
  author === 'buyer' && closes(parts, view.clocking(view.inquiry?.slaPolicies ?? null));

/** A buyer who writes within the window after the resolution, or wrote before it, is back in the same thread; later, a new inquiry begins. */
function reopens({ settings }: Pick<ConversationView, 'settings'>, last: Inquiry, { sentAt }: IncomingMessage): boolean {
  return last.resolvedAt !== null && sentAt.getTime() + secondMs - last.resolvedAt.getTime() < settings.reply.reopenHours * 3_600_000;
}

function opened(view: ConversationView, first: IncomingMessage): Draft {
  const { shop, settings, inquiry: last, routed, assignee, words, now } = view;
  const inquiry: Inquiry = {
    _id: view.newInquiryId,
    shopId: shop._id,
    marketplace: shop.marketplace,
    conversationId: view.conversationId,
    status: 'waiting',
    open: true,
    version: 0,
    applied: [],
    lastEvent: 0,
    openedAt: first.sentAt,
    reopenedAt: null,
    resolvedAt: null,
    waitingSince: first.sentAt,
    lastBuyerAt: first.sentAt,
    firstReplyAt: null,
    lastReplyAt: null,
    lastOutsideReplyAt: null,
    buyer: view.buyer,
    source: view.source,
    previous: last && {
      inquiryId: last._id,
      post: last.thread?.rootId ? { channelId: last.thread.channelId, messageId: last.thread.rootId } : null,
    },
    thread: null,
    ...untouched,
    language: view.language,
    shownOrder: '',
    surfaceNext: false,
    lastThreadMessage: null,
    excerpt: excerpt(wordsOf(first.parts), 140),
    counters: { buyerMessages: 0, replies: 0, notes: 0, late: 0 },
  };
  // Where it goes is known before its history begins: its first line is counted there, too.
  const channel = routed?.outcome.channel;
  const draft = draftOf(channel ? { ...inquiry, thread: { bot: botOf(channel), channelId: channel.id, rootId: null } } : inquiry, 0);
  note(draft, 'opened', first.sentAt, null, { marketplace: shop.marketplace, returning: last !== null, language: view.language });
  if (routed) takeRoute(draft, routed, { assignee, words, settings, now });
  else if (settings.ops) draft.deliveries.push(unroutedNotice(settings.ops, shop, now));
  return draft;
}

/** Told once an hour and shop: a shop without a route may have many buyers. */
function unroutedNotice(ops: ChannelRef, shop: Shop, now: Date): Delivery {
  return planAnnouncement(ops, notice('trouble.unrouted', { shop: shop.name }), {
    id: `unrouted:${shop._id}:${now.toISOString().slice(0, 13)}`,
    now,
  });
}

function reopen(draft: Draft, view: ConversationView, message: IncomingMessage): void {
  change(draft, { open: true, status: 'answered', resolvedAt: null, reopenedAt: message.sentAt, surfaceNext: true });
  note(draft, 'reopened', message.sentAt);
  draft.deliveries.push(planCard(draft.inquiry, view.now));
}

const pauseMs = 2 * 60_000;

/** While nobody has claimed it, nobody follows the thread: words after a pause are shown in the channel as well. A burst shows its first alone. */
const endsPause = (lastBuyerAt: Date, sentAt: Date): boolean => sentAt.getTime() - lastBuyerAt.getTime() > pauseMs;

function append(draft: Draft, view: ConversationView, message: IncomingMessage): void {
  const { shop, now } = view;
  const opening = draft.base === 0 && draft.messages.length === 0;
  const id = externalLinkId(shop._id, message.externalId);
  const before = draft.inquiry;
  const clocking = view.clocking(before.slaPolicies);
  switch (message.author) {
    case 'buyer': {
      // What was written before our last answer does not turn the status back; it is shown all the same.
      const answeredAt = latest(before.lastReplyAt, before.lastOutsideReplyAt);
      const isAfter = !answeredAt || message.sentAt.getTime() + secondMs > answeredAt.getTime();
      // Who says thanks asks for nothing.
      const waits = isAfter && (opening || before.status === 'waiting' || !isClosing(view, message));
      if (isAfter) endSilence(draft, now);
      change(draft, {
        status: waits ? 'waiting' : before.status,
        waitingSince: waits ? earliest(before.status === 'waiting' ? before.waitingSince : null, message.sentAt) : before.waitingSince,
        lastBuyerAt: latest(before.lastBuyerAt, message.sentAt) ?? message.sentAt,
        ...(waits ? { snoozedUntil: null, noAnswerNeeded: false } : {}),
        openedAt: earliest(before.openedAt, message.sentAt) ?? message.sentAt,
        surfaceNext: before.surfaceNext || (waits && before.assignee === null && !opening && endsPause(before.lastBuyerAt, message.sentAt)),
      });
      // Whoever is there takes over.
      if (waits && view.assigneeAbsent) release(draft, now, null);
      buyerWrote(draft, message.sentAt, message.parts, clocking);
      count(draft, 'buyerMessages');
      note(draft, 'buyer-wrote', message.sentAt, null, { message: id });
      break;
    }
    case 'agent': {
      const words = wordsIn(message.parts);
      const answers = message.sentAt >= before.lastBuyerAt && !stalls(words, clocking);
      const waitedFor = waited(before, message.sentAt, clocking);
      change(draft, {
        lastOutsideReplyAt: latest(before.lastOutsideReplyAt, message.sentAt),
        firstReplyAt: earliest(before.firstReplyAt, message.sentAt),
        ...(answers ? { status: before.status === 'resolved' ? 'resolved' : 'answered', waitingSince: null } : {}),
      });
      personAnswered(draft, message.sentAt, words, clocking);
      count(draft, 'replies');
      const agent = agentAt(view, message);
      note(draft, 'answered-outside', message.sentAt, agent && (message.writer ?? null), { message: id, agent, ...waitedFor });
      break;
    }
    case 'automatic':
    case 'system':
      break;
  }
  const keys = searchKeys(draft.inquiry, message.parts);
  if (keys) change(draft, keys);
  draft.messages.push({
    _id: id,
    inquiryId: before._id,
    shopId: shop._id,
    conversationId: view.conversationId,
    direction: message.author === 'buyer' ? 'in' : 'out',
    author: { kind: message.author, userId: message.writer ?? null, name: null },
    parts: message.parts,
    sentAt: message.sentAt,
    order: message.order,
    receivedAt: now,
    externalId: message.externalId,
    post: null,
  });
  const link: Link = { _id: id, inquiryId: before._id, messageIds: [id], role: 'message' };
  draft.links.push(link);
  shownParts(message, view.maxPostChars).forEach((shown, part) => {
    draft.deliveries.push(planMessage(draft.inquiry, shown, { messageId: id, order: message.order, opening, now, part }));
  });
  if (before.status !== draft.inquiry.status && draft.base > 0) draft.deliveries.push(planCard(draft.inquiry, now));
}

/** Whose account at the marketplace wrote it, by the name in `agents`; null: that is not known, and it counts for nobody. */
const agentAt = ({ shop, settings }: ConversationView, { writer }: IncomingMessage): string | null =>
  settings.agents.find(({ accounts }) => accounts.some(({ platform, userId }) => platform === shop.marketplace && userId === writer))
    ?.name ?? null;

/** A message as the thread can take it: a text over the limit of one post becomes several. */
export function shownParts(
  { author, parts, sentAt }: { readonly author: MessageAuthor; readonly parts: readonly MessagePart[]; readonly sentAt: Date },
  maxPostChars: number,
): ShownMessage[] {
  const shown = (some: readonly MessagePart[]): ShownMessage => ({ author, parts: some, sentAt, late: false });
  const room = maxPostChars - 500; // the frame around it: card, author, time
  const length = parts.reduce((sum, part) => sum + (part.kind === 'text' ? part.text.length : 100), 0);
  if (length <= room) return [shown(parts)];
  return parts.flatMap((part) =>
    part.kind === 'text' ? splitText(part.text, room).map((text) => shown([{ kind: 'text', text }])) : [shown([part])],
  );
}

function wordsOf(parts: readonly MessagePart[]): string {
  return parts.map((part) => (part.kind === 'text' || part.kind === 'system' ? part.text : `[${part.kind}]`)).join(' ');
}

const latest = (a: Date | null, b: Date | null): Date | null => (a && b ? (a > b ? a : b) : (a ?? b));
const earliest = (a: Date | null, b: Date | null): Date | null => (a && b ? (a < b ? a : b) : (a ?? b));
