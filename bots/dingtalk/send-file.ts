import { z } from 'zod';
import type { FetchedMedia } from '../bot.ts';
import type { DingTalkClient } from './client.ts';
import { fromCode, refused } from './failures.ts';
import { isSendable, kindOf } from './file-kinds.ts';
import { uploadFile } from './media.ts';
import { zipOf } from './zip.ts';

const sent = z.object({
  invalidStaffIdList: z.array(z.string()).nullish(),
  flowControlledStaffIdList: z.array(z.string()).nullish(),
});

/**
 * Hands one person a file, in their talk with the robot. A kind that the platform does not take comes in an archive.
 * @throws PlatformError `uncertain` when the file may be there
 * @see https://open.dingtalk.com/document/orgapp/chatbots-send-one-on-one-chat-messages-in-batches (2026-11-28)
 */
export async function sendFile(
  { client, robotCode }: { readonly client: DingTalkClient; readonly robotCode: string },
  userId: string,
  given: FetchedMedia,
  signal: AbortSignal,
): Promise<void> {
  const file = isSendable(given.name) ? given : archived(given);
  const mediaId = await uploadFile(client, file, 'file', signal);
  const body = {
    robotCode,
    userIds: [userId],
    msgKey: 'sampleFile',
    msgParam: JSON.stringify({ mediaId, fileName: file.name, fileType: kindOf(file.name) }),
  };
  const { answer } = await client.call({
    api: 'direct.send',
    path: '/v1.0/robot/oToMessages/batchSend',
    method: 'POST',
    body,
    effect: 'post',
    signal,
  });
  // It names whom it did not reach, with HTTP 200.
  const { invalidStaffIdList, flowControlledStaffIdList } = sent.parse(answer);
  if (invalidStaffIdList?.includes(userId)) throw refused('direct.send', 'invalidStaffId');
  if (flowControlledStaffIdList?.includes(userId)) {
    throw fromCode({ api: 'direct.send', effect: 'post', vital: false }, 'Forbidden.AccessDenied.QpsLimitForAppkeyAndApi');
  }
}

const archived = ({ name, bytes }: FetchedMedia): FetchedMedia => ({
  name: `${name}.zip`,
  bytes: zipOf(name, bytes),
  mimeType: 'application/zip',
});
