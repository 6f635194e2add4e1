import { type PlainContent, toPlainContent } from './content.ts';
import type { FeishuEvent, FeishuMention, FeishuMessage } from './payloads.ts';

export interface MessageContext {
  /** Without a slash at the end. */
  readonly baseUrl: string;
  /** The bot's own `open_id`; null while the platform could not be asked. */
  readonly ourOpenId: () => string | null;
}

/** Which bot is mentioned stands in no event. While it is not known, a bot that is mentioned is taken for ours: hardly any group has two. */
const isUs =
  (ourOpenId: string | null) =>
  ({ id, mentioned_type }: FeishuMention): boolean =>
    ourOpenId === null ? mentioned_type === 'bot' : id === ourOpenId;

/** Where the file `key` of a message is fetched; of a message alone, since what people upload is nowhere else to be had. */
export const resourceUrl = (baseUrl: string, messageId: string, key: string, type: 'image' | 'file'): string =>
  `${baseUrl}/open-apis/im/v1/messages/${encodeURIComponent(messageId)}/resources/${encodeURIComponent(key)}?type=${type}`;

/** @throws Error when the content is none that its type has */
export function contentOf(message: FeishuMessage, { baseUrl, ourOpenId }: MessageContext): PlainContent {
  return toPlainContent(message.message_type, message.content ?? '', {
    mentions: message.mentions ?? [],
    isUs: isUs(ourOpenId()),
    fileUrl: (key, type) => resourceUrl(baseUrl, message.message_id, key, type),
  });
}

/** Our own posts come as an app's, with our `open_id` in events and the app's id in lists. Whether they come at all is UNCONFIRMED. */
export function authorOf({ sender }: FeishuEvent, appId: string | null | undefined, ourOpenId: string | null) {
  const userId = sender?.sender_id?.open_id ?? '';
  const isBot = sender?.sender_type !== 'user';
  const fromSelf = isBot && userId !== '' && (userId === ourOpenId || userId === appId);
  return { author: { userId, kind: isBot ? ('bot' as const) : ('person' as const) }, fromSelf };
}

/** The topic's root, or the message that is quoted; null for a message in the group itself. */
export const rootOf = ({ root_id }: FeishuMessage): string | null => root_id || null;
