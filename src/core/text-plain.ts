/** What takes no room on the screen and can hide a word from readers and rules: joiners, soft hyphens, fillers, variation selectors, tags. */
const invisible = /[\p{Default_Ignorable_Code_Point}\u2800\ufff9-\ufffb]/gu;

/** Marks and overrides of direction: a text must not rearrange what stands around it. */
const directions = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Control characters, but for line feed and tab. */
const controls = /[\p{Cc}--[\n\t]]/gv;

/** One kind of line ending, no control characters, no direction overrides, no half of a surrogate pair: safe to show and to send. */
export function cleanText(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?|[\u2028\u2029\u0085]/g, '\n')
    .replace(controls, '')
    .replace(directions, '');
}

/** Without what cannot be seen. For comparing, not for sending: some scripts and emoji need their joiners. */
export function withoutInvisible(text: string): string {
  return text.replace(invisible, '');
}

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** The text in one line, shortened to at most `maxChars` UTF-16 code units with an ellipsis, never inside a character as people see them. */
export function excerpt(text: string, maxChars: number): string {
  const line = cleanText(text).replace(/\s+/g, ' ').trim();
  if (line.length <= maxChars) return line;
  let end = 0;
  for (const { index, segment } of graphemes.segment(line)) {
    if (index + segment.length > maxChars - 1) break;
    end = index + segment.length;
  }
  return `${line.slice(0, end).trimEnd()}…`;
}
