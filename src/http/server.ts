import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HttpServer {
  /** `http://127.0.0.1:3000` */
  readonly url: string;
  readonly port: number;
  /** Takes no new connections, lets requests under way end, and cuts what is left after `graceMs`. */
  close(graceMs: number): Promise<void>;
}

const options = {
  // A webhook is a few kilobytes: whoever is slower than this, or connects and says nothing, holds the line on purpose.
  headersTimeout: 5_000,
  requestTimeout: 15_000,
  connectionsCheckingInterval: 2_000,
  // Longer than load balancers keep a line open (60 s), or they would use one that is just being closed.
  keepAliveTimeout: 65_000,
  // An address of an authorisation has up to 8 KiB (`oauth.ts`); the rest is for what proxies add.
  maxHeaderSize: 16 * 1024,
} as const;

/** A line on which nothing moves is cut, also while its answer waits to be read. No answer of ours takes as long to make. */
const stillMs = 120_000;

/** Each costs a file descriptor, and the store and calls to the platforms need some, too. Whoever has asked already and only waits makes room. */
const maxConnections = 8_000;

/** How many may knock at the same moment. Beyond it the system drops them, honest ones too, and they knock again a second or three later: that is all of a platform's patience. */
const backlog = 4_096;

/** The server with its limits, not yet at any address. */
export function createHttpServer(app: RequestListener): Server {
  const server = createServer(options, app);
  server.timeout = stillMs;
  server.maxConnections = maxConnections;
  server.on('drop', () => server.closeIdleConnections());
  return server;
}

/** @param port 0: any free one */
export async function startServer(app: RequestListener, host: string, port: number): Promise<HttpServer> {
  const server = createHttpServer(app);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, backlog }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address() as AddressInfo;
  const shownHost = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return {
    url: `http://${shownHost}:${address.port}`,
    port: address.port,
    close: (graceMs) =>
      new Promise((resolve) => {
        const cut = setTimeout(() => server.closeAllConnections(), graceMs);
        server.close(() => {
          clearTimeout(cut);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}
