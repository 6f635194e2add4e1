import { createHash } from 'node:crypto';
import { type BeingShown, boardLines } from '../core/board.ts';
import { shownTemplateId } from '../core/desk/show-template.ts';
import type { InquiryId } from '../core/ids.ts';
import type { Inquiry } from '../core/inquiry.ts';
import { postLinkId } from '../core/inquiry.ts';
import { threadLanes } from '../core/plan.ts';
import type { InquiryCard, PostRef, ThreadBoard } from '../core/thread.ts';
import { replyIdOf } from '../core/thread-view.ts';
import type { PipelineDeps } from './deps.ts';

/** Of each side, as many as are read for a card. A card holds fewer: what is being shown and finds no room there is shown beside it. */
const readOfEach = 40;
/** Of a thread, as many as are looked through. */
const mostWaiting = 200;
/** A card that has stood so long has scrolled away. */
const inSightMs = 30 * 60_000;
/** So many posts below it push a card out of sight. */
const mostBelow = 8;
/** Cards that are remembered, the ones drawn last. */
const mostKept = 5_000;

/**
 * Threads that are cards: what each shows, whether it can still be seen, and what it showed last. The last two are kept in memory: what is forgotten costs a call
 * more, or a card that stays in place until it is old.
 */
export function createBoards({ inquiries, outbox, clock, timeScale }: Pick<PipelineDeps, 'inquiries' | 'outbox' | 'clock' | 'timeScale'>) {
  /** Posts of ours in each channel. */
  const posted = new Map<string, number>();
  /** By root: how many posts its channel had when it was posted, and a digest of what it shows; null: that is not known. */
  const cards = new Map<string, { readonly since: number; readonly shows: string | null }>();
  /** By root: the one that took its place. */
  const moved = new Map<string, string>();
  /** By inquiry: the drawing that is under way, and all that wait for their turn. */
  const turns = new Map<InquiryId, Promise<unknown>>();
  const channelOf = (bot: string, channelId: string): string => `${bot}|${channelId}`;

  function isBuried({ thread, openedAt, surfaceNext }: Inquiry): boolean {
    if (!thread?.rootId) return false;
    const { bot, channelId, rootId } = thread;
    const stands = clock.now().getTime() - (thread.movedAt ?? openedAt).getTime();
    const since = cards.get(postLinkId(bot, { channelId, messageId: rootId }))?.since;
    const below = since === undefined ? 0 : (posted.get(channelOf(bot, channelId)) ?? 0) - since;
    return surfaceNext || stands > inSightMs / timeScale || below >= mostBelow;
  }

  return {
    /** What waits to be shown has its turn yet, so that words come onto the card in their order. */
    async boardOf(inquiry: Inquiry, card: InquiryCard, shown: readonly BeingShown[]): Promise<ThreadBoard> {
      const [newest, { deliveries }] = await Promise.all([
        inquiries.newestOf(inquiry._id, readOfEach),
        outbox.waitingIn(threadLanes(inquiry._id), mostWaiting),
      ]);
      const toCome = new Set(
        deliveries.flatMap(({ state, content, messageId }) => (state === 'queued' && content.kind === 'message' ? messageId : [])),
      );
      for (const { messageId } of shown) toCome.delete(messageId);
      const stored = newest.filter(({ _id }) => !toCome.has(_id));
      const asked = stored.filter(({ direction }) => direction === 'out').flatMap(({ _id }) => [replyIdOf(_id), shownTemplateId(_id)]);
      const replies = await outbox.byIds(asked);
      const lines = boardLines(stored, new Map(replies.map((reply) => [reply.messageId ?? '', reply])), shown);
      return { card, lines, buried: shown.length > 0 && isBuried(inquiry) };
    },

    /**
     * One drawing of a card at a time: two that meet could reach the platform in the other order, and what was seen first would stay. What `draw` draws it reads once
     * it is its turn.
     */
    async inTurn<T>(inquiry: InquiryId, draw: () => Promise<T>): Promise<T> {
      const before = turns.get(inquiry) ?? Promise.resolve();
      const own = before.then(draw, draw);
      turns.set(inquiry, own);
      try {
        return await own;
      } finally {
        if (turns.get(inquiry) === own) turns.delete(inquiry);
      }
    },

    /** The card that is the thread now, where it has moved and that is not stored yet. */
    rootNow(bot: string, root: PostRef): PostRef {
      let now = root;
      for (let next = moved.get(postLinkId(bot, now)); next !== undefined; next = moved.get(postLinkId(bot, now)))
        now = { ...root, messageId: next };
      return now;
    },

    /** Another card took its place. */
    movedOn(bot: string, from: PostRef, to: PostRef): void {
      if (from.messageId === to.messageId) return;
      moved.set(postLinkId(bot, from), to.messageId);
      const [oldest] = moved.keys();
      if (moved.size > mostKept && oldest !== undefined) moved.delete(oldest);
    },

    /** True: the card shows exactly this already, drawn by us since we have its gate. @param term of the gate's lease */
    isShown: (bot: string, root: PostRef, board: ThreadBoard, term: number): boolean =>
      cards.get(postLinkId(bot, root))?.shows === digestOf(board, term),

    /** Until it is `drawn` nobody knows what it shows: the call may fail and have been carried out all the same. */
    drawing(bot: string, root: PostRef): void {
      const key = postLinkId(bot, root);
      const known = cards.get(key);
      if (known) cards.set(key, { ...known, shows: null });
    },

    /** @param isNew posts were added to the channel @param term as above */
    drawn(bot: string, root: PostRef, board: ThreadBoard, isNew: boolean, term: number): void {
      const channel = channelOf(bot, root.channelId);
      const count = (posted.get(channel) ?? 0) + (isNew ? 1 : 0);
      posted.set(channel, count);
      const key = postLinkId(bot, root);
      const since = isNew ? count : (cards.get(key)?.since ?? count);
      cards.delete(key);
      cards.set(key, { since, shows: digestOf(board, term) });
      const [oldest] = cards.keys();
      if (cards.size > mostKept && oldest !== undefined) cards.delete(oldest);
    },
  };
}

/** The inquiry's thread is one card. */
export const isCardThread = ({ thread }: Pick<Inquiry, 'thread'>, { bots }: Pick<PipelineDeps, 'bots'>): boolean =>
  thread !== null && bots.get(thread.bot)?.capabilities.threads === 'card';

const digestOf = ({ card, lines }: ThreadBoard, term: number): string =>
  createHash('sha256')
    .update(JSON.stringify([term, card, lines]))
    .digest('base64');
