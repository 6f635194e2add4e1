import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { ping, WebSocket } from 'undici';
import { z } from 'zod';
import type { ConnectorLog } from '../../src/core/connector.ts';

/** One push. `data` is JSON in words, as it came. */
export interface Frame {
  readonly topic: string;
  readonly messageId: string;
  /** When it was pushed, milliseconds. */
  readonly timeMs: number;
  readonly data: string;
}

/** `disconnect`: the platform hangs up soon. `silent`: nothing comes any more, not even pings. */
type Reason = 'closed' | 'disconnect' | 'silent';

export interface Link {
  /** Why it needs a successor; it may still bring frames. */
  readonly over: Promise<Reason>;
  readonly closed: Promise<void>;
  healthy(): boolean;
  close(): void;
}

interface LinkOptions {
  readonly handle: (frame: Frame) => Promise<object>;
  readonly log: ConnectorLog;
  readonly openMs: number;
  readonly idleMs: number;
}

const frameShape = z.object({
  type: z.string(),
  headers: z.looseObject({ topic: z.string(), messageId: z.string().nullish(), time: z.union([z.string(), z.number()]).nullish() }),
  data: z.string().nullish(),
});

/** What `undici` tells of pings and pongs, which have no event of their own. */
const pongChannels = ['undici:websocket:pong', 'undici:websocket:ping'];
/** So many pings go unanswered before a connection is silent. */
const pingsInSilence = 3;

/** One connection. Resolves when it is open; throws where it does not open in time. @see docs/learn/stream/protocol.md of open-dingtalk/developerpedia (2026-11-28) */
export async function openLink(url: URL, { handle, log, openMs, idleMs }: LinkOptions): Promise<Link> {
  const socket = new WebSocket(url);
  const closed = new Promise<void>((resolve) => socket.addEventListener('close', () => resolve()));
  let tellOver: (reason: Reason) => void = () => undefined;
  const over = new Promise<Reason>((resolve) => {
    tellOver = resolve;
  });
  let watch: NodeJS.Timeout | undefined;
  let silent = false;

  function heard(): void {
    clearTimeout(watch);
    silent = false;
    watch = setTimeout(() => {
      silent = true;
      tellOver('silent');
    }, idleMs);
    watch.unref();
  }

  function acknowledge(headers: object, messageId: string, data: string): void {
    if (socket.readyState !== WebSocket.OPEN) return;
    const told = { ...headers, contentType: 'application/json', messageId };
    socket.send(JSON.stringify({ code: 200, headers: told, message: 'OK', data }));
  }

  function take(words: unknown): void {
    const read = frameShape.safeParse(parsed(words));
    if (!read.success) {
      log.warn({ bot: 'dingtalk' }, 'a frame of the stream could not be read');
      return;
    }
    const { type, headers, data } = read.data;
    const messageId = headers.messageId ?? '';
    if (type === 'SYSTEM') {
      if (headers.topic === 'ping') acknowledge({}, messageId, data ?? '');
      if (headers.topic === 'disconnect') tellOver('disconnect');
      return;
    }
    const frame = { topic: headers.topic, messageId, timeMs: Number(headers.time ?? Number.NaN), data: data ?? '' };
    handle(frame).then(
      (answer) => acknowledge({}, messageId, JSON.stringify(answer)),
      (error: unknown) =>
        log.error({ bot: 'dingtalk', err: error }, 'an event of the stream was not stored; the platform does not send it again'),
    );
  }

  socket.addEventListener('message', ({ data }) => {
    heard();
    take(data);
  });
  // Our own pings: how often the platform sends its (UNCONFIRMED) must not decide how often a connection is taken for dead, since opening one may be a call of the month.
  const asking = setInterval(() => ping(socket), idleMs / pingsInSilence);
  asking.unref();
  const answered = (message: unknown): void => {
    if (typeof message === 'object' && message !== null && 'websocket' in message && message.websocket === socket) heard();
  };
  for (const channel of pongChannels) subscribe(channel, answered);
  socket.addEventListener('close', () => {
    for (const channel of pongChannels) unsubscribe(channel, answered);
    clearInterval(asking);
    clearTimeout(watch);
    tellOver('closed');
  });
  await opened(socket, closed, openMs);
  heard();
  return {
    over,
    closed,
    healthy: () => socket.readyState === WebSocket.OPEN && !silent,
    close: () => socket.close(),
  };
}

async function opened(socket: WebSocket, closed: Promise<void>, openMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const open = new Promise<'open'>((resolve) => socket.addEventListener('open', () => resolve('open')));
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), openMs);
    timer.unref();
  });
  const outcome = await Promise.race([open, late, closed.then(() => 'closed' as const)]);
  clearTimeout(timer);
  if (outcome === 'open') return;
  socket.close();
  // The address holds the ticket, so it is not told.
  throw new Error(outcome === 'late' ? 'the stream was not opened in time' : 'the stream was refused');
}

function parsed(words: unknown): unknown {
  if (typeof words !== 'string') return null;
  try {
    return JSON.parse(words);
  } catch {
    return null;
  }
}
