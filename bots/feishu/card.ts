import { cardActions, cardAssignee, cardClocks, cardFacts, cardFoot, cardLastWords, cardTitle } from '../../src/core/card-words.ts';
import { shownBuyerName } from '../../src/core/mask.ts';
import { excerpt } from '../../src/core/text-plain.ts';
import { type Locale, text } from '../../src/core/texts/index.ts';
import type { InquiryCard, ThreadAction } from '../../src/core/thread.ts';
import type { ButtonValue } from './buttons.ts';

// Pieces and their limits: https://open.feishu.cn/document/feishu-cards/card-json-v2-structure and the pages of its components (2026-11-28).

/** An element of a card; its fields by its tag. */
export type CardElement = Readonly<Record<string, unknown>> & { readonly tag: string };

/** A card of JSON 2.0. */
export interface FeishuCard {
  readonly schema: '2.0';
  /** Before and after a change alike, or it is refused. */
  readonly config: { readonly update_multi: true; readonly summary?: { readonly content: string } };
  readonly header?: { readonly title: CardElement; readonly template?: string };
  readonly body: { readonly elements: readonly CardElement[] };
}

/** Words to the letter: nothing in a plain text is parsed. */
export const plain = (words: string): CardElement => ({ tag: 'plain_text', content: words.trim() === '' ? '…' : words });

export const words = (said: string): CardElement => ({ tag: 'div', text: plain(said) });

const small = (said: string): CardElement => ({ tag: 'div', text: { ...plain(said), text_size: 'notation', text_color: 'grey' } });

/** Calls people. The one place for markup, with a link: of nobody's words is any made. */
export const mentions = (userIds: readonly string[]): CardElement => ({
  tag: 'markdown',
  content: userIds.map((id) => `<at id=${id}></at>`).join(' '),
});

/** Every sign that could be markup, as its number: "Special characters" at .../card-json-v2-components/content-components/rich-text (2026-11-28). */
const escaped = (said: string): string => said.replace(/[!-/:-@[-`{-~]/g, (sign) => `&#${sign.charCodeAt(0)};`);

export const link = (said: string, url: string): CardElement => ({ tag: 'markdown', content: `[${escaped(said)}](${url})` });

/** Letters of one width. Inside of a fence nothing is parsed but another fence. */
export const fenced = (lines: readonly string[]): CardElement => ({
  tag: 'markdown',
  content: `\`\`\`\n${lines.join('\n').replaceAll('```', "'''")}\n\`\`\``,
});

/** How somebody is shown without being called. */
const person = (userId: string): CardElement => ({
  ...{ tag: 'person', user_id: userId, size: 'extra_small', show_avatar: true, show_name: true },
});

const maxFacts = 10;
const facts = (said: readonly string[]): CardElement => ({
  tag: 'div',
  fields: said.slice(0, maxFacts).map((fact) => ({ is_short: true, text: plain(fact) })),
});

/** A row of buttons; none when there is nothing to press. `rootId`: of the topic that they stand in; null: on the root itself. */
export function buttons(locale: Locale, actions: readonly ThreadAction[], rootId: string | null): CardElement[] {
  if (actions.length === 0) return [];
  const columns = actions.map(({ action, value }) => {
    const main = action === 'send' || action === 'retry' || action === 'release';
    const carried: ButtonValue = { threadmart: 'action', name: action, value, root: rootId };
    return column({
      ...{ tag: 'button', type: main ? 'primary' : 'default', text: plain(text(locale, `action.${action}`)) },
      behaviors: [{ type: 'callback', value: carried }],
    });
  });
  return [{ tag: 'column_set', flex_mode: 'flow', horizontal_spacing: '8px', columns }];
}

const column = (element: CardElement): CardElement => ({ tag: 'column', width: 'auto', elements: [element] });

export const toCard = (
  elements: readonly CardElement[],
  options: { readonly title?: string; readonly colour?: string; readonly summary?: string } = {},
): FeishuCard => ({
  schema: '2.0',
  config: { update_multi: true, ...(options.summary ? { summary: { content: options.summary } } : {}) },
  ...(options.title
    ? { header: { title: plain(excerpt(options.title, 150)), ...(options.colour ? { template: options.colour } : {}) } }
    : {}),
  body: { elements },
});

const colours: Readonly<Record<InquiryCard['status'], string>> = { waiting: 'orange', answered: 'green', resolved: 'grey' };

/** The root card, with the first messages' words. `previousUrl`: of the earlier inquiry's post. */
export function rootCard(
  card: InquiryCard,
  said: readonly CardElement[],
  { locale, previousUrl }: { readonly locale: Locale; readonly previousUrl: string | null },
): FeishuCard {
  const clocks = cardClocks(card, locale);
  const lastWords = cardLastWords(card, locale);
  const { before, userId, after } = cardAssignee(card, locale);
  const previous = text(locale, 'card.previous');
  const elements = [
    facts(cardFacts(card, locale)),
    ...(clocks.length > 0 ? [facts(clocks)] : []),
    words(before.trim()),
    ...(userId === null ? [] : [person(userId)]),
    ...(after.trim() === '' ? [] : [words(after.trim())]),
    ...(card.previous === null ? [] : [previousUrl === null ? words(previous) : link(previous, previousUrl)]),
    ...(lastWords === null ? [] : [small(lastWords)]),
    { tag: 'hr' },
    ...(said.length === 0 && card.excerpt !== '' ? [words(card.excerpt)] : said),
    small(cardFoot(card, locale)),
    ...(card.practice === 'over' ? [] : [small(text(locale, 'card.edits-unseen'))]),
    ...buttons(locale, cardActions(card), null),
  ];
  const buyer = shownBuyerName(card);
  const summary = excerpt([card.shopName, ...(buyer === null ? [] : [buyer])].join(' · '), 100);
  return toCard(elements, { title: cardTitle(card, locale), colour: card.practice ? 'purple' : colours[card.status], summary });
}
