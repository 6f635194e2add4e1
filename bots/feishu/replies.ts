import { z } from 'zod';
import type { ListedEvent } from '../../src/core/connector.ts';
import type { PostRef, ThreadState } from '../../src/core/thread.ts';
import type { FeishuClient } from './client.ts';
import { encodeEvent } from './encode.ts';
import { editedType } from './payloads.ts';
import type { EventContext } from './to-events.ts';
import type { Topics } from './topics.ts';

const item = z.object({
  message_id: z.string(),
  root_id: z.string().nullish(),
  parent_id: z.string().nullish(),
  thread_id: z.string().nullish(),
  msg_type: z.string(),
  create_time: z.string(),
  update_time: z.string().nullish(),
  updated: z.boolean().nullish(),
  deleted: z.boolean().nullish(),
  chat_id: z.string(),
  sender: z.object({ id: z.string(), sender_type: z.string() }),
  body: z.object({ content: z.string() }).nullish(),
  mentions: z.array(z.object({ key: z.string(), id: z.string(), name: z.string().nullish() })).nullish(),
});
type ListedMessage = z.infer<typeof item>;

const page = z.object({
  data: z.object({ items: z.array(item).nullish(), has_more: z.boolean().nullish(), page_token: z.string().nullish() }),
});

export interface RepliesDeps {
  readonly client: FeishuClient;
  readonly topics: Topics;
  readonly context: EventContext;
}

/**
 * People's messages in a topic, what was recalled of them, and what was edited since it was heard of, as the events that the platform pushes, or would push, so that they
 * get the same names and meaning. No event tells of an edit, so this is where it is seen. A topic can be read by no time, so it is read from its end. Needs the scope that shows messages without a mention.
 * @see https://open.feishu.cn/document/server-docs/im-v1/message/list (2026-11-28)
 */
export async function listReplies(
  { client, topics, context }: RepliesDeps,
  { channelId, rootId }: ThreadState,
  after: PostRef,
  signal: AbortSignal,
): Promise<readonly ListedEvent[]> {
  if (rootId === null) return [];
  topics.learn({ messageId: rootId, chatId: channelId, rootId: null });
  const topicId = topics.topicIdOf(rootId) ?? (await askForTopicId(client, rootId, signal));
  if (topicId === null) return [];
  topics.learn({ messageId: rootId, chatId: channelId, rootId: null, topicId });
  const newestFirst = await readBack(client, topicId, after.messageId, signal);
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

/** Null: nobody has replied yet, so there is no topic. */
async function askForTopicId(client: FeishuClient, messageId: string, signal: AbortSignal): Promise<string | null> {
  const path = `/open-apis/im/v1/messages/${encodeURIComponent(messageId)}`;
  const { answer } = await client.call({ api: 'message.get', method: 'GET', path, signal, effect: 'repeatable', inChannel: true });
  return page.parse(answer).data.items?.[0]?.thread_id ?? null;
}

/** Everything after the message `untilId`, the newest first; all of the topic where that is not in it any more. */
async function readBack(client: FeishuClient, topicId: string, untilId: string, signal: AbortSignal): Promise<ListedMessage[]> {
  const found: ListedMessage[] = [];
  let token: string | null = null;
  for (;;) {
    const params: Record<string, string> = {
      ...{ container_id_type: 'thread', container_id: topicId, sort_type: 'ByCreateTimeDesc', page_size: '50' },
      ...(token === null ? {} : { page_token: token }),
    };
    const { answer } = await client.call({
      ...{ api: 'message.list', method: 'GET', path: '/open-apis/im/v1/messages', params },
      ...{ signal, effect: 'repeatable', inChannel: true },
    });
    const { items, has_more, page_token } = page.parse(answer).data;
    for (const message of items ?? []) {
      if (message.message_id === untilId) return found;
      found.push(message);
    }
    token = page_token || null;
    if (!has_more || token === null) return found;
  }
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
