import { z } from 'zod';
import type { FetchedMedia } from '../bot.ts';
import { type UploadDeps, uploadFile } from './media.ts';

const opened = z.object({ channel: z.object({ id: z.string() }) });

/**
 * Hands one person a file, in their direct messages with the app. A file is shared in a conversation and not with a person, so that conversation is opened first;
 * doing that again changes nothing.
 * @throws PlatformError `uncertain` when the file may be there
 * @see https://docs.slack.dev/reference/methods/conversations.open/ (2026-11-27), https://github.com/slackapi/bolt-js/issues/2115 (2026-11-27)
 */
export async function sendFile(deps: UploadDeps, userId: string, file: FetchedMedia, signal: AbortSignal): Promise<void> {
  const { client } = deps;
  const { answer } = await client.ask({ method: 'conversations.open', args: { users: userId }, signal });
  const { channel } = opened.parse(answer);
  const id = await uploadFile(deps, file, file.name, signal);
  const args = { files: [{ id, title: file.name }], channel_id: channel.id };
  await client.post({ method: 'files.completeUploadExternal', args, signal, effect: 'post' });
}
