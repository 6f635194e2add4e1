import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

/** What can go wrong with one request. `after` faults happen once the request has taken effect; the caller cannot know that. */
export type Fault =
  | { readonly kind: 'status'; readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  | { readonly kind: 'status-after'; readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  | { readonly kind: 'cut-before' }
  | { readonly kind: 'cut-after' }
  /** Takes effect at once and is answered late. */
  | { readonly kind: 'slow'; readonly ms: number };

export interface FakeRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface FakeAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export type FaultPlan = (request: FakeRequest) => Fault | null;

export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  readonly status: number | 'cut';
  readonly fault: Fault['kind'] | null;
}

export interface FakeServer {
  /** Without a slash at the end. */
  readonly url: string;
  readonly log: readonly LoggedRequest[];
  /** The next `times` requests that match meet this fault. */
  failNext(matches: (request: FakeRequest) => boolean, fault: Fault, times?: number): void;
  /** Asked for every request that no `failNext` takes; null ends it. */
  planFaults(plan: FaultPlan | null): void;
  close(): Promise<void>;
}

export interface FakeServerOptions {
  /** What the platform does with a request. Its effects are in place when it resolves. */
  readonly handle: (request: FakeRequest) => FakeAnswer | Promise<FakeAnswer>;
  readonly upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** 0 or absent: any free port. */
  readonly port?: number;
}

const maxBodyBytes = 32 * 1024 * 1024;

/** A loopback server that a platform's fake is built on: faults on demand, and a log of what arrived. */
export async function startFakeServer({ handle, upgrade, port = 0 }: FakeServerOptions): Promise<FakeServer> {
  const log: LoggedRequest[] = [];
  const scripted: { readonly matches: (request: FakeRequest) => boolean; readonly fault: Fault; left: number }[] = [];
  let plan: FaultPlan | null = null;

  function faultOf(request: FakeRequest): Fault | null {
    const hit = scripted.find((entry) => entry.left > 0 && entry.matches(request));
    if (!hit) return plan?.(request) ?? null;
    hit.left -= 1;
    return hit.fault;
  }

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await toFakeRequest(incoming);
    const fault = faultOf(request);
    const end = (answer: FakeAnswer) => {
      log.push({ method: request.method, path: request.path, status: answer.status, fault: fault?.kind ?? null });
      response.writeHead(answer.status, { ...answer.headers }).end(answer.body ?? '');
    };
    const cut = () => {
      log.push({ method: request.method, path: request.path, status: 'cut', fault: fault?.kind ?? null });
      incoming.socket.destroy();
    };
    if (fault?.kind === 'cut-before') return cut();
    if (fault?.kind === 'status') return end(fault);
    const answer = await handle(request);
    if (fault?.kind === 'cut-after') return cut();
    if (fault?.kind === 'status-after') return end(fault);
    if (fault?.kind === 'slow') setTimeout(() => end(answer), fault.ms).unref();
    else end(answer);
  }

  const server = createServer((incoming, response) => {
    serve(incoming, response).catch((error: unknown) => {
      // A fake must never hide its own fault as one of the platform's.
      response.writeHead(599).end(`fake failed: ${error instanceof Error ? error.stack : String(error)}`);
    });
  });
  // As long as load balancers of big platforms keep them (AWS: 60 s), not Node's five: what wakes up late finds its connection alive.
  server.keepAliveTimeout = 60_000;
  if (upgrade) server.on('upgrade', upgrade);
  await listen(server, port);
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}`,
    log,
    failNext: (matches, fault, times = 1) => scripted.push({ matches, fault, left: times }),
    planFaults: (next) => {
      plan = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
}

async function toFakeRequest(incoming: IncomingMessage): Promise<FakeRequest> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) throw new Error('request too large for the fake');
    chunks.push(chunk);
  }
  const url = new URL(incoming.url ?? '/', 'http://fake');
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) headers[name] = Array.isArray(value) ? value.join(', ') : (value ?? '');
  return { method: incoming.method ?? 'GET', path: url.pathname, query: url.searchParams, headers, body: Buffer.concat(chunks) };
}
