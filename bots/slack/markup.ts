import { cleanText } from '../../src/core/text-plain.ts';
import { emojiToUnicode } from './emoji.ts';

export interface PlainText {
  readonly text: string;
  /** Users and groups who are mentioned, and `here`, `channel`, `everyone`; the bot itself is not among them. */
  readonly mentions: readonly string[];
}

/** Slack's markup -> the words as a reader sees them. `selfIds`: user ids of our bot, whose mention only calls it. */
export function fromMarkup(markup: string, selfIds: readonly string[] = []): PlainText {
  const ourselves = new Set(selfIds);
  const mentions = new Set<string>();
  const tokens: string[] = [];
  // What is in angle brackets, or is code, stands aside while the rest is unformatted; U+FDD0 is no character, and in no text that is shown.
  const keep = (shown: string) => `\ufdd0${tokens.push(shown) - 1}\ufdd0`;
  const bare = markup.replaceAll('\ufdd0', '').replace(/<([^<>\n]+)>(\s?)/g, (_whole, inner: string, space: string) => {
    const mention = mentionIn(inner);
    if (mention && ourselves.has(mention)) return '';
    if (mention) mentions.add(mention);
    return `${keep(unescaped(shownToken(inner)))}${space}`;
  });
  const flat = unescaped(emojiToUnicode(unformat(withoutCode(bare, (code) => keep(unescaped(code))))));
  let text = flat;
  // Twice: code may hold a token.
  for (let pass = 0; pass < 2; pass++) text = text.replace(/\ufdd0(\d+)\ufdd0/g, (_whole, index: string) => tokens[Number(index)] ?? '');
  return { text: text.trim(), mentions: [...mentions] };
}

/** Code stands between fences of three signs, or between single ones; a fence without a partner is none. */
function withoutCode(text: string, keep: (code: string) => string): string {
  const pieces = text.split('```');
  if (pieces.length % 2 === 0) pieces.push(pieces.splice(-2).join('```'));
  return pieces
    .map((piece, index) =>
      index % 2 === 1 ? keep(piece.replace(/^\n|\n$/g, '')) : piece.replace(/`([^`\n]+)`/g, (_whole, code: string) => keep(code)),
    )
    .join('');
}

/** `@U1|ada`, `!subteam^S1|@th-team`, `!here` -> who is called. */
function mentionIn(inner: string): string | null {
  const found = /^@([A-Z0-9]+)|^!subteam\^([A-Z0-9]+)|^!(here|channel|everyone)/.exec(inner);
  return found ? (found[1] ?? found[2] ?? found[3] ?? null) : null;
}

/** How the inside of an angle-bracket token reads; still escaped. */
function shownToken(inner: string): string {
  const bar = inner.indexOf('|');
  const target = bar < 0 ? inner : inner.slice(0, bar);
  const label = bar < 0 ? '' : inner.slice(bar + 1);
  if (target.startsWith('@')) return `@${label || target.slice(1)}`;
  if (target.startsWith('#')) return `#${label || target.slice(1)}`;
  if (target.startsWith('!')) return label || `@${target.slice(1)}`;
  const address = target.replace(/^(?:mailto|tel):/, '');
  // Slack makes links of bare addresses by itself; their label says it all.
  const saysItAll = label === '' || address.includes(label) || label === target;
  return saysItAll ? label || address : `${label} (${address})`;
}

const edge = String.raw`[\p{L}\p{N}_]`;
const pairs = ['*', '_', '~'].map((sign) => {
  const mark = sign === '*' ? '\\*' : sign;
  return new RegExp(`(?<!${edge}|${mark})${mark}(?=\\S)([^${mark}\\n]*?)(?<=\\S)${mark}(?!${edge}|${mark})`, 'gu');
});

/** Takes away the signs of bold, italic and struck text where they stand around words, as Slack reads them; `5*3*2` and `a_b_c` stay. */
function unformat(text: string): string {
  // Signs nest, *_both_*: each kind once, for Slack sets nothing bold twice. More rounds would let a text of signs alone take its length in rounds.
  let bare = text;
  for (const _round of pairs) for (const pair of pairs) bare = bare.replace(pair, '$1');
  return bare;
}

const unescaped = (text: string): string =>
  text.replace(/&(lt|gt|amp);/g, (_whole, name: string) => (name === 'lt' ? '<' : name === 'gt' ? '>' : '&'));

/**
 * Plain words -> the `text` of a post. Slack reads it for notifications alone where there are blocks, but a mention in it calls people all the same; a mention needs
 * angle brackets, and here there are none. In the thread itself words stand in `rich_text` and `plain_text`, which are not parsed at all.
 */
export const toMarkup = (text: string): string => cleanText(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
