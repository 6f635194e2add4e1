import { z } from 'zod';
import type { MediaRef } from '../../src/core/message.ts';
import { PlatformError } from '../../src/errors.ts';
import type { BotAccess, FetchedMedia } from '../bot.ts';
import type { DingTalkClient } from './client.ts';

const uploaded = z.object({ media_id: z.string().min(1) });

/**
 * Brings a file to the platform, where nobody sees it yet; its id. Pictures: jpg, gif, png, bmp to 20 MB; files: doc, xls, ppt (and x), zip, pdf, rar to 20 MB.
 * @see https://open.dingtalk.com/document/orgapp/upload-media-files (2026-11-28)
 */
export async function uploadFile(
  client: Pick<DingTalkClient, 'old'>,
  { bytes, mimeType, name }: FetchedMedia,
  type: 'image' | 'file',
  signal: AbortSignal,
): Promise<string> {
  const body = new FormData();
  body.append('type', type);
  body.append('media', new Blob([Uint8Array.from(bytes)], { type: mimeType }), name);
  const { answer } = await client.old({
    api: 'media.upload',
    path: `/media/upload?type=${type}`,
    method: 'POST',
    body,
    effect: 'repeatable',
    signal,
  });
  return uploaded.parse(answer).media_id;
}

/** A picture, ready to stand on a card; null: it could not be had, or is not taken. */
export async function uploadPicture(
  client: Pick<DingTalkClient, 'old'>,
  media: MediaRef,
  { signal, loadMedia }: BotAccess,
): Promise<string | null> {
  const loaded = await loadMedia(media);
  if (!loaded) return null;
  try {
    return await uploadFile(client, { ...loaded, name: withExtension(loaded) }, 'image', signal);
  } catch (error) {
    if (error instanceof PlatformError && error.kind === 'rejected') return null;
    throw error;
  }
}

const extensions: Readonly<Record<string, string>> = {
  'image/jpeg': '.jpg',
  'image/png': '.png',
  'image/gif': '.gif',
  'image/bmp': '.bmp',
};

/** The platform takes the kind of a file from its name. */
function withExtension({ name, mimeType }: FetchedMedia): string {
  const extension = extensions[mimeType] ?? '';
  return name.toLowerCase().endsWith(extension) ? name || `picture${extension}` : `${name}${extension}`;
}
