import { z } from 'zod';
import { picturesOf } from '../../src/core/answer-words.ts';
import type { MediaRef } from '../../src/core/message.ts';
import { type Attachment, attachmentsOf } from '../../src/core/shown-words.ts';
import type { ThreadContent } from '../../src/core/thread.ts';
import { PlatformError } from '../../src/errors.ts';
import type { BotAccess, FetchedMedia } from '../bot.ts';
import type { FeishuClient } from './client.ts';

/** Keys of what was uploaded for one content, and what could not be had or was not taken. */
export interface Uploads {
  readonly images: ReadonlyMap<MediaRef, string>;
  readonly files: ReadonlyMap<MediaRef, string>;
  readonly lost: ReadonlySet<MediaRef>;
}

export const noUploads: Uploads = { images: new Map(), files: new Map(), lost: new Set() };

/** https://open.feishu.cn/document/server-docs/im-v1/image/create, .../im-v1/file/create (2026-11-28) */
const maxImageBytes = 10 * 1024 * 1024;
const maxUploadBytes = 30 * 1024 * 1024;

/** Of what is shown, that which is uploaded first. */
export function toBeUploaded(content: ThreadContent): readonly Attachment[] {
  if (content.kind === 'opening' || content.kind === 'messages') return attachmentsOf(content.messages);
  return content.kind === 'answer' ? picturesOf(content) : [];
}

/** Nobody sees an upload, so all of it may be repeated. What the platform does not take, or nobody can fetch, is said in words. */
export async function uploadAll(
  client: FeishuClient,
  attachments: readonly Attachment[],
  { signal, loadMedia }: BotAccess,
): Promise<Uploads> {
  const images = new Map<MediaRef, string>();
  const files = new Map<MediaRef, string>();
  const lost = new Set<MediaRef>();
  for (const { kind, media } of attachments) {
    if (images.has(media) || files.has(media) || lost.has(media)) continue;
    const loaded = await loadMedia(media);
    try {
      if (!loaded) lost.add(media);
      else if (kind === 'image') images.set(media, await uploadImage(client, loaded, signal));
      else files.set(media, await uploadFile(client, loaded, signal));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      lost.add(media);
    }
  }
  return { images, files, lost };
}

/** Will not be taken, now or later: too large, of an unknown kind, no permission. */
const isRefusal = (error: unknown): boolean => error instanceof PlatformError && error.kind === 'rejected';

const tooLarge = () => new PlatformError('feishu: a file is too large', { kind: 'rejected', platform: 'feishu', code: '234006' });

async function uploadImage(client: FeishuClient, { bytes, mimeType, name }: FetchedMedia, signal: AbortSignal): Promise<string> {
  if (bytes.byteLength > maxImageBytes) throw tooLarge();
  const form = new FormData();
  form.append('image_type', 'message');
  form.append('image', new Blob([Uint8Array.from(bytes)], { type: mimeType }), name || 'picture');
  const { answer } = await client.call({
    ...{ api: 'image.create', method: 'POST', path: '/open-apis/im/v1/images' },
    form,
    signal,
    effect: 'repeatable',
  });
  return z.object({ data: z.object({ image_key: z.string() }) }).parse(answer).data.image_key;
}

/** As a stream of bytes: other types promise how it is shown, and are refused where the bytes do not keep it. */
export async function uploadFile(client: FeishuClient, { bytes, mimeType, name }: FetchedMedia, signal: AbortSignal): Promise<string> {
  if (bytes.byteLength > maxUploadBytes) throw tooLarge();
  const form = new FormData();
  form.append('file_type', 'stream');
  form.append('file_name', name || 'file');
  form.append('file', new Blob([Uint8Array.from(bytes)], { type: mimeType }), name || 'file');
  const { answer } = await client.call({
    ...{ api: 'file.create', method: 'POST', path: '/open-apis/im/v1/files' },
    form,
    signal,
    effect: 'repeatable',
  });
  return z.object({ data: z.object({ file_key: z.string() }) }).parse(answer).data.file_key;
}
