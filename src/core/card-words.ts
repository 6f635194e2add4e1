import { shortIdOf } from './ids.ts';
import { shownBuyerName } from './mask.ts';
import { cardOrderLine } from './order-lines.ts';
import { clockWords } from './sla/title.ts';
import { cleanText, excerpt } from './text-plain.ts';
import { type Locale, text } from './texts/index.ts';
import type { InquiryCard, ThreadAction, ThreadActionName } from './thread.ts';

/** What the root card says, in plain words of the reader's language: the same on every platform. */

export function cardTitle({ practice, shopName, marketplace }: InquiryCard, locale: Locale): string {
  const kind = practice === undefined ? 'title' : practice === 'over' ? 'title-practice-over' : 'title-practice';
  return text(locale, `card.${kind}`, { shop: cleanText(shopName), marketplace });
}

/** The most telling first: a platform may have no room for all. */
export function cardFacts(card: InquiryCard, locale: Locale): string[] {
  const { source, order, language, priority = 'normal', tags = [], group, snoozedUntil, changedAt } = card;
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
    ...(source && source.id !== order?.id
      ? [text(locale, source.kind === 'product' ? 'card.from-product' : 'card.from-order', { id: excerpt(source.id, 200) })]
      : []),
    ...(order ? [cardOrderLine(order, shopTime(order.at), locale)] : []),
    ...(language ? [text(locale, 'card.language', { language: languageName(language, locale) })] : []),
  ];
}

export const cardClocks = ({ clocks = [], shopTimezone }: InquiryCard, locale: Locale): string[] =>
  clocks.map(({ title, dueAt, ...clock }) =>
    clockWords({ ...clock, title: title && excerpt(title, 60) }, timeIn(shopTimezone, dueAt, locale), locale),
  );

/** Null: nobody wrote, or it is not told. */
export function cardLastWords({ lastWords, shopTimezone }: InquiryCard, locale: Locale): string | null {
  if (!lastWords) return null;
  const { author, excerpt: words, at } = lastWords;
  return text(locale, `card.last.${author}`, { time: timeIn(shopTimezone, at, locale), words: excerpt(words, 300) });
}

/** Who answers. `before` and `after` stand around a user of the platform, who is shown as the platform does it; null: the words are all. */
export interface AssigneeWords {
  readonly before: string;
  readonly userId: string | null;
  readonly after: string;
}

export function cardAssignee({ assignee }: InquiryCard, locale: Locale): AssigneeWords {
  if (assignee === null) return { before: text(locale, 'card.unassigned'), userId: null, after: '' };
  if ('name' in assignee) return { before: text(locale, 'card.assignee', { name: excerpt(assignee.name, 100) }), userId: null, after: '' };
  const [before = '', after = ''] = text(locale, 'card.assignee', { name: '\n' }).split('\n');
  return { before, userId: assignee.userId, after };
}

export function cardFoot({ practice, inquiryId }: InquiryCard, locale: Locale): string {
  const hint = practice === 'over' ? 'card.practice-over' : 'card.hint';
  return `${text(locale, hint)} · ${text(locale, 'card.id', { id: shortIdOf(inquiryId) })}`;
}

export function cardActions({ actions, status, inquiryId }: InquiryCard): ThreadAction[] {
  const offered: readonly ThreadActionName[] = actions ?? (status === 'resolved' ? [] : ['claim', 'resolve']);
  return offered.map((action) => ({ action, value: inquiryId }));
}

const timeFormats = new Map<string, Intl.DateTimeFormat>();

/** Formats are kept: making one takes a hundred times as long as using it. There are no more than languages times time zones. */
export function timeIn(timeZone: string, time: Date, locale: Locale): string {
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
