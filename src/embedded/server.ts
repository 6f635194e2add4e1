import { createServer, type Socket } from 'node:net';
import type { Engine } from './engine.ts';
import { createFrames, encodeReply, parseMessage, type Request } from './wire.ts';

export interface Server {
  /** Answers what has arrived, then lets every client go. */
  close(): Promise<void>;
}

/** Listens on a Unix socket. What arrives on all connections in one turn of the event loop is answered together. */
export async function listen(path: string, engine: Engine): Promise<Server> {
  const sockets = new Set<Socket>();
  let waiting: { readonly socket: Socket; readonly request: Request }[] = [];
  let lastReplyId = 0;

  function answerAll(): void {
    const batch = waiting;
    waiting = [];
    const replies = engine.run(batch.map(({ request }) => request.command));
    for (const [index, { socket, request }] of batch.entries()) {
      const reply = replies[index];
      if (!reply || !request.wantsAnswer || socket.destroyed) continue;
      lastReplyId = (lastReplyId + 1) % 2 ** 31;
      socket.write(encodeReply(reply, request, lastReplyId));
    }
  }

  const server = createServer((socket) => {
    const frames = createFrames();
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // A client that goes away in the middle is its own affair.
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      try {
        for (const message of frames(chunk)) {
          if (waiting.length === 0) setImmediate(answerAll);
          waiting.push({ socket, request: parseMessage(message) });
        }
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
      for (const socket of sockets) socket.removeAllListeners('data');
      answerAll();
      for (const socket of sockets) socket.destroySoon();
      await closed;
    },
  };
}
