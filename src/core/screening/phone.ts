import { hiddenDigit } from './fold.ts';
import type { Level } from './patterns.ts';
import { anyOf, harmless, lastIndexOf } from './patterns.ts';
import { afterPhoneWords, callWords, digitNames, idLabels, phoneWords } from './words.ts';

const day = '(?:(?:19|20)\\d\\d[-./]\\d{1,2}[-./]\\d{1,2}|\\d{1,2}[-./]\\d{1,2}[-./](?:19|20)?\\d\\d)';
const date = new RegExp(`(?<!\\d)${day}(?:\\s?[-–~]\\s?${day})?(?![-./]?\\d)`, 'g');
const time = /(?<![\d.:])[0-2]?\d[.:h][0-5]\d(?![.:]?\d)/g;
const amount = '[1-9]\\d{0,2}(?:[., \\u00a0]\\d{3}){1,3}(?:[.,]\\d{1,2})?(?!\\d)|\\d{1,9}(?:[.,]\\d{1,2})?(?![\\d.,])';
const currency =
  '[$€£¥฿₫₱₹₩]|(?<![a-z])(?:rp|rm|thb|vnd|usd|idr|myr|php|sgd|eur|brl|mxn|cny|rmb|jpy|d|baht|dong|rupiah|ringgit|pesos?|reais|euros?)(?![a-z])|元|块|円|บาท|đồng';
const price = new RegExp(`(?:${currency})\\s?(?:${amount})|(?<![\\d.,-])(?:${amount})\\s?(?:${currency})`, 'g');
/** Thousands in groups: nobody writes a telephone number with both a leading non-zero and groups of exactly three after commas. */
const grouped = /(?<![\d.,\-+(/ ])\s?[1-9]\d{0,2}(?:[.,]\d{3}){1,3}(?:[.,]\d{1,2})?(?![.,\- ]?\d)/g;
const dimensions = /(?<![\d*x×])[1-9]\d{0,3}(?:[.,]\d{1,2})?(?:\s?[x×*]\s?[1-9]\d{0,3}(?:[.,]\d{1,2})?){1,3}(?!\s?[x×*]?\s?\d)/g;

const withoutOrdinaryNumbers = (text: string): string =>
  [date, time, price, grouped, dimensions].reduce((rest, pattern) => rest.replace(pattern, harmless), text);

const separator = '[\\s()./\\-–—_*~·|,]{0,3}';
const run = new RegExp(`[+(]{0,2}\\d(?:${separator}\\d){5,}`, 'g');
const hiddenRun = new RegExp(`[\\d\\ue000-\\ue009](?:${separator}[\\d\\ue000-\\ue009]){6,}`, 'g');

const labels = new RegExp(anyOf(idLabels), 'g');
const calls = new RegExp(anyOf(callWords), 'g');
const phoneBefore = new RegExp(`(?:${anyOf(phoneWords)})(?:[\\s:.=#-]{0,3}(?:${anyOf(afterPhoneWords)})){0,2}[\\s:.=#-]{0,4}$`);

/** Telephone numbers, plain or formatted. Bare digits may be an order: they are worth a remark (`digits`), not more. */
export function plainNumbers(folded: string): { readonly phone: Level | null; readonly digits: boolean } {
  const text = withoutOrdinaryNumbers(folded);
  let phone: Level | null = null;
  let digits = false;
  for (const match of text.matchAll(run)) {
    const found = judge(
      match[0],
      text.slice(Math.max(0, match.index - 30), match.index),
      text.slice(match.index + match[0].length).slice(0, 25),
    );
    if (found === 'phone') phone = 'block';
    if (found === 'formatted' && phone === null) phone = 'warn';
    if (found === 'digits') digits = true;
  }
  return { phone, digits };
}

function judge(written: string, before: string, after: string): 'phone' | 'formatted' | 'digits' | null {
  const groups = written.match(/\d+/g) ?? [];
  const number = groups.join('');
  const labelAt = lastIndexOf(before, labels);
  const callAt = phoneBefore.test(before) ? before.length : lastIndexOf(before, calls);
  const toCall = callAt > labelAt || after.slice(0, 14).search(calls) >= 0;
  const labelled = !toCall && (labelAt >= 0 || after.search(labels) >= 0);
  if (groups.length >= 7 && groups.every((group) => group.length === 1) && !ascends(groups)) return 'phone';
  if (number.length > 15) return null;
  // Part of a code: SPXTH0412345678. But "tel0812345678" is none.
  const inCode = /[a-z]$/.test(before) || /^[a-z]/.test(after);
  if (toCall && !(inCode && callAt < before.length)) return 'phone';
  if (inCode) return null;
  if (/^\(?\+/.test(written) && number.length >= 9) return 'phone';
  if (isFormatted(groups, number, written)) return labelled ? 'formatted' : 'phone';
  if (labelled) return null;
  if (groups.length === 1) return number.length >= 7 ? 'digits' : null;
  const likely = number.length >= 8 && groups.length <= 5 && (number.startsWith('0') || groups.some((group) => group.length >= 4));
  return likely ? 'digits' : null;
}

const ascends = (groups: readonly string[]): boolean =>
  groups.every((group, index) => index === 0 || Number(group) === Number(groups[index - 1]) + 1);

/** The ways in which telephone numbers are set in our marketplaces' countries. Real formats, not all of them. */
function isFormatted(groups: readonly string[], number: string, written: string): boolean {
  if (groups.length < 2 || groups.length > 6) return false;
  const shape = groups.map((group) => group.length).join('-');
  if (written.startsWith('(') && number.length >= 9 && number.length <= 12) return true;
  if (/^00[1-9]/.test(number)) return number.length >= 11;
  if (number.startsWith('0')) return number.length >= 9 && number.length <= 12 && !/^\d$|-1(?:-|$)/.test(shape);
  if (/^1[3-9]\d{9}$/.test(number)) return shape === '3-4-4' || shape === '3-8' || shape === '7-4';
  return (shape === '3-3-4' || shape === '2-5-4') && !written.includes('/');
}

const names = new RegExp(digitNames.map((words, digit) => `(?<d${digit}>${anyOf(words)})`).join('|'), 'g');
/** An l right before a digit only: "0.5l 1l 2l" are litres. */
const maskBefore = /(?<![a-z])(?:[oi|](?=[ .-]?\d)|l(?=\d))/g;
const maskAfter = /(?<=[\d\ue000-\ue009][ .-]?)[oi|](?![a-z])/g;
const unmask = (letter: string): string => hiddenDigit(letter === 'o' ? 0 : 1);

/** Telephone numbers in disguise: digits spelled (`zero eight one`), drawn (keycaps), or letters in their place (`O8l`). */
export function hiddenNumbers(folded: string): Level | null {
  const spelled = withoutOrdinaryNumbers(folded).replace(names, (...match) => {
    const named = match.at(-1) as Readonly<Record<string, string | undefined>>;
    return hiddenDigit(
      Number(
        Object.keys(named)
          .find((key) => named[key] !== undefined)
          ?.slice(1),
      ),
    );
  });
  for (const [match] of spelled.matchAll(hiddenRun)) {
    if ((match.match(/[\ue000-\ue009]/g) ?? []).length >= 3) return 'block';
  }
  const unmasked = spelled.replace(maskBefore, unmask).replace(maskAfter, unmask);
  for (const [match] of unmasked.matchAll(hiddenRun)) {
    const number = match.replace(/[\ue000-\ue009]/g, (char) => String(char.charCodeAt(0) - 0xe000)).replace(/\D/g, '');
    if (/[\ue000-\ue009]/.test(match) && (/^0\d{8,11}$/.test(number) || /^1[3-9]\d{9}$/.test(number))) return 'block';
  }
  return null;
}
