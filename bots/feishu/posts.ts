import { type Piece, packPieces, type Room } from '../../src/core/pack-words.ts';
import { type Attachment, attachmentsOf, authorInWords, lostInWords, noticeInWords } from '../../src/core/shown-words.ts';
import { excerpt } from '../../src/core/text-plain.ts';
import { type Locale, text } from '../../src/core/texts/index.ts';
import type { ShownMessage, ThreadContent } from '../../src/core/thread.ts';
import { type AnswerView, answerCard } from './answer-card.ts';
import { buttons, type CardElement, mentions, rootCard, toCard, words } from './card.ts';
import { type FeishuPost, imageParagraphs, linesOf, type Paragraphs, withCalled } from './rich-text.ts';
import { toBeUploaded } from './uploads.ts';

/** A message to be sent: below the root, or in the group itself. */
export interface PlannedPost {
  readonly place: 'topic' | 'group';
  readonly post: FeishuPost;
}

const toGroup = (post: FeishuPost): PlannedPost => ({ place: 'group', post });
const toTopic = (post: FeishuPost): PlannedPost => ({ place: 'topic', post });

/**
 * Of the words in one post. A card or a rich text takes 30 KB as it is sent (https://open.feishu.cn/document/server-docs/im-v1/message/reply, 2026-11-28); a sign
 * takes four bytes at most, where it is twice escaped, and what a card has around the words some 15 KB.
 */
export const maxPostChars = 3_000;
/** Of a card's 200 elements; each piece of a message takes up to three. */
const maxPieces = 40;

const room: Room = { pieceChars: maxPostChars, postChars: maxPostChars, blocks: maxPieces, blocksOf: () => 1 };
const packed = (locale: Locale, messages: readonly ShownMessage[]) => packPieces(locale, messages, room);

/** What one content becomes: posts in order. The same content makes the same posts. Pure. */
export function toPosts(content: ThreadContent, view: AnswerView): PlannedPost[] {
  const { locale, rootId } = view;
  switch (content.kind) {
    case 'receipt':
      return [];
    case 'opening':
    case 'card': {
      const [first = [], ...rest] = packed(locale, content.messages);
      const { previous } = content.card;
      const previousUrl = previous?.url ?? (previous?.post ? view.linkTo(previous.post) : null);
      const root = toGroup({
        type: 'interactive',
        card: rootCard(content.card, first.flatMap(cardPiece(locale)), { locale, previousUrl }),
      });
      // A card that is shown again changes its root alone.
      if (content.kind === 'card') return [root];
      const below = rest.map((pieces) => toTopic({ type: 'post', paragraphs: pieces.flatMap(postPiece(locale)) }));
      return [root, ...below, ...attachedPosts(attachmentsOf(content.messages), view)];
    }
    case 'messages': {
      const surface = content.surface && rootId !== null ? [surfacedPost(content.messages, rootId, view)] : [];
      return [...messagePosts(content.messages, view), ...surface];
    }
    case 'notice': {
      const { mention, visibleTo, actions, notice } = content;
      // Nobody can be told anything alone here: it is told to all, and says whom it is for.
      const called = mention ?? visibleTo;
      const said = noticeInWords(locale, notice).slice(0, maxPostChars);
      if (actions.length === 0) return [toTopic({ type: 'post', paragraphs: withCalled(called === null ? [] : [called], linesOf(said)) })];
      const elements = [...(called === null ? [] : [mentions([called])]), words(said), ...buttons(locale, actions, rootId)];
      return [toTopic({ type: 'interactive', card: toCard(elements) })];
    }
    case 'announcement':
      return [toGroup({ type: 'post', paragraphs: linesOf(noticeInWords(locale, content.notice).slice(0, maxPostChars)) })];
    case 'answer': {
      const called = content.visibleTo === null ? content.calls : { userIds: [content.visibleTo], here: false };
      return [{ place: rootId === null ? 'group' : 'topic', post: { type: 'interactive', card: answerCard(content, view, called) } }];
    }
  }
}

/** How many messages that is at most; without making them, since it is asked far more often than it is posted. */
export function countPosts(content: ThreadContent): number {
  const uploads = toBeUploaded(content);
  const files = uploads.filter(({ kind }) => kind !== 'image').length;
  switch (content.kind) {
    case 'receipt':
      return 0;
    case 'messages':
      return packed('en', content.messages).length + files + (content.surface ? 1 : 0);
    case 'opening':
      return Math.max(1, packed('en', content.messages).length) + (uploads.length > 0 ? 1 : 0) + files;
    case 'card':
    case 'notice':
    case 'announcement':
    case 'answer':
      return 1;
  }
}

/** Who wrote and when, where that is to be said. No post shows a time in each reader's own zone. */
function remarksOf(locale: Locale, { message, isFirst }: Piece): { readonly author: string | null; readonly late: string | null } {
  if (!isFirst) return { author: null, late: null };
  const time = `${message.sentAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return { author: authorInWords(locale, message), late: message.late ? text(locale, 'message.late', { time }) : null };
}

const cardPiece =
  (locale: Locale) =>
  (piece: Piece): CardElement[] => {
    const { author, late } = remarksOf(locale, piece);
    return [...(author === null ? [] : [words(author)]), words(piece.words), ...(late === null ? [] : [words(late)])];
  };

const postPiece =
  (locale: Locale) =>
  (piece: Piece): Paragraphs => {
    const { author, late } = remarksOf(locale, piece);
    return [...(author === null ? [] : linesOf(author)), ...linesOf(piece.words), ...(late === null ? [] : linesOf(late))];
  };

/** Pictures stand in the very post of the words that speak of them: one call, one place in the order. Other files are messages of their own. */
function messagePosts(messages: readonly ShownMessage[], { locale, uploads }: AnswerView): PlannedPost[] {
  const all = packed(locale, messages);
  const lastPieces = new Set(messages.flatMap((message) => all.flat().findLast((piece) => piece.message === message) ?? []));
  const attachedTo = (piece: Piece): Paragraphs => {
    if (!lastPieces.has(piece)) return [];
    const attachments = attachmentsOf([piece.message]);
    const images = attachments.flatMap(({ media }) => uploads.images.get(media) ?? []);
    return [...imageParagraphs(images), ...lostParagraphs(attachments, locale, uploads)];
  };
  const posts = all.map((pieces) =>
    toTopic({ type: 'post', paragraphs: pieces.flatMap((piece) => [...postPiece(locale)(piece), ...attachedTo(piece)]) }),
  );
  return [...posts, ...filePosts(attachmentsOf(messages), uploads)];
}

/** Those of an opening: its root is drawn again and again, which would lose pictures, so they stand below it. */
function attachedPosts(attachments: readonly Attachment[], { locale, uploads }: AnswerView): PlannedPost[] {
  const images = attachments.flatMap(({ media }) => uploads.images.get(media) ?? []);
  const paragraphs = [...imageParagraphs(images), ...lostParagraphs(attachments, locale, uploads)];
  return [...(paragraphs.length > 0 ? [toTopic({ type: 'post', paragraphs })] : []), ...filePosts(attachments, uploads)];
}

const filePosts = (attachments: readonly Attachment[], { files }: AnswerView['uploads']): PlannedPost[] =>
  attachments.flatMap(({ media }) => files.get(media) ?? []).map((fileKey) => toTopic({ type: 'file', fileKey }));

function lostParagraphs(attachments: readonly Attachment[], locale: Locale, uploads: AnswerView['uploads']): Paragraphs {
  const lost = attachments.filter(({ media }) => uploads.lost.has(media));
  return lost.length === 0 ? [] : linesOf(lostInWords(locale, lost));
}

/** A reply in a topic is not seen in its group, and cannot be sent there as well: a line that leads to it is. */
function surfacedPost(messages: readonly ShownMessage[], rootId: string, { locale, channelId, linkTo }: AnswerView): PlannedPost {
  const [first = []] = packed(locale, messages);
  const said = text(locale, 'message.surfaced', { words: excerpt(first.map((piece) => piece.words).join(' '), 200) });
  const href = linkTo({ channelId, messageId: rootId });
  return toGroup({
    type: 'post',
    paragraphs: [...linesOf(said), [{ tag: 'a', text: text(locale, 'message.surfaced-open'), href }]],
  });
}
