import type { FeishuWorld, Mention, NewMessage } from './world.ts';

/** What a client sends of what somebody typed. `<@ou_…>` and `<@all>` stand for who was picked from a list. */
export type TypedMessage = Pick<NewMessage, 'type' | 'content'> & { readonly mentions: readonly Mention[] };

/** Formatting, links with a label and stickers of emoji make a rich text of it; the client knows no other way. */
const rich = /\*\*([^*\n]+)\*\*|\[([^\]\n]+)\]\((https?:[^)\s]+)\)|:([A-Z]+):|(@_user_\d+|@_all)/g;

/** @param imageKeys pictures that were put below the words; they, too, need a rich text */
export function typed(world: FeishuWorld, words: string, imageKeys: readonly string[] = []): TypedMessage {
  const mentions: Mention[] = [];
  const text = words.replace(/<@(ou_\w+|all)>/g, (_whole, openId: string) => {
    if (openId === 'all') return '@_all';
    const name = world.users.get(openId)?.name ?? openId;
    const mention = { key: `@_user_${mentions.length + 1}`, openId, name };
    mentions.push(mention);
    return mention.key;
  });
  if (imageKeys.length === 0 && !/\*\*[^*\n]+\*\*|\]\(https?:|:[A-Z]+:/.test(text))
    return { type: 'text', content: JSON.stringify({ text }), mentions };
  const lines = text === '' ? [] : text.split('\n').map((line) => segmentsOf(line, mentions));
  const content = { title: '', content: [...lines, ...imageKeys.map((image_key) => [{ tag: 'img', image_key }])] };
  return { type: 'post', content: JSON.stringify(content), mentions };
}

function segmentsOf(line: string, mentions: readonly Mention[]): object[] {
  const segments: object[] = [];
  let from = 0;
  const plain = (to: number) => {
    if (to > from) segments.push({ tag: 'text', text: line.slice(from, to), style: [] });
  };
  for (const match of line.matchAll(rich)) {
    const [whole, bold, label, href, emoji, key] = match;
    plain(match.index);
    from = match.index + whole.length;
    if (bold !== undefined) segments.push({ tag: 'text', text: bold, style: ['bold'] });
    else if (label !== undefined) segments.push({ tag: 'a', text: label, href, style: [] });
    else if (emoji !== undefined) segments.push({ tag: 'emotion', emoji_type: emoji });
    else segments.push({ tag: 'at', user_id: key, user_name: mentions.find((one) => one.key === key)?.name ?? 'all', style: [] });
  }
  plain(line.length);
  return segments;
}
