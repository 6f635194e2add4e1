import { excerpt } from './text-plain.ts';
import type { AnswerPart } from './thread.ts';

type Table = Extract<AnswerPart, { kind: 'table' }>;

const maxCellChars = 40;
const gap = '  ';
/** Takes the room of two letters where letters are of one width. Unicode's East Asian Width (UAX #11) by script, and emoji. */
const wide = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303f\uff01-\uff60]/u;
/** Takes none: marks above and below, joiners. */
const narrow = /[\p{Mn}\p{Me}\p{Cf}]/u;

/** A table in words, for letters of one width: the titles, then one line a row. Pure. */
export function tableLines({ columns, rows }: Table): string[] {
  const cells = [columns.map(({ title }) => title), ...rows].map((row) =>
    columns.map((_, index) => excerpt(row[index] ?? '', maxCellChars)),
  );
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => widthOf(row[index] ?? ''))));
  return cells.map((row) =>
    row
      .map((cell, index) => padded(cell, widths[index] ?? 0, columns[index]?.align ?? 'left'))
      .join(gap)
      .trimEnd(),
  );
}

function padded(cell: string, width: number, align: 'left' | 'right'): string {
  const room = ' '.repeat(Math.max(0, width - widthOf(cell)));
  return align === 'right' ? room + cell : cell + room;
}

function widthOf(cell: string): number {
  let width = 0;
  for (const character of cell) width += wide.test(character) ? 2 : narrow.test(character) ? 0 : 1;
  return width;
}
