import { filesIn } from './blocks.ts';
import type { Block, SlackMessage } from './world.ts';

/** What a person sees of a message. */
export interface Rendered {
  /** Without markup. */
  readonly text: string;
  /** Who is called: user ids, `channel`, `here`, `everyone`, `subteam...`. */
  readonly pings: readonly string[];
  /** Runs that markup has formatted or turned into a link with another label. */
  readonly styled: readonly string[];
  /** Uploaded files that are shown in it. */
  readonly fileIds: readonly string[];
}

const joined = (parts: readonly Rendered[], separator: string): Rendered => ({
  text: parts
    .map((part) => part.text)
    .filter((text) => text !== '')
    .join(separator),
  pings: parts.flatMap((part) => part.pings),
  styled: parts.flatMap((part) => part.styled),
  fileIds: parts.flatMap((part) => part.fileIds),
});
const nothing: Rendered = { text: '', pings: [], styled: [], fileIds: [] };
const literal = (text: string): Rendered => ({ ...nothing, text });
const ping = (target: string, text: string): Rendered => ({ ...nothing, text, pings: [target] });

/** Blocks win over `text`, which is then the notification; a call in either of them is counted. */
export function render(message: Pick<SlackMessage, 'text' | 'blocks' | 'mrkdwn' | 'fileIds'>): Rendered {
  const text = renderMrkdwn(message.text, message.mrkdwn);
  const own: Rendered = { ...nothing, fileIds: message.fileIds };
  if (message.blocks.length === 0) return joined([text, own], '');
  const blocks = joined(message.blocks.map(renderBlock), '\n');
  const shown = filesIn(message.blocks);
  return { ...blocks, pings: [...new Set([...blocks.pings, ...text.pings])], fileIds: [...shown, ...message.fileIds] };
}

const unescaped = (text: string): string => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

function renderBlock(block: Block): Rendered {
  switch (block.type) {
    case 'section':
      return joined([renderText(block['text']), ...list(block['fields']).map(renderText)], '\n');
    case 'header':
      return renderText(block['text']);
    case 'context':
      return joined(list(block['elements']).map(renderText), ' ');
    case 'rich_text':
      return joined(list(block['elements']).map(renderRich), '\n');
    case 'markdown':
      return renderMarkdown(string(block['text']));
    case 'image':
      return renderText(block['title']);
    default:
      return nothing;
  }
}

/** A text object: `mrkdwn` is interpreted, `plain_text` is not. */
function renderText(value: unknown): Rendered {
  if (!isBlock(value)) return nothing;
  if (value.type === 'mrkdwn') return renderMrkdwn(string(value['text']), true);
  return value.type === 'plain_text' ? literal(unescaped(string(value['text']))) : nothing;
}

function renderRich(element: Block): Rendered {
  if (Array.isArray(element['elements'])) {
    const inner = list(element['elements']).map(renderRich);
    const whole = joined(inner, element.type === 'rich_text_list' ? '\n' : '');
    return element.type === 'rich_text_preformatted' ? { ...whole, styled: [...whole.styled, whole.text] } : whole;
  }
  switch (element.type) {
    case 'user':
      return ping(string(element['user_id']), `@${string(element['user_id'])}`);
    case 'usergroup':
      return ping(string(element['usergroup_id']), `@${string(element['usergroup_id'])}`);
    case 'broadcast':
      return ping(string(element['range']), `@${string(element['range'])}`);
    case 'link': {
      const label = string(element['text']) || string(element['url']);
      return { ...literal(label), styled: label === element['url'] ? [] : [label] };
    }
    case 'emoji':
      return literal(emojiText(element));
    case 'text': {
      const text = string(element['text']);
      const style = typeof element['style'] === 'object' && element['style'] !== null && Object.values(element['style']).includes(true);
      return { ...literal(text), styled: style ? [text] : [] };
    }
    default:
      return nothing;
  }
}

const emojiText = (element: Block): string =>
  typeof element['unicode'] === 'string'
    ? String.fromCodePoint(...element['unicode'].split('-').map((code) => Number.parseInt(code, 16)))
    : `:${string(element['name'])}:`;

const token = /<([^<>]+)>/g;
const runs = [/```([\s\S]+?)```/g, /`([^`\n]+)`/g, mark('\\*'), mark('_'), mark('~')];
const codes: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;' };

/** A formatting mark works where no letter or digit stands on its outer sides, and no blank on its inner ones. */
function mark(sign: string): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{N}${sign}])${sign}((?!\\s)[^${sign}\\n]+?(?<!\\s))${sign}(?![\\p{L}\\p{N}${sign}])`, 'gu');
}

/** @see https://docs.slack.dev/messaging/formatting-message-text */
function renderMrkdwn(source: string, formats: boolean): Rendered {
  const pings: string[] = [];
  const styled: string[] = [];
  let text = source.replace(token, (_whole, inner: string) => {
    const [target = '', label] = inner.split('|');
    if (target.startsWith('@')) pings.push(target.slice(1));
    if (/^!(channel|here|everyone)/.test(target)) pings.push(target.slice(1));
    if (target.startsWith('!subteam^')) pings.push(target.slice(1));
    if (target.startsWith('!date')) return label ?? '';
    if (/^[@!]/.test(target)) return `@${label ?? target.slice(1)}`;
    if (target.startsWith('#')) return `#${label ?? target.slice(1)}`;
    if (label !== undefined && label !== target) styled.push(unescaped(label));
    return label ?? target;
  });
  if (formats) {
    for (const run of runs) {
      text = text.replace(run, (_whole, inner: string) => {
        styled.push(unescaped(inner));
        return inner;
      });
    }
    text = text.replace(/^(?:&gt;|>) ?(.*)$/gm, (_whole, inner: string) => {
      styled.push(unescaped(inner));
      return inner;
    });
  }
  return { ...nothing, text: unescaped(text), pings, styled };
}

/** A `markdown` block: mentions work as in mrkdwn, formatting is Markdown's. */
function renderMarkdown(source: string): Rendered {
  const rest = source.replace(/\[([^\]]+)\]\([^)]+\)/g, '<x|$1>').replace(/\*\*(.+?)\*\*/g, '*$1*');
  return renderMrkdwn(rest, true);
}

/** As Slack's client sends what a person typed: entities, and bare addresses as links. Tokens such as `<@U1>` stand for what was picked from a list. */
export function typed(text: string): string {
  return text
    .split(/(<(?:[@#!][^<>]+|(?:https?:|mailto:|tel:)[^<>]+)>)/)
    .map((piece, index) =>
      index % 2 === 1
        ? piece
        : piece.replace(/[<>&]/g, (sign) => codes[sign] ?? sign).replace(/https?:\/\/[^\s<>]+/g, (address) => `<${address}>`),
    )
    .join('');
}

const string = (value: unknown): string => (typeof value === 'string' ? value : '');
const isBlock = (value: unknown): value is Block => typeof value === 'object' && value !== null && 'type' in value;
const list = (value: unknown): Block[] => (Array.isArray(value) ? value.filter(isBlock) : []);
