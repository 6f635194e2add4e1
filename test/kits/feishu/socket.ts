import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import { decodeFrame, encodeFrame, type Frame } from './frames.ts';
import type { AppAnswer, Send } from './push.ts';
import type { Json } from './wire.ts';

export interface LongConnection {
  readonly connections: number;
  readonly send: Send;
  /** Frames that were answered with 200. */
  readonly acknowledged: number;
  /** Pings that came in. */
  readonly pings: number;
  /** A one-time address, with query, without scheme and host. */
  ticketPath(): string;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Every connection ends, or stays open and says nothing any more. */
  disturb(how: 'cut' | 'silent'): void;
  close(): void;
}

export interface LongConnectionOptions {
  readonly newId: (prefix: string) => string;
  /** Real milliseconds; three seconds on the real platform. */
  readonly deadlineMs: number;
  /** Events larger than this come in several frames. */
  readonly maxFrameBytes: number;
  readonly clientConfig: Readonly<Record<string, number>>;
}

const control = 0;
const data = 1;
const serviceId = 33_554_678;
const ack = z.object({ code: z.number(), data: z.string().optional() });

/**
 * The long connection: protobuf frames, pings, and an acknowledgement that carries 200 or 500. One connection, by chance, gets an event.
 * @see larksuite/node-sdk ws-client/index.ts (read 2026-11-28)
 */
export function createLongConnection({ newId, deadlineMs, maxFrameBytes, clientConfig }: LongConnectionOptions): LongConnection {
  const server = new WebSocketServer({ noServer: true });
  const open = new Set<WebSocket>();
  const silent = new WeakSet<WebSocket>();
  const tickets = new Set<string>();
  /** Who waits for the answer to a frame, by its message id. */
  const answers = new Map<string, (answer: AppAnswer | null) => void>();
  const arrivals: (() => void)[] = [];
  let sequence = 0;
  let acknowledged = 0;
  let pings = 0;

  const send = (connection: WebSocket, frame: Omit<Frame, 'seqId' | 'logId' | 'service'>): void => {
    sequence += 1;
    connection.send(encodeFrame({ seqId: sequence, logId: 7_000_000_000_000 + sequence, service: serviceId, ...frame }));
  };

  function receive(connection: WebSocket, bytes: Buffer): void {
    if (silent.has(connection)) return;
    const { method, headers, payload } = decodeFrame(bytes);
    if (method === control && headers['type'] === 'ping') {
      pings += 1;
      send(connection, { method: control, headers: { type: 'pong' }, payload: Buffer.from(JSON.stringify(clientConfig)) });
    }
    if (method !== data) return;
    const { code, data: carried = '' } = ack.parse(JSON.parse(payload.toString()));
    if (code === 200) acknowledged += 1;
    answers.get(headers['message_id'] ?? '')?.({ status: code, body: Buffer.from(carried, 'base64').toString() });
  }

  function welcome(connection: WebSocket): void {
    open.add(connection);
    connection.on('message', (bytes: Buffer) => receive(connection, bytes));
    connection.setMaxListeners(0);
    connection.on('close', () => open.delete(connection));
    for (const tell of arrivals.splice(0)) tell();
  }

  /** Kept until somebody connects. */
  async function someConnection(): Promise<WebSocket> {
    for (;;) {
      const [first] = open;
      if (first) return first;
      await new Promise<void>((resolve) => arrivals.push(resolve));
    }
  }

  return {
    get connections() {
      return open.size;
    },
    get acknowledged() {
      return acknowledged;
    },
    get pings() {
      return pings;
    },
    async send(payload: Json) {
      const connection = await someConnection();
      const messageId = newId('ws');
      const bytes = Buffer.from(JSON.stringify(payload));
      const sum = Math.max(1, Math.ceil(bytes.length / maxFrameBytes));
      const { promise: answer, resolve } = Promise.withResolvers<AppAnswer | null>();
      const gone = (): void => resolve(null);
      answers.set(messageId, resolve);
      setTimeout(gone, deadlineMs).unref();
      connection.once('close', gone);
      for (let seq = 0; seq < sum && !silent.has(connection); seq += 1) {
        const headers = {
          type: 'event',
          message_id: messageId,
          sum: String(sum),
          seq: String(seq),
          trace_id: newId('trace'),
          timestamp: String(Date.now()),
        };
        send(connection, { method: data, headers, payload: bytes.subarray(seq * maxFrameBytes, (seq + 1) * maxFrameBytes) });
      }
      const given = await answer;
      answers.delete(messageId);
      connection.off('close', gone);
      return { taken: given?.status === 200, answer: given };
    },
    ticketPath() {
      const ticket = newId('ticket');
      tickets.add(ticket);
      return `/ws/v2?device_id=7${ticket.slice(-8)}&service_id=${serviceId}&access_key=${ticket}&aid=552564&fpid=493&ticket=${ticket}`;
    },
    upgrade(request, socket, head) {
      const url = new URL(request.url ?? '/', 'http://fake');
      if (!tickets.delete(url.searchParams.get('ticket') ?? '')) {
        socket.end('HTTP/1.1 403 Forbidden\r\nhandshake-status: 514\r\nhandshake-msg: auth failed\r\n\r\n');
        return;
      }
      server.handleUpgrade(request, socket, head, welcome);
    },
    disturb(how) {
      for (const connection of [...open]) {
        if (how === 'cut') connection.terminate();
        else silent.add(connection);
      }
    },
    close() {
      for (const connection of open) connection.terminate();
      server.close();
    },
  };
}
