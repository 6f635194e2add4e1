import { cleanText, withoutInvisible } from '../text-plain.ts';

/** Letters of other scripts that look like Latin ones, each behind what it looks like. */
const lookalikes: Readonly<Record<string, string>> = {
  a: 'аαɑ',
  b: 'вЬ',
  c: 'сϲ',
  d: 'ԁđ',
  e: 'еє',
  g: 'ɡ',
  h: 'һн',
  i: 'іıι',
  j: 'ј',
  k: 'кκ',
  l: 'ӏł',
  m: 'м',
  n: 'ո',
  o: 'оοօø',
  p: 'рρ',
  s: 'ѕ',
  t: 'тτ',
  u: 'υս',
  v: 'ѵν',
  w: 'ԝωա',
  x: 'хχ',
  y: 'уү',
};

const latinOf = new Map(Object.entries(lookalikes).flatMap(([latin, others]) => [...others].map((other) => [other, latin] as const)));
const lookalike = new RegExp(`[${[...latinOf.keys()].join('')}]`, 'gu');

/** Digits drawn as pictures: circled, keycaps. Their value is not in Unicode's decimal property, so they are named here. */
const drawnDigits = ['⓪⓿', '①❶➀➊⓵', '②❷➁➋⓶', '③❸➂➌⓷', '④❹➃➍⓸', '⑤❺➄➎⓹', '⑥❻➅➏⓺', '⑦❼➆➐⓻', '⑧❽➇➑⓼', '⑨❾➈➒⓽'];
const valueOfDrawn = new Map(drawnDigits.flatMap((drawings, digit) => [...drawings].map((drawing) => [drawing, digit] as const)));
const drawnDigit = new RegExp(`[${drawnDigits.join('')}]`, 'gu');

/** A digit that was spelled, drawn or masked: kept apart from plain ones, because nobody writes an order number that way. */
export const hiddenDigit = (digit: number): string => String.fromCharCode(0xe000 + digit);

/** The first characters of the ten-digit rows in use where our marketplaces are: Arabic, Persian, Devanagari, Bengali, Thai, Lao, Myanmar, Khmer. */
const zeros = [0x0660, 0x06f0, 0x0966, 0x09e6, 0x0e50, 0x0ed0, 0x1040, 0x17e0];
const otherDigit = /[٠-٩۰-۹०-९০-৯๐-๙໐-໙၀-၉០-៩]/gu;
const valueOfOther = (digit: string): string => {
  const code = digit.charCodeAt(0);
  return String(code - (zeros.findLast((zero) => zero <= code) ?? code));
};

/**
 * A text as the rules compare it: nothing invisible, full-width and styled letters plain, marks off the letters, look-alikes as Latin,
 * digits of every script as ASCII, lower case. Private-use characters of the text itself are gone, so that hidden digits cannot be forged.
 */
export function fold(text: string): string {
  return withoutInvisible(cleanText(text))
    .replace(/[\ue000-\ue009]/g, ' ')
    .replace(/([0-9])\u20e3/g, (_, digit: string) => hiddenDigit(Number(digit)))
    .replace(drawnDigit, (drawing) => hiddenDigit(valueOfDrawn.get(drawing) ?? 0))
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .toLowerCase()
    .replace(otherDigit, valueOfOther)
    .replace(lookalike, (letter) => latinOf.get(letter) ?? letter);
}
