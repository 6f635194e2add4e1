import type { types } from '@slack/bolt';
import { picturesOf } from '../../src/core/answer-words.ts';
import { shownBuyerName } from '../../src/core/mask.ts';
import { type Piece, packPieces, type Room } from '../../src/core/pack-words.ts';
import { type Attachment, attachmentsOf, authorInWords, noticeInWords } from '../../src/core/shown-words.ts';
import { splitText } from '../../src/core/split.ts';
import type { Locale } from '../../src/core/texts/index.ts';
import type { Called, ShownMessage, ThreadContent } from '../../src/core/thread.ts';
import { type LinkTo, toAnswer } from './answers.ts';
import { actionsBlock, cardFooter, cardHead, countBlocks, messageBlocks, type PostView, userElement, wordsBlock } from './blocks.ts';
import { toMarkup } from './markup.ts';

/** One `chat.postMessage` or `chat.update`. `text` is what notifications show; blocks are what the thread shows. */
export interface SlackPost {
  readonly text: string;
  readonly blocks: readonly types.KnownBlock[];
}

/** What one content becomes: posts in order, then the uploads under them. The same content makes the same posts, so a part that is known to be there is not posted again. */
export interface PostPlan {
  readonly posts: readonly SlackPost[];
  readonly attachments: readonly Attachment[];
}

/**
 * Of the words in one post. A whole message was refused as `msg_blocks_too_long` at about 13,200 characters (slackapi/bolt-js#2509), so all of it together
 * stays below 10,000: these words, once more in `text`, and the card around them.
 */
export const maxPostChars = 4_000;
const maxTotalChars = 10_000;
/** Of one block. A section takes 3,000 and for rich text no number is published: https://docs.slack.dev/reference/block-kit/blocks/section-block (2026-11-22). */
const maxBlockChars = 2_900;
/** Of 50 that Slack takes; the card needs the rest. */
const maxMessageBlocks = 36;

const noLinks: LinkTo = () => null;

/** `linkOf`: for the lines of an answer that lead somewhere. */
export function toPosts(content: ThreadContent, view: PostView, linkOf: LinkTo = noLinks): PostPlan {
  const { locale } = view;
  switch (content.kind) {
    case 'receipt':
      return { posts: [], attachments: [] };
    case 'opening':
    case 'card': {
      const [first = { text: '', blocks: [] }, ...rest] = packed(locale, content.messages);
      const root = bounded({
        text:
          [content.card.shopName, shownBuyerName(content.card)]
            .filter((name) => name !== null)
            .map(toMarkup)
            .join(' · ') + (first.text && `\n${first.text}`),
        blocks: [
          ...cardHead(content.card, view),
          ...(content.messages.length === 0 && content.card.excerpt !== '' ? [wordsBlock(content.card.excerpt)] : first.blocks),
          ...cardFooter(content.card, locale),
        ],
      });
      // A card that is shown again changes its root alone.
      if (content.kind === 'card') return { posts: [root], attachments: [] };
      return { posts: [root, ...rest], attachments: attachmentsOf(content.messages) };
    }
    case 'messages':
      return { posts: packed(locale, content.messages), attachments: attachmentsOf(content.messages) };
    case 'notice': {
      const { mention, actions, notice } = content;
      const words = noticeInWords(locale, notice).slice(0, maxBlockChars);
      const block = mention === null ? wordsBlock(words) : wordsBlock(userElement(mention), ` ${words}`);
      const text = mention === null ? toMarkup(words) : `<@${mention}> ${toMarkup(words)}`;
      return { posts: [{ text, blocks: [block, ...actionsBlock(locale, actions)] }], attachments: [] };
    }
    case 'announcement': {
      const words = noticeInWords(locale, content.notice).slice(0, maxBlockChars);
      return { posts: [{ text: toMarkup(words), blocks: [wordsBlock(words)] }], attachments: [] };
    }
    case 'answer': {
      const isPrivate = content.visibleTo !== null;
      const post = toAnswer(content, locale, linkOf, isPrivate ? 'in-words' : 'uploaded');
      return { posts: [content.calls ? calling(content.calls, post) : post], attachments: isPrivate ? [] : picturesOf(content) };
    }
  }
}

/** Mentions come first, so that a notification shows who is meant. `here`: whoever is active in the channel. */
function calling({ userIds, here }: Called, { text, blocks }: SlackPost): SlackPost {
  const everyone: readonly types.RichTextElement[] = here ? [{ type: 'broadcast', range: 'here' }] : [];
  const mentions = [...everyone, ...userIds.map(userElement)];
  if (mentions.length === 0) return { text, blocks };
  const words = [...(here ? ['<!here>'] : []), ...userIds.map((userId) => `<@${userId}>`)];
  return { text: `${words.join(' ')} ${text}`, blocks: [wordsBlock(...mentions.flatMap((mention) => [mention, ' '])), ...blocks] };
}

/** How many posts it takes; without making them, since it is asked far more often than it is posted. */
export function countPosts(content: ThreadContent, locale: Locale): number {
  switch (content.kind) {
    case 'receipt':
      return 0;
    case 'messages':
      return packedPieces(locale, content.messages).length;
    case 'opening':
      return Math.max(1, packedPieces(locale, content.messages).length);
    case 'card':
    case 'notice':
    case 'announcement':
    case 'answer':
      return 1;
  }
}

const packed = (locale: Locale, messages: readonly ShownMessage[]): SlackPost[] =>
  packedPieces(locale, messages).map((pieces) =>
    bounded({
      text: pieces
        .map((piece) => toMarkup(withAuthor(locale, piece)))
        .filter(Boolean)
        .join('\n'),
      blocks: pieces.flatMap(({ message, words, isFirst }) => messageBlocks(locale, message, words, isFirst)),
    }),
  );

const room: Room = { pieceChars: maxBlockChars, postChars: maxPostChars, blocks: maxMessageBlocks, blocksOf: countBlocks };
const packedPieces = (locale: Locale, messages: readonly ShownMessage[]) => packPieces(locale, messages, room);

function withAuthor(locale: Locale, { message, words, isFirst }: Piece): string {
  const author = isFirst ? authorInWords(locale, message) : null;
  return author === null ? words : `${author}: ${words}`;
}

/** The notification text gives way where both together would be too long. */
function bounded({ text, blocks }: SlackPost): SlackPost {
  const left = Math.max(200, maxTotalChars - JSON.stringify(blocks).length);
  return { text: splitText(text, left)[0] ?? '', blocks };
}
