import type { ChatBot, ChatEvent } from '../../bots/bot.ts';
import { decideThread } from '../core/decide-chat.ts';
import type { Delivery } from '../core/delivery.ts';
import { saidIn } from '../core/desk/forms.ts';
import { type Presence, saidPresence, zoneOf } from '../core/desk/presence.ts';
import { slashCommand } from '../core/desk/slash.ts';
import type { InquiryId } from '../core/ids.ts';
import { inquiryId } from '../core/ids.ts';
import type { InboxEvent } from '../core/inbox.ts';
import type { Inquiry } from '../core/inquiry.ts';
import { postLinkId } from '../core/inquiry.ts';
import { receiptIdOf } from '../core/plan.ts';
import type { ReactionVerb } from '../core/settings.ts';
import { isOnInquiry } from '../core/thread.ts';
import type { Member, ThreadEvent, ThreadView } from '../core/thread-view.ts';
import { agentMessageId, replyIdOf } from '../core/thread-view.ts';
import { askWhich, isWithinReach } from './ask-which.ts';
import type { PipelineDeps } from './deps.ts';
import type { OwnedGate } from './gate.ts';
import type { Lane, LaneDecision, LaneStop } from './lane-decision.ts';
import { errorName, readLane, stopAt } from './lane-decision.ts';
import { namedInquiry } from './named-inquiry.ts';
import { LookUpLater, type People } from './people.ts';
import { type ThreadSources, threadView } from './thread-view.ts';

/** A thread that nobody knows may be one that is being opened: its reply waits this long between looks. */
const unknownThreadWaitMs = 1_000;
/** So long at most, where what it may belong to is a post that it quotes, or takes back. */
const unknownPostMs = 15_000;
/** Words for a marketplace that is not configured (any more) wait until it is, and are looked at this often. */
const marketplaceOffWaitMs = 60_000;
/** A person whom the platform could not name is asked for again after this. */
const unknownPersonWaitMs = 5_000;

/** What else chat events tell. */
export interface ThreadHooks {
  readonly channelLost: (gate: OwnedGate, channelId: string, reason: string) => Promise<void>;
  readonly channelBack: (gate: OwnedGate, channelId: string) => Promise<void>;
  readonly connectionLost: (gate: OwnedGate, reason: string) => Promise<void>;
  /** Stores what is to be sent beside all turns, once under its id. */
  readonly post: (delivery: Delivery) => Promise<void>;
}

interface Entry {
  readonly event: InboxEvent;
  readonly events: readonly ChatEvent[];
}

interface ReadLane {
  readonly lane: string;
  readonly entries: readonly Entry[];
  readonly stop: LaneStop | null;
}

/** Decides the waiting events of one chat connection, thread by thread: every look-up once for all of them. */
export async function decideThreadLanes(
  gate: OwnedGate,
  bot: { readonly name: string; readonly bot: ChatBot },
  lanes: readonly Lane[],
  people: Pick<People, 'member'>,
  deps: PipelineDeps,
  hooks: ThreadHooks,
): Promise<readonly LaneDecision[]> {
  const parsed = lanes.map((lane): ReadLane => {
    const { read, stop } = readLane(lane, (event) => bot.bot.toEvents(event), deps.log);
    return { lane: lane.lane, entries: read.map(({ event, value }) => ({ event, events: value })), stop };
  });
  const all = parsed.flatMap(({ entries }) => entries.flatMap(({ events }) => events));
  await connectionEvents(gate, bot.name, all, deps, hooks);
  const { reactions = {} } = deps.settings().desk;
  const { receiptEmoji } = bot.bot.capabilities;
  const concerns = (event: ChatEvent): event is ConcernsThread =>
    concernsThread(event) && (event.kind !== 'reaction' || verbOf(event, reactions, receiptEmoji) !== null);
  const ours = all.filter(concerns);
  await unvouched(gate, bot.name, ours, deps);
  const [links, replies] = await Promise.all([
    deps.inquiries.linksById(ours.flatMap((event) => linkIdsOf(bot.name, event))),
    deps.outbox.byIds(ours.flatMap((event) => replyIdsOf(bot.name, event))),
  ]);
  const named = await namedIn(bot.name, ours, deps);
  const repliesById = new Map(replies.map((reply) => [String(reply._id), reply]));
  const whose = (event: ChatEvent): InquiryId | null => {
    const link = linkIdsOf(bot.name, event)
      .map((id) => links.get(id))
      .find((found) => found !== undefined);
    if (event.kind === 'message' && event.about) return ofOne([link?.inquiryId, named.get(event)]);
    // Below a root an emoji is talk among colleagues.
    if (link) return event.kind === 'reaction' && link.role !== 'root' ? null : link.inquiryId;
    if (event.kind === 'form') return inquiryId(event.context);
    if (event.kind === 'command') return named.get(event) ?? null;
    if (event.kind !== 'action') return null;
    return repliesById.get(event.value)?.inquiryId ?? (isOnInquiry(event.action) ? inquiryId(event.value) : null);
  };
  const inquiries = await deps.inquiries.byIds(ours.flatMap((event) => whose(event) ?? []));
  const shared = {
    gate,
    bot: bot.name,
    links: new Set(links.keys()),
    replies: repliesById,
    whose,
    inquiries,
    concerns,
    reactions,
    people,
    deps,
  };
  return Promise.all(parsed.map((lane) => decideLane(lane, shared, hooks)));
}

/** The inquiries that commands and messages outside of threads name. */
async function namedIn(
  bot: string,
  events: readonly ConcernsThread[],
  { inquiries, settings }: PipelineDeps,
): Promise<ReadonlyMap<ChatEvent, InquiryId>> {
  const found = await Promise.all(
    events.map(async (event) => {
      const name = nameIn(event);
      const inquiry = name === null ? null : await namedInquiry(name, inquiries);
      const meant = inquiry && (event.kind !== 'message' || isWithinReach(inquiry, bot, event.post.channelId, settings()));
      return meant ? [[event, inquiry._id] as const] : [];
    }),
  );
  return new Map(found.flat());
}

function nameIn(event: ConcernsThread): string | null {
  if (event.kind === 'message') return event.about?.ticket ?? null;
  const command = event.kind === 'command' ? slashCommand(event.text) : null;
  return command?.kind === 'inquiry' ? command.inquiry : null;
}

/** What several ways lead to; null where they lead to none, or to several: nobody guesses whom a buyer's answer is for. */
function ofOne(found: readonly (InquiryId | undefined)[]): InquiryId | null {
  const [first, ...others] = new Set(found.filter((id) => id !== undefined));
  return others.length === 0 ? (first ?? null) : null;
}

/** A mark goes with the message that it is on: the replies that it vouched for get marks of their own. Doing it twice is doing it once. */
async function unvouched(gate: OwnedGate, bot: string, events: readonly ConcernsThread[], { outbox }: PipelineDeps): Promise<void> {
  const marks = events.flatMap((event) => (event.kind === 'delete' ? receiptIdOf(agentMessageId(bot, event.post), 'sent') : []));
  const freed = marks.length === 0 ? [] : await outbox.unmerge(marks);
  if (freed.length === 0) return;
  gate.backlog.found(freed);
  gate.outboxSignal.notify();
}

interface Shared extends ThreadSources {
  readonly concerns: (event: ChatEvent) => event is ConcernsThread;
  readonly reactions: Reactions;
  readonly whose: (event: ChatEvent) => InquiryId | null;
  readonly inquiries: ReadonlyMap<InquiryId, Inquiry>;
}

/** The first inquiry's events of a lane become one turn; what follows of another inquiry is taken in the next round. */
async function decideLane({ lane, entries, stop }: ReadLane, shared: Shared, hooks: ThreadHooks): Promise<LaneDecision> {
  const { deps, inquiries, whose, concerns } = shared;
  const outcomes = new Map<string, string>();
  const taken: { readonly event: InboxEvent; readonly happened: readonly ThreadEvent[] }[] = [];
  let inquiry: Inquiry | null = null;
  let stopped = stop;
  for (const { event, events } of entries) {
    const relevant = events.filter(concerns);
    const first = relevant[0];
    const [said] = events;
    if (said?.kind === 'command' && slashCommand(said.text)?.kind === 'presence') {
      const member = await shared.people.member(shared.gate, said.userId).catch((err: unknown) => unknownAuthor(event, err, deps));
      if ('reason' in member) {
        stopped = member;
        break;
      }
      outcomes.set(event._id, await keepPresence(said, member, shared));
      continue;
    }
    if (!first) {
      outcomes.set(event._id, passedOver(events));
      continue;
    }
    const id = whose(first);
    const found = id === null ? undefined : inquiries.get(id);
    if (!found) {
      if (id === null && isWorthWaiting(first, event, deps) && (await mayBeOpening(first, shared))) {
        stopped = { event, reason: 'waits for the thread that may be opening', afterMs: unknownThreadWaitMs, countsAsAttempt: false };
        break;
      }
      if (id === null && mayHaveOvertaken(first, event, lane, deps)) {
        stopped = { event, reason: 'waits for the message that it takes back', afterMs: unknownThreadWaitMs, countsAsAttempt: false };
        break;
      }
      if (first.kind === 'message' && first.about) {
        const asked = await askWhich(first, first.about, shared, hooks).catch((err: unknown) => unknownAuthor(event, err, deps));
        if (typeof asked !== 'string') {
          stopped = asked;
          break;
        }
        outcomes.set(event._id, asked);
        continue;
      }
      outcomes.set(event._id, 'not-an-inquiry');
      continue;
    }
    if (inquiry && inquiry._id !== found._id) {
      stopped = null;
      break;
    }
    if (!deps.marketplaces.has(found.marketplace)) {
      // Its answers could go nowhere; other marketplaces' threads go on.
      stopped = { event, reason: 'its marketplace is not switched on', afterMs: marketplaceOffWaitMs, countsAsAttempt: false };
      break;
    }
    try {
      taken.push({ event, happened: await Promise.all(relevant.map((one) => toThreadEvent(one, shared))) });
      inquiry = found;
    } catch (err) {
      stopped = unknownAuthor(event, err, deps);
      break;
    }
  }
  if (!inquiry || taken.length === 0) return { turn: null, outcomes, stop: stopped };
  const view = await threadView(
    inquiry,
    lane,
    taken.flatMap(({ happened }) => happened),
    shared,
  );
  const presence: Presence[] = [];
  const decision = decideTaken(view, taken, outcomes, presence, shared);
  // Doing it twice is doing it once, so it need not be part of the turn.
  await deps.presence.set(presence);
  return { ...decision, stop: stopped };
}

function unknownAuthor(event: InboxEvent, err: unknown, { log, timeScale }: PipelineDeps): LaneStop {
  const afterMs = err instanceof LookUpLater ? err.afterMs * timeScale : unknownPersonWaitMs;
  log.warn({ err, event: event._id }, 'the author of a message could not be looked up');
  return { event, reason: 'its author could not be looked up', afterMs, countsAsAttempt: false };
}

/** What somebody says of themselves outside of a thread; they were answered at once. Doing it twice is doing it once. */
async function keepPresence({ text, at }: CommandEvent, member: Member, { bot, deps }: Shared): Promise<string> {
  const command = slashCommand(text);
  if (!member.mayAnswer || command?.kind !== 'presence') return 'refused';
  const settings = deps.settings();
  const view = { bot, agents: settings.agents, now: at, zone: zoneOf(settings, member.agent) };
  const { presence } = saidPresence(command.verb, command.rest, member, view);
  if (presence) await deps.presence.set([presence]);
  return 'command';
}

type CommandEvent = Extract<ChatEvent, { kind: 'command' }>;

/** Without its events that pass over nothing, a lane that throws is tried with its first event alone, so that one poison event blocks only itself. */
function decideTaken(
  view: ThreadView,
  taken: readonly { readonly event: InboxEvent; readonly happened: readonly ThreadEvent[] }[],
  outcomes: Map<string, string>,
  presence: Presence[],
  { deps }: Shared,
): LaneDecision {
  const first = taken[0];
  if (!first) return { turn: null, outcomes, stop: null };
  const decide = (entries: typeof taken): LaneDecision => {
    const decision = decideThread(
      view,
      entries.flatMap(({ happened }) => happened),
    );
    let position = 0;
    const named = entries.map(({ event, happened }) => {
      const own = decision.outcomes.slice(position, position + happened.length);
      position += own.length;
      return [event._id, own.join(',')] as const;
    });
    for (const one of decision.presence) presence.push(one);
    return { turn: decision.turn, outcomes: new Map([...outcomes, ...named]), stop: null };
  };
  try {
    return decide(taken);
  } catch (err) {
    deps.log.warn({ error: errorName(err), event: first.event._id, attempt: first.event.attempts + 1 }, 'events could not be decided');
    try {
      return decide([first]);
    } catch (alone) {
      return { turn: null, outcomes, stop: stopAt(first.event, alone) };
    }
  }
}

async function toThreadEvent(event: ConcernsThread, { gate, bot, people, reactions }: Shared): Promise<ThreadEvent> {
  if (event.kind === 'delete') return { kind: 'delete', post: event.post, deletedAt: event.deletedAt };
  const member: Member = await people.member(gate, 'author' in event ? event.author.userId : event.userId);
  if (event.kind === 'form') {
    const { form, values, context, userId, at } = event;
    return {
      kind: 'command',
      id: `${context}:${form}:${userId}:${at.getTime()}`,
      word: form,
      rest: saidIn(form, values),
      mentions: [],
      member,
      at,
    };
  }
  if (event.kind === 'command') {
    const { text, channelId, userId, mentions, at } = event;
    const command = slashCommand(text);
    if (command?.kind !== 'inquiry') throw new Error('a command that names no inquiry concerns no thread');
    const id = `${bot}|${channelId}|${userId}:${command.verb}:${at.getTime()}`;
    return { kind: 'command', id, word: command.verb, rest: command.rest, mentions, member, at };
  }
  if (event.kind === 'reaction') {
    const { name, post, userId, at } = event;
    const word = reactions[name];
    if (!word) throw new Error('an emoji that does nothing concerns no thread');
    const id = `${agentMessageId(bot, post)}:${name}:${userId}:${at.getTime()}`;
    return { kind: 'command', id, word, rest: '', mentions: [], member, at };
  }
  if (event.kind === 'action') return { kind: 'action', action: event.action, value: event.value, member, post: event.post, at: event.at };
  const { post, text, mentions, sentAt, order } = event;
  if (event.kind === 'edit') return { kind: 'edit', post, member, text, mentions, editedAt: event.editedAt, sentAt, order };
  const files = event.files.map((file) => ({ bot, ...file }));
  return { kind: 'message', post, member, text, mentions, files, sentAt, order };
}

type ConcernsThread = Extract<ChatEvent, { kind: 'message' | 'edit' | 'delete' | 'action' | 'reaction' | 'form' | 'command' }>;

type Reactions = Readonly<Record<string, ReactionVerb>>;

/** What an emoji does that somebody set; null: nothing. */
function verbOf(
  { name, added }: Extract<ChatEvent, { kind: 'reaction' }>,
  reactions: Reactions,
  receiptEmoji: readonly string[],
): ReactionVerb | null {
  return added && !receiptEmoji.includes(name) && Object.hasOwn(reactions, name) ? (reactions[name] ?? null) : null;
}

/** Words of people in a thread, buttons, emoji, and what was filled in. What bots post, we among them, is nobody's reply. */
function concernsThread(event: ChatEvent): event is ConcernsThread {
  switch (event.kind) {
    case 'message':
    case 'edit':
      return (
        !event.fromSelf && event.author.kind === 'person' && (event.rootId !== null || ('about' in event && event.about !== undefined))
      );
    // Not every platform says in which thread it was: then its post tells.
    case 'delete':
      return !event.fromSelf;
    case 'action':
    case 'reaction':
    case 'form':
      return true;
    case 'command':
      return slashCommand(event.text)?.kind === 'inquiry';
    case 'shortcut':
    case 'channel-lost':
    case 'channel-back':
    case 'connection-lost':
    case 'unknown':
      return false;
  }
}

function passedOver(events: readonly ChatEvent[]): string {
  const [event] = events;
  if (!event) return 'empty';
  return 'fromSelf' in event && event.fromSelf ? 'own' : event.kind === 'message' ? 'not-a-thread' : event.kind;
}

/** Links that tell whose thread it is, and whether the message is known. */
function linkIdsOf(bot: string, event: ChatEvent): string[] {
  if (!concernsThread(event) || event.kind === 'form' || event.kind === 'command') return [];
  const channelId = event.post?.channelId;
  if (!channelId) return [];
  if (event.kind === 'reaction') return [postLinkId(bot, event.post)];
  const about = event.kind === 'message' ? (event.about?.posts ?? []) : [];
  const posts = [...(event.rootId === null ? [] : [event.rootId]), ...about].map((messageId) => postLinkId(bot, { channelId, messageId }));
  return [...posts, ...(event.post ? [postLinkId(bot, event.post)] : [])];
}

function replyIdsOf(bot: string, event: ChatEvent): string[] {
  if (event.kind === 'action') return [event.value];
  return event.kind === 'edit' || event.kind === 'delete' ? [replyIdOf(agentMessageId(bot, event.post))] : [];
}

/**
 * A message that was taken back, and is not known: where nobody can tell in which thread it was it is filed by itself, not behind the message, which may still have to be
 * decided. Waiting there holds up nobody.
 */
const mayHaveOvertaken = (first: ConcernsThread, { receivedAt }: InboxEvent, lane: string, { clock }: PipelineDeps): boolean =>
  first.kind === 'delete' &&
  first.rootId === null &&
  lane.endsWith(`:${first.post.messageId}`) &&
  clock.now().getTime() - receivedAt.getTime() < unknownPostMs;

/** Words outside of threads share their lane with all that is said in the channel, and whoever wrote them can be asked. */
const isWorthWaiting = (first: ConcernsThread, { receivedAt }: InboxEvent, { clock }: PipelineDeps): boolean =>
  first.kind !== 'message' || first.about === undefined || clock.now().getTime() - receivedAt.getTime() < unknownPostMs;

/** A reply can be faster than our record of the post that it answers; that record may also have been made since the links were read. */
async function mayBeOpening(event: ConcernsThread, { gate, bot, links, deps }: Shared): Promise<boolean> {
  if (event.kind !== 'message' && event.kind !== 'edit' && event.kind !== 'delete') return false;
  const quotes = event.kind === 'message' && event.about !== undefined && event.about.posts.length > 0;
  if (event.rootId === null && !quotes) return false;
  if (await deps.outbox.channelInFlight(gate.lease.gate, event.post.channelId)) return true;
  const found = await deps.inquiries.linksById(linkIdsOf(bot, event));
  return [...found.keys()].some((id) => !links.has(id));
}

async function connectionEvents(
  gate: OwnedGate,
  bot: string,
  events: readonly ChatEvent[],
  deps: PipelineDeps,
  hooks: ThreadHooks,
): Promise<void> {
  for (const event of events) {
    switch (event.kind) {
      case 'channel-lost':
        await hooks.channelLost(gate, event.channelId, event.reason);
        break;
      case 'channel-back':
        await hooks.channelBack(gate, event.channelId);
        break;
      case 'connection-lost':
        await hooks.connectionLost(gate, event.reason);
        break;
      case 'unknown':
        deps.meter.unknownEvent(bot, event.type);
        break;
      case 'message':
      case 'edit':
      case 'delete':
      case 'action':
      case 'reaction':
      case 'shortcut':
      case 'command':
      case 'form':
        break;
    }
  }
}
