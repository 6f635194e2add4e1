import { shortIdOf } from '../../src/core/ids.ts';
import { attachmentsOf, lostInWords } from '../../src/core/shown-words.ts';
import { excerpt } from '../../src/core/text-plain.ts';
import { type Locale, text } from '../../src/core/texts/index.ts';
import type { InquiryCard, PostRef, Showing, ShownMessage, ThreadBoard, ThreadContent, ThreadState } from '../../src/core/thread.ts';
import type { CardAddress } from './cards.ts';
import { refused } from './failures.ts';
import { bold, toLetter } from './markdown.ts';
import { cardIdOf } from './names.ts';
import { type Block, type CardParams, type CardView, toDrawnParams, toParams } from './params.ts';
import { blockOf, type CardSpot, headOf, type Laid, layOut, leftCard, maxPostChars, type Piece, threadCard } from './thread-card.ts';

/** A card to be made. */
export interface NewCard {
  readonly id: string;
  readonly params: CardParams;
  readonly address: CardAddress;
}

/** What showing one content takes: new cards in their order, then changes of those that are there. The same showing takes the same, so what is there is not made again. */
export interface ShowPlan {
  readonly make: readonly NewCard[];
  readonly draw: readonly { readonly id: string; readonly params: CardParams }[];
  /** Ids of what it is known by; the first one is the main one. */
  readonly ids: readonly string[];
  /** A new card took the place of the thread's. */
  readonly newRoot: string | null;
  /** The first is a thread's own card: whoever quotes it answers in that thread, so every name of it counts. */
  readonly isThread: boolean;
  /** Of the main card. */
  readonly title: CardParams;
}

/** What stands in an inquiry's thread, and so is drawn on its card. */
export type Drawn = Extract<ThreadContent, { kind: 'opening' | 'messages' | 'card' | 'receipt' }>;

export interface DrawOptions {
  readonly assigneeName: string | null;
  /** Ids of the uploaded pictures of what is being shown, in order; null: it could not be had. */
  readonly images: readonly (string | null)[];
  /** The thread's card is not there any more. */
  readonly rootIsGone: boolean;
}

/** Pure. Throws `rejected` where it is not told what the thread shows. */
export function planThread(thread: ThreadState, { deliveryId }: Showing, content: Drawn, options: DrawOptions): ShowPlan {
  const { locale, channelId, rootId, inquiryId } = thread;
  const board = boardOf(thread, content);
  if (!board) throw refused('card.draw', 'no_board');
  const shown = content.kind === 'opening' || content.kind === 'messages' ? content.messages : [];
  const laid = layOut(board, shown, locale);
  const isNew = rootId === null || board.buried || options.rootIsGone;
  const newId = cardIdOf(inquiryId, deliveryId);
  const root = isNew ? newId : rootId;
  const spot: CardSpot = { locale, channelId, rootId: root, assigneeName: options.assigneeName };
  const view = threadCard(board.card, laid, spot);
  const extra = extraCards(laid, shown, board.card, options.images, locale).map((talk, index): NewCard => {
    const beside: CardView = { title: titleBeside(board.card, locale), talk, form: null, place: { channel: channelId, root }, buttons: [] };
    return {
      id: cardIdOf(inquiryId, deliveryId, index + 1),
      params: toParams(beside),
      address: { channelId },
    };
  });
  const card: NewCard = { id: newId, params: toParams(view), address: { channelId } };
  const old =
    isNew && rootId !== null && !options.rootIsGone
      ? [{ id: rootId, params: toDrawnParams(leftCard(board.card, { ...spot, rootId })) }]
      : [];
  return {
    // A thread begins with its card; later ones stand below what belongs to them, for that is where people look.
    make: rootId === null ? [card, ...extra] : isNew ? [...extra, card] : extra,
    draw: isNew ? old : [{ id: root, params: toDrawnParams(view) }],
    ids: [root, ...extra.map(({ id }) => id)],
    newRoot: isNew && rootId !== null ? newId : null,
    isThread: true,
    title: { title: toDrawnParams(view)['title'] ?? '' },
  };
}

/** What the thread shows; where it was not handed over, an opening and a card carry enough of it themselves. */
function boardOf({ board }: ThreadState, content: Drawn): ThreadBoard | null {
  if (board) return board;
  if (content.kind !== 'opening' && content.kind !== 'card') return null;
  const lines = content.messages.map(({ author, parts, sentAt }) => ({
    post: null,
    author: { kind: author, name: null },
    parts,
    sentAt,
    state: null,
  }));
  return { card: content.card, lines, buried: false };
}

const titleBeside = (card: InquiryCard, locale: Locale): string =>
  text(locale, 'board.beside', { shop: excerpt(card.shopName, 60), id: shortIdOf(card.inquiryId) });

/** Cards beside the thread's: words that found no room on it, and the pictures. Oldest first, each with as much as a card takes. */
function extraCards(
  { before }: Laid,
  shown: readonly ShownMessage[],
  card: InquiryCard,
  images: readonly (string | null)[],
  locale: Locale,
): Block[][] {
  const cards: { readonly blocks: Block[]; chars: number }[] = [];
  const add = (block: Block, chars: number) => {
    let last = cards.at(-1);
    if (!last || last.chars + chars > maxPostChars || last.blocks.length >= maxBlocksBeside) {
      last = { blocks: [], chars: 0 };
      cards.push(last);
    }
    last.blocks.push(block);
    last.chars += chars;
  };
  let image = 0;
  for (const message of shown) {
    for (const piece of before.filter((one) => one.message === message)) add(blockOf(piece, card, locale), piece.words.length);
    for (const attachment of attachmentsOf([message])) {
      if (attachment.kind !== 'image') continue;
      const id = images[image++] ?? null;
      const line = {
        post: null,
        author: { kind: message.author, name: null },
        parts: message.parts,
        sentAt: message.sentAt,
        state: null,
      } as const;
      const words = id === null ? lostInWords(locale, [attachment]) : text(locale, 'message.image');
      add({ text: `${bold(headOf(line, card, locale))}  \n${toLetter(words)}`, ...(id === null ? {} : { image: id }) }, words.length);
    }
  }
  return cards.map(({ blocks }) => blocks);
}

const maxBlocksBeside = 20;

/** How many cards it takes besides the thread's own; without making them, since it is asked far more often than it is shown. */
export function countBeside(shown: readonly ShownMessage[], locale: Locale): number {
  const { before } = layOut({ lines: [] }, shown, locale);
  const pictures = attachmentsOf(shown).filter(({ kind }) => kind === 'image').length;
  const chars = before.reduce((sum, { words }: Piece) => sum + words.length, 0);
  const blocks = before.length + pictures;
  if (blocks === 0) return 0;
  // Never less than it takes: a card may be left when it is a little more than half full.
  return Math.ceil(chars / (maxPostChars / 2)) + Math.ceil(blocks / maxBlocksBeside);
}

export const postRefs = (channelId: string, ids: readonly string[]): PostRef[] => ids.map((messageId) => ({ channelId, messageId }));
