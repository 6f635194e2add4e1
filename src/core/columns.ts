// Two columns of a terminal each: CJK without the half-width forms, full-width forms, emoji.
const wide =
  /^(?![\uff61-\uffdc])(?:[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff01-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation})/u;
const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** What comes from outside could steer a terminal, or turn the order of its letters around. */
export function harmless(value: string): string {
  return value.replace(/[\p{Cc}\p{Cs}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '\u00b7');
}

/** Columns that a terminal needs for it. */
export function displayWidth(value: string): number {
  let width = 0;
  for (const { segment } of segmenter.segment(value)) width += wide.test(segment) ? 2 : 1;
  return width;
}

/** Aligned columns, two spaces apart, without trailing ones. `null` shows as `-`. */
export function table(headers: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string[] {
  const cells = [headers, ...rows].map((row) => row.map((cell) => harmless(cell === null || cell === '' ? '-' : String(cell))));
  const widths = headers.map((_, column) => Math.max(...cells.map((row) => displayWidth(row[column] ?? ''))));
  return cells.map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - displayWidth(cell)))
      .join('  ')
      .trimEnd(),
  );
}

/** `2026-11-22 08:00:00Z` */
export function shortTime(iso: string | null): string | null {
  return iso === null ? null : iso.replace('T', ' ').replace(/\.\d+Z$/, 'Z');
}
