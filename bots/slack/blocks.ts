import type { types } from '@slack/bolt';
import { shortIdOf } from '../../src/core/ids.ts';
import { shownBuyerName } from '../../src/core/mask.ts';
import { clockWords } from '../../src/core/sla/title.ts';
import { cleanText, excerpt } from '../../src/core/text-plain.ts';
import { type Locale, text } from '../../src/core/texts/index.ts';
import type { InquiryCard, ShownMessage, ThreadAction, ThreadActionName } from '../../src/core/thread.ts';
import { actionIdPrefix } from './names.ts';
import { authorInWords } from './words.ts';

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
  const kind = card.practice === undefined ? 'title' : card.practice === 'over' ? 'title-practice-over' : 'title-practice';
  const title = text(locale, `card.${kind}`, {
    shop: cleanText(card.shopName),
    marketplace: card.marketplace,
  });
  return [
    headerBlock(title),
    fieldsBlock(factsOf(card, locale)),
    ...(card.clocks?.length ? [fieldsBlock(clocksOf(card, locale))] : []),
    wordsBlock(...assigneeElements(card, locale), ...previousElements(card, locale, previousUrl)),
    ...lastWordsBlock(card, locale),
    { type: 'divider' },
  ];
}

const maxFields = 10;
const fieldsBlock = (facts: readonly string[]): types.SectionBlock => ({
  type: 'section',
  fields: facts.slice(0, maxFields).map((fact) => plain(fact, 2_000)),
});

/** The most telling first: no more than ten are shown. */
function factsOf(card: InquiryCard, locale: Locale): string[] {
  const { source, language, priority = 'normal', tags = [], group, snoozedUntil, changedAt } = card;
  const buyer = shownBuyerName(card);
  const shopTime = (time: Date) => timeIn(card.shopTimezone, time, locale);
  return [
    buyer === null ? text(locale, 'card.buyer-unknown') : text(locale, 'card.buyer', { name: excerpt(buyer, 200) }),
    text(locale, `card.status.${card.status}`),
    ...(priority === 'normal' ? [] : [text(locale, `card.priority.${priority}`)]),
    ...(snoozedUntil ? [text(locale, 'card.snoozed', { time: shopTime(snoozedUntil) })] : []),
    ...(group ? [text(locale, 'card.group', { group: excerpt(group, 100) })] : []),
    ...(tags.length > 0 ? [text(locale, 'card.tags', { tags: excerpt(tags.join(', '), 300) })] : []),
    text(locale, 'card.local-time', { time: shopTime(card.openedAt) }),
    ...(changedAt ? [text(locale, 'card.changed', { time: shopTime(changedAt) })] : []),
    ...(source ? [text(locale, source.kind === 'product' ? 'card.from-product' : 'card.from-order', { id: excerpt(source.id, 200) })] : []),
    ...(language ? [text(locale, 'card.language', { language: languageName(language, locale) })] : []),
  ];
}

const clocksOf = ({ clocks = [], shopTimezone }: InquiryCard, locale: Locale): string[] =>
  clocks.map(({ title, dueAt, ...clock }) =>
    clockWords({ ...clock, title: title && excerpt(title, 60) }, timeIn(shopTimezone, dueAt, locale), locale),
  );

function lastWordsBlock({ lastWords, shopTimezone }: InquiryCard, locale: Locale): types.ContextBlock[] {
  if (!lastWords) return [];
  const { author, excerpt: words, at } = lastWords;
  const time = timeIn(shopTimezone, at, locale);
  return [contextOf(text(locale, `card.last.${author}`, { time, words: excerpt(words, 300) }))];
}

function assigneeElements({ assignee }: InquiryCard, locale: Locale): (string | types.RichTextElement)[] {
  if (assignee === null) return [text(locale, 'card.unassigned')];
  if ('name' in assignee) return [text(locale, 'card.assignee', { name: excerpt(assignee.name, 100) })];
  const [before = '', after = ''] = text(locale, 'card.assignee', { name: '\n' }).split('\n');
  return [before, userElement(assignee.userId), after].filter((element) => element !== '');
}

function previousElements({ previous }: InquiryCard, locale: Locale, url: string | null): (string | types.RichTextElement)[] {
  if (previous === null) return [];
  const words = text(locale, 'card.previous');
  return ['  ·  ', url === null ? words : { type: 'link', url, text: words }];
}

const timeFormats = new Map<string, Intl.DateTimeFormat>();

/** Formats are kept: making one takes a hundred times as long as using it. There are no more than languages times time zones. */
function timeIn(timeZone: string, time: Date, locale: Locale): string {
  const key = `${locale} ${timeZone}`;
  const format = timeFormats.get(key) ?? new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone });
  timeFormats.set(key, format);
  return format.format(time);
}

const languageNames = new Map<Locale, Intl.DisplayNames>();

/** What is no code of a language stands as it is. */
function languageName(code: string, locale: Locale): string {
  if (!/^[a-z]{2,3}$/.test(code)) return excerpt(code, 20);
  const names = languageNames.get(locale) ?? new Intl.DisplayNames(locale, { type: 'language' });
  languageNames.set(locale, names);
  return names.of(code) ?? code;
}

export function cardFooter(card: InquiryCard, locale: Locale): types.KnownBlock[] {
  const offered: readonly ThreadActionName[] = card.actions ?? (card.status === 'resolved' ? [] : ['claim', 'resolve']);
  const actions = offered.map((action): ThreadAction => ({ action, value: card.inquiryId }));
  const hint = card.practice === 'over' ? 'card.practice-over' : 'card.hint';
  const foot = `${text(locale, hint)} · ${text(locale, 'card.id', { id: shortIdOf(card.inquiryId) })}`;
  return [contextOf(foot), ...actionsBlock(locale, actions)];
}

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
