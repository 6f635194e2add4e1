import { z } from 'zod';
import type { DeliveryId } from '../../src/core/ids.ts';
import { type Attachment, attachmentTitle } from '../../src/core/shown-words.ts';
import type { Locale } from '../../src/core/texts/index.ts';
import { PlatformError } from '../../src/errors.ts';
import type { BotAccess, FetchedMedia } from '../bot.ts';
import type { SlackClient } from './client.ts';
import { fromNetwork, fromStatus } from './failures.ts';
import { filePrefixOf } from './names.ts';

export interface UploadDeps {
  readonly client: SlackClient;
  readonly fetch: typeof globalThis.fetch;
  /** The bearer header, for Slack's own hosts; empty for any other. */
  readonly authorization: (url: string) => Readonly<Record<string, string>>;
}

const uploadTicket = z.object({ upload_url: z.string(), file_id: z.string() });

/**
 * Uploads what goes under a post, all in one message of the thread, or of the channel where there is none. Nothing shows before the last call, so all before it may be repeated.
 * @returns what could not be had or was refused, to be said in words
 */
export async function uploadAttachments(
  deps: UploadDeps,
  target: { readonly channelId: string; readonly rootId: string | null; readonly deliveryId: DeliveryId; readonly locale: Locale },
  attachments: readonly Attachment[],
  { signal, loadMedia }: BotAccess,
): Promise<readonly Attachment[]> {
  const lost: Attachment[] = [];
  const files: { id: string; title: string }[] = [];
  for (const [index, attachment] of attachments.entries()) {
    const loaded = await loadMedia(attachment.media);
    const id = loaded && (await upload(loaded, `${filePrefixOf(target.deliveryId)}${index + 1}${extensionOf(loaded)}`));
    if (id) files.push({ id, title: attachmentTitle(target.locale, attachment) });
    else lost.push(attachment);
  }
  if (files.length === 0) return lost;
  const { channelId, rootId } = target;
  try {
    const args = { files, channel_id: channelId, ...(rootId === null ? {} : { thread_ts: rootId }) };
    await deps.client.post({ method: 'files.completeUploadExternal', args, signal, effect: 'post' });
    return lost;
  } catch (error) {
    if (isRefusal(error)) return attachments;
    throw error;
  }

  /** Null when Slack does not take it. */
  async function upload(media: FetchedMedia, filename: string): Promise<string | null> {
    try {
      return await uploadFile(deps, media, filename, signal);
    } catch (error) {
      if (isRefusal(error)) return null;
      throw error;
    }
  }
}

/** Brings a file to Slack, where nobody sees it yet; doing it again leaves one more that nobody sees. Its id. */
export async function uploadFile(
  { client, fetch, authorization }: UploadDeps,
  media: FetchedMedia,
  filename: string,
  signal: AbortSignal,
): Promise<string> {
  const args = { filename, length: media.bytes.byteLength };
  const { answer } = await client.post({ method: 'files.getUploadURLExternal', args, signal, effect: 'repeatable' });
  const { upload_url, file_id } = uploadTicket.parse(answer);
  const details = { method: 'upload', effect: 'repeatable' as const };
  const body = new FormData();
  body.append('body', new Blob([Uint8Array.from(media.bytes)], { type: media.mimeType }), filename);
  const response = await fetch(upload_url, { method: 'POST', headers: authorization(upload_url), body, redirect: 'error', signal }).catch(
    (error: unknown) => {
      throw fromNetwork(details, error);
    },
  );
  await response.body?.cancel();
  if (response.status !== 200) throw fromStatus(details, response.status);
  return file_id;
}

/** Slack will not take the file, now or later: too large, no room, no permission. The words must do. */
const isRefusal = (error: unknown): boolean =>
  error instanceof PlatformError && (error.kind === 'rejected' || (error.kind === 'auth' && error.code === 'missing_scope'));

const extensions: Readonly<Record<string, string>> = {
  'image/jpeg': '.jpg',
  'image/png': '.png',
  'image/gif': '.gif',
  'image/webp': '.webp',
  'video/mp4': '.mp4',
  'application/pdf': '.pdf',
};

/** Slack takes the kind of a file from its name. */
const extensionOf = ({ mimeType, name }: FetchedMedia): string => extensions[mimeType] ?? /\.[a-z0-9]{1,8}$/i.exec(name)?.[0] ?? '';
