import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { type FakeServer, startFakeServer } from '../../kits/fake-server.ts';

/** The far end of a stream, with nothing but what the stream itself needs. */
export interface Gateway {
  readonly server: FakeServer;
  /** Sockets that are open, the oldest first. */
  readonly sockets: readonly WebSocket[];
  /** What was answered, in order. */
  readonly answers: readonly { readonly code: number; readonly headers: { readonly messageId: string }; readonly data: string }[];
  /** Tickets that were handed out. */
  tickets(): number;
  /** From now on every socket is refused at the door. */
  refuse(on: boolean): void;
  /** From now on every socket is closed as soon as it is open. */
  slam(on: boolean): void;
  /** From now on nothing is answered, not even pings. */
  fallSilent(): void;
  push(socket: WebSocket | undefined, frame: object): void;
  close(): Promise<void>;
}

export async function startGateway(): Promise<Gateway> {
  const sockets: WebSocket[] = [];
  const answers: Gateway['answers'][number][] = [];
  const valid = new Set<string>();
  let handedOut = 0;
  let refusing = false;
  let slamming = false;
  let silent = false;
  const far = new WebSocketServer({ noServer: true, autoPong: false });
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const ticket = new URL(request.url ?? '/', 'http://far').searchParams.get('ticket') ?? '';
    // Good for one connection.
    if (refusing || !valid.delete(ticket)) {
      socket.end('HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    far.handleUpgrade(request, socket, head, (open) => {
      sockets.push(open);
      open.on('close', () => sockets.splice(sockets.indexOf(open), 1));
      open.on('message', (data: Buffer) => answers.push(JSON.parse(data.toString())));
      open.on('ping', (data) => {
        if (!silent) open.pong(data);
      });
      if (slamming) open.close();
    });
  };
  const server = await startFakeServer({
    upgrade,
    handle: ({ path, body }) => {
      const { clientSecret } = JSON.parse(body.toString()) as { readonly clientSecret?: string };
      if (path !== '/v1.0/gateway/connections/open') return { status: 404, body: '{}' };
      if (clientSecret !== 'shh') return { status: 401, body: '{"code":"authFailed","message":"no"}' };
      handedOut += 1;
      const ticket = `ticket-${handedOut}`;
      valid.add(ticket);
      return { status: 200, body: JSON.stringify({ endpoint: `${server.url.replace('http', 'ws')}/connect`, ticket }) };
    },
  });
  return {
    server,
    sockets,
    answers,
    tickets: () => handedOut,
    refuse: (on) => {
      refusing = on;
    },
    slam: (on) => {
      slamming = on;
    },
    fallSilent: () => {
      silent = true;
    },
    push: (socket, frame) => socket?.send(JSON.stringify(frame)),
    async close() {
      for (const socket of [...sockets]) socket.terminate();
      await server.close();
    },
  };
}
