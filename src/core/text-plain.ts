/** Characters that take no room on the screen: they hide words from readers and from rules. Soft hyphen, joiners, marks of direction, tags. */
const invisible = /[\p{Cf}\u115f\u1160\u3164\uffa0]|\u034f|\u17b4|\u17b5/gu;

/** Marks and overrides of direction: a text must not rearrange what stands around it. */
const directions = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Control characters, except line feed and tab; line and paragraph separators become line feeds before. */
const controls = /[\p{Cc}--[\n\t]]/gv;

/** One line ending, no control characters, no direction overrides, no half of a surrogate pair: safe to show and to send. */
export function cleanText(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?|[\u2028\u2029\u0085]/g, '\n')
    .replace(controls, '')
    .replace(directions, '');
}

/** The text without what cannot be seen. For comparing, not for sending: some scripts and emoji need their joiners. */
export function withoutInvisible(text: string): string {
  return text.replace(invisible, '');
}

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** The text in one line, shortened to at most `maxChars` UTF-16 code units with an ellipsis, never inside a character. */
export function excerpt(text: string, maxChars: number): string {
  const line = cleanText(text).replace(/\s+/g, ' ').trim();
  if (line.length <= maxChars) return line;
  let end = 0;
  for (const { index, segment } of graphemes.segment(line.slice(0, maxChars + 32))) {
    if (index + segment.length > maxChars - 1) break;
    end = index + segment.length;
  }
  return `${line.slice(0, end).trimEnd()}…`;
}
