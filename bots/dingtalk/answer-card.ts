import { answerLines, countFitting } from '../../src/core/answer-words.ts';
import type { Form } from '../../src/core/ask.ts';
import { type InquiryId, shortIdOf } from '../../src/core/ids.ts';
import { noticeInWords } from '../../src/core/shown-words.ts';
import { excerpt } from '../../src/core/text-plain.ts';
import { type Locale, text } from '../../src/core/texts/index.ts';
import type { AnswerContent, AnswerPart, Called, Notice, ThreadAction } from '../../src/core/thread.ts';
import { toCardForm } from './forms.ts';
import { bold, lines, mention, monospace } from './markdown.ts';
import { type Block, type CardView, toButtons } from './params.ts';
import type { Place } from './payloads.ts';

/** Cards that are no thread: a sentence, an answer, a form. */

/** Of all words of an answer; the rest is told of. A choice of ours. */
const maxAnswerChars = 6_000;
const maxBlocks = 40;

/** Where such a card stands, and to which thread it belongs. */
export interface Standing {
  readonly locale: Locale;
  readonly channelId: string;
  /** Null: to none. */
  readonly rootId: string | null;
  readonly inquiryId: InquiryId | null;
}

const placeOf = ({ channelId, rootId }: Standing) => ({ channel: channelId, ...(rootId === null ? {} : { root: rootId }) });

/** With the inquiry's number, so that a quote of the card says which it is. */
const titleOf = ({ locale, inquiryId }: Standing): string =>
  inquiryId ? text(locale, 'board.title', { id: shortIdOf(inquiryId) }) : text(locale, 'board.title-channel');

/** @param called whom it mentions, with their name */
export function noticeCard(
  notice: Notice,
  actions: readonly ThreadAction[],
  called: Readonly<Record<string, string>>,
  standing: Standing,
): CardView {
  const mentions = mentionsOf(called);
  const words = lines(noticeInWords(standing.locale, notice).split('\n'));
  return {
    title: titleOf(standing),
    talk: [{ text: [...mentions, words].join(' ') }],
    form: null,
    place: placeOf(standing),
    buttons: toButtons(standing.locale, actions, placeOf(standing)),
  };
}

/** @param images of its pictures, in order; null: in words alone. What does not fit is counted in a last line. */
export function answerCard(
  { parts, actions }: AnswerContent,
  images: readonly (string | null)[],
  called: Readonly<Record<string, string>>,
  standing: Standing,
): CardView {
  const { locale } = standing;
  const blocks: Block[] = [];
  let left = maxAnswerChars;
  let cut = 0;
  let picture = 0;
  for (const part of parts) {
    const words = answerLines(part, locale, true);
    const fitting = blocks.length < maxBlocks ? countFitting(words, left) : 0;
    cut += words.length - fitting;
    left -= words.slice(0, fitting).reduce((sum, line) => sum + line.length + 1, 0);
    const image = part.kind === 'picture' ? images[picture++] : null;
    if (fitting > 0) blocks.push({ text: toMarkdown(part, words.slice(0, fitting)), ...(image ? { image } : {}) });
  }
  if (cut > 0) blocks.push({ text: lines([text(locale, 'answer.cut', { count: cut })]) });
  const mentions = mentionsOf(called);
  return {
    title: titleOf(standing),
    talk: [...(mentions.length > 0 ? [{ text: mentions.join(' ') }] : []), ...blocks],
    form: null,
    place: placeOf(standing),
    buttons: toButtons(locale, actions, placeOf(standing)),
  };
}

function toMarkdown(part: AnswerPart, words: readonly string[]): string {
  if (part.kind === 'title') return bold(words.join(' '));
  return part.kind === 'table' ? monospace(words) : lines(words);
}

/** Everybody in the group, by the platform's word for it. */
const everybody = '@ALL';

const mentionsOf = (called: Readonly<Record<string, string>>): string[] =>
  Object.entries(called).map(([userId, name]) => (userId === everybody ? lines([`@${name}`]) : mention(userId, name)));

/** Whom a card calls: ids with the names that are shown. "Here" is not known: it is everybody in the group. */
export async function calledIn(
  { userIds, here }: Called,
  locale: Locale,
  nameOf: (userId: string) => Promise<string>,
): Promise<Record<string, string>> {
  if (here) return { [everybody]: text(locale, 'board.everybody') };
  return Object.fromEntries(await Promise.all(userIds.map(async (userId) => [userId, await nameOf(userId)] as const)));
}

/** What somebody is to fill in. */
export const formCard = (form: Form, place: Place): CardView => ({
  title: excerpt(form.title, 100),
  talk: form.intro === '' ? [] : [{ text: lines(form.intro.split('\n')) }],
  form: { form: toCardForm(form, place), submit: excerpt(form.submit, 20) },
  place,
  buttons: [],
});
