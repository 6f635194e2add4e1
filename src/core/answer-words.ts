import { type Attachment, noticeInWords } from './shown-words.ts';
import { cleanText } from './text-plain.ts';
import { tableLines } from './text-table.ts';
import type { Locale } from './texts/index.ts';
import type { AnswerContent, AnswerPart } from './thread.ts';

/** A part of an answer in plain lines; those of a table are for letters of one width. @param numbered where nothing leads to a thread, a line names its inquiry */
export function answerLines(part: AnswerPart, locale: Locale, numbered = false): readonly string[] {
  switch (part.kind) {
    case 'title':
      return [part.words];
    case 'lines':
      return part.lines.map((line) => {
        if (typeof line === 'string') return cleanText(line);
        return cleanText(numbered && line.number !== undefined ? `${line.words} · #${line.number}` : line.words);
      });
    case 'table':
      return tableLines(part);
    case 'notice':
      return noticeInWords(locale, part.notice).split('\n');
    case 'picture':
      return [part.words];
  }
}

/** How many of the lines there is room for. */
export function countFitting(lines: readonly string[], maxChars: number): number {
  let chars = 0;
  const end = lines.findIndex((line) => {
    chars += line.length + 1;
    return chars > maxChars;
  });
  return end === -1 ? lines.length : end;
}

export const picturesOf = ({ parts }: AnswerContent): Attachment[] =>
  parts.flatMap((part) => (part.kind === 'picture' ? [{ kind: 'image' as const, media: part.media }] : []));
