import type { MarketplaceAdapter, MarketplaceEvent } from '../../adapters/adapter.ts';
import { decideMessages, opensWith } from '../core/decide-marketplace.ts';
import type { ConversationId, InquiryId } from '../core/ids.ts';
import type { InboxEvent } from '../core/inbox.ts';
import type { Inquiry } from '../core/inquiry.ts';
import { externalLinkId } from '../core/inquiry.ts';
import type { BuyerProfile, IncomingMessage, InquirySource } from '../core/message.ts';
import { inquiryIdIn } from '../core/practice/marks.ts';
import { botOf } from '../core/settings.ts';
import type { Shop } from '../core/shop.ts';
import type { Conversation } from '../store/conversations.ts';
import { clockingOf } from './clocking.ts';
import type { PipelineDeps } from './deps.ts';
import { callSignal, type OwnedGate } from './gate.ts';
import type { Lane, LaneDecision, LaneStop } from './lane-decision.ts';
import { errorName, readLane, stopAt } from './lane-decision.ts';
import { type Opened, openingOf } from './opening.ts';

/** The marketplace is asked about a buyer for no longer than this; the inquiry opens nameless otherwise. */
const profileDeadlineMs = 1_500;
/** An echo waits this long for its reply to be recorded. */
const echoWaitMs = 500;
const defaultPostChars = 4_000;

/** What the shop's other parts want to know of. */
export interface ConversationHooks {
  readonly conversationChanged: (shop: Shop, conversation: ConversationId) => void;
  readonly authorizationExpiring: (shop: Shop, expiresAt: Date) => Promise<void>;
}

interface ReadLane {
  readonly lane: string;
  readonly conversation: ConversationId | null;
  readonly read: readonly { readonly event: InboxEvent; readonly value: readonly MarketplaceEvent[] }[];
  readonly stop: LaneStop | null;
}

/** Decides the waiting events of one shop's conversations: every lane on its own, every look-up once for all lanes. */
export async function decideConversationLanes(
  gate: OwnedGate,
  shop: Shop,
  adapter: MarketplaceAdapter,
  lanes: readonly Lane[],
  deps: PipelineDeps,
  hooks: ConversationHooks,
): Promise<readonly LaneDecision[]> {
  const parsed = lanes.map((lane): ReadLane => {
    const result = readLane(lane, (event) => adapter.toEvents(event), deps.log);
    return { lane: lane.lane, conversation: conversationOf(result.read.flatMap(({ value }) => value)), ...result };
  });
  await shopEvents(shop, parsed, deps, hooks);
  const conversations = parsed.flatMap(({ conversation }) => (conversation === null ? [] : [conversation]));
  const linkIds = parsed.flatMap(({ read }) =>
    messagesIn(read.flatMap(({ value }) => value)).map(({ externalId }) => externalLinkId(shop._id, externalId)),
  );
  // First what is on its way, then what is linked: a reply is linked before it stops being on its way, so no echo falls between the two.
  const inFlight = await deps.outbox.conversationsInFlight(
    parsed.flatMap((lane) => (lane.conversation && mayEcho(lane) ? lane.conversation : [])),
  );
  const [known, open] = await Promise.all([deps.inquiries.knownLinks(linkIds), deps.inquiries.openIn(shop._id, conversations)]);
  // Who the buyer is and where they came from matters when an inquiry opens.
  const remembered = await deps.conversations.in(
    shop._id,
    conversations.filter((conversation) => !open.has(conversation)),
  );
  const decisions = await Promise.all(
    parsed.map(async (lane) => {
      const { conversation } = lane;
      if (conversation === null) return withoutTurn(lane);
      const inquiry = open.get(conversation) ?? (await deps.inquiries.lastIn(shop._id, conversation));
      const memory = remembered.get(conversation) ?? null;
      const fresh = newBuyerMessages(lane, known, shop);
      const clocking = (policies: readonly string[] | null) => clockingOf(shop, policies, deps);
      const [first] = fresh;
      // Whoever asks the rules for nothing takes somebody's turn.
      const opens = first !== undefined && opensWith({ inquiry, settings: deps.settings(), clocking }, first);
      const buyer = opens ? await profile(gate, shop, adapter, conversation, memory, deps) : (memory?.buyer ?? {});
      const source = sourceBefore(lane.read) ?? memory?.source ?? null;
      const parts = fresh.flatMap((message) => message.parts);
      const newInquiryId = inquiryIdIn(shop, deps.newId());
      const opened = opens ? await openingOf({ id: newInquiryId, shop, conversation, buyer, source, parts, before: inquiry }, deps) : null;
      const match = opened?.evaluation.match;
      const assignee = match ? await deps.staff.assigneeFor(match.outcome, inquiry?.assignee ?? null) : null;
      const assigneeAbsent = inquiry?.open === true && (await deps.staff.isAbsent(inquiry.assignee));
      return decideLane(
        {
          lane,
          conversation,
          inquiry,
          newInquiryId,
          memory,
          buyer,
          opened,
          assignee,
          assigneeAbsent,
          shop,
          known,
          echoUnclear: inFlight.has(conversation),
        },
        deps,
      );
    }),
  );
  await deps.conversations.remember(parsed.flatMap((lane) => sourcesOf(lane, shop)));
  return decisions;
}

interface LaneView {
  readonly lane: ReadLane;
  readonly conversation: ConversationId;
  readonly inquiry: Inquiry | null;
  /** Used if one opens. */
  readonly newInquiryId: InquiryId;
  readonly memory: Conversation | null;
  readonly buyer: BuyerProfile;
  /** Null: nothing opens. */
  readonly opened: Opened | null;
  readonly assignee: Inquiry['assignee'];
  readonly assigneeAbsent: boolean;
  readonly shop: Shop;
  readonly known: ReadonlySet<string>;
  readonly echoUnclear: boolean;
}

function decideLane(view: LaneView, deps: PipelineDeps): LaneDecision {
  const { lane, shop, known, echoUnclear, inquiry } = view;
  const taken: { readonly event: InboxEvent; readonly value: readonly MarketplaceEvent[] }[] = [];
  let stop = lane.stop;
  for (const entry of lane.read) {
    const unclear =
      echoUnclear &&
      messagesIn(entry.value).some(({ author, externalId }) => author === 'agent' && !known.has(externalLinkId(shop._id, externalId)));
    if (unclear) {
      stop = { event: entry.event, reason: 'waits for the reply that it may echo', afterMs: echoWaitMs, countsAsAttempt: false };
      break;
    }
    taken.push(entry);
  }
  const now = deps.clock.now();
  const settings = deps.settings();
  const routed = view.opened?.evaluation.match ?? null;
  const bot = inquiry?.thread && !routed ? inquiry.thread.bot : routed && botOf(routed.outcome.channel);
  const decide = (entries: typeof taken) =>
    decideMessages(
      {
        shop,
        settings,
        conversationId: view.conversation,
        inquiry,
        lane: lane.lane,
        buyer: view.buyer,
        language: view.opened?.language ?? null,
        routed,
        assignee: view.assignee,
        assigneeAbsent: view.assigneeAbsent,
        source: sourceBefore(entries) ?? view.memory?.source ?? null,
        known,
        words: view.opened?.words ?? null,
        newInquiryId: view.newInquiryId,
        clocking: (policies) => clockingOf(shop, policies, deps),
        turnId: deps.newId(),
        maxPostChars: (bot && deps.bots.get(bot)?.capabilities.maxPostChars) || defaultPostChars,
        now,
      },
      entries.flatMap(({ value }) => messagesIn(value)),
    );
  const first = taken[0];
  if (!first) return { turn: null, outcomes: new Map(), stop };
  try {
    const decision = toOutcomes(taken, decide(taken));
    if (!routed && decision.turn?.base === 0)
      deps.log.warn(
        { inquiryId: decision.turn.inquiryId, shopId: shop._id },
        'no route takes this inquiry; it opens its thread as soon as one does',
      );
    return { ...decision, stop };
  } catch (err) {
    // One event that throws must not take its neighbours with it: the first is tried alone.
    deps.log.warn({ error: errorName(err), event: first.event._id, attempt: first.event.attempts + 1 }, 'events could not be decided');
    try {
      return { ...toOutcomes([first], decide([first])), stop: null };
    } catch (alone) {
      return { turn: null, outcomes: new Map(), stop: stopAt(first.event, alone) };
    }
  }
}

function toOutcomes(
  entries: readonly { readonly event: InboxEvent; readonly value: readonly MarketplaceEvent[] }[],
  { turn, outcomes }: ReturnType<typeof decideMessages>,
): Pick<LaneDecision, 'turn' | 'outcomes'> {
  let position = 0;
  const byEvent = entries.map(({ event, value }) => {
    const own = outcomes.slice(position, position + messagesIn(value).length);
    position += own.length;
    return [event._id, own.join(',') || (value[0]?.kind ?? 'empty')] as const;
  });
  return { turn, outcomes: new Map(byEvent) };
}

const withoutTurn = ({ read, stop }: ReadLane): LaneDecision => ({
  turn: null,
  outcomes: new Map(read.map(({ event, value }) => [event._id, value[0]?.kind ?? 'empty'])),
  stop,
});

/** Events about the shop itself, and those that are not for us. */
async function shopEvents(shop: Shop, lanes: readonly ReadLane[], deps: PipelineDeps, hooks: ConversationHooks): Promise<void> {
  for (const event of lanes.flatMap(({ read }) => read.flatMap(({ value }) => value))) {
    switch (event.kind) {
      case 'deauthorized':
        await deps.shops.deauthorized(shop._id);
        break;
      case 'authorization-expiring':
        await hooks.authorizationExpiring(shop, event.expiresAt);
        break;
      case 'conversation-changed':
        hooks.conversationChanged(shop, event.conversation);
        break;
      case 'unknown':
        deps.meter.unknownEvent(shop.marketplace, event.type);
        break;
      case 'message':
      case 'source':
        break;
    }
  }
}

/** The buyer's name and language: from memory, or asked once when an inquiry opens. A refusal costs the name, never the message. */
async function profile(
  gate: OwnedGate,
  shop: Shop,
  adapter: MarketplaceAdapter,
  conversation: ConversationId,
  memory: Conversation | null,
  deps: PipelineDeps,
): Promise<BuyerProfile> {
  if (memory?.buyerReadAt) return memory.buyer;
  if (!adapter.conversation || gate.limiter.take(adapter.capabilities.costs.conversation, null, 'read') > 0) return memory?.buyer ?? {};
  const call = callSignal(gate.lease, profileDeadlineMs, deps);
  try {
    const access = await deps.shops.access(shop._id, call.signal);
    const { buyer } = await adapter.conversation(access, conversation);
    await deps.conversations.remember([{ shopId: shop._id, conversationId: conversation, set: { buyer, buyerReadAt: deps.clock.now() } }]);
    return buyer;
  } catch (err) {
    deps.log.info({ err, shopId: shop._id }, 'buyer could not be looked up; the inquiry opens without a name');
    return memory?.buyer ?? {};
  } finally {
    call.done();
  }
}

const messagesIn = (events: readonly MarketplaceEvent[]): IncomingMessage[] =>
  events.flatMap((event) => (event.kind === 'message' ? [event.message] : []));

function conversationOf(events: readonly MarketplaceEvent[]): ConversationId | null {
  const first = events.find((event) => event.kind === 'message' || event.kind === 'source');
  return first && 'conversation' in first ? first.conversation : null;
}

const mayEcho = ({ read }: ReadLane): boolean => messagesIn(read.flatMap(({ value }) => value)).some(({ author }) => author === 'agent');

const newBuyerMessages = ({ read }: ReadLane, known: ReadonlySet<string>, shop: Shop): IncomingMessage[] =>
  messagesIn(read.flatMap(({ value }) => value)).filter(
    ({ author, visible, externalId }) => author === 'buyer' && visible && !known.has(externalLinkId(shop._id, externalId)),
  );

/** Where the buyer came from, told by an event of the same batch. */
function sourceBefore(entries: readonly { readonly value: readonly MarketplaceEvent[] }[]): InquirySource | null {
  return entries.flatMap(({ value }) => value).findLast((event) => event.kind === 'source')?.source ?? null;
}

function sourcesOf({ conversation, read }: ReadLane, shop: Shop) {
  const last = read.flatMap(({ value }) => value).findLast((event) => event.kind === 'source');
  return conversation !== null && last
    ? [{ shopId: shop._id, conversationId: conversation, set: { source: last.source, sourceAt: last.at } }]
    : [];
}
