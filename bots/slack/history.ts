import { z } from 'zod';
import type { SlackClient } from './client.ts';

const page = z.object({
  messages: z.array(
    z.looseObject({
      ts: z.string(),
      thread_ts: z.string().nullish(),
      user: z.string().nullish(),
      bot_id: z.string().nullish(),
      edited: z.object({ ts: z.string() }).nullish(),
      metadata: z.object({ event_type: z.string().nullish(), event_payload: z.record(z.string(), z.unknown()).nullish() }).nullish(),
      blocks: z.array(z.object({ block_id: z.string().nullish() })).nullish(),
      files: z.array(z.looseObject({ name: z.string().nullish() })).nullish(),
    }),
  ),
  response_metadata: z.object({ next_cursor: z.string().nullish() }).nullish(),
});
export type ListedMessage = z.infer<typeof page>['messages'][number];

/** Fields beyond those named are kept as they came: a listed message goes through the inbox like a pushed one. */
export interface HistoryQuery {
  readonly channelId: string;
  /** Null: the channel itself. */
  readonly rootId: string | null;
  /** `ts` after which messages are wanted. */
  readonly oldest: string;
  readonly signal: AbortSignal;
}

/** Every message after `oldest`, oldest first; the root of a thread is always among them. */
export async function readHistory(client: SlackClient, { channelId, rootId, oldest, signal }: HistoryQuery): Promise<ListedMessage[]> {
  const method = rootId === null ? 'conversations.history' : 'conversations.replies';
  const where = rootId === null ? { channel: channelId } : { channel: channelId, ts: rootId };
  const found: ListedMessage[] = [];
  let cursor: string | undefined;
  do {
    const args = { ...where, oldest, include_all_metadata: true, limit: 200, ...(cursor ? { cursor } : {}) };
    const { answer } = await client.ask({ method, args, signal });
    const { messages, response_metadata } = page.parse(answer);
    found.push(...messages);
    cursor = response_metadata?.next_cursor || undefined;
  } while (cursor);
  return found.sort((a, b) => (a.ts < b.ts ? -1 : a.ts > b.ts ? 1 : 0));
}
