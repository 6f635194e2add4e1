import { cardActions, cardAssignee, cardClocks, cardFacts, cardTitle, timeIn } from '../../src/core/card-words.ts';
import { shortIdOf } from '../../src/core/ids.ts';
import { shownBuyerName } from '../../src/core/mask.ts';
import { authorInWords, wordsOf } from '../../src/core/shown-words.ts';
import { splitText } from '../../src/core/split.ts';
import { excerpt } from '../../src/core/text-plain.ts';
import { type Locale, text } from '../../src/core/texts/index.ts';
import type { BoardLine, InquiryCard, ShownMessage, ThreadBoard } from '../../src/core/thread.ts';
import { replyForm } from './forms.ts';
import { bold, lines, toLetter } from './markdown.ts';
import { type Block, type CardView, toButtons } from './params.ts';

/** Of the words in one card, UTF-16 code units. No page names a number for a card as a whole (UNCONFIRMED); a choice of ours. */
export const maxPostChars = 4_000;
/** Of one block of it. */
const maxBlockChars = 2_000;
/** Most blocks of messages on one card. */
const maxBlocks = 30;

/** Words of one line that stand in one block. */
export interface Piece {
  readonly line: BoardLine;
  readonly words: string;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  /** It is being shown now: it must be seen, here or in a card of its own. */
  readonly message: ShownMessage | null;
}

/** What stands on the thread's card, and what is being shown and finds no room there. Both oldest first. */
export interface Laid {
  readonly onCard: readonly Piece[];
  readonly before: readonly Piece[];
  /** Something older is left out. */
  readonly cut: boolean;
}

/** The newest words stand on the card, as many as there is room for. Pure: the same board is always laid alike. */
export function layOut(board: Pick<ThreadBoard, 'lines'>, shown: readonly ShownMessage[], locale: Locale): Laid {
  const pieces = withShown(board.lines, shown).flatMap(({ line, message }): Piece[] => {
    const parts = splitText(wordsOf(locale, toShown(line)), maxBlockChars);
    return parts.map((words, index) => ({ line, words, isFirst: index === 0, isLast: index === parts.length - 1, message }));
  });
  let chars = 0;
  let from = pieces.length;
  while (from > 0 && pieces.length - from < maxBlocks) {
    chars += pieces[from - 1]?.words.length ?? 0;
    if (chars > maxPostChars) break;
    from -= 1;
  }
  const left = pieces.slice(0, from);
  return {
    onCard: pieces.slice(from),
    before: left.filter(({ message }) => message !== null),
    cut: left.some(({ message }) => message === null),
  };
}

/** Which lines are being shown; what the board does not have yet comes last. */
function withShown(
  board: readonly BoardLine[],
  shown: readonly ShownMessage[],
): { readonly line: BoardLine; readonly message: ShownMessage | null }[] {
  const left = [...shown];
  const found = board.map((line) => {
    const at = line.post === null ? left.findIndex((message) => isSame(line, message)) : -1;
    return { line, message: at === -1 ? null : (left.splice(at, 1)[0] ?? null) };
  });
  return [...found, ...left.map((message) => ({ line: toLine(message), message }))];
}

const isSame = (line: BoardLine, { sentAt, parts, author }: ShownMessage): boolean =>
  line.author.kind === author && line.sentAt.getTime() === sentAt.getTime() && JSON.stringify(line.parts) === JSON.stringify(parts);

const toLine = ({ author, parts, sentAt }: ShownMessage): BoardLine => ({
  post: null,
  author: { kind: author, name: null },
  parts,
  sentAt,
  state: null,
});

const toShown = ({ author, parts, sentAt }: BoardLine): ShownMessage => ({
  ...{ author: author.kind === 'member' ? 'agent' : author.kind, parts, sentAt, late: false },
});

export interface CardSpot {
  readonly locale: Locale;
  readonly channelId: string;
  /** The card's own id. */
  readonly rootId: string;
  /** Of the assignee, where the card knows a user's id alone. */
  readonly assigneeName: string | null;
}

/** The card of an inquiry: how it stands, what was said, where to answer, what can be pressed. */
export function threadCard(card: InquiryCard, { onCard, cut }: Pick<Laid, 'onCard' | 'cut'>, spot: CardSpot): CardView {
  const { locale } = spot;
  const place = placeOf(spot);
  const isOver = card.practice === 'over';
  const takesReplies = !isOver && card.status !== 'resolved';
  const foot = isOver
    ? text(locale, 'card.practice-over')
    : text(locale, takesReplies ? 'board.hint' : 'board.hint-resolved', { id: shortIdOf(card.inquiryId) });
  return {
    title: cardTitle(card, locale),
    talk: [
      { text: lines(factsOn(card, spot)) },
      ...(cut ? [{ text: toLetter(text(locale, 'board.cut')) }] : []),
      ...onCard.map((piece) => blockOf(piece, card, locale)),
      { text: toLetter(foot) },
    ],
    form: takesReplies ? { form: replyForm(locale, { ...place, locale }), submit: text(locale, 'board.send') } : null,
    place,
    buttons: toButtons(locale, cardActions(card), place),
  };
}

/** A thread's card is its root. */
const placeOf = ({ channelId, rootId }: CardSpot) => ({ channel: channelId, root: rootId });

function factsOn(card: InquiryCard, { locale, assigneeName }: CardSpot): string[] {
  const { before, userId, after } = cardAssignee(card, locale);
  return [
    ...cardFacts(card, locale),
    ...cardClocks(card, locale),
    `${before}${userId === null ? '' : excerpt(assigneeName ?? userId, 100)}${after}`,
    ...(card.previous === null ? [] : [text(locale, 'card.previous')]),
  ];
}

/** The card that another has taken the place of. */
export function leftCard(card: InquiryCard, spot: CardSpot): CardView {
  const { locale } = spot;
  return {
    title: cardTitle(card, locale),
    talk: [
      { text: lines(factsOn(card, spot).slice(0, 2)) },
      { text: bold(text(locale, 'board.continued', { id: shortIdOf(card.inquiryId) })) },
    ],
    form: null,
    place: placeOf(spot),
    buttons: [],
  };
}

/** Who said it and when, the words, and what became of them where it was for the buyer. */
export function blockOf({ line, words, isFirst, isLast, message }: Piece, card: InquiryCard | null, locale: Locale): Block {
  const state = line.state === null || !isLast ? null : text(locale, `board.${line.state}`);
  const late =
    isFirst && message?.late === true && card
      ? text(locale, 'message.late', { time: timeIn(card.shopTimezone, line.sentAt, locale) })
      : null;
  return {
    text: [
      bold(isFirst ? headOf(line, card, locale) : '…'),
      toLetter(words),
      ...(state === null ? [] : [toLetter(state)]),
      ...(late === null ? [] : [toLetter(late)]),
    ].join('  \n'),
  };
}

export function headOf(line: BoardLine, card: InquiryCard | null, locale: Locale): string {
  const buyer = card && shownBuyerName(card);
  const name =
    line.author.kind === 'buyer'
      ? (buyer ?? text(locale, 'board.buyer'))
      : (line.author.name ?? authorInWords(locale, toShown(line)) ?? text(locale, 'board.member'));
  return card ? `${excerpt(name, 60)} · ${timeIn(card.shopTimezone, line.sentAt, locale)}` : excerpt(name, 60);
}
