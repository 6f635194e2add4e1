import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import { ApiRefusal } from './refusal.ts';
import { accepted, type Push, toFrame } from './stream-frames.ts';

/** What became of one push. `lost`: nobody was there to take it, or the line was dead without the platform knowing. */
export interface PushRecord {
  readonly push: Push;
  state: 'under way' | 'acknowledged' | 'refused' | 'unanswered' | 'lost';
  /** Of the answer; null: there was none. */
  code: number | null;
  /** What the answer carries, JSON; null: there was none. */
  answer: string | null;
  /** Milliseconds since 1970; null: it was not. */
  acknowledgedAt: number | null;
  attempts: number;
}

export interface StreamOptions {
  readonly newId: (prefix: string) => string;
  readonly now: () => number;
  readonly random: () => number;
  readonly appId: string;
  /** Where the WebSocket is. */
  readonly endpoint: () => string;
  readonly checkApp: (clientId: string, secret: string) => boolean;
  /** An answer that was taken. */
  readonly onAnswer: (record: PushRecord) => void;
  /** Real milliseconds until an answer is given up. */
  readonly ackDeadlineMs: number;
  /** Real milliseconds from the `disconnect` frame to the end of the connection; 10 s at the platform. */
  readonly drainMs: number;
  /** Real milliseconds between `ping` frames of the platform; 0: none. How often DingTalk sends them is UNCONFIRMED. */
  readonly pingEveryMs: number;
}

export interface Stream {
  readonly records: readonly PushRecord[];
  /** Connections that are open, dead ones among them. */
  readonly connections: number;
  /** Addresses that were asked for so far. */
  readonly opens: number;
  /** `POST /v1.0/gateway/connections/open`. @throws ApiRefusal `authFailed`, `invalidParameter` */
  open(body: unknown): Readonly<Record<string, unknown>>;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  push(push: Push): PushRecord;
  /** The same push once more, as when the first answer was late. */
  pushAgain(record: PushRecord): PushRecord;
  /** Share of pushes that come twice. */
  duplicate(share: number): void;
  /** Pings every connection; how many gave the opaque value back within the deadline. */
  ping(): Promise<number>;
  /** Asks every connection to go, and ends it after the drain. */
  disconnect(): void;
  /** Drops every connection. */
  cut(): void;
  /** Every connection that is open now stays so, and nothing passes it any more: a half-open line. */
  goSilent(): void;
  /** From now on nobody may connect, at this door. */
  refuse(what: 'nothing' | 'open' | 'connect'): void;
  /** Resolves when every push has been answered, or was given up. */
  settled(): Promise<void>;
  close(): void;
}

interface Connection {
  readonly id: string;
  readonly socket: WebSocket;
  readonly topics: ReadonlySet<string>;
  draining: boolean;
  silent: boolean;
}

const openBody = z.object({
  clientId: z.string(),
  clientSecret: z.string(),
  subscriptions: z.array(z.object({ type: z.enum(['CALLBACK', 'EVENT']), topic: z.string() })).min(1),
});
const answerFrame = z.object({
  code: z.number(),
  headers: z.object({ messageId: z.string(), contentType: z.literal('application/json').optional() }),
  message: z.string().optional(),
  data: z.string().optional(),
});
const ticketLifeMs = 90_000;

/**
 * DingTalk's Stream: tickets, connections, frames, answers. A callback is pushed once, to one connection by chance; where nobody is connected it is lost.
 * Only events of a subscription come again.
 * @see https://github.com/open-dingtalk/developerpedia/blob/main/docs/learn/stream/protocol.md (read 2026-11-28)
 */
export function createStream(options: StreamOptions): Stream {
  const { newId, now, random, ackDeadlineMs } = options;
  const server = new WebSocketServer({ noServer: true, autoPong: false });
  const tickets = new Map<string, { readonly topics: ReadonlySet<string>; readonly until: number }>();
  const open: Connection[] = [];
  const records: PushRecord[] = [];
  const pending = new Map<string, { readonly record: PushRecord; readonly timer: NodeJS.Timeout }[]>();
  const echoes = new Map<string, (data: string) => void>();
  const waiting: (() => void)[] = [];
  const timers = new Set<NodeJS.Timeout>();
  let refusing: 'nothing' | 'open' | 'connect' = 'nothing';
  let duplicates = 0;
  let opens = 0;
  let stamped = 0;

  function later(ms: number, act: () => void): NodeJS.Timeout {
    const timer = setTimeout(() => {
      timers.delete(timer);
      act();
    }, ms).unref();
    timers.add(timer);
    return timer;
  }

  /** Times in frames rise, however fast they follow each other. */
  function stamp(): number {
    stamped = Math.max(now(), stamped + 1);
    return stamped;
  }

  function settle(
    record: PushRecord,
    state: PushRecord['state'],
    answer: { readonly code: number; readonly data: string } | null = null,
  ): void {
    record.state = state;
    record.code = answer?.code ?? null;
    record.answer = answer?.data ?? null;
    if (state === 'acknowledged') {
      record.acknowledgedAt = now();
      options.onAnswer(record);
    }
    const left = (pending.get(record.push.messageId) ?? []).filter((one) => one.record !== record);
    if (left.length > 0) pending.set(record.push.messageId, left);
    else pending.delete(record.push.messageId);
    if (pending.size === 0) for (const tell of waiting.splice(0)) tell();
  }

  /** One of those that have subscribed; one that is about to go only where there is no other. */
  function choose({ type, topic }: Push): Connection | undefined {
    const wanted = type === 'EVENT' ? '*' : topic;
    const able = open.filter(({ topics }) => topics.has(`${type} ${wanted}`));
    const staying = able.filter(({ draining }) => !draining);
    const among = staying.length > 0 ? staying : able;
    return among[Math.floor(random() * among.length)];
  }

  function dispatch(record: PushRecord): void {
    const { push } = record;
    const connection = choose(push);
    record.attempts += 1;
    if (!connection || connection.silent) {
      settle(record, 'lost');
      return;
    }
    const timer = later(ackDeadlineMs, () => unanswered(record));
    pending.set(push.messageId, [...(pending.get(push.messageId) ?? []), { record, timer }]);
    connection.socket.send(JSON.stringify(toFrame(push, { appId: options.appId, connectionId: connection.id, time: stamp() })));
  }

  function unanswered(record: PushRecord): void {
    settle(record, 'unanswered');
    if (record.push.type === 'EVENT' && record.attempts < 3) dispatch(record);
  }

  function answered(text: string): void {
    const frame = answerFrame.parse(JSON.parse(text));
    const { messageId } = frame.headers;
    echoes.get(messageId)?.(frame.data ?? '');
    const [first] = pending.get(messageId) ?? [];
    if (!first) return;
    clearTimeout(first.timer);
    timers.delete(first.timer);
    const { code, data = '' } = frame;
    settle(first.record, accepted(first.record.push, code, data) ? 'acknowledged' : 'refused', { code, data });
  }

  function welcome(socket: WebSocket, topics: ReadonlySet<string>): void {
    const connection: Connection = { id: newId('connection-'), socket, topics, draining: false, silent: false };
    open.push(connection);
    socket.on('ping', (data) => {
      if (!connection.silent) socket.pong(data);
    });
    socket.on('message', (data) => {
      if (!connection.silent) answered(String(data));
    });
    socket.on('close', () => void open.splice(open.indexOf(connection), 1));
    socket.on('error', () => socket.terminate());
    for (const record of records) if (record.push.type === 'EVENT' && record.state === 'lost' && record.attempts < 3) dispatch(record);
  }

  async function ping(): Promise<number> {
    const awake = open.filter(({ silent }) => !silent);
    const echoed = await Promise.all(
      awake.map(({ socket }) => {
        const push: Push = {
          type: 'SYSTEM',
          topic: 'ping',
          messageId: newId('ping-'),
          data: JSON.stringify({ opaque: newId('opaque-') }),
          headers: {},
        };
        return new Promise<boolean>((resolve) => {
          const timer = later(ackDeadlineMs, () => resolve(false));
          echoes.set(push.messageId, (data) => {
            echoes.delete(push.messageId);
            clearTimeout(timer);
            resolve(data === push.data);
          });
          socket.send(JSON.stringify(toFrame(push, { appId: options.appId, connectionId: '', time: stamp() })));
        });
      }),
    );
    return echoed.filter(Boolean).length;
  }

  const heartbeat = options.pingEveryMs > 0 ? setInterval(() => void ping(), options.pingEveryMs).unref() : null;

  function push(fresh: Push): PushRecord {
    const record: PushRecord = { push: fresh, state: 'under way', code: null, answer: null, acknowledgedAt: null, attempts: 0 };
    records.push(record);
    dispatch(record);
    return record;
  }

  return {
    records,
    get connections() {
      return open.length;
    },
    get opens() {
      return opens;
    },
    open(body) {
      opens += 1;
      if (refusing === 'open')
        throw new ApiRefusal(503, 'ServiceUnavailable', 'The request has failed due to a temporary failure of the server.');
      const parsed = openBody.safeParse(body);
      if (!parsed.success) throw new ApiRefusal(400, 'invalidParameter', z.prettifyError(parsed.error));
      const { clientId, clientSecret, subscriptions } = parsed.data;
      if (!options.checkApp(clientId, clientSecret)) throw new ApiRefusal(401, 'authFailed', '鉴权失败');
      const ticket = newId('ticket-');
      tickets.set(ticket, { topics: new Set(subscriptions.map(({ type, topic }) => `${type} ${topic}`)), until: now() + ticketLifeMs });
      return { endpoint: options.endpoint(), ticket };
    },
    upgrade(request, socket, head) {
      const url = new URL(request.url ?? '/', 'http://fake');
      const ticket = url.searchParams.get('ticket') ?? '';
      const found = tickets.get(ticket);
      tickets.delete(ticket);
      if (refusing === 'connect' || !found || found.until < now()) {
        socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
        return;
      }
      server.handleUpgrade(request, socket, head, (connection) => welcome(connection, found.topics));
    },
    push(fresh) {
      const record = push(fresh);
      if (record.state !== 'lost' && random() < duplicates) push(fresh);
      return record;
    },
    pushAgain: ({ push: same }) => push(same),
    duplicate(share) {
      duplicates = share;
    },
    ping,
    disconnect() {
      const gone: Push = {
        type: 'SYSTEM',
        topic: 'disconnect',
        messageId: newId('bye-'),
        data: '{"reason":"connection is expired"}',
        headers: {},
      };
      for (const connection of open.filter(({ draining }) => !draining)) {
        connection.draining = true;
        connection.socket.send(JSON.stringify(toFrame(gone, { appId: options.appId, connectionId: connection.id, time: stamp() })));
        later(options.drainMs, () => connection.socket.terminate());
      }
    },
    cut() {
      for (const { socket } of [...open]) socket.terminate();
    },
    goSilent() {
      for (const connection of open) connection.silent = true;
    },
    refuse(what) {
      refusing = what;
    },
    settled: () => (pending.size === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    close() {
      if (heartbeat) clearInterval(heartbeat);
      for (const timer of timers) clearTimeout(timer);
      for (const { socket } of [...open]) socket.terminate();
      server.close();
    },
  };
}
