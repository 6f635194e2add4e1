import { z } from 'zod';
import type { FeishuClient } from './client.ts';
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
export type ListedMessage = z.infer<typeof item>;

const page = z.object({
  data: z.object({ items: z.array(item).nullish(), has_more: z.boolean().nullish(), page_token: z.string().nullish() }),
});

export interface HistoryDeps {
  readonly client: FeishuClient;
  readonly topics: Topics;
}

/** `chat`: a group's own messages, of each topic its root alone. `thread`: one topic's. */
export interface Container {
  readonly type: 'chat' | 'thread';
  readonly id: string;
  /** Cards come as they were sent, and not boiled down. */
  readonly rawCards?: boolean;
}

/** The topic that hangs from this message; null: nobody has replied yet, so there is none. */
export async function topicIdOf({ client, topics }: HistoryDeps, rootId: string, signal: AbortSignal): Promise<string | null> {
  const known = topics.topicIdOf(rootId);
  if (known !== null) return known;
  const path = `/open-apis/im/v1/messages/${encodeURIComponent(rootId)}`;
  const { answer } = await client.call({ api: 'message.get', method: 'GET', path, signal, effect: 'repeatable', inChannel: true });
  return page.parse(answer).data.items?.[0]?.thread_id ?? null;
}

/**
 * Messages from the newest back to one that `isOver`, which is left out; a topic can be read by no time. Needs the scope that shows
 * messages without a mention.
 * @see https://open.feishu.cn/document/server-docs/im-v1/message/list (2026-11-28)
 */
export async function readBack(
  { client }: HistoryDeps,
  { type, id, rawCards = false }: Container,
  isOver: (message: ListedMessage) => boolean,
  signal: AbortSignal,
): Promise<ListedMessage[]> {
  const found: ListedMessage[] = [];
  let token: string | null = null;
  for (;;) {
    const params: Record<string, string> = {
      ...{ container_id_type: type, container_id: id, sort_type: 'ByCreateTimeDesc', page_size: '50' },
      ...(rawCards ? { card_msg_content_type: 'raw_card_content' } : {}),
      ...(token === null ? {} : { page_token: token }),
    };
    const { answer } = await client.call({
      ...{ api: 'message.list', method: 'GET', path: '/open-apis/im/v1/messages', params },
      ...{ signal, effect: 'repeatable', inChannel: true },
    });
    const { items, has_more, page_token } = page.parse(answer).data;
    for (const message of items ?? []) {
      if (isOver(message)) return found;
      found.push(message);
    }
    token = page_token || null;
    if (!has_more || token === null) return found;
  }
}
