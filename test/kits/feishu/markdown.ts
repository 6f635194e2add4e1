import { emojiTypes } from './emoji.ts';
import type { FeishuWorld } from './world.ts';

/** What a person sees of a piece of words. */
export interface Rendered {
  /** Without markup. */
  readonly text: string;
  /** Who is called: `open_id`s, or `all`. */
  readonly pings: readonly string[];
  /** Runs that markup has formatted or turned into a link with another label. */
  readonly styled: readonly string[];
  readonly imageKeys: readonly string[];
}

export const nothing: Rendered = { text: '', pings: [], styled: [], imageKeys: [] };
export const literal = (text: string): Rendered => ({ ...nothing, text });

export const joined = (parts: readonly Rendered[], separator: string): Rendered => ({
  text: parts
    .map((part) => part.text)
    .filter((text) => text !== '')
    .join(separator),
  pings: parts.flatMap((part) => part.pings),
  styled: parts.flatMap((part) => part.styled),
  imageKeys: parts.flatMap((part) => part.imageKeys),
});

export const nameOf = (world: FeishuWorld, id: string): string => (id === 'all' ? 'all' : (world.users.get(id)?.name ?? id));

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'", nbsp: '\u00a0' };
const decoded = (text: string): string =>
  text.replace(/&(?:#(\d{1,6})|(\w{2,6}));/g, (whole, code: string | undefined, name: string | undefined) =>
    code === undefined ? (entities[name ?? ''] ?? whole) : String.fromCodePoint(Number(code)),
  );

/** A mark of formatting works where no blank stands on its inner sides. */
const between = (sign: string): RegExp => new RegExp(`${sign}((?!\\s)[^\\n]+?)(?<!\\s)${sign}`, 'g');
const marks = ['\\*\\*\\*', '\\*\\*', '__', '~~', '\\*', '_'].map(between);
const lineStarts = [/^#{1,6} +(.*)$/gm, /^ *(?:&gt;|>) ?(.*)$/gm];
const tags = /<(font|text_tag|link|person|number_tag|b|i|u|s|del|strong|em|a)(?: [^<>]*)?>([^<]*)<\/\1>/g;

/**
 * The `markdown` element and `lark_md`: Markdown, some tags, and HTML entities for what is to be read as it stands.
 * What looks like a tag and is none vanishes, as HTML does: the page promises nothing for it.
 * @see https://open.feishu.cn/document/feishu-cards/card-json-v2-components/content-components/rich-text.md (read 2026-11-28)
 */
export function renderMarkdown(world: FeishuWorld, source: string): Rendered {
  const pings: string[] = [];
  const styled: string[] = [];
  const imageKeys: string[] = [];
  const code: string[] = [];
  const note = (run: string): string => {
    styled.push(decoded(run));
    return run;
  };
  // In code nothing else works.
  const keep = (_whole: string, inner: string): string => `\uE000${code.push(inner) - 1}\uE000`;
  let text = source.replace(/```(?:\w*\n)?([\s\S]+?)```/g, keep).replace(/`([^`\n]+)`/g, keep);
  text = text.replace(/<at (?:id|ids|email)=["']?([^"'<>]*)["']?>([^<]*)<\/at>/g, (_whole, ids: string) => {
    const called = ids.split(',');
    pings.push(...called);
    return called.map((id) => `@${nameOf(world, id)}`).join(' ');
  });
  text = text.replace(/!\[([^\]\n]*)\]\(([^)\n]*)\)/g, (_whole, alt: string, key: string) => {
    imageKeys.push(key);
    return alt;
  });
  text = text.replace(/\[([^\]\n]+)\]\((?:https?:\/\/[^)\s]*)\)/g, (whole, label: string) =>
    whole === `[${label}](${label})` ? label : note(label),
  );
  text = text.replace(tags, (_whole, tag: string, inner: string) => (tag === 'person' ? `@${inner}` : note(inner)));
  for (const mark of marks) text = text.replace(mark, (_whole, inner: string) => note(inner));
  for (const start of lineStarts) text = text.replace(start, (_whole, inner: string) => note(inner));
  text = text.replace(/:(\w+):/g, (whole, name: string) => (emojiTypes.has(name) ? note(`[${name}]`) : whole));
  text = decoded(text.replace(/<[a-zA-Z!/?][^<>]*>/g, ''));
  text = text.replace(/\uE000(\d+)\uE000/g, (_whole, index: string) => {
    const inner = code[Number(index)] ?? '';
    styled.push(inner);
    return inner;
  });
  return { text, pings, styled, imageKeys };
}

/**
 * A `text` message of a bot: a few tags, links and calls; no entities.
 * @see https://open.feishu.cn/document/uAjLw4CM/ukTMukTMukTM/im-v1/message/create_json.md (read 2026-11-28)
 */
export function renderText(world: FeishuWorld, source: string): Rendered {
  const pings: string[] = [];
  const styled: string[] = [];
  let text = source.replace(/<at user_id=["']([^"'<>]*)["']>([^<]*)<\/at>/g, (_whole, id: string) => {
    pings.push(id);
    return `@${nameOf(world, id)}`;
  });
  const note = (_whole: string, inner: string): string => {
    styled.push(inner);
    return inner;
  };
  text = text.replace(/\[([^\]\n]+)\]\(https?:\/\/[^)\s]*\)/g, note).replace(/\*\*([^*\n]+)\*\*/g, note);
  text = text.replace(/<([bius])>([^<]*)<\/\1>/g, (whole, _tag: string, inner: string) => note(whole, inner));
  return { ...nothing, text, pings, styled };
}
