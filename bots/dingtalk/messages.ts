import { cleanText } from '../../src/core/text-plain.ts';
import type { ChatFile } from '../bot.ts';
import { contentOf, type RobotMessage, type Segment } from './payloads.ts';
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
      return cleanText(
        (content.richText ?? []).map((part) => (isPicture(part) || isCall(part, message) ? '' : segmentWords(part))).join(''),
      ).trim();
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

/** A name that is called, where nobody but the robot is. */
const isCall = ({ text, content, atName }: Segment, message: RobotMessage): boolean =>
  Boolean(atName) && text == null && content == null && mentionsIn(message).length === 0;

/** Its files. The event tells neither their size nor an address: they are fetched with the code that it carries. */
export function filesOfMessage(message: RobotMessage): ChatFile[] {
  const content = contentOf(message.content);
  const file = (code: string | null | undefined, name: string, mimeType = ''): ChatFile[] =>
    code ? [{ fileId: code, url: '', name, mimeType, bytes: 0 }] : [];
  // Which kind of picture is known by its bytes; that it is one has to be known before.
  const picture = (code: string | null | undefined) => file(code, 'picture', 'image/jpeg');
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

/**
 * People who are mentioned, the robot not among them; those of other companies by the platform's id, since what is said to them is for no buyer either. That the robot
 * stands under `chatbotUserId` is UNCONFIRMED: where nobody does, it is the first one without an id of the company, for only what calls it gets here.
 */
export function mentionsIn({ atUsers, chatbotUserId }: RobotMessage): string[] {
  const called = (atUsers ?? []).filter(({ dingtalkId }) => !dingtalkId || dingtalkId !== chatbotUserId);
  const hasRobot = called.length < (atUsers ?? []).length;
  const robot = hasRobot ? undefined : called.find(({ staffId }) => !staffId);
  return called.flatMap((one) => (one === robot ? [] : one.staffId || one.dingtalkId || []));
}
