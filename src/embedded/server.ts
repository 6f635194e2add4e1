import { createServer, type Socket } from 'node:net';
import type { Engine } from './engine.ts';
import { createFrames, encodeReply, parseMessage, type Request } from './wire.ts';

export interface Server {
  /** Answers what has arrived, then lets every client go. */
  close(): Promise<void>;
}

/**
 * One connection. Its messages are answered one after the other, the next when the answer before it is on its way, so that a client that
 * sends without reading fills its own memory and not ours.
 */
interface Connection {
  readonly socket: Socket;
  readonly queue: Request[];
  isBusy: boolean;
}

/** Listens on a Unix socket. What arrives on all connections in one turn of the event loop is answered together. */
export async function listen(path: string, engine: Engine): Promise<Server> {
  const connections = new Set<Connection>();
  let waiting: { readonly connection: Connection; readonly request: Request }[] = [];
  let lastReplyId = 0;

  /** Lets the connection's next messages be answered: up to the first that wants an answer. */
  function take(connection: Connection): void {
    while (!connection.isBusy) {
      const request = connection.queue.shift();
      if (!request) break;
      if (waiting.length === 0) setImmediate(answerAll);
      waiting.push({ connection, request });
      connection.isBusy = request.wantsAnswer;
    }
    if (connection.queue.length > 0) connection.socket.pause();
    else connection.socket.resume();
  }

  function answerAll(): void {
    const batch = waiting;
    waiting = [];
    const replies = engine.run(batch.map(({ request }) => request.command));
    for (const [index, { connection, request }] of batch.entries()) {
      const reply = replies[index];
      if (!reply || !request.wantsAnswer || connection.socket.destroyed) continue;
      lastReplyId = (lastReplyId + 1) % 2 ** 31;
      const done = (): void => {
        connection.isBusy = false;
        take(connection);
      };
      if (connection.socket.write(encodeReply(reply, request, lastReplyId))) done();
      else connection.socket.once('drain', done);
    }
  }

  const server = createServer((socket) => {
    const frames = createFrames();
    const connection: Connection = { socket, queue: [], isBusy: false };
    connections.add(connection);
    socket.on('close', () => connections.delete(connection));
    // A client that goes away in the middle is its own affair.
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      try {
        for (const message of frames(chunk)) connection.queue.push(parseMessage(message));
        take(connection);
      } catch {
        // Not the protocol, or not BSON: nothing can be answered that the other side would understand.
        socket.destroy();
      }
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  return {
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const { socket } of connections) socket.removeAllListeners('data');
      while (waiting.length > 0) answerAll();
      for (const { socket } of connections) socket.destroySoon();
      await closed;
    },
  };
}
