import type { OutgoingReply, ShopAccess } from '../../adapters/adapter.ts';
import type { BotAccess, ChatBot, FetchedMedia, Posted } from '../../bots/bot.ts';
import { shownParts } from '../core/decide-marketplace.ts';
import { type Delivery, isRepeatable, type ReplyPart } from '../core/delivery.ts';
import type { Inquiry, Message } from '../core/inquiry.ts';
import { externalLinkId, postLinkId } from '../core/inquiry.ts';
import type { MediaRef } from '../core/message.ts';
import { bytesOfOwn } from '../core/own-picture.ts';
import { isPractice } from '../core/practice/marks.ts';
import type { Shop } from '../core/shop.ts';
import type { InquiryCard, PostRef, Showing, ShownMessage, ThreadBoard, ThreadContent, ThreadState } from '../core/thread.ts';
import { addMs } from '../core/time.ts';
import { PlatformError } from '../errors.ts';
import { createBoards } from './boards.ts';
import { clockingOf } from './clocking.ts';
import { cardOf, localeOf, threadContent, threadState } from './content.ts';
import type { PipelineDeps } from './deps.ts';
import { callSignal, type GateConnector, type OwnedGate } from './gate.ts';
import type { Lease } from './leases.ts';
import { requestDeadlineMs } from './leases.ts';
import type { People } from './people.ts';
import { remindersIn } from './reminders.ts';
import { shiftDigestIn } from './shift-digests.ts';

/** One thing to send, with all that is known about it. */
export interface Parcel {
  readonly lead: Delivery;
  readonly members: readonly Delivery[];
  readonly inquiry: Inquiry | null;
  readonly shop: Shop | null;
}

export type SendResult =
  /** `gone`: what it was put on is no longer there, so nobody sees it. */
  | {
      readonly kind: 'posted';
      readonly posts: readonly PostRef[];
      readonly requestId: string | null;
      readonly gone?: boolean;
      readonly root?: PostRef;
    }
  | { readonly kind: 'sent'; readonly messageId: string | null; readonly requestId: string | null }
  /** A look-up did not find it. */
  | { readonly kind: 'not-found' }
  /** The connector has no look-up: a person has to look. */
  | { readonly kind: 'cannot-tell' }
  /** Its thread is not there yet. */
  | { readonly kind: 'not-yet' }
  | { readonly kind: 'error'; readonly error: PlatformError; readonly failedToken: string | null };

/** The platforms' clocks and ours may differ by this much when a look-up goes back to the time of the attempt. */
const clockSlackMs = 60_000;

/** Told in the channel, where all of its inquiries are seen; what stands in it is looked up. */
const isDigest = ({ content: { kind } }: Delivery): boolean => kind === 'ping' || kind === 'shift';

/** What a digest costs: one post, whatever stands in it. */
const oneLine: ThreadContent = { kind: 'answer', parts: [], actions: [], visibleTo: null };

/** Names of the limits that sending this draws on. */
export function costsOf(connector: GateConnector, { lead, members, inquiry, shop }: Parcel): readonly string[] {
  if (connector.kind === 'bot') {
    const content = isDigest(lead)
      ? oneLine
      : threadContent(lead, members, inquiry, shop, { rootMessages: [], masksBuyer: false, policies: [] });
    return content ? connector.bot.capabilities.costs(content) : [];
  }
  const { costs } = connector.adapter.capabilities;
  if (lead.content.kind === 'read-mark') return costs.markRead;
  const part = nextPart(lead);
  return part?.kind === 'image' ? costs.sendImage : costs.sendText;
}

export function lookUpCostsOf(connector: GateConnector): readonly string[] {
  return connector.kind === 'bot' ? connector.bot.capabilities.lookupCosts.findPosted : connector.adapter.capabilities.costs.findSent;
}

/** @param languageOf of who alone sees something; null: the channel's */
export function createSender(deps: PipelineDeps, languageOf: People['localeOf']) {
  const { clock, staff, inquiries, outbox, settings, marketplaces, bots, shops, loadMedia, probe, timeScale } = deps;

  const boards = createBoards(deps);

  async function attempt(gate: OwnedGate, parcel: Parcel, mode: 'send' | 'look-up'): Promise<SendResult> {
    const call = callSignal(gate.lease, requestDeadlineMs, deps);
    let access: ShopAccess | null = null;
    try {
      if (gate.connector.kind === 'bot') return await inChat(gate, gate.connector, parcel, mode, call.signal);
      access = await shops.access(gate.connector.shopId, call.signal);
      return await atMarketplace(gate, gate.connector, parcel, mode, access);
    } catch (error) {
      return { kind: 'error', error: toPlatformError(error, gate), failedToken: access?.accessToken ?? null };
    } finally {
      call.done();
    }
  }

  async function inChat(
    gate: OwnedGate,
    { bot, name }: Extract<GateConnector, { kind: 'bot' }>,
    parcel: Parcel,
    mode: 'send' | 'look-up',
    signal: AbortSignal,
  ): Promise<SendResult> {
    const { lead, members, inquiry, shop } = parcel;
    const channelId = lead.channelId ?? inquiry?.thread?.channelId ?? '';
    const digest = isDigest(lead);
    const reader = 'visibleTo' in lead.content ? (lead.content.visibleTo ?? null) : null;
    const own = reader === null ? null : await languageOf(name, reader);
    const thread = threadState(lead, inquiry, own ?? localeOf(settings(), name, channelId, shop));
    const state: ThreadState | null = thread && digest ? { ...thread, rootId: null } : thread;
    const rootMessages = lead.content.kind === 'card' && inquiry ? await messagesOnRoot(inquiry, name, bot.capabilities.maxPostChars) : [];
    const policies = shop && inquiry ? clockingOf(shop, inquiry.slaPolicies, deps).sla.policies : [];
    const masksBuyer = settings().desk.maskBuyers === true;
    const content =
      digest && state
        ? await (lead.content.kind === 'ping' ? remindersIn : shiftDigestIn)(
            [lead, ...members],
            { bot: name, channelId, locale: state.locale, staff },
            deps,
          )
        : threadContent(lead, members, inquiry, shop, { rootMessages, masksBuyer, policies });
    // Answered meanwhile, or nobody may be called: there is nothing to remind of.
    if (digest && state && !content) return { kind: 'posted', posts: [], requestId: null };
    if (!state || !content) return { kind: 'not-yet' };
    // What a report shows was drawn here, and so is what practice buyers send; what a buyer sent is never taken for that.
    const drawn = lead.content.kind === 'answer' || (shop && isPractice(shop)) ? ownMedia : () => null;
    const access: BotAccess = {
      signal,
      loadMedia: async (media) => drawn(media) ?? (shop ? loadMedia(shop, media, signal) : null),
    };
    const showing: Showing = { deliveryId: lead._id, content };
    const isBoard = bot.capabilities.threads === 'card' && inquiry && shop && drawsBoard.has(content.kind);
    const attemptIn = (thread: ThreadState, show: () => Promise<Posted>): Promise<SendResult> =>
      mode === 'send' ? lastLook(gate.lease, lead).then(show).then(postedOf) : lookUp(bot, name, thread, showing, parcel, access);
    if (!isBoard) return attemptIn(state, () => bot.show(state, showing, access));
    return boards.inTurn(inquiry._id, async () => {
      const { board, ...now } = await boardState(name, state, parcel, inquiry, (one) => cardOf(one, shop, { masksBuyer, policies }));
      const old = now.rootId === null ? null : { channelId, messageId: now.rootId };
      return attemptIn({ ...now, board }, async () => {
        // Each call counts against a quota of the month.
        if (old && isRepeatable(lead.content) && boards.isShown(name, old, board, gate.lease.term)) return { posts: [] };
        if (old) boards.drawing(name, old);
        const shown = await bot.show({ ...now, board }, showing, access);
        const root = shown.root ?? old ?? shown.posts[0];
        if (old && root) boards.movedOn(name, old, root);
        if (root) boards.drawn(name, root, board, root.messageId !== old?.messageId, gate.lease.term);
        return shown;
      });
    });
  }

  /** A thread that is a card, and its card, as they are now that it is its turn: what was known when it was taken up may be old. */
  async function boardState(
    bot: string,
    state: ThreadState,
    { lead, members }: Pick<Parcel, 'lead' | 'members'>,
    known: Inquiry,
    toCard: (inquiry: Inquiry) => InquiryCard,
  ): Promise<ThreadState & { readonly board: ThreadBoard }> {
    const { channelId } = state;
    const inquiry = (await inquiries.byIds([known._id])).get(known._id) ?? known;
    const stored = inquiry.thread?.channelId === channelId ? inquiry.thread.rootId : null;
    const rootId = state.rootId === null ? null : boards.rootNow(bot, { channelId, messageId: stored ?? state.rootId }).messageId;
    const board = await boards.boardOf(inquiry, toCard(inquiry), shownNow([lead, ...members]));
    return { ...state, rootId, board };
  }

  async function lookUp(
    bot: ChatBot,
    name: string,
    thread: ThreadState,
    showing: Showing,
    { lead, members }: Pick<Parcel, 'lead' | 'members'>,
    access: BotAccess,
  ): Promise<SendResult> {
    if (isRepeatable(lead.content)) return { kind: 'not-found' };
    if (!bot.findPosted) return { kind: 'cannot-tell' };
    const search = { since: since(lead), ageMs: ageMs(lead), known: takenIn(name, [lead, ...members]) };
    const found = await bot.findPosted(thread, showing, search, access);
    return found ? postedOf(found) : { kind: 'not-found' };
  }

  async function atMarketplace(
    gate: OwnedGate,
    { adapter }: Extract<GateConnector, { kind: 'shop' }>,
    parcel: Parcel,
    mode: 'send' | 'look-up',
    access: ShopAccess,
  ): Promise<SendResult> {
    const { lead, inquiry, shop } = parcel;
    const conversation = lead.conversationId;
    if (!conversation || !shop) throw new Error('a reply without a conversation');
    if (lead.content.kind === 'read-mark') {
      await adapter.markRead?.(access, conversation);
      return { kind: 'sent', messageId: null, requestId: null };
    }
    const part = nextPart(lead);
    if (!part) return { kind: 'sent', messageId: null, requestId: null };
    if (mode === 'look-up' && !adapter.findSent) return { kind: 'cannot-tell' };
    const reply: OutgoingReply = { deliveryId: lead._id, body: await bodyOf(part, adapter.capabilities.maxImageBytes, access.signal) };
    if (mode === 'look-up') {
      const alreadyLinked = await linkedIds(lead, inquiry, shop);
      const found = await adapter.findSent?.(access, conversation, reply, { since: since(lead), alreadyLinked });
      return found ? { kind: 'sent', messageId: found.messageId, requestId: found.requestId ?? null } : { kind: 'not-found' };
    }
    await lastLook(gate.lease, lead);
    const sent = await adapter.sendReply(access, conversation, reply);
    return { kind: 'sent', messageId: sent.messageId, requestId: sent.requestId ?? null };
  }

  /** The last look before anything leaves: what a freeze after it can still do is told under "not promised". */
  async function lastLook(lease: Lease, { content }: Delivery): Promise<void> {
    if (!lease.valid()) throw new PlatformError('lease lost before the send', { kind: 'transient', platform: 'threadmart' });
    if (!isRepeatable(content)) await probe('sending');
  }

  async function bodyOf(part: ReplyPart, maxBytes: number, signal: AbortSignal): Promise<OutgoingReply['body']> {
    if (part.kind === 'text') return { kind: 'text', text: part.text };
    const bot = bots.get(part.file.bot);
    if (!bot)
      throw new PlatformError('the chat that the file lies in is not configured', {
        kind: 'rejected',
        platform: 'threadmart',
        code: 'file-lost',
      });
    const access = { signal, loadMedia: () => Promise.resolve(null), maxBytes };
    const { bytes, mimeType, name } = await bot.fetchFile(part.file, access).catch((error: unknown) => Promise.reject(ofChat(error)));
    return { kind: 'image', bytes, mimeType, name };
  }

  /** Posts that stand for other messages than these. A crash may have come after theirs was linked: that one is what is looked for. */
  const takenIn = (bot: string, looked: readonly Delivery[]) => async (posts: readonly PostRef[]) => {
    const own = new Set(looked.map(({ messageId }) => messageId));
    const links = await inquiries.linksById(posts.map((post) => postLinkId(bot, post)));
    return new Set(posts.filter((post) => links.get(postLinkId(bot, post))?.messageIds.every((id) => !own.has(id))));
  };

  /** Ids of messages in the conversation that are spoken for: two equal texts are two messages. */
  async function linkedIds(lead: Delivery, inquiry: Inquiry | null, shop: Shop): Promise<ReadonlySet<string>> {
    const [sent, linked] = await Promise.all([
      outbox.sentIdsIn(lead.conversationId ?? ''),
      inquiry ? inquiries.externalIdsOf(inquiry._id, externalLinkId(shop._id, '')) : [],
    ]);
    return new Set([...sent, ...linked]);
  }

  /** What the root card carries besides the inquiry's state. */
  async function messagesOnRoot(inquiry: Inquiry, bot: string, maxPostChars: number): Promise<readonly ShownMessage[]> {
    const { thread } = inquiry;
    if (!thread?.rootId) return [];
    const messages = await inquiries.messagesOn(`${bot}|${thread.channelId}|${thread.rootId}`);
    const shown = messages.flatMap((message) => shownParts({ ...message, author: marketplaceAuthor(message) }, maxPostChars));
    let chars = 0;
    return shown.filter(({ parts }, index) => {
      chars += parts.reduce((sum, part) => sum + ('text' in part ? part.text.length : 100), 100);
      return index === 0 || chars <= maxPostChars / 2;
    });
  }

  const since = ({ attemptedAt, createdAt }: Delivery): Date => addMs(attemptedAt ?? createdAt, -clockSlackMs);
  const ageMs = ({ attemptedAt, createdAt }: Delivery): number =>
    (clock.now().getTime() - (attemptedAt ?? createdAt).getTime()) * timeScale;

  /** A failure that no connector named proves nothing: what was being sent may have arrived. */
  function toPlatformError(error: unknown, gate: OwnedGate): PlatformError {
    if (error instanceof PlatformError) return error;
    const platform = gate.connector.kind === 'bot' ? gate.connector.name : gate.connector.marketplace;
    return new PlatformError('an unexpected failure while sending', { kind: 'uncertain', platform, cause: error });
  }

  return { attempt, settleMs: (connector: GateConnector) => settleMsOf(connector) / timeScale, marketplaces };
}

/** What a thread that is a card is drawn again for. */
const drawsBoard: ReadonlySet<ThreadContent['kind']> = new Set(['opening', 'messages', 'card', 'receipt']);

const shownNow = (deliveries: readonly Delivery[]) =>
  deliveries.flatMap(({ content, messageId }) => (content.kind === 'message' ? { messageId, message: content.message } : []));

const postedOf = ({ posts, requestId, gone, root }: Posted): SendResult => ({
  ...{ kind: 'posted', posts, requestId: requestId ?? null },
  ...(gone ? { gone } : {}),
  ...(root ? { root } : {}),
});

const settleMsOf = (connector: GateConnector): number =>
  connector.kind === 'bot' ? connector.bot.capabilities.settleMs : connector.adapter.capabilities.settleMs;

const marketplaceAuthor = ({ author }: Message): ShownMessage['author'] => (author.kind === 'member' ? 'agent' : author.kind);

/** While a chat refuses its own bot, what lies there is asked for this often. */
const chatRefusesMs = 60_000;

/** What the chat said when it was asked for a file, as the shop's gate may hear it: the shop's token and paces have no part in it, so this reply alone waits. */
function ofChat(error: unknown): unknown {
  if (!(error instanceof PlatformError) || (error.kind !== 'auth' && error.kind !== 'rate-limited')) return error;
  const { platform, code, retryAfterMs } = error;
  return new PlatformError('the chat hands out no file now', {
    ...{ kind: 'rate-limited', limit: 'channel', platform, cause: error },
    ...{ retryAfterMs: retryAfterMs ?? chatRefusesMs },
    ...(code === undefined ? {} : { code }),
  });
}

/** The part that is next to go: those before it are known to have arrived. */
export function nextPart({ content, sentIds }: Delivery): ReplyPart | null {
  return content.kind === 'reply' ? (content.parts[sentIds.length] ?? null) : null;
}

function ownMedia(media: MediaRef): FetchedMedia | null {
  const bytes = bytesOfOwn(media);
  return bytes && { bytes, mimeType: media.mimeType ?? 'image/png', name: media.name ?? 'picture.png' };
}
