import type { ConnectorDeps } from '../../src/core/connector.ts';
import { attachmentsOf } from '../../src/core/shown-words.ts';
import type { ShownMessage } from '../../src/core/thread.ts';
import { PlatformError } from '../../src/errors.ts';
import type { BotAccess } from '../bot.ts';
import type { DingTalkClient } from './client.ts';
import { isSendable, kindOf } from './file-kinds.ts';
import { uploadFile } from './media.ts';

export interface DocumentsDeps {
  readonly client: DingTalkClient;
  readonly robotCode: string;
  readonly log: ConnectorDeps['log'];
}

/** A card holds pictures and no files, so those of a buyer stand below it in the group, under their own names. Films are named in words: a film needs a picture of it that nobody has. */
export const documentsIn = (messages: readonly ShownMessage[]) => attachmentsOf(messages).filter(({ kind }) => kind === 'file');

/**
 * A plain message has neither a name of ours nor a look-up, so it is sent once and never again: that it fails is told in the log, and the card names the file all the same.
 * @see https://open.dingtalk.com/document/orgapp/the-robot-sends-a-group-message (2026-11-28)
 */
export async function sendDocuments(
  { client, robotCode, log }: DocumentsDeps,
  openConversationId: string,
  messages: readonly ShownMessage[],
  { signal, loadMedia }: BotAccess,
): Promise<void> {
  for (const { media } of documentsIn(messages)) {
    try {
      const file = await loadMedia(media);
      if (!file || !isSendable(file.name)) continue;
      const mediaId = await uploadFile(client, file, 'file', signal);
      const msgParam = JSON.stringify({ mediaId, fileName: file.name, fileType: kindOf(file.name) });
      await client.call({
        ...{ api: 'group.send', path: '/v1.0/robot/groupMessages/send', method: 'POST', effect: 'post', signal },
        body: { robotCode, openConversationId, msgKey: 'sampleFile', msgParam },
      });
    } catch (err) {
      if (!(err instanceof PlatformError)) throw err;
      log.warn({ bot: 'dingtalk', err }, 'a file of a buyer could not be shown; its card names it');
    }
  }
}
