import { cleanText } from '../../src/core/text-plain.ts';
import type { ChatFile } from '../bot.ts';
import { contentOf, type RobotMessage } from './payloads.ts';
import { segmentWords } from './quotes.ts';

/** What the platform heard, not what was typed. */
const heardMark = '🎤 ';

/** The words of a message, as a reader sees them; the robot's own mention is not among them. */
export function wordsOfMessage(message: RobotMessage): string {
  const content = contentOf(message.content);
  switch (message.msgtype) {
    case 'text':
      return cleanText(message.text?.content ?? '').trim();
    case 'richText':
      return cleanText((content.richText ?? []).map((part) => (isPicture(part) ? '' : segmentWords(part))).join('')).trim();
    case 'audio':
      return content.recognition ? `${heardMark}${cleanText(content.recognition).trim()}` : '';
    default:
      return '';
  }
}

const isPicture = ({
  type,
  msgType,
  downloadCode,
  pictureDownloadCode,
}: {
  type?: unknown;
  msgType?: unknown;
  downloadCode?: unknown;
  pictureDownloadCode?: unknown;
}): boolean => type === 'picture' || msgType === 'picture' || Boolean(downloadCode ?? pictureDownloadCode);

/** Its files. The event tells neither their size nor an address: they are fetched with the code that it carries. */
export function filesOfMessage(message: RobotMessage): ChatFile[] {
  const content = contentOf(message.content);
  const file = (code: string | null | undefined, name: string, mimeType = ''): ChatFile[] =>
    code ? [{ fileId: code, url: '', name, mimeType, bytes: 0 }] : [];
  const picture = (code: string | null | undefined) => file(code, 'picture');
  switch (message.msgtype) {
    case 'picture':
      return picture(content.downloadCode ?? content.pictureDownloadCode);
    case 'richText':
      return (content.richText ?? []).flatMap((part) => picture(part.downloadCode ?? part.pictureDownloadCode));
    case 'file':
      return file(content.downloadCode, content.fileName || 'file');
    case 'video':
      return file(content.downloadCode, 'video', 'video/mp4');
    // What was heard stands in words; without them the sound is all there is.
    case 'audio':
      return content.recognition ? [] : file(content.downloadCode, 'audio');
    default:
      return [];
  }
}

/** Kinds that are read; others are counted as unknown. */
export const isReadable = ({ msgtype }: RobotMessage): boolean =>
  ['text', 'richText', 'picture', 'audio', 'video', 'file'].includes(msgtype);

/** People who are mentioned, the robot not among them. Those of other companies have no id here. */
export const mentionsIn = ({ atUsers, chatbotUserId }: RobotMessage): string[] =>
  (atUsers ?? []).flatMap(({ dingtalkId, staffId }) => (staffId && dingtalkId !== chatbotUserId ? [staffId] : []));
