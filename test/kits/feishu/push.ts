import type { SignedRequest } from './sign.ts';
import { encrypt, signRequest } from './sign.ts';
import type { Json } from './wire.ts';

export interface Disturbance {
  /** Share of events that are sent twice although they were taken. */
  readonly duplicate?: number;
  /** Share of events that never leave Feishu. */
  readonly drop?: number;
  /** Events are held back by up to so many real milliseconds, each by its own chance, and so overtake each other. */
  readonly shuffleMs?: number;
}

/** What became of one event. */
export interface PushRecord {
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

/** One way to the app: a request of its own, or the long connection. `taken`: it has said so in time. */
export type Send = (payload: Json) => Promise<{ readonly taken: boolean; readonly answer: AppAnswer | null }>;

export interface PushOptions {
  readonly send: Send;
  readonly now: () => number;
  readonly random: () => number;
  /** How many times faster than the real platform the schedule runs. */
  readonly timeScale: number;
}

export interface Pusher {
  readonly records: readonly PushRecord[];
  disturb(disturbance: Disturbance): void;
  /** An event, sent again until it is taken. */
  event(eventId: string, payload: Json): void;
  /** A press on a card: sent once; the app's answer counts. */
  callback(payload: Json): Promise<AppAnswer | null>;
  /** Resolves when nothing is under way any more. */
  settled(): Promise<void>;
  close(): void;
}

/** Waits before attempt 2 to 5, in the platform's time: facts, 2.2. That the long connection keeps to them is UNCONFIRMED. */
const retryAfterMs = [15_000, 300_000, 3_600_000, 21_600_000];

export function createPusher({ send, now, random, timeScale }: PushOptions): Pusher {
  const records: PushRecord[] = [];
  const timers = new Set<NodeJS.Timeout>();
  const waiting: (() => void)[] = [];
  let disturbance: Disturbance = {};
  let underWay = 0;
  let closed = false;

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

  async function attempt(record: PushRecord): Promise<boolean> {
    record.attempts += 1;
    return (await send(record.payload)).taken;
  }

  async function push(record: PushRecord): Promise<void> {
    underWay += 1;
    try {
      const holdMs = random() * (disturbance.shuffleMs ?? 0);
      if (holdMs > 0) await pause(holdMs);
      let taken = await attempt(record);
      for (const waitMs of retryAfterMs) {
        if (taken) break;
        await pause(waitMs / timeScale);
        taken = await attempt(record);
      }
      record.state = taken ? 'acknowledged' : 'given up';
      if (taken) record.acknowledgedAt = now();
      if (!taken || random() >= (disturbance.duplicate ?? 0)) return;
      await pause(random() * (disturbance.shuffleMs ?? 0));
      await attempt(record);
    } finally {
      underWay -= 1;
      if (underWay === 0) for (const tell of waiting.splice(0)) tell();
    }
  }

  return {
    records,
    disturb: (next) => {
      disturbance = next;
    },
    event(eventId, payload) {
      const record: PushRecord = { eventId, payload, state: 'under way', attempts: 0, acknowledgedAt: null };
      records.push(record);
      if (random() < (disturbance.drop ?? 0)) {
        record.state = 'dropped';
        return;
      }
      void push(record);
    },
    async callback(payload) {
      const { answer } = await send(payload);
      return answer;
    },
    settled: () => (underWay === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    close() {
      closed = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}

export interface Webhook {
  readonly send: Send;
  /** Signed requests that were made while no address was set, oldest first. */
  readonly kept: SignedRequest[];
  sendTo(url: string | null): void;
  /** Encrypted and signed, not sent. */
  sign(plain: string, atSeconds?: number): SignedRequest;
}

/** Events to an address: each attempt is encrypted and signed anew. @param deadlineMs three seconds on the real platform */
export function createWebhook(encryptKey: string, now: () => number, deadlineMs: number): Webhook {
  const kept: SignedRequest[] = [];
  let target: string | null = null;
  const sign = (plain: string, atSeconds = Math.floor(now() / 1000)) => signRequest(encryptKey, encrypt(encryptKey, plain), atSeconds);
  return {
    kept,
    sign,
    sendTo: (url) => {
      target = url;
    },
    async send(payload) {
      const request = sign(JSON.stringify(payload));
      if (target === null) {
        kept.push(request);
        return { taken: true, answer: null };
      }
      try {
        const { headers, body } = request;
        const response = await fetch(target, {
          method: 'POST',
          headers,
          body,
          redirect: 'manual',
          signal: AbortSignal.timeout(deadlineMs),
        });
        return { taken: response.status === 200, answer: { status: response.status, body: await response.text() } };
      } catch {
        // Refused, cut or too slow: all the same to the platform.
        return { taken: false, answer: null };
      }
    },
  };
}
