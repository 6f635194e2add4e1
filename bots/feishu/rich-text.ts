import { maskContacts } from '../../src/core/mask.ts';
import { type Locale, text } from '../../src/core/texts/index.ts';
import { type FeishuCard, words } from './card.ts';

/** An element of a rich text: https://open.feishu.cn/document/server-docs/im-v1/message-content-description/create_json (2026-11-28). Nothing in a text is parsed. */
export type TextElement =
  | { readonly tag: 'text'; readonly text: string }
  | { readonly tag: 'a'; readonly text: string; readonly href: string }
  | { readonly tag: 'at'; readonly user_id: string }
  | { readonly tag: 'img'; readonly image_key: string };

/** A line is a paragraph; a picture is one by itself. */
export type Paragraphs = readonly (readonly TextElement[])[];

/** One message of the platform: `interactive` is a card, `post` a rich text. */
export type FeishuPost =
  | { readonly type: 'interactive'; readonly card: FeishuCard }
  | { readonly type: 'post'; readonly paragraphs: Paragraphs }
  | { readonly type: 'file'; readonly fileKey: string };

/** An empty line keeps its place. */
export const linesOf = (said: string): Paragraphs => said.split('\n').map((line) => [{ tag: 'text', text: line === '' ? ' ' : line }]);

export const imageParagraphs = (keys: readonly string[]): Paragraphs => keys.map((key) => [{ tag: 'img', image_key: key }]);

/** Mentions come first, so that a notification shows who is meant. */
export function withCalled(userIds: readonly string[], [first = [], ...rest]: Paragraphs): Paragraphs {
  const called = userIds.flatMap((userId): TextElement[] => [
    { tag: 'at', user_id: userId },
    { tag: 'text', text: ' ' },
  ]);
  return [[...called, ...first], ...rest];
}

/** As the API wants it: the type, and the content as a JSON string. */
export function toContent(post: FeishuPost): { readonly msg_type: string; readonly content: string } {
  switch (post.type) {
    case 'interactive':
      return { msg_type: 'interactive', content: JSON.stringify(post.card) };
    case 'post':
      // One language is enough; everybody is shown it.
      return { msg_type: 'post', content: JSON.stringify({ zh_cn: { content: post.paragraphs } }) };
    case 'file':
      return { msg_type: 'file', content: JSON.stringify({ file_key: post.fileKey }) };
  }
}

/** The same without telephone numbers and e-mail addresses (and `everyNumber`), and saying so. What buttons carry stays. */
export function masked(post: FeishuPost, locale: Locale, everyNumber: boolean): FeishuPost {
  const note = text(locale, 'message.masked');
  switch (post.type) {
    case 'interactive': {
      const card = maskedIn(post.card, everyNumber) as FeishuCard;
      return { type: 'interactive', card: { ...card, body: { elements: [...card.body.elements, words(note)] } } };
    }
    case 'post':
      return { type: 'post', paragraphs: [...(maskedIn(post.paragraphs, everyNumber) as Paragraphs), ...linesOf(note)] };
    case 'file':
      return post;
  }
}

const wordFields: ReadonlySet<string> = new Set(['content', 'text']);

function maskedIn(given: unknown, everyNumber: boolean): unknown {
  if (Array.isArray(given)) return given.map((one) => maskedIn(one, everyNumber));
  if (typeof given !== 'object' || given === null) return given;
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      if (name === 'value') return [name, value];
      return [name, wordFields.has(name) && typeof value === 'string' ? maskContacts(value, everyNumber) : maskedIn(value, everyNumber)];
    }),
  );
}
