const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });
const words = new Intl.Segmenter('und', { granularity: 'word' });

/** What must not begin a part: closing brackets and quotes, commas, full stops. */
const closing = /^[\p{Pe}\p{Pf}\p{Po}]/u;

/**
 * Cuts a text into parts of at most `max` UTF-16 code units, in order, each as long as it can be. It cuts where words are apart: at white space
 * if there is any in the second half of a part, else between words (of scripts without spaces, too), else between characters as people see them.
 * Joined together the parts are the text again, but for the white space at the cuts. Linear time.
 * @throws RangeError when `max` cannot hold one character
 */
export function splitText<Text extends string>(text: Text, max: number): Text[] {
  if (max < 2) throw new RangeError('a part must have room for at least 2 UTF-16 code units');
  if (text.length <= max) return [text];
  const parts: string[] = [];
  const wordStarts = startsOf(text);
  let start = 0;
  let afterSpace = 0;
  let afterWord = 0;

  const cutAt = (end: number) => {
    const part = text.slice(start, end).trimEnd();
    if (part !== '') parts.push(part);
    start = end;
  };

  for (const { index, segment } of graphemes.segment(text)) {
    const end = index + segment.length;
    const isSpace = segment.trim() === '';
    // White space at the head of a part that is not the first belongs to the cut before it.
    if (isSpace && start === index && parts.length > 0) {
      start = end;
      continue;
    }
    if (wordStarts.has(index) && !closing.test(segment)) afterWord = index;
    if (end - start > max && !isSpace) {
      if (afterSpace - start > max / 2) cutAt(afterSpace);
      else if (afterWord > start) cutAt(afterWord);
      else if (index > start) cutAt(index);
      while (end - start > max) cutAt(codePointEnd(text, start, start + max));
    }
    if (isSpace) afterSpace = end;
  }
  cutAt(text.length);
  return (parts.length > 0 ? parts : ['']) as Text[];
}

function startsOf(text: string): ReadonlySet<number> {
  const starts = new Set<number>();
  for (const { index } of words.segment(text)) starts.add(index);
  return starts;
}

/** A single character longer than a part (a letter under a heap of marks) is cut between code points. */
function codePointEnd(text: string, start: number, end: number): number {
  const splitsPair = text.slice(end - 1, end + 1).length === 2 && (text.codePointAt(end - 1) ?? 0) > 0xffff;
  return splitsPair && end - 1 > start ? end - 1 : end;
}
