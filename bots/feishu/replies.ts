import type { ListedEvent } from '../../src/core/connector.ts';
import type { PostRef, ThreadState } from '../../src/core/thread.ts';
import { encodeEvent } from './encode.ts';
import { type HistoryDeps, type ListedMessage, readBack, topicIdOf } from './history.ts';
import { editedType } from './payloads.ts';
import type { EventContext } from './to-events.ts';
import type { Topics } from './topics.ts';

export interface RepliesDeps extends HistoryDeps {
  readonly context: EventContext;
}

/**
 * People's messages in a topic, what was recalled of them, and what was edited since it was heard of, as the events that the platform pushes, or would push, so that they
 * get the same names and meaning. No event tells of an edit, so this is where it is seen. A topic can be read by no time, so it is read from its end. Needs the scope that shows messages without a mention.
 * @see https://open.feishu.cn/document/server-docs/im-v1/message/list (2026-11-28)
 */
export async function listReplies(
  deps: RepliesDeps,
  { channelId, rootId }: ThreadState,
  after: PostRef,
  signal: AbortSignal,
): Promise<readonly ListedEvent[]> {
  const { topics, context } = deps;
  if (rootId === null) return [];
  topics.learn({ messageId: rootId, chatId: channelId, rootId: null });
  const topicId = await topicIdOf(deps, rootId, signal);
  if (topicId === null) return [];
  topics.learn({ messageId: rootId, chatId: channelId, rootId: null, topicId });
  const newestFirst = await readBack(deps, { type: 'thread', id: topicId }, ({ message_id }) => message_id === after.messageId, signal);
  return newestFirst
    .filter(({ message_id, sender }) => message_id !== rootId && sender.sender_type === 'user')
    .reverse()
    .flatMap((message) => eventsOf(message, rootId, topics))
    .map((event) => encodeEvent(event, context));
}

function eventsOf(message: ListedMessage, rootId: string, topics: Topics): object[] {
  const { message_id, chat_id, deleted, updated, update_time, body } = message;
  if (deleted) {
    topics.learn({ messageId: message_id, chatId: chat_id, rootId });
    const recalled = { message_id, chat_id, recall_time: update_time ?? message.create_time };
    return [{ schema: '2.0', header: { event_type: 'im.message.recalled_v1' }, event: recalled }];
  }
  // That "updated" speaks of a person's edit is UNCONFIRMED, so only other words than those that were heard count.
  const edited = topics.differs(message_id, body?.content ?? '') && updated === true;
  const posted = toReceived(message, rootId);
  return edited ? [posted, { ...posted, header: { event_type: editedType } }] : [posted];
}

const toReceived = (
  { msg_type, sender, body, mentions, root_id, deleted: _deleted, ...message }: ListedMessage,
  rootId: string,
): object => ({
  schema: '2.0',
  header: { event_type: 'im.message.receive_v1' },
  event: {
    sender: { sender_id: { open_id: sender.id }, sender_type: sender.sender_type },
    message: {
      ...message,
      root_id: root_id || rootId,
      chat_type: 'group',
      message_type: msg_type,
      content: body?.content ?? '',
      mentions: (mentions ?? []).map(({ key, id, name }) => ({ key, id: { open_id: id }, name })),
    },
  },
});
