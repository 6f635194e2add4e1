import { z } from 'zod';
import type { PostRef } from '../../src/core/thread.ts';
import type { FeishuClient } from './client.ts';
import type { CallEffect } from './failures.ts';
import { type FeishuPost, toContent } from './rich-text.ts';
import type { Topics } from './topics.ts';

export interface SendDeps {
  readonly client: FeishuClient;
  readonly topics: Topics;
}

/** Where a message goes. `topic`: below a message, which thereby becomes a topic; `after`: as a plain answer to it. */
export type Target =
  | { readonly to: 'group'; readonly chatId: string }
  | { readonly to: 'person'; readonly openId: string }
  | { readonly to: 'topic' | 'after'; readonly messageId: string };

export interface Sending {
  readonly target: Target;
  readonly post: FeishuPost;
  /** Null: sent twice it is there twice. */
  readonly uuid: string | null;
  readonly effect: CallEffect;
  readonly signal: AbortSignal;
}

const posted = z.object({
  data: z.object({ message_id: z.string(), chat_id: z.string().nullish(), root_id: z.string().nullish(), thread_id: z.string().nullish() }),
});

export interface Sent {
  readonly ref: PostRef;
  readonly requestId?: string;
}

/** One message. `create` opens a topic of its own in a group of topics, so what belongs below something is always a reply to it. */
export async function send({ client, topics }: SendDeps, { target, post, uuid, effect, signal }: Sending): Promise<Sent> {
  const named = { ...toContent(post), ...(uuid === null ? {} : { uuid }) };
  const common = { method: 'POST', signal, effect, inChannel: true } as const;
  const { answer, requestId } =
    target.to === 'group' || target.to === 'person'
      ? await client.call({
          ...common,
          ...{ api: 'message.create', path: '/open-apis/im/v1/messages' },
          params: { receive_id_type: target.to === 'group' ? 'chat_id' : 'open_id' },
          data: { receive_id: target.to === 'group' ? target.chatId : target.openId, ...named },
        })
      : await client.call({
          ...common,
          ...{ api: 'message.reply', path: `/open-apis/im/v1/messages/${encodeURIComponent(target.messageId)}/reply` },
          data: { ...named, reply_in_thread: target.to === 'topic' },
        });
  const { message_id: messageId, chat_id, root_id, thread_id } = posted.parse(answer).data;
  if (uuid !== null) topics.sent(messageId, uuid);
  const chatId = chat_id ?? (target.to === 'group' ? target.chatId : '');
  if (chatId !== '') topics.learn({ messageId, chatId, rootId: root_id || null, topicId: thread_id ?? null });
  return { ref: { channelId: chatId, messageId }, ...(requestId === undefined ? {} : { requestId }) };
}
