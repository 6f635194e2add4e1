import type { PushContentType, SignedRequest } from './sign.ts';
import { signRequest } from './sign.ts';
import type { Json } from './wire.ts';

export interface Disturbance {
  /** Share of events that are sent twice although they were taken. */
  readonly duplicate?: number;
  /** Share of events that never leave Slack. */
  readonly drop?: number;
  /** Events are held back by up to so many real milliseconds, each by its own chance, and so overtake each other. */
  readonly shuffleMs?: number;
}

/** What became of one event. */
interface PushRecord {
  readonly eventId: string;
  readonly payload: Json;
  state: 'under way' | 'acknowledged' | 'given up' | 'dropped';
  attempts: number;
  /** Milliseconds since 1970; null while it is not. */
  acknowledgedAt: number | null;
}

export interface AppAnswer {
  readonly status: number;
  readonly body: string;
}

export interface PushOptions {
  readonly signingSecret: string;
  readonly now: () => number;
  readonly random: () => number;
  /** How many times faster than real Slack the retry schedule runs. */
  readonly timeScale: number;
  /** How long the app may take to answer, in real time: a machine that runs tests is not `timeScale` times faster. */
  readonly deadlineMs: number;
}

export interface Pusher {
  readonly records: readonly PushRecord[];
  /** Signed requests that were made while no address was set, oldest first. */
  readonly kept: SignedRequest[];
  sendTo(url: string | null): void;
  disturb(disturbance: Disturbance): void;
  sign(body: string, contentType?: PushContentType, atSeconds?: number): SignedRequest;
  /** An event of the Events API, with retries. */
  event(eventId: string, payload: Json): void;
  /** A button, shortcut, form or command: sent once; the app's answer counts. Null while no address is set. */
  interaction(form: Readonly<Record<string, string>>): Promise<AppAnswer | null>;
  /** Resolves when nothing is under way any more. */
  settled(): Promise<void>;
  close(): void;
}

/** Waits before attempt 1, 2 and 3, in the platform's time; about this is written down, the exact schedule is not published. */
const retryAfterMs = [0, 60_000, 300_000];

export function createPusher({ signingSecret, now, random, timeScale, deadlineMs }: PushOptions): Pusher {
  const records: PushRecord[] = [];
  const kept: SignedRequest[] = [];
  const timers = new Set<NodeJS.Timeout>();
  const waiting: (() => void)[] = [];
  let target: string | null = null;
  let disturbance: Disturbance = {};
  let underWay = 0;
  let closed = false;

  const sign = (body: string, contentType: PushContentType = 'application/json', atSeconds = Math.floor(now() / 1000)) =>
    signRequest(signingSecret, body, contentType, atSeconds);

  /** Never resolves once closed. */
  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      if (closed) return;
      const timer = setTimeout(() => {
        timers.delete(timer);
        resolve();
      }, ms);
      timers.add(timer.unref());
    });

  /** One attempt. Null: the app took it; else why not, as `X-Slack-Retry-Reason` puts it. */
  async function attempt(record: PushRecord, reason: string | null): Promise<string | null> {
    const request = sign(JSON.stringify(record.payload));
    const retry: Record<string, string> =
      reason === null ? {} : { 'x-slack-retry-num': String(record.attempts), 'x-slack-retry-reason': reason };
    record.attempts += 1;
    if (target === null) {
      kept.push(request);
      return null;
    }
    try {
      const { body } = request;
      const headers = { ...request.headers, ...retry };
      const response = await fetch(target, { method: 'POST', headers, body, redirect: 'manual', signal: AbortSignal.timeout(deadlineMs) });
      await response.arrayBuffer();
      if (response.ok) return null;
      return response.headers.get('x-slack-no-retry') === '1' ? 'no-retry' : 'http_error';
    } catch (error) {
      return error instanceof Error && error.name === 'TimeoutError' ? 'http_timeout' : 'connection_failed';
    }
  }

  async function push(record: PushRecord): Promise<void> {
    underWay += 1;
    try {
      const holdMs = random() * (disturbance.shuffleMs ?? 0);
      if (holdMs > 0) await pause(holdMs);
      let reason = await attempt(record, null);
      for (const waitMs of retryAfterMs) {
        if (reason === null || reason === 'no-retry') break;
        await pause(waitMs / timeScale);
        reason = await attempt(record, reason);
      }
      record.state = reason === null ? 'acknowledged' : 'given up';
      if (reason === null) record.acknowledgedAt = now();
      if (reason !== null || random() >= (disturbance.duplicate ?? 0)) return;
      await pause(random() * (disturbance.shuffleMs ?? 0));
      await attempt(record, 'http_timeout');
    } finally {
      underWay -= 1;
      if (underWay === 0) for (const tell of waiting.splice(0)) tell();
    }
  }

  return {
    records,
    kept,
    sendTo: (url) => {
      target = url;
    },
    disturb: (next) => {
      disturbance = next;
    },
    sign,
    event(eventId, payload) {
      const record: PushRecord = { eventId, payload, state: 'under way', attempts: 0, acknowledgedAt: null };
      records.push(record);
      if (random() < (disturbance.drop ?? 0)) {
        record.state = 'dropped';
        return;
      }
      void push(record);
    },
    async interaction(form) {
      const request = sign(new URLSearchParams(form).toString(), 'application/x-www-form-urlencoded');
      if (target === null) {
        kept.push(request);
        return null;
      }
      const signal = AbortSignal.timeout(deadlineMs);
      const response = await fetch(target, { method: 'POST', headers: request.headers, body: request.body, signal });
      return { status: response.status, body: await response.text() };
    },
    settled: () => (underWay === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    close() {
      closed = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
