import { connect, type Socket } from 'node:net';
import { monotonicMs } from './stats.ts';

// A client that costs next to nothing: whole requests as bytes, made beforehand; of an answer only status and end are read.

/** One connection, kept open; one request at a time. */
interface Line {
  /** `status` 0: the connection broke. */
  send(request: Buffer, done: (status: number) => void): void;
  close(): void;
}

async function openLine(port: number): Promise<Line> {
  const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  let done: ((status: number) => void) | null = null;
  let got: Buffer = Buffer.alloc(0);
  function answered(status: number): void {
    const waiting = done;
    done = null;
    got = Buffer.alloc(0);
    waiting?.(status);
  }
  socket.on('data', (chunk: Buffer) => {
    got = got.length === 0 ? chunk : Buffer.concat([got, chunk]);
    const status = statusOfWhole(got);
    if (status !== null) answered(status);
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', () => answered(0));
  return {
    send(request, whenDone) {
      done = whenDone;
      if (socket.destroyed) answered(0);
      else socket.write(request);
    },
    close: () => socket.destroy(),
  };
}

/** Null: the answer is not all there yet. */
function statusOfWhole(got: Buffer): number | null {
  const headEnd = got.indexOf('\r\n\r\n');
  if (headEnd < 0) return null;
  const head = got.toString('latin1', 0, headEnd).toLowerCase();
  const length = /\r\ncontent-length: (\d+)/.exec(head)?.[1];
  const whole = length === undefined ? got.toString('latin1', got.length - 5) === '0\r\n\r\n' : got.length >= headEnd + 4 + Number(length);
  return whole ? Number(head.slice(9, 12)) : null;
}

export interface Outcome {
  /** When the first request left and the last answer came, by `monotonicMs`. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Of each request that was answered with 200, in milliseconds. */
  readonly latencies: readonly number[];
  /** Answered otherwise, or not. */
  readonly refused: number;
}

/**
 * As many requests under way as there are connections, never more and never fewer: as fast as the other side answers.
 * @param forMs when to end although there are requests left
 */
export async function closedLoop(
  port: number,
  requests: readonly Buffer[],
  connections: number,
  forMs = Number.POSITIVE_INFINITY,
): Promise<Outcome & { readonly sent: number }> {
  const lines = await Promise.all(Array.from({ length: connections }, () => openLine(port)));
  const latencies: number[] = [];
  let refused = 0;
  let next = 0;
  const fromMs = monotonicMs();
  await Promise.all(
    lines.map(
      (line) =>
        new Promise<void>((resolve) => {
          function step(): void {
            const request = requests[next];
            const sentMs = monotonicMs();
            if (!request || sentMs - fromMs > forMs) {
              resolve();
              return;
            }
            next += 1;
            line.send(request, (status) => {
              if (status === 200) latencies.push(monotonicMs() - sentMs);
              else refused += 1;
              step();
            });
          }
          step();
        }),
    ),
  );
  const toMs = monotonicMs();
  for (const line of lines) line.close();
  return { fromMs, toMs, latencies, refused, sent: next };
}

export interface Paced extends Outcome {
  /** When each request was due to leave, by its position. */
  readonly dueMs: readonly number[];
}

/** More lines are opened where these do not do. */
const firstLines = 32;

/**
 * Requests at a steady rate, whether or not the other side keeps up. A latency counts from the moment at which its request was due, not from when there was
 * a connection for it, so that a pause of the other side counts against all that had to wait through it.
 */
export async function openLoop(port: number, requests: readonly Buffer[], perSecond: number): Promise<Paced> {
  const lines = await Promise.all(Array.from({ length: Math.min(firstLines, requests.length) }, () => openLine(port)));
  const idle = [...lines];
  const latencies: number[] = [];
  let refused = 0;
  const fromMs = monotonicMs() + 20;
  const dueMs = requests.map((_, index) => fromMs + (index * 1_000) / perSecond);
  async function one(request: Buffer, due: number): Promise<void> {
    let line = idle.pop();
    if (!line) {
      line = await openLine(port);
      lines.push(line);
    }
    const used = line;
    const status = await new Promise<number>((resolve) => used.send(request, resolve));
    if (status === 200) latencies.push(monotonicMs() - due);
    else refused += 1;
    if (status !== 0) idle.push(used);
  }
  const all: Promise<void>[] = [];
  while (all.length < requests.length) {
    const nowMs = monotonicMs();
    for (let request = requests[all.length], due = dueMs[all.length]; request && due !== undefined && due <= nowMs; ) {
      all.push(one(request, due));
      request = requests[all.length];
      due = dueMs[all.length];
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(all);
  const toMs = monotonicMs();
  for (const line of lines) line.close();
  return { fromMs, toMs, latencies, refused, dueMs };
}
