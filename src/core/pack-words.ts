import { wordsOf } from './shown-words.ts';
import { splitText } from './split.ts';
import type { Locale } from './texts/index.ts';
import type { ShownMessage } from './thread.ts';

/** Words of one message that stand together. */
export interface Piece {
  readonly message: ShownMessage;
  readonly words: string;
  /** With what is to be said of the whole message. */
  readonly isFirst: boolean;
}

/** What one post has room for. Lengths in UTF-16 code units. */
export interface Room {
  readonly pieceChars: number;
  readonly postChars: number;
  readonly blocks: number;
  /** How many of them a piece takes. */
  readonly blocksOf: (message: ShownMessage, isFirst: boolean) => number;
}

/** Messages, packed into as few posts as their words and blocks allow. The same messages are always packed alike. */
export function packPieces(locale: Locale, messages: readonly ShownMessage[], room: Room): readonly (readonly Piece[])[] {
  const posts: { readonly pieces: Piece[]; chars: number; blocks: number }[] = [];
  for (const message of messages) {
    splitText(wordsOf(locale, message), room.pieceChars).forEach((words, index) => {
      const isFirst = index === 0;
      const blocks = room.blocksOf(message, isFirst);
      let post = posts.at(-1);
      if (!post || post.chars + words.length > room.postChars || post.blocks + blocks > room.blocks) {
        post = { pieces: [], chars: 0, blocks: 0 };
        posts.push(post);
      }
      post.pieces.push({ message, words, isFirst });
      post.chars += words.length;
      post.blocks += blocks;
    });
  }
  return posts.map(({ pieces }) => pieces);
}
