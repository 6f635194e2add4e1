import type { types } from '@slack/bolt';
import { cardActions, cardAssignee, cardClocks, cardFacts, cardFoot, cardLastWords, cardTitle } from '../../src/core/card-words.ts';
import { authorInWords } from '../../src/core/shown-words.ts';
import { excerpt } from '../../src/core/text-plain.ts';
import { type Locale, text } from '../../src/core/texts/index.ts';
import type { InquiryCard, ShownMessage, ThreadAction } from '../../src/core/thread.ts';
import { actionIdPrefix } from './names.ts';

/** Where the thread's words are shown, and who may be linked to. */
export interface PostView {
  readonly locale: Locale;
  /** Address of the earlier inquiry's post, where it is known. */
  readonly previousUrl: string | null;
}

// Limits of the pieces: https://docs.slack.dev/reference/block-kit/blocks (2026-11-22): header 150, button text 75, section fields 10 of 2,000.

/** Names and our own words: no mention, format, link or emoji is made of them. Slack refuses an empty text. */
const plain = (words: string, maxChars = 2_900): types.PlainTextElement => ({
  type: 'plain_text',
  text: words.trim() === '' ? '…' : words.slice(0, maxChars),
  emoji: false,
});

/** Words to the letter: nothing in a text element is parsed, not even entities. Who is to be called, or linked to, is an element of its own. */
export const wordsBlock = (...elements: readonly (string | types.RichTextElement)[]): types.RichTextBlock => ({
  type: 'rich_text',
  elements: [{ type: 'rich_text_section', elements: elements.map(toElement) }],
});

const toElement = (words: string | types.RichTextElement): types.RichTextElement =>
  typeof words === 'string' ? { type: 'text', text: words === '' ? '…' : words } : words;

export const userElement = (userId: string): types.RichTextElement => ({ type: 'user', user_id: userId });

export const headerBlock = (words: string): types.HeaderBlock => ({ type: 'header', text: plain(excerpt(words, 150), 150) });

const contextOf = (words: string): types.ContextBlock => ({ type: 'context', elements: [plain(words)] });

/** A piece of a message; `isFirst`: with what is to be said of the whole. */
export function messageBlocks(locale: Locale, message: ShownMessage, words: string, isFirst: boolean): types.KnownBlock[] {
  const author = isFirst ? authorInWords(locale, message) : null;
  return [
    ...(author === null ? [] : [contextOf(author)]),
    wordsBlock(words),
    ...(isFirst && message.late ? [lateBlock(locale, message.sentAt)] : []),
  ];
}

/** How many of them there are. */
export const countBlocks = ({ author, late }: ShownMessage, isFirst: boolean): number =>
  1 + (isFirst && author !== 'buyer' ? 1 : 0) + (isFirst && late ? 1 : 0);

/** The one place for markup, as only markup shows a time in each reader's own zone; nobody's words are in it. */
function lateBlock(locale: Locale, sentAt: Date): types.ContextBlock {
  const fallback = `${sentAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const time = `<!date^${Math.floor(sentAt.getTime() / 1_000)}^{date_short_pretty} {time}|${fallback}>`;
  return { type: 'context', elements: [{ type: 'mrkdwn', text: text(locale, 'message.late', { time }) }] };
}

export function cardHead(card: InquiryCard, { locale, previousUrl }: PostView): types.KnownBlock[] {
  const lastWords = cardLastWords(card, locale);
  return [
    headerBlock(cardTitle(card, locale)),
    fieldsBlock(cardFacts(card, locale)),
    ...(card.clocks?.length ? [fieldsBlock(cardClocks(card, locale))] : []),
    wordsBlock(...assigneeElements(card, locale), ...previousElements(card, locale, previousUrl)),
    ...(lastWords === null ? [] : [contextOf(lastWords)]),
    { type: 'divider' },
  ];
}

const maxFields = 10;
const fieldsBlock = (facts: readonly string[]): types.SectionBlock => ({
  type: 'section',
  fields: facts.slice(0, maxFields).map((fact) => plain(fact, 2_000)),
});

function assigneeElements(card: InquiryCard, locale: Locale): (string | types.RichTextElement)[] {
  const { before, userId, after } = cardAssignee(card, locale);
  return [before, ...(userId === null ? [] : [userElement(userId)]), after].filter((element) => element !== '');
}

function previousElements({ previous }: InquiryCard, locale: Locale, url: string | null): (string | types.RichTextElement)[] {
  if (previous === null) return [];
  const words = text(locale, 'card.previous');
  return ['  ·  ', url === null ? words : { type: 'link', url, text: words }];
}

export const cardFooter = (card: InquiryCard, locale: Locale): types.KnownBlock[] => [
  contextOf(cardFoot(card, locale)),
  ...actionsBlock(locale, cardActions(card)),
];

/** A row of buttons; none when there is nothing to press. */
export function actionsBlock(locale: Locale, actions: readonly ThreadAction[]): types.ActionsBlock[] {
  if (actions.length === 0) return [];
  const elements = actions.map(({ action, value }) => ({
    type: 'button' as const,
    action_id: `${actionIdPrefix}${action}`,
    text: plain(text(locale, `action.${action}`), 75),
    value,
    ...(action === 'send' || action === 'retry' || action === 'release' ? { style: 'primary' as const } : {}),
  }));
  return [{ type: 'actions', elements }];
}
