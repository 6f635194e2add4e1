import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import type { Json } from './wire.ts';

type EnvelopeType = 'events_api' | 'interactive' | 'slash_commands';

export interface SocketMode {
  readonly connections: number;
  /** Envelopes that were acknowledged, oldest first. */
  readonly acknowledged: readonly { readonly type: EnvelopeType; readonly payload: Json; readonly attempts: number }[];
  /** A one-time address for a connection, without scheme and host. */
  ticketPath(): string;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** `answered`: with what the acknowledgement carries, if anything. */
  send(type: EnvelopeType, payload: Json, answered?: (answer: Json | undefined) => void): void;
  /** Asks every connection to go, as Slack does about hourly; `cut` just drops them. */
  disconnect(reason: 'refresh_requested' | 'warning' | 'cut'): void;
  /** Resolves when every envelope has been acknowledged. */
  settled(): Promise<void>;
  close(): void;
}

interface Envelope {
  readonly id: string;
  readonly type: EnvelopeType;
  readonly payload: Json;
  readonly answered: (answer: Json | undefined) => void;
  attempts: number;
  sentOver: WebSocket | null;
  timer: NodeJS.Timeout | null;
}

const ackSchema = z.object({ envelope_id: z.string(), payload: z.record(z.string(), z.unknown()).optional() });

/**
 * Socket Mode: hello, envelopes, acknowledgements, disconnects. What is not acknowledged comes again, over another connection where there is one.
 * @see https://docs.slack.dev/apis/events-api/using-socket-mode
 */
export function createSocketMode(options: {
  readonly appId: string;
  readonly newId: () => string;
  /** Real milliseconds. */
  readonly ackDeadlineMs: number;
}): SocketMode {
  const server = new WebSocketServer({ noServer: true });
  const open: WebSocket[] = [];
  const tickets = new Set<string>();
  const pending = new Map<string, Envelope>();
  const acknowledged: { type: EnvelopeType; payload: Json; attempts: number }[] = [];
  const waiting: (() => void)[] = [];

  function dispatch(envelope: Envelope): void {
    const connection = open.find((one) => one !== envelope.sentOver) ?? open[0];
    if (!connection) return; // kept until somebody connects
    envelope.sentOver = connection;
    envelope.attempts += 1;
    const { id, type, payload, attempts } = envelope;
    const retry = attempts > 1 ? { retry_attempt: attempts - 1, retry_reason: 'timeout' } : { retry_attempt: 0, retry_reason: '' };
    connection.send(
      JSON.stringify({
        envelope_id: id,
        type,
        accepts_response_payload: type !== 'events_api',
        payload,
        ...(type === 'events_api' ? retry : {}),
      }),
    );
    envelope.timer = setTimeout(() => dispatch(envelope), options.ackDeadlineMs).unref();
  }

  function acknowledge(id: string, answer: Json | undefined): void {
    const envelope = pending.get(id);
    if (!envelope) return;
    if (envelope.timer) clearTimeout(envelope.timer);
    pending.delete(id);
    envelope.answered(answer);
    acknowledged.push({ type: envelope.type, payload: envelope.payload, attempts: envelope.attempts });
    if (pending.size === 0) for (const tell of waiting.splice(0)) tell();
  }

  function welcome(connection: WebSocket): void {
    open.push(connection);
    connection.on('message', (data) => {
      const ack = ackSchema.safeParse(JSON.parse(String(data)));
      if (ack.success) acknowledge(ack.data.envelope_id, ack.data.payload);
    });
    connection.on('close', () => {
      open.splice(open.indexOf(connection), 1);
      for (const envelope of pending.values()) {
        if (envelope.sentOver !== connection) continue;
        if (envelope.timer) clearTimeout(envelope.timer);
        dispatch(envelope);
      }
    });
    connection.send(
      JSON.stringify({
        type: 'hello',
        num_connections: open.length,
        connection_info: { app_id: options.appId },
        debug_info: { host: 'fake' },
      }),
    );
    for (const envelope of pending.values()) if (envelope.sentOver === null || !open.includes(envelope.sentOver)) dispatch(envelope);
  }

  return {
    get connections() {
      return open.length;
    },
    acknowledged,
    ticketPath() {
      const ticket = options.newId();
      tickets.add(ticket);
      return `/link/?ticket=${ticket}&app_id=${options.appId}`;
    },
    upgrade(request, socket, head) {
      const url = new URL(request.url ?? '/', 'http://fake');
      if (!tickets.delete(url.searchParams.get('ticket') ?? '')) {
        socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n');
        return;
      }
      server.handleUpgrade(request, socket, head, welcome);
    },
    send(type, payload, answered = () => undefined) {
      const envelope: Envelope = { id: options.newId(), type, payload, answered, attempts: 0, sentOver: null, timer: null };
      pending.set(envelope.id, envelope);
      dispatch(envelope);
    },
    disconnect(reason) {
      for (const connection of [...open]) {
        if (reason === 'cut') connection.terminate();
        else connection.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'fake' } }));
      }
    },
    settled: () => (pending.size === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    close() {
      for (const envelope of pending.values()) if (envelope.timer) clearTimeout(envelope.timer);
      for (const connection of open) connection.terminate();
      server.close();
    },
  };
}
