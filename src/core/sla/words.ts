import type { MessagePart } from '../message.ts';
import { withoutInvisible } from '../text-plain.ts';

/** Texts that say nothing by which a clock would start or stop. Each is compared without case, spaces, punctuation and marks of emphasis. */
export interface WordLists {
  /** Replies that answer nothing: "hi", "one moment". */
  readonly fillers: readonly string[];
  /** The buyer's last words: "thanks". */
  readonly closingWords: readonly string[];
}

const list = (words: string): readonly string[] => words.split(', ');

export const defaultWords: WordLists = {
  fillers: [
    ...list(
      'hi, hello, hey, there, dear, sir, madam, good morning, good afternoon, good evening, please wait, one moment, one moment please',
    ),
    ...list('just a moment, wait a moment, hold on, please hold on, let me check, we are checking'),
    ...list(
      '您好, 你好, 亲, 亲亲, 在的, 在呢, 稍等, 稍等一下, 稍候, 请稍候, 请稍等, 请您稍等, 请稍等一下, 稍后, 马上, 正在处理, 正在处理中, 正在为您处理, 正在为您处理中',
    ),
    ...list('哦, 呢, 哈, 啊, ค่ะ, ครับ, สวัสดี, สวัสดีค่ะ, สวัสดีครับ, รอสักครู่, รอสักครู่นะคะ, รอสักครู่ครับ, halo, mohon tunggu, tunggu sebentar'),
    ...list('sila tunggu, xin chào, vui lòng chờ'),
  ],
  closingWords: [
    ...list('thanks, thank you, thank you very much, thanks a lot, many thanks, thx, tks'),
    ...list('谢谢, 谢谢你, 谢谢您, 谢谢亲, 多谢, 感谢, 谢啦, 辛苦了, 麻烦您了, ありがとう, ありがとうございます, 감사합니다'),
    ...list('ขอบคุณ, ขอบคุณค่ะ, ขอบคุณครับ, terima kasih, makasih, cảm ơn, cám ơn, cam on, salamat'),
    ...list('danke, vielen dank, merci, gracias, muchas gracias, obrigado, obrigada, 👍, 👌, 🙏, ❤, 🌹'),
  ],
};

/** With closing words they close too. Alone they may say yes to a question of ours. */
const companions = list(
  'ok, okay, oke, so much, got it, great, perfect, bye, good, 好, 好的, 好哒, 好滴, 嗯, 嗯嗯, 收到, 知道了, 了, 啦, 哦, 哈, 呢, 亲, 😊, 🙂, 😄, 😁',
);

export function isFiller(text: string, { fillers }: WordLists): boolean {
  const words = letters.of(text);
  return words !== '' && reached(words, [0], letters.ofAll(fillers)).has(words.length);
}

/** A question is none, however short: "thanks?". */
export function isClosing(text: string, { closingWords }: WordLists): boolean {
  if (/[?？]/.test(text)) return false;
  const words = lettersAndDrawings.of(text);
  const [closing, others] = [lettersAndDrawings.ofAll(closingWords), lettersAndDrawings.ofAll(companions)];
  const beforeFirst = reached(words, [0], others);
  const afterFirst = [...beforeFirst].flatMap((position) => ends(words, position, closing));
  return reached(words, afterFirst, [...closing, ...others]).has(words.length);
}

/** What a message says, if it is words alone; null: a picture, an order or the like is in it. */
export function wordsAlone(parts: readonly MessagePart[]): string | null {
  const texts = parts.flatMap((part) => (part.kind === 'text' ? [part.text] : []));
  return texts.length === parts.length ? texts.join(' ') : null;
}

/** Texts of this kind are short: no long message is taken apart. */
const maxChars = 200;

/** What is compared of a text. Lists live as long as the settings that they are part of, so each is folded once. */
function folding(without: RegExp) {
  const lists = new WeakMap<readonly string[], readonly string[]>();
  const of = (text: string): string =>
    text.length > maxChars ? '' : withoutInvisible(text).normalize('NFKC').toLowerCase().replace(without, '');
  const ofAll = (phrases: readonly string[]): readonly string[] => {
    const folded = lists.get(phrases) ?? phrases.map(of).filter((phrase) => phrase !== '');
    lists.set(phrases, folded);
    return folded;
  };
  return { of, ofAll };
}

const letters = folding(/[^\p{L}\p{M}\p{N}]/gu);
const lettersAndDrawings = folding(/[^\p{L}\p{M}\p{N}\p{Extended_Pictographic}]/gu);

/** How far one gets in a text with nothing but such phrases, from these positions on. */
function reached(text: string, from: readonly number[], phrases: readonly string[]): ReadonlySet<number> {
  const positions = new Set(from);
  for (const position of positions) for (const end of ends(text, position, phrases)) positions.add(end);
  return positions;
}

const ends = (text: string, position: number, phrases: readonly string[]): readonly number[] =>
  phrases.flatMap((phrase) => (text.startsWith(phrase, position) ? [position + phrase.length] : []));
