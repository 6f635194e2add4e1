import { withoutInvisible } from '../text-plain.ts';

/**
 * Scripts by which one language can be told. A sign of the first ones is a syllable or a word, so it counts as much as three letters: in `有 size M 吗` the
 * buyer writes Chinese.
 */
const scripts: readonly (readonly [language: string, script: RegExp, weight: number])[] = [
  ['zh', /\p{Script=Han}/gu, 3],
  ['ja', /[\p{Script=Hiragana}\p{Script=Katakana}]/gu, 3],
  ['ko', /\p{Script=Hangul}/gu, 3],
  ['th', /\p{Script=Thai}/gu, 1],
  ['lo', /\p{Script=Lao}/gu, 1],
  ['km', /\p{Script=Khmer}/gu, 1],
  ['my', /\p{Script=Myanmar}/gu, 1],
  ['ta', /\p{Script=Tamil}/gu, 1],
  ['he', /\p{Script=Hebrew}/gu, 1],
  ['el', /\p{Script=Greek}/gu, 1],
];
/** Scripts that many languages share. */
const shared =
  /[[\p{L}\p{M}]--[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tamil}\p{Script=Hebrew}\p{Script=Greek}]]/gv;
/** Japanese has a sign of its own among so many Chinese ones at least. */
const hanPerKana = 6;
/** "Hi", "ok", "size M": too little to tell a language of the Latin script by. */
const fewestLetters = 4;
/** Enough to tell a language by; a long text takes no longer. */
const maxChars = 400;

export type Script =
  | { readonly language: string }
  /** Its letters are those of many languages; `sample`: what can be told from. */
  | { readonly language: null; readonly sample: string }
  /** There is too little of it. */
  | null;

/** What the script of a buyer's words tells about their language. Pure. */
export function languageByScript(text: string): Script {
  const sample = withoutInvisible(text.normalize('NFKC').slice(0, maxChars)).replace(addresses, ' ');
  const counted = scripts.map(([language, script, weight]) => ({ language, count: (sample.match(script)?.length ?? 0) * weight }));
  const [first] = counted.toSorted((a, b) => b.count - a.count);
  const letters = sample.match(shared)?.length ?? 0;
  if (!first || first.count === 0 || first.count < letters) return letters < fewestLetters ? null : { language: null, sample };
  if (first.language !== 'zh') return { language: first.language };
  const [han, kana] = ['zh', 'ja'].map((language) => counted.find((one) => one.language === language)?.count ?? 0);
  return { language: (kana ?? 0) * hanPerKana >= (han ?? 0) ? 'ja' : 'zh' };
}

/** Links and mail addresses are in no language. */
const addresses = /https?:\/\/\S+|(?<![\w.+-])[\w.+-]+@[\w.-]+/gi;
