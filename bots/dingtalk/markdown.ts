/**
 * Markdown as the cards' own element takes it. Words of people stand in it to the letter: what could begin a format is escaped as CommonMark has it, and what could lead
 * somewhere or call somebody is broken up besides, as no page says that every client honours an escape (UNCONFIRMED).
 */

/** Takes no room, and between its signs a tag or a link is none. */
const breaker = '\u200b';
/** A line of nothing would end the paragraph, and four blanks at the head of one make it code. */
const blank = '\u00a0';
/** Two blanks before the end of a line: without them it is no end. */
const lineBreak = '  \n';

/** Words to the letter; a line break stays one. */
export const toLetter = (words: string): string => words.split('\n').map(lineToLetter).join(lineBreak);

function lineToLetter(line: string): string {
  if (line.trim() === '') return blank;
  return line
    .replace(/^[ \t]+/, (head) => blank.repeat(head.length))
    .replace(/[\\`*_[\]<~|]/g, (sign) => (sign === '<' || sign === ']' ? `\\${sign}${breaker}` : `\\${sign}`))
    .replace(/&(?=#?\w{1,32};)/g, '\\&')
    .replace(/^[#>=+-]/, (sign) => `\\${sign}`)
    .replace(/^(\d{1,9})([.)])/, '$1\\$2');
}

/** Lines below each other, each to the letter. */
export const lines = (words: readonly string[]): string => words.map(toLetter).join(lineBreak);

export const bold = (words: string): string => `**${toLetter(words.replaceAll('\n', ' ').trim())}**`;

/** Letters of one width. A fence ends with as many signs as it began with, so it is longer than any that stands in it. */
export function monospace(words: readonly string[]): string {
  const longest = Math.max(2, ...words.flatMap((line) => [...line.matchAll(/`+/g)].map(([run]) => run.length)));
  const fence = '`'.repeat(longest + 1);
  return [fence, ...words.map((line) => line.replaceAll('<', `<${breaker}`)), fence].join('\n');
}

/** Shown as a mention; who is really called stands beside the card (`atUserIds`). */
export const mention = (userId: string, name: string): string => `<a atId=${userId.replace(/[^\w.-]/g, '')}>@${toLetter(name)}</a>`;
