import { z } from 'zod';
import { type Card, flatten, readCard } from './card.ts';
import { refusals } from './refusal.ts';
import type { FeishuWorld, MessageType } from './world.ts';

/**
 * The contents of messages, as bots send them: a JSON string each.
 * @see https://open.feishu.cn/document/uAjLw4CM/ukTMukTMukTM/im-v1/message/create_json.md (read 2026-11-28)
 */
const styles = z.array(z.enum(['bold', 'italic', 'underline', 'lineThrough'])).optional();
const segment = z.discriminatedUnion('tag', [
  z.strictObject({ tag: z.literal('text'), text: z.string(), un_escape: z.boolean().optional(), style: styles }),
  z.strictObject({ tag: z.literal('a'), text: z.string(), href: z.url(), style: styles }),
  z.strictObject({ tag: z.literal('at'), user_id: z.string(), user_name: z.string().optional(), style: styles }),
  z.strictObject({ tag: z.literal('img'), image_key: z.string() }),
  z.strictObject({ tag: z.literal('emotion'), emoji_type: z.string() }),
  z.strictObject({ tag: z.literal('hr') }),
  z.strictObject({ tag: z.literal('code_block'), language: z.string().optional(), text: z.string() }),
  z.strictObject({ tag: z.literal('md'), text: z.string() }),
]);
export type Segment = z.infer<typeof segment>;
const post = z.strictObject({ title: z.string().optional(), content: z.array(z.array(segment)) });
const posts = z.partialRecord(z.enum(['zh_cn', 'en_us', 'ja_jp']), post);

export type Content =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'post'; readonly title: string; readonly lines: readonly (readonly Segment[])[] }
  | { readonly type: 'image' | 'file'; readonly key: string }
  | { readonly type: 'interactive'; readonly card: Card };

/** Of the content alone; the page speaks of the whole request, so the last bytes are stricter than need be. */
const maxBytes: Readonly<Record<MessageType, number>> = {
  text: 150 * 1024,
  post: 30 * 1024,
  interactive: 30 * 1024,
  image: 30 * 1024,
  file: 30 * 1024,
};
const types = z.enum(['text', 'post', 'image', 'file', 'interactive']);

/** What a bot wants to send. @throws FeishuRefusal for whatever the platform would refuse */
export function checkContent(
  world: FeishuWorld,
  msgType: unknown,
  content: unknown,
): { readonly type: MessageType; readonly content: string } {
  const type = types.safeParse(msgType);
  if (!type.success) throw refusals.invalid('invalid msg_type');
  if (typeof content !== 'string') throw refusals.invalid('content is not a string in json format');
  if (Buffer.byteLength(content) > maxBytes[type.data]) throw refusals.tooLong();
  const read = readContent(type.data, content);
  if (read.type === 'text' && read.text === '') throw refusals.invalid('text is empty');
  for (const key of keysIn(read)) {
    if (world.files.get(key)?.owner !== world.app.openId) throw refusals.invalid(`invalid ${key.split('_')[0]}_key`);
  }
  return { type: type.data, content };
}

/** @throws FeishuRefusal 230001, 230099 */
export function readContent(type: MessageType, content: string): Content {
  const value = parse(content);
  switch (type) {
    case 'text':
      return { type, text: read(z.strictObject({ text: z.string() }), value).text };
    case 'post': {
      const localised = posts.safeParse(value);
      // What people write comes without a language.
      const one = localised.success ? Object.values(localised.data)[0] : read(post, value);
      if (!one) throw refusals.invalid('post has no content');
      return { type, title: one.title ?? '', lines: one.content };
    }
    case 'image':
      return { type, key: read(z.strictObject({ image_key: z.string() }), value).image_key };
    case 'file':
      return { type, key: read(z.looseObject({ file_key: z.string() }), value).file_key };
    case 'interactive':
      return { type, card: readCard(value) };
  }
}

/** Of images and files in it. */
export function keysIn(content: Content): string[] {
  switch (content.type) {
    case 'text':
      return [];
    case 'post':
      return content.lines.flat().flatMap((one) => (one.tag === 'img' ? [one.image_key] : []));
    case 'image':
    case 'file':
      return [content.key];
    case 'interactive':
      return content.card.elements.flatMap(flatten).flatMap(({ element }) => (element.tag === 'img' ? [element.img_key] : []));
  }
}

function parse(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    throw refusals.invalid('content is not a string in json format');
  }
}

function read<Value>(schema: z.ZodType<Value>, value: unknown): Value {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw refusals.invalid(`invalid content: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
