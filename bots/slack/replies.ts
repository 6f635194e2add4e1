import type { ListedEvent } from '../../src/core/connector.ts';
import type { PostRef, ThreadState } from '../../src/core/thread.ts';
import type { SocketEvent } from '../bot.ts';
import { askOf } from './asks.ts';
import type { SlackClient } from './client.ts';
import { type ListedMessage, readHistory } from './history.ts';
import type { Identity } from './identity.ts';
import { readPayload } from './payloads.ts';
import { fingerprintOf, nameOf } from './receive.ts';
import { isOwn } from './to-events.ts';

export interface RepliesDeps {
  readonly client: SlackClient;
  readonly identity: (signal: AbortSignal) => Promise<Identity>;
}

/** People's messages in a thread, dressed as the events that Slack would have pushed, so that they get the same names and meaning. */
export async function listReplies(
  { client, identity }: RepliesDeps,
  { channelId, rootId }: ThreadState,
  after: PostRef,
  signal: AbortSignal,
): Promise<readonly ListedEvent[]> {
  if (rootId === null) return [];
  const { userId } = await identity(signal);
  const listed = await readHistory(client, { channelId, rootId, oldest: after.messageId, signal });
  return listed
    .filter(({ ts, user, bot_id }) => ts > after.messageId && ts !== rootId && bot_id == null && user !== userId)
    .flatMap((message) => eventsOf(message, channelId).map((event) => toListedEvent(event, userId)));
}

/** The message as it stands and, if it was edited, the edit: whoever has the message already learns of its new words. */
function eventsOf(message: ListedMessage, channel: string): object[] {
  const posted = { type: 'message', ...message, channel, event_ts: message.ts };
  if (!message.edited) return [posted];
  const { ts } = message.edited;
  return [posted, { type: 'message', subtype: 'message_changed', channel, ts, event_ts: ts, message: { type: 'message', ...message } }];
}

/** Named by the very rules that name a pushed event. */
function toListedEvent(event: object, botUserId: string): ListedEvent {
  const payload = { type: 'event_callback', authorizations: [{ user_id: botUserId, is_bot: true }], event };
  return encodeEvent(payload);
}

/** A payload that did not come over HTTP, as one that had. What Slack never sends gets a name, too, and ends as a dead letter. */
export function encodeEvent(payload: unknown): SocketEvent & { readonly own: boolean } {
  const encoded = { body: new TextEncoder().encode(JSON.stringify(payload)), contentType: 'application/json' };
  const read = readPayload(encoded);
  const { key, lane } = read ? nameOf(read) : { key: null, lane: 'unreadable' };
  const ask = read ? askOf(read) : null;
  const own = read?.kind === 'event' && isOwn(read.envelope);
  return { ...encoded, key: key ?? fingerprintOf(encoded), lane, own, ...(ask ? { ask } : {}) };
}
