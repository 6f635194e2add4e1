import { createHash } from 'node:crypto';
import type { PostRef } from '../../src/core/thread.ts';

/** Where a message is. `topicId` (`omt_…`) is null before the first reply, or where it is not told. */
export interface MessagePlace {
  readonly messageId: string;
  readonly chatId: string;
  /** The message that its topic hangs from; null for that one itself. */
  readonly rootId: string | null;
  readonly topicId?: string | null;
}

/**
 * What is learnt of messages by the way. A recall and an emoji name their message alone, not its group or topic; a link and the history want the topic's id. It is a
 * help, not the truth: after a restart, or in another process, it is learnt anew with the first post, event or reading of a topic.
 */
export interface Topics {
  learn(place: MessagePlace): void;
  placeOf(messageId: string): MessagePlace | null;
  topicIdOf(rootId: string): string | null;
  /** True: its content was another one when it was first heard of. Where nothing was, this is the first. */
  differs(messageId: string, content: string): boolean;
  /** Under which name a message of ours was sent, so that nobody takes it for another of the same words. */
  sent(messageId: string, name: string): void;
  nameOf(messageId: string): string | null;
}

/** About a busy day's messages; of their contents a fingerprint alone. */
const mostKept = 20_000;

export function createTopics(): Topics {
  const places = createMemory<MessagePlace>(mostKept);
  const ids = createMemory<string>(mostKept);
  const contents = createMemory<string>(mostKept);
  const names = createMemory<string>(mostKept);
  return {
    learn(place) {
      const { messageId, chatId, rootId, topicId } = place;
      places.set(messageId, place);
      if (rootId !== null && places.get(rootId) === null) places.set(rootId, { messageId: rootId, chatId, rootId: null });
      if (topicId) ids.set(rootId ?? messageId, topicId);
    },
    placeOf: places.get,
    topicIdOf: ids.get,
    differs(messageId, content) {
      const now = createHash('sha256').update(content).digest('base64url');
      const first = contents.get(messageId);
      if (first === null) contents.set(messageId, now);
      return first !== null && first !== now;
    },
    sent: names.set,
    nameOf: names.get,
  };
}

function createMemory<Value>(most: number) {
  const kept = new Map<string, Value>();
  return {
    get: (key: string): Value | null => kept.get(key) ?? null,
    set(key: string, value: Value): void {
      kept.set(key, value);
      if (kept.size > most) for (const oldest of [...kept.keys()].slice(0, most / 10)) kept.delete(oldest);
    },
  };
}

/** The address of a post; it opens in the app. */
export type LinkTo = (post: PostRef) => string;

/**
 * Of its topic where that is known, else of its group. The latter is documented at
 * https://open.feishu.cn/document/common-capabilities/applink-protocol/supported-protocol/open-a-chat-page (2026-11-28); the one for topics is what clients copy
 * (larksuite/cli#668, 2026-11-28), UNCONFIRMED on a live tenant.
 */
export const createLinkTo = (baseUrl: string, topics: Topics): LinkTo => {
  const host = new URL(baseUrl).hostname.endsWith('larksuite.com') ? 'applink.larksuite.com' : 'applink.feishu.cn';
  return ({ channelId, messageId }) => {
    const topicId = topics.topicIdOf(topics.placeOf(messageId)?.rootId ?? messageId);
    if (topicId === null) return `https://${host}/client/chat/open?openChatId=${encodeURIComponent(channelId)}`;
    return `https://${host}/client/thread/open?open_chat_id=${encodeURIComponent(channelId)}&open_thread_id=${encodeURIComponent(topicId)}`;
  };
};
