import type { MediaRef, MessagePart } from './message.ts';
import { cleanText } from './text-plain.ts';
import { isTextKey, type Locale, type TextKey, type TextParams, text } from './texts/index.ts';
import type { Notice, ShownMessage } from './thread.ts';

/** What a bot shows, in plain words of the reader's language: the same on every platform. How they are set is the bot's affair. */

/** A picture, video or file that is shown with the words that speak of it. */
export interface Attachment {
  readonly media: MediaRef;
  readonly kind: 'image' | 'video' | 'file';
}

export const attachmentsOf = (messages: readonly ShownMessage[]): Attachment[] =>
  messages.flatMap(({ parts }) =>
    parts.flatMap((part) =>
      part.kind === 'image' || part.kind === 'video' || part.kind === 'file' ? [{ media: part.media, kind: part.kind }] : [],
    ),
  );

export function attachmentTitle(locale: Locale, { kind, media }: Attachment): string {
  if (kind === 'image') return text(locale, 'message.image');
  if (kind === 'video') return text(locale, 'message.video-unmeasured');
  return text(locale, 'message.file', { name: cleanText(media.name ?? '') }).trim();
}

/** What stands in the thread for files that could not be shown. */
export const lostInWords = (locale: Locale, lost: readonly Attachment[]): string =>
  lost
    .map((attachment) =>
      attachment.kind === 'image'
        ? text(locale, 'message.image-lost')
        : text(locale, 'message.file-lost', { name: attachmentTitle(locale, attachment) }),
    )
    .join('\n');

/** A message in words, one line or more a part. What is no text is named; nothing is left out. */
export const wordsOf = (locale: Locale, { parts, author }: ShownMessage): string =>
  parts.map((part) => partInWords(locale, part, author)).join('\n');

function partInWords(locale: Locale, part: MessagePart, author: ShownMessage['author']): string {
  switch (part.kind) {
    case 'text':
      return cleanText(part.text);
    case 'image':
      return text(locale, 'message.image');
    case 'video':
      return part.durationSeconds === undefined
        ? text(locale, 'message.video-unmeasured')
        : text(locale, 'message.video', { seconds: part.durationSeconds });
    case 'file':
      return text(locale, 'message.file', { name: cleanText(part.media.name ?? '') }).trim();
    case 'sticker':
      return text(locale, 'message.sticker', { label: cleanText(part.label) });
    case 'product':
      return text(locale, 'message.product', { id: cleanText(part.productId) });
    case 'order':
      return [text(locale, 'message.order', { id: cleanText(part.orderId) }), cleanText(part.note ?? '')].filter(Boolean).join('\n');
    case 'system':
      // Said once, where the whole message is the marketplace's.
      return author === 'system' ? cleanText(part.text) : `${text(locale, 'message.system')}\n${cleanText(part.text)}`;
    case 'unsupported':
      return [text(locale, 'message.unsupported', { type: cleanText(part.type) }), cleanText(part.hint ?? '')].filter(Boolean).join('\n');
  }
}

/** Who wrote, where it was not the buyer. */
export function authorInWords(locale: Locale, { author }: ShownMessage): string | null {
  switch (author) {
    case 'buyer':
      return null;
    case 'agent':
      return text(locale, 'message.agent');
    case 'automatic':
      return text(locale, 'message.automatic');
    case 'system':
      return text(locale, 'message.system');
  }
}

/** A notice as one sentence, its reasons below it; or in it, where the sentence has a place for them. */
export function noticeInWords(locale: Locale, { key, params, reasons }: Notice): string {
  const because = reasons.map((reason) => say(locale, reason.key, reason.params));
  const hasPlace = text(locale, key).includes('{reason}') && !Object.hasOwn(params, 'reason');
  if (hasPlace) return say(locale, key, { ...params, reason: because.join('; ') });
  return [say(locale, key, params), ...because.map((reason) => `• ${reason}`)].join('\n');
}

/** A parameter that is itself a key of the catalogue is translated. */
function say(locale: Locale, key: TextKey, params: TextParams): string {
  const translated = Object.entries(params).map(([name, value]) => [
    name,
    typeof value !== 'string' ? value : isTextKey(value) ? text(locale, value) : cleanText(value),
  ]);
  return text(locale, key, Object.fromEntries(translated));
}
