import { answerLines, countFitting } from '../../src/core/answer-words.ts';
import { lostInWords } from '../../src/core/shown-words.ts';
import { excerpt } from '../../src/core/text-plain.ts';
import { type Locale, text } from '../../src/core/texts/index.ts';
import type { AnswerContent, AnswerPart, Called } from '../../src/core/thread.ts';
import { buttons, type CardElement, type FeishuCard, fenced, link, mentions, plain, toCard, words } from './card.ts';
import type { LinkTo } from './topics.ts';
import type { Uploads } from './uploads.ts';

export interface AnswerView {
  readonly locale: Locale;
  readonly channelId: string;
  /** Of the topic that it stands in; null: in none. */
  readonly rootId: string | null;
  readonly uploads: Uploads;
  readonly linkTo: LinkTo;
}

/** Of all words: they are escaped where they lead somewhere, and a card takes 30 KB. */
const maxAnswerChars = 4_000;
/** Of 200 elements. */
const maxParts = 40;

/** What does not fit is counted in a last line. Pure. */
export function answerCard({ parts, actions }: AnswerContent, view: AnswerView, called?: Called): FeishuCard {
  const { locale, rootId } = view;
  const elements: CardElement[] = [];
  let left = maxAnswerChars;
  let cut = 0;
  for (const part of parts) {
    const lines = answerLines(part, locale, true);
    const fitting = elements.length < maxParts ? countFitting(lines, left) : 0;
    cut += lines.length - fitting;
    left -= lines.slice(0, fitting).reduce((sum, line) => sum + line.length + 1, 0);
    if (fitting > 0) elements.push(...toElements(part, lines.slice(0, fitting), view));
  }
  if (cut > 0) elements.push(words(text(locale, 'answer.cut', { count: cut })));
  const [first = ''] = parts.flatMap((part) => answerLines(part, locale));
  if (elements.length === 0) elements.push(words(first));
  const calls = called ? [...(called.here ? ['all'] : []), ...called.userIds] : [];
  const shown = [...(calls.length > 0 ? [mentions(calls)] : []), ...elements, ...buttons(locale, actions, rootId)];
  return toCard(shown, { summary: excerpt(first, 100) });
}

function toElements(part: AnswerPart, lines: readonly string[], { locale, uploads, linkTo }: AnswerView): CardElement[] {
  switch (part.kind) {
    case 'title':
      return [{ tag: 'div', text: { ...plain(lines.join(' ')), text_size: 'heading' } }];
    case 'lines':
      return lineElements(part, lines, linkTo);
    case 'table':
      return [fenced(lines)];
    case 'notice':
      return [words(lines.join('\n'))];
    case 'picture': {
      const key = uploads.images.get(part.media);
      if (key) return [words(lines.join('\n')), { tag: 'img', img_key: key, alt: plain(part.words) }];
      const lost = uploads.lost.has(part.media) ? [lostInWords(locale, [{ kind: 'image', media: part.media }])] : [];
      return [words([...lines, ...lost].join('\n'))];
    }
  }
}

/** Lines that lead nowhere stand together; one that leads to a post is an element of its own. */
function lineElements({ lines: given }: Extract<AnswerPart, { kind: 'lines' }>, lines: readonly string[], linkTo: LinkTo): CardElement[] {
  const elements: CardElement[] = [];
  let together: string[] = [];
  const flush = () => {
    if (together.length > 0) elements.push(words(together.join('\n')));
    together = [];
  };
  lines.forEach((said, index) => {
    const line = given[index];
    if (line === undefined || typeof line === 'string' || elements.length > maxLinkElements) together.push(said);
    else {
      flush();
      elements.push(link(said, linkTo(line.post)));
    }
  });
  flush();
  return elements;
}

/** Of 200 elements; what is beyond stands without its link. */
const maxLinkElements = 80;
