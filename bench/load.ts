import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { monotonicMs } from './stats.ts';

// A client that costs next to nothing: whole requests as bytes, made beforehand; of an answer only status and end are read.

/** One connection, kept open; one request at a time. */
interface Line {
  /** Resolves to the status; 0: the connection broke. */
  send(request: Buffer): Promise<number>;
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
    send: (request) =>
      new Promise((resolve) => {
        done = resolve;
        if (socket.destroyed) answered(0);
        else socket.write(request);
      }),
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
  /** Positions of the requests that were answered with 200, and when each was, by `monotonicMs`. */
  readonly taken: readonly number[];
  readonly takenAtMs: readonly number[];
  /** How often the answer was another one, or none. */
  readonly refused: number;
}

/** A platform sends again what was refused; here at once, and so often that only what is refused for good ends the run. */
const mostTries = 200;
const againMs = 50;

/**
 * As many requests under way as there are connections, never more and never fewer: as fast as the other side answers.
 * What is refused is sent again, unless the time is up.
 * @param forMs when to end although there are requests left
 */
export async function closedLoop(
  port: number,
  requests: readonly Buffer[],
  connections: number,
  forMs = Number.POSITIVE_INFINITY,
): Promise<Outcome> {
  const lines = await Promise.all(Array.from({ length: connections }, () => openLine(port)));
  const latencies: number[] = [];
  const taken: number[] = [];
  const takenAtMs: number[] = [];
  let refused = 0;
  let next = 0;
  const fromMs = monotonicMs();
  async function worker(first: Line): Promise<void> {
    let line = first;
    for (;;) {
      const position = next;
      const request = requests[position];
      if (!request || monotonicMs() - fromMs > forMs) break;
      next += 1;
      for (let tries = 1; ; tries += 1) {
        const sentMs = monotonicMs();
        const status = await line.send(request);
        if (status === 200) {
          latencies.push(monotonicMs() - sentMs);
          taken.push(position);
          takenAtMs.push(monotonicMs());
          break;
        }
        refused += 1;
        if (monotonicMs() - fromMs > forMs) break;
        if (tries === mostTries) throw new Error(`a request was refused ${mostTries} times, the last time with ${status}`);
        await pause(againMs);
        if (status === 0) line = await openLine(port);
      }
    }
    line.close();
  }
  await Promise.all(lines.map(worker));
  return { fromMs, toMs: monotonicMs(), latencies, taken, takenAtMs, refused };
}

export interface Paced extends Outcome {
  /** When each request was due to leave, by its position. */
  readonly dueMs: readonly number[];
}

/** More lines are opened where these do not do. */
const firstLines = 32;

/**
 * Requests at a steady rate, whether or not the other side keeps up. A latency counts from the moment at which its request was due, not from when there was
 * a connection for it, so that a pause of the other side counts against all that had to wait through it. So does a refusal: it is sent again.
 */
export async function openLoop(port: number, requests: readonly Buffer[], perSecond: number): Promise<Paced> {
  const idle = await Promise.all(Array.from({ length: Math.min(firstLines, requests.length) }, () => openLine(port)));
  const latencies: number[] = [];
  const taken: number[] = [];
  const takenAtMs: number[] = [];
  let refused = 0;
  const fromMs = monotonicMs() + 20;
  const dueMs = requests.map((_, index) => fromMs + (index * 1_000) / perSecond);
  async function one(request: Buffer, position: number, due: number): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      const line = idle.pop() ?? (await openLine(port));
      const status = await line.send(request);
      if (status !== 0) idle.push(line);
      if (status === 200) {
        latencies.push(monotonicMs() - due);
        taken.push(position);
        takenAtMs.push(monotonicMs());
        return;
      }
      refused += 1;
      if (tries === mostTries) throw new Error(`a request was refused ${mostTries} times, the last time with ${status}`);
      await pause(againMs);
    }
  }
  const all: Promise<void>[] = [];
  while (all.length < requests.length) {
    const nowMs = monotonicMs();
    for (;;) {
      const [request, due] = [requests[all.length], dueMs[all.length]];
      if (!request || due === undefined || due > nowMs) break;
      all.push(one(request, all.length, due));
    }
    await pause(1);
  }
  await Promise.all(all);
  for (const line of idle) line.close();
  return { fromMs, toMs: monotonicMs(), latencies, taken, takenAtMs, refused, dueMs };
}
