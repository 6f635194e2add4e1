import { createHash } from 'node:crypto';
import { emptyAnswer, type RawRequest, type Received } from '../../src/core/connector.ts';
import { askOf } from './asks.ts';
import type { EncodedPayload, SlackEnvelope, SlackInteraction, SlackPayload } from './payloads.ts';
import { readPayload } from './payloads.ts';
import { isOwn } from './to-events.ts';
import type { VerifyRequest } from './verify.ts';

/** Where an event is filed: once per key, in order per lane. Null where it has no name of its own. */
export interface EventName {
  readonly key: string | null;
  readonly lane: string;
}

/**
 * `receive` of the bot interface for Slack's one endpoint. Pure.
 * Bolt's App is not in the way of it: over HTTP it answers 200 before its listeners run, and an event must be stored before it is acknowledged.
 */
export function createReceive(verify: VerifyRequest): (request: RawRequest) => Received {
  return (request) => {
    verify(request);
    const encoded = { body: request.body, contentType: request.headers['content-type'] ?? '' };
    const payload = readPayload(encoded);
    const fingerprint = fingerprintOf(encoded);
    if (!payload) {
      if (isSslCheck(encoded)) return { kind: 'handshake', answer: emptyAnswer };
      return { kind: 'malformed', key: fingerprint, reason: 'the body is none that Slack sends', answer: emptyAnswer };
    }
    if (payload.kind === 'notification' && payload.notification.type === 'url_verification') {
      const challenge = payload.notification.challenge ?? '';
      return { kind: 'handshake', answer: { status: 200, headers: { 'content-type': 'text/plain' }, body: challenge } };
    }
    const { key, lane } = nameOf(payload);
    const own = payload.kind === 'event' && isOwn(payload.envelope);
    const ask = askOf(payload);
    return {
      ...{ kind: 'event', key: key ?? fingerprint, shop: null, lane, answer: emptyAnswer },
      ...(own ? { own } : {}),
      ...(ask ? { ask } : {}),
    };
  };
}

/** The same bytes, the same name: for what carries no id. */
export const fingerprintOf = ({ body }: EncodedPayload): string => `sha256:${createHash('sha256').update(body).digest('hex')}`;

/** Slack tries the certificate of a slash command's address with a request that carries nothing else. */
const isSslCheck = ({ body }: EncodedPayload): boolean => new URLSearchParams(new TextDecoder().decode(body)).get('ssl_check') === '1';

export function nameOf(payload: SlackPayload): EventName {
  switch (payload.kind) {
    case 'event':
      return nameOfEvent(payload.envelope);
    case 'interaction':
      return nameOfInteraction(payload.interaction);
    case 'command': {
      const { trigger_id, channel_id } = payload.command;
      return { key: trigger_id ? `command:${trigger_id}` : null, lane: channel_id };
    }
    case 'notification':
      return { key: `${payload.notification.type}:${payload.notification.minute_rate_limited ?? ''}`, lane: 'workspace' };
  }
}

/**
 * A message is named by channel and `ts`: `message` and `app_mention` both tell of it, and so does the history. An edit adds the time of the edit, which the
 * history knows too. What only looks like a message (a reply that lost its thread, a hint that a thread has grown) keeps its event's own
 * name, so that it does not stand in the way of the real one.
 */
function nameOfEvent({ event, event_id }: SlackEnvelope): EventName {
  const channel = event.channel ?? 'workspace';
  // An emoji is set on a message whose thread it does not name. On a root that is the thread's lane, on others one of its own: nothing there has to be in order.
  const lane = event.item ? laneOf(event.item.channel, event.item.ts) : laneOf(channel, event.thread_ts);
  const other = { key: event_id ? `event:${event_id}` : null, lane };
  if (event.type !== 'message' && event.type !== 'app_mention') return other;
  if (event.subtype === 'message_changed' && event.message?.ts) {
    const { ts, thread_ts, edited } = event.message;
    const at = edited?.ts ?? event.event_ts ?? event.ts;
    return { key: at ? `${channel}:${ts}:edit:${at}` : other.key, lane: laneOf(channel, thread_ts ?? event.previous_message?.thread_ts) };
  }
  const deletedTs = event.deleted_ts ?? event.previous_message?.ts;
  if (event.subtype === 'message_deleted' && deletedTs) {
    return { key: `${channel}:${deletedTs}:delete`, lane: laneOf(channel, event.previous_message?.thread_ts) };
  }
  const isHint = event.message != null || (event.parent_user_id != null && event.thread_ts == null);
  return event.ts && !isHint ? { ...other, key: `${channel}:${event.ts}` } : other;
}

function nameOfInteraction({ type, trigger_id, action_ts, user, channel, container, message, actions, view }: SlackInteraction): EventName {
  // A form is submitted once, and knows no channel; those about one thing stay in order.
  if (type === 'view_submission' && view) {
    return { key: `${type}:${view.id}:${view.hash ?? ''}`, lane: `form:${(view.private_metadata ?? '').slice(0, maxContextChars)}` };
  }
  const action = actions?.[0];
  const moment = [action?.action_ts ?? action_ts, trigger_id].filter((part) => part != null);
  const key = moment.length > 0 ? [type, user.id, action?.action_id ?? '', ...moment].join(':') : null;
  const messageTs = message?.ts ?? container?.message_ts;
  // A button on the root card belongs to the thread that hangs from it.
  const threadTs = message?.thread_ts ?? container?.thread_ts ?? messageTs;
  return { key, lane: laneOf(channel?.id ?? container?.channel_id ?? 'workspace', threadTs) };
}

/** As the domain's forms have it. */
const maxContextChars = 200;

const laneOf = (channel: string, threadTs: string | null | undefined): string => (threadTs ? `${channel}:${threadTs}` : channel);
