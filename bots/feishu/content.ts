import { z } from 'zod';
import type { ChatFile } from '../bot.ts';
import { type FeishuMention, readJson } from './payloads.ts';

/** What somebody wrote, as a reader sees it. */
export interface PlainContent {
  readonly text: string;
  /** `open_id`s, and `all`; the bot itself is not among them. */
  readonly mentions: readonly string[];
  readonly callsUs: boolean;
  readonly files: readonly ChatFile[];
}

export interface ContentContext {
  readonly mentions: readonly FeishuMention[];
  readonly isUs: (mention: FeishuMention) => boolean;
  /** Where a file of this message is fetched from. */
  readonly fileUrl: (key: string, type: 'image' | 'file') => string;
}

/**
 * The content of a message -> words and files. Pure. Kinds that have no words (a sticker, forwarded messages) become a file that cannot be had, so that their
 * author is told that they go nowhere.
 * @see https://open.feishu.cn/document/server-docs/im-v1/message-content-description/message_content (2026-11-28)
 */
export function toPlainContent(type: string, content: string, context: ContentContext): PlainContent {
  const fields = readJson(content);
  switch (type) {
    case 'text':
      return fromText(textContent.parse(fields).text, context);
    case 'post':
      return fromPost(postContent.parse(fields), context);
    case 'image': {
      const { image_key } = imageContent.parse(fields);
      return filesAlone(imageOf(image_key, context));
    }
    case 'file':
    case 'media':
    case 'audio': {
      const { file_key, file_name } = fileContent.parse(fields);
      return filesAlone(fileOf(file_key, file_name || defaultNames[type], context));
    }
    default:
      return filesAlone({ fileId: '', url: '', name: type, mimeType: '', bytes: 0 });
  }
}

const textContent = z.object({ text: z.string() });
const imageContent = z.object({ image_key: z.string() });
const fileContent = z.object({ file_key: z.string(), file_name: z.string().nullish() });

const element = z.object({
  tag: z.string(),
  text: z.string().nullish(),
  href: z.string().nullish(),
  user_id: z.string().nullish(),
  user_name: z.string().nullish(),
  image_key: z.string().nullish(),
  file_key: z.string().nullish(),
  emoji_type: z.string().nullish(),
});
type Element = z.infer<typeof element>;
const body = z.object({ title: z.string().nullish(), content: z.array(z.array(element)) });
/** As it is received, or as it is sent: by language, of which there is one. */
const postContent = z.union([body, z.record(z.string(), body).transform((byLanguage) => Object.values(byLanguage)[0] ?? { content: [] })]);

const defaultNames = { file: 'file', media: 'video.mp4', audio: 'audio.opus' } as const;

const filesAlone = (file: ChatFile): PlainContent => ({ text: '', mentions: [], callsUs: false, files: [file] });

/** No more is told of a picture; which kind it is, and how large, is known once it is fetched. */
const imageOf = (key: string, { fileUrl }: ContentContext): ChatFile => ({
  ...{ fileId: key, url: fileUrl(key, 'image'), name: 'picture.jpg', mimeType: 'image/jpeg', bytes: 0 },
});

const fileOf = (key: string, name: string, { fileUrl }: ContentContext): ChatFile => ({
  ...{ fileId: key, url: fileUrl(key, 'file'), name, mimeType: mimeTypeOf(name), bytes: 0 },
});

/** By the end of the name, which is all that is told. */
function mimeTypeOf(name: string): string {
  const end = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  return Object.hasOwn(mimeTypes, end) ? (mimeTypes[end] ?? '') : 'application/octet-stream';
}

const mimeTypes: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  gif: 'image/gif',
  webp: 'image/webp',
  mp4: 'video/mp4',
  opus: 'audio/ogg',
  pdf: 'application/pdf',
  csv: 'text/csv',
  txt: 'text/plain',
};

/** `all` is whoever is in the group. */
const allKeys: ReadonlySet<string> = new Set(['@_all', '@all', 'all']);

/** Collects who is called while words are put together. */
function createCalled({ mentions: known, isUs }: ContentContext) {
  const byKey = new Map(known.map((mention) => [mention.key, mention]));
  const mentions = new Set<string>();
  let callsUs = false;
  return {
    /** How the placeholder reads; the bot's own is nothing, since it only calls it. */
    wordsOf(key: string): string {
      if (allKeys.has(key)) {
        mentions.add('all');
        return '@all';
      }
      const mention = byKey.get(key);
      if (!mention) return key;
      if (isUs(mention)) {
        callsUs = true;
        return '';
      }
      mentions.add(mention.id);
      return `@${mention.name || mention.id}`;
    },
    result: (text: string, files: readonly ChatFile[]): PlainContent => ({
      ...{ text: text.trim(), mentions: [...mentions], callsUs, files },
    }),
  };
}

function fromText(raw: string, context: ContentContext): PlainContent {
  const called = createCalled(context);
  // Links first: a name that looks like one is none.
  const words = unlinked(raw).replace(/(@_user_\d{1,6}|@_all)( ?)/g, (_whole, key: string, space: string) => {
    const shown = called.wordsOf(key);
    return shown === '' ? '' : shown + space;
  });
  return called.result(words, []);
}

/** `[label](address)`, as links come in plain text, reads as the address, or as both where the label says something else. */
const unlinked = (text: string): string =>
  text.replace(/\[([^[\]\n]*)\]\(((?:https?:\/\/|mailto:)[^()\s]*)\)/g, (_whole, label: string, address: string) =>
    linkInWords(label, address),
  );

function linkInWords(label: string, href: string): string {
  const address = href.replace(/^mailto:/, '');
  // Bare addresses become links by themselves; their label says it all.
  const saysItAll = label === address || label === address.replace(/^https?:\/\//, '').replace(/\/$/, '');
  return label === '' || saysItAll ? label || address : `${label} (${address})`;
}

function fromPost({ title, content }: z.infer<typeof body>, context: ContentContext): PlainContent {
  const called = createCalled(context);
  const files: ChatFile[] = [];
  const wordsOf = (one: Element): string | null => {
    switch (one.tag) {
      case 'a':
        return linkInWords(one.text ?? '', one.href ?? '');
      case 'at':
        return called.wordsOf(one.user_id ?? '');
      case 'emotion':
        return one.emoji_type ? `[${one.emoji_type}]` : '';
      case 'img':
        if (one.image_key) files.push(imageOf(one.image_key, context));
        return null;
      case 'media':
        if (one.file_key) files.push(fileOf(one.file_key, defaultNames.media, context));
        return null;
      case 'hr':
        return null;
      default:
        return one.text ?? '';
    }
  };
  const lines = content.flatMap((paragraph) => {
    const words = paragraph.map(wordsOf);
    // A paragraph that is a picture leaves no empty line.
    return paragraph.length > 0 && words.every((one) => one === null) ? [] : [words.join('').trimStart()];
  });
  return called.result([...(title ? [title] : []), ...lines].join('\n'), files);
}
