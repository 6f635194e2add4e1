import type { ConversationInfo, ListedMessage, MarketplaceHistory, ShopAccess } from '../../adapters/adapter.ts';
import type { ConversationId } from '../core/ids.ts';
import { externalLinkId } from '../core/inquiry.ts';
import type { Shop } from '../core/shop.ts';
import { addMs } from '../core/time.ts';
import { PlatformError } from '../errors.ts';
import type { PipelineDeps } from './deps.ts';
import { callSignal, type ShopGate } from './gate.ts';
import type { Ingest } from './ingest.ts';
import { requestDeadlineMs } from './leases.ts';

/** Pages of conversations that one reading goes through at most; 20 conversations each on TikTok Shop. */
const mostConversationPages = 50;
const mostMessagePages = 20;
/** Without a place to stop at, a reading goes back this much further than the last one began. */
const overlapMs = 24 * 3_600_000;
/** A lost message can lie before a known one: an active conversation is read this often although its latest message is known. */
const gapCheckMs = 30 * 60_000;

/** The daily budget's share for reads, or the pace, is used up: the reading goes on next time. */
class PaceUsedUp extends Error {
  override readonly name = 'PaceUsedUp';
}

/**
 * Finds messages that no webhook told of, and puts them through the inbox under the keys that their webhooks have.
 * The first reading of a shop mirrors only buyers who still wait; what was answered before is read, not mirrored.
 * `thorough`: nobody served the shop for a while, so every active conversation is checked for gaps at once. Resolves to how many events were new.
 */
export async function reconcileShop(
  gate: ShopGate,
  shop: Shop,
  ingest: Ingest,
  deps: PipelineDeps,
  { thorough }: { readonly thorough: boolean },
): Promise<number> {
  const { adapter } = gate.connector;
  const { history } = adapter;
  if (!history || shop.state !== 'active') return 0;
  const startedAt = deps.clock.now();
  const sync = await deps.syncs.read(gate.lease.gate);
  const first = sync.firstDoneAt === null;
  const since = first ? null : addMs(sync.lastAt ?? startedAt, -overlapMs);
  const reader = createReader(gate, shop, history, deps);
  let found = 0;
  // A reading with a hole in it does not count: the next one goes back as far.
  let whole = true;
  try {
    let page: string | null = null;
    for (let pages = 0; pages < mostConversationPages; pages += 1) {
      const { items, next } = await reader.conversations(page);
      const news = await withNews(shop, items, thorough ? 0 : gapCheckMs, deps);
      for (const one of news) {
        try {
          found += await readConversation(one, { shop, first, since, reader, ingest, deps });
        } catch (err) {
          if (err instanceof PaceUsedUp) throw err;
          whole = false;
          deps.log.warn({ err, shopId: shop._id }, 'a conversation could not be read back; it is tried again next time');
        }
      }
      // The platform lists the latest active first, as far as it says; one page without news ends a later reading.
      if (next === null || next === '' || (!first && news.length === 0)) {
        if (whole) await deps.syncs.complete(gate.lease.gate, startedAt, first);
        break;
      }
      page = next;
    }
  } catch (error) {
    if (!(error instanceof PaceUsedUp)) throw error;
    deps.log.info({ shopId: shop._id }, 'the pace for reading is used up; the reading goes on later');
  }
  if (found > 0) deps.log.warn({ shopId: shop._id, found }, 'messages found that no webhook had told of');
  return found;
}

/** One conversation, because the marketplace said that something changed there. */
export async function reconcileConversation(
  gate: ShopGate,
  shop: Shop,
  conversation: ConversationId,
  ingest: Ingest,
  deps: PipelineDeps,
): Promise<void> {
  const { history } = gate.connector.adapter;
  if (!history) return;
  const sync = await deps.syncs.read(gate.lease.gate);
  if (sync.firstDoneAt === null) return;
  const reader = createReader(gate, shop, history, deps);
  const info: ConversationInfo = { conversation, buyer: {}, canSend: true, latest: null };
  try {
    await readConversation(
      { info, reconciledTo: null },
      { shop, first: false, since: addMs(sync.lastAt ?? deps.clock.now(), -overlapMs), reader, ingest, deps },
    );
  } catch (error) {
    if (!(error instanceof PaceUsedUp)) throw error;
  }
}

interface Reader {
  conversations(page: string | null): ReturnType<MarketplaceHistory['conversations']>;
  messages(conversation: ConversationId, page: string | null): ReturnType<MarketplaceHistory['messages']>;
}

/** Every call draws on the gate's paces as a read, so that sends keep their reserve. */
function createReader(gate: ShopGate, shop: Shop, history: MarketplaceHistory, deps: PipelineDeps): Reader {
  const { costs } = gate.connector.adapter.capabilities;
  async function call<T>(cost: readonly string[], work: (access: ShopAccess) => Promise<T>): Promise<T> {
    if (gate.limiter.take(cost, null, 'read') > 0) throw new PaceUsedUp();
    const { signal, done } = callSignal(gate.lease, requestDeadlineMs, deps);
    let access: ShopAccess | null = null;
    try {
      access = await deps.shops.access(shop._id, signal);
      return await work(access);
    } catch (error) {
      // Nobody may send anything for days, so a token that is refused is renewed here as well; the next reading has it.
      if (access && error instanceof PlatformError && error.kind === 'auth') await deps.shops.refresh(shop._id, access.accessToken);
      throw error;
    } finally {
      done();
    }
  }
  return {
    conversations: (page) => call(costs.conversations, (access) => history.conversations(access, page)),
    messages: (conversation, page) => call(costs.messages, (access) => history.messages(access, conversation, page)),
  };
}

interface News {
  readonly info: ConversationInfo;
  readonly reconciledTo: string | null;
}

/** Conversations that hold something unseen, and active ones whose turn it is to be checked for gaps. */
async function withNews(
  shop: Shop,
  items: readonly ConversationInfo[],
  gapsEveryMs: number,
  { inquiries, conversations, clock, timeScale }: PipelineDeps,
): Promise<readonly News[]> {
  const [known, remembered] = await Promise.all([
    inquiries.knownLinks(items.flatMap(({ latest }) => (latest ? [externalLinkId(shop._id, latest.externalId)] : []))),
    conversations.in(
      shop._id,
      items.map(({ conversation }) => conversation),
    ),
  ]);
  const gapsDueBefore = clock.now().getTime() - gapsEveryMs / timeScale;
  return items.flatMap((info): News[] => {
    const { reconciledTo = null, reconciledAt = null } = remembered.get(info.conversation) ?? {};
    if (!info.latest || info.latest.externalId === reconciledTo) return [];
    const due = !known.has(externalLinkId(shop._id, info.latest.externalId)) || (reconciledAt?.getTime() ?? 0) < gapsDueBefore;
    return due ? [{ info, reconciledTo }] : [];
  });
}

interface Reading {
  readonly shop: Shop;
  readonly first: boolean;
  readonly since: Date | null;
  readonly reader: Reader;
  readonly ingest: Ingest;
  readonly deps: PipelineDeps;
}

async function readConversation({ info, reconciledTo }: News, { shop, first, since, reader, ingest, deps }: Reading): Promise<number> {
  const { conversation, buyer } = info;
  const unseen: ListedMessage[] = [];
  let page: string | null = null;
  for (let pages = 0; pages < mostMessagePages; pages += 1) {
    const { items, next } = await reader.messages(conversation, page);
    const known = await deps.inquiries.knownLinks(items.map(({ message }) => externalLinkId(shop._id, message.externalId)));
    const end = items.findIndex(
      ({ message }) =>
        message.externalId === reconciledTo || (since !== null && message.sentAt < since) || (first && message.author === 'agent'),
    );
    const read = end === -1 ? items : items.slice(0, end);
    unseen.push(...read.filter(({ message }) => !known.has(externalLinkId(shop._id, message.externalId))));
    if (end !== -1 || next === null || next === '') break;
    page = next;
  }
  // On the first reading what nobody asks any more stays where it is.
  const waits = unseen.some(({ message }) => message.author === 'buyer');
  const events = first && !waits ? [] : unseen.reverse().map(({ event }) => event);
  const stored = await ingest.storeAll(
    events.map((event) => ({
      source: { kind: 'marketplace', name: shop.marketplace },
      shop: shop.externalId,
      receivedAt: deps.clock.now(),
      ...event,
    })),
  );
  const newest = info.latest?.externalId ?? unseen.at(-1)?.message.externalId ?? null;
  const named = Object.keys(buyer).length > 0 ? { buyer, buyerReadAt: deps.clock.now() } : {};
  await deps.conversations.remember([
    { shopId: shop._id, conversationId: conversation, set: { ...named, ...(newest ? { reconciledTo: newest } : {}) } },
  ]);
  return stored;
}
