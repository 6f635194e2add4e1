import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, ConnectorDeps } from '../../src/core/connector.ts';
import type { SocketConnection, SocketEvent } from '../bot.ts';
import { answerToCard } from './acknowledgements.ts';
import { askOf } from './asks.ts';
import { channelOf } from './conversations.ts';
import { isFormCard, placeField } from './names.ts';
import { type Push, placeIn, readPush } from './payloads.ts';
import { type StreamOptions, type StreamTiming, startStream, streamTiming } from './stream.ts';
import type { Frame } from './stream-link.ts';
import { channelOfAct, replyIn, rootOfAct } from './to-events.ts';

type Take = (event: SocketEvent) => Promise<Answer | null>;

/** Between attempts to store an event: nothing is sent twice by the platform, so whatever cannot be stored now is tried again here. Choices of ours. */
const firstPauseMs = 200;
const maxPauseMs = 5_000;
const longestMs = 10 * 60_000;

/** The stream, with every event stored before it is acknowledged. */
export function startSocket(
  options: StreamOptions,
  deps: ConnectorDeps,
  take: Take,
  timing: StreamTiming = streamTiming,
): Promise<SocketConnection> {
  const named = new Set<string>();
  /** What the file wants as a channel's id is to be seen nowhere in the platform's own windows. */
  function nameOnce(channelId: string): void {
    if (named.has(channelId)) return;
    named.add(channelId);
    deps.log.info({ bot: 'dingtalk', channelId }, 'the robot was called in this conversation');
  }
  return startStream(
    options,
    deps,
    async (frame) => {
      const event = encodeFrame(frame);
      const push = readPush(event.body);
      await stored(event, take, deps);
      if (push?.kind === 'robot') nameOnce(channelOf(push.message));
      return { response: push?.kind === 'card' ? answerToCard(push.act) : null };
    },
    timing,
  );
}

async function stored(event: SocketEvent, take: Take, { log }: ConnectorDeps): Promise<void> {
  const givenUpAt = performance.now() + longestMs;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(maxPauseMs, pauseMs * 2)) {
    try {
      await take(event);
      return;
    } catch (error) {
      if (performance.now() + pauseMs > givenUpAt) throw error;
      log.warn({ bot: 'dingtalk', err: error }, 'an event could not be stored; trying again');
      await sleep(pauseMs, undefined, { ref: false });
    }
  }
}

/** A frame as it is stored, under its name. */
export function encodeFrame({ topic, messageId, timeMs, data }: Frame): SocketEvent {
  const written = { topic, messageId, timeMs: Number.isFinite(timeMs) ? timeMs : 0, data: withoutSecrets(data) };
  const body = new TextEncoder().encode(JSON.stringify(written));
  const push = readPush(body);
  const { key, lane } = push ? nameOf(push) : { key: null, lane: 'unreadable' };
  const ask = push ? askOf(push) : null;
  return { key: key ?? fingerprintOf(data), lane, body, contentType: 'application/json', ...(ask ? { ask } : {}) };
}

const fingerprintOf = (data: string): string => `sha256:${createHash('sha256').update(data).digest('hex')}`;

/** With `sessionWebhook` anybody may write in its conversation for 90 minutes; it is not needed, so it is not stored. */
function withoutSecrets(data: string): unknown {
  try {
    const read: unknown = JSON.parse(data);
    if (typeof read !== 'object' || read === null || Array.isArray(read)) return read;
    return Object.fromEntries(Object.entries(read).filter(([name]) => !name.startsWith('sessionWebhook')));
  } catch {
    return data;
  }
}

/** Where an event is filed: once per key, in order per lane. Null where it has no name of its own. */
export function nameOf(push: Push): { readonly key: string | null; readonly lane: string } {
  const pushed = push.messageId === '' ? null : `push-${push.messageId}`;
  switch (push.kind) {
    case 'robot':
      return { key: `msg-${push.message.msgId}`, lane: channelOf(push.message) };
    case 'card': {
      const { act } = push;
      // Submitted once, whatever was filled in; those about one thing stay in order.
      if (isFormCard(act.outTrackId)) {
        return { key: act.form ? `form-${act.outTrackId}` : pushed, lane: `form:${placeIn(act.form?.[placeField]).context ?? ''}` };
      }
      return { key: replyIn(act)?.id ?? pushed, lane: `${channelOfAct(act)}:${rootOfAct(act)}` };
    }
    case 'other':
      return { key: pushed, lane: 'other' };
  }
}
