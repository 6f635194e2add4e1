import type { types } from '@slack/bolt';
import { cleanText, excerpt } from '../../src/core/text-plain.ts';
import { type Locale, text } from '../../src/core/texts/index.ts';
import type { InquiryCard, ShownMessage, ThreadAction } from '../../src/core/thread.ts';
import { toMarkup } from './markup.ts';
import { actionIdPrefix } from './names.ts';
import { authorInWords } from './words.ts';

/** Where the thread's words are shown, and who may be linked to. */
export interface PostView {
  readonly locale: Locale;
  /** Address of the earlier inquiry's post, where it is known. */
  readonly previousUrl: string | null;
}

// Limits of the pieces: https://docs.slack.dev/reference/block-kit/blocks (2026-11-22): header 150, button text 75, section fields 10 of 2,000.

/** Other people's words: never parsed, so they cannot mention, format, link or draw an emoji. Slack refuses an empty text. */
const plain = (words: string, maxChars = 2_900): types.PlainTextElement => ({
  type: 'plain_text',
  text: words.trim() === '' ? '…' : words.slice(0, maxChars),
  emoji: false,
});

/** `expand`: long words are not folded behind "see more". */
export const sectionOf = (words: string): types.SectionBlock => ({ type: 'section', text: plain(words), expand: true });

const contextOf = (words: string): types.ContextBlock => ({ type: 'context', elements: [plain(words)] });
const markupContext = (markup: string): types.ContextBlock => ({ type: 'context', elements: [{ type: 'mrkdwn', text: markup }] });

/** A piece of a message; `isFirst`: with what is to be said of the whole. */
export function messageBlocks(locale: Locale, message: ShownMessage, words: string, isFirst: boolean): types.KnownBlock[] {
  const author = isFirst ? authorInWords(locale, message) : null;
  const late = isFirst && message.late ? text(locale, 'message.late', { time: readersTime(message.sentAt) }) : null;
  return [...(author === null ? [] : [contextOf(author)]), sectionOf(words), ...(late === null ? [] : [markupContext(late)])];
}

/** Slack shows it in each reader's own time zone. */
function readersTime(time: Date): string {
  const fallback = `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return `<!date^${Math.floor(time.getTime() / 1_000)}^{date_short_pretty} {time}|${fallback}>`;
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
    markupContext([assigneeMarkup(card, locale), previousMarkup(card, locale, previousUrl)].filter(Boolean).join('  ·  ')),
    { type: 'divider' },
  ];
}

function assigneeMarkup({ assignee }: InquiryCard, locale: Locale): string {
  if (assignee === null) return text(locale, 'card.unassigned');
  const name = 'userId' in assignee ? `<@${assignee.userId}>` : toMarkup(excerpt(assignee.name, 100));
  return text(locale, 'card.assignee', { name });
}

function previousMarkup({ previous }: InquiryCard, locale: Locale, url: string | null): string {
  if (previous === null) return '';
  const words = text(locale, 'card.previous');
  return url === null ? words : `<${url}|${words}>`;
}

const shopTime = ({ openedAt, shopTimezone }: InquiryCard, locale: Locale): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: shopTimezone }).format(openedAt);

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
