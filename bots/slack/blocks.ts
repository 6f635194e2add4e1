import type { types } from '@slack/bolt';
import { cleanText, excerpt } from '../../src/core/text-plain.ts';
import { type Locale, text } from '../../src/core/texts/index.ts';
import type { InquiryCard, ShownMessage, ThreadAction } from '../../src/core/thread.ts';
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
  const title = text(locale, 'card.title', { shop: cleanText(card.shopName), marketplace: card.marketplace });
  const facts = [
    card.buyerName === null ? text(locale, 'card.buyer-unknown') : text(locale, 'card.buyer', { name: excerpt(card.buyerName, 200) }),
    text(locale, `card.status.${card.status}`),
    text(locale, 'card.local-time', { time: shopTime(card, locale) }),
    ...(card.source
      ? [text(locale, card.source.kind === 'product' ? 'card.from-product' : 'card.from-order', { id: excerpt(card.source.id, 200) })]
      : []),
  ];
  return [
    { type: 'header', text: plain(excerpt(title, 150), 150) },
    { type: 'section', fields: facts.map((fact) => plain(fact, 2_000)) },
    wordsBlock(...assigneeElements(card, locale), ...previousElements(card, locale, previousUrl)),
    { type: 'divider' },
  ];
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
function shopTime({ openedAt, shopTimezone }: InquiryCard, locale: Locale): string {
  const key = `${locale} ${shopTimezone}`;
  const format =
    timeFormats.get(key) ?? new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: shopTimezone });
  timeFormats.set(key, format);
  return format.format(openedAt);
}

export function cardFooter(card: InquiryCard, locale: Locale): types.KnownBlock[] {
  const value = card.inquiryId;
  const actions: ThreadAction[] =
    card.status === 'resolved'
      ? []
      : [
          { action: 'claim', value },
          { action: 'resolve', value },
        ];
  return [contextOf(text(locale, 'card.hint')), ...actionsBlock(locale, actions)];
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
