import type { Timers } from '../../../src/core/time.ts';
import { webhookSign } from './signing.ts';

const retryAfterMs = [2 * 60_000, 30 * 60_000, 3 * 3_600_000, 12 * 3_600_000];

/** A webhook, ready to be sent or handed to a test. */
export interface SignedWebhook {
  readonly type: number;
  readonly notificationId: string;
  readonly shopId: string;
  /** Conversation or shop: what a sender keeps in order when it is not told to shuffle. */
  readonly lane: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The exact bytes that are signed. */
  readonly body: Buffer;
}

/** How the sender misbehaves. Shares are 0 to 1. */
export interface WebhookBehaviour {
  /** Null: nothing is sent, tests take the signed requests themselves. */
  readonly url: string | null;
  /** Share that is sent twice. */
  readonly duplicated: number;
  /** Share that is sent late, so that its successors overtake it. */
  readonly shuffled: number;
  /** How late at most. */
  readonly shuffleMs: number;
  /** Share that is never sent. */
  readonly dropped: number;
  /** How long an answer may take. The platform gives 3 s; not scaled, for it is the receiver's own time that it measures. */
  readonly answerWithinMs: number;
}

interface WebhookLogEntry {
  readonly notificationId: string;
  readonly attempt: number;
  readonly outcome: number | 'no-answer';
  /** When the answer was there, or was given up; milliseconds since 1970. */
  readonly at: number;
}

export interface WebhookSender {
  readonly log: readonly WebhookLogEntry[];
  /** Given up after the last retry. */
  readonly lost: readonly SignedWebhook[];
  /** Never sent, because `dropped` says so. */
  readonly dropped: readonly SignedWebhook[];
  behave(change: Partial<WebhookBehaviour>): void;
  /** Resolves once nothing is under way and no retry is waiting. */
  settled(): Promise<void>;
}

export interface WebhooksOptions {
  readonly appKey: string;
  readonly appSecret: string;
  readonly now: () => Date;
  readonly random: () => number;
  readonly timers: Timers;
  /** Retries come so many times sooner. */
  readonly timeScale: number;
  readonly nextId: () => string;
  readonly behaviour: WebhookBehaviour;
}

/**
 * Signs and sends webhooks: 200 within 3 s, else again after 2 min, 30 min, 3 h and 12 h, then never.
 * @see https://partner.tiktokshop.com/docv2/page/configuration-guide (read 2026-11-22)
 */
export function createWebhooks(options: WebhooksOptions) {
  const { appKey, appSecret, now, random, timers, timeScale, nextId } = options;
  let behaviour = options.behaviour;
  const log: WebhookLogEntry[] = [];
  const lost: SignedWebhook[] = [];
  const dropped: SignedWebhook[] = [];
  const lanes = new Map<string, Promise<void>>();
  const cancels = new Set<() => void>();
  const waiting: (() => void)[] = [];
  let pending = 0;
  let closed = false;

  function sign(type: number, shopId: string, data: object, lane = shopId): SignedWebhook {
    const notificationId = nextId();
    const timestamp = Math.floor(now().getTime() / 1000);
    const body = Buffer.from(JSON.stringify({ type, tts_notification_id: notificationId, shop_id: shopId, timestamp, data }));
    return { type, notificationId, shopId, lane, headers: signedHeaders(body), body };
  }

  function signedHeaders(body: Buffer): Record<string, string> {
    return { 'content-type': 'application/json', authorization: webhookSign(appKey, appSecret, body) };
  }

  async function attempt(webhook: SignedWebhook, address: string | undefined, number: number): Promise<void> {
    // Asked each time: a receiver may have come back elsewhere.
    const url = address ?? behaviour.url;
    if (url === null) return;
    const outcome = await post(webhook, url, behaviour.answerWithinMs);
    log.push({ notificationId: webhook.notificationId, attempt: number, outcome, at: now().getTime() });
    if (outcome === 200) return;
    const waitMs = retryAfterMs[number - 1];
    if (waitMs === undefined) lost.push(webhook);
    else later(waitMs / timeScale, () => attempt(webhook, address, number + 1));
  }

  function later(afterMs: number, task: () => Promise<void>): void {
    if (closed) return;
    pending += 1;
    const cancel = timers.after(afterMs, () => {
      cancels.delete(cancel);
      void task().finally(finished);
    });
    cancels.add(cancel);
  }

  function finished(): void {
    pending -= 1;
    if (pending === 0) for (const resolve of waiting.splice(0)) resolve();
  }

  function inLane(webhook: SignedWebhook, address: string | undefined): void {
    pending += 1;
    const before = lanes.get(webhook.lane) ?? Promise.resolve();
    const done = before.then(() => (closed ? undefined : attempt(webhook, address, 1))).finally(finished);
    lanes.set(webhook.lane, done);
  }

  return {
    log,
    lost,
    dropped,
    sign,
    signedHeaders,

    behave(change: Partial<WebhookBehaviour>): void {
      behaviour = { ...behaviour, ...change };
    },

    /** @param address of the shop's own subscription; else the app's */
    send(webhook: SignedWebhook, address: string | undefined): void {
      if (closed || (address ?? behaviour.url) === null) return;
      if (random() < behaviour.dropped) {
        dropped.push(webhook);
        return;
      }
      const times = random() < behaviour.duplicated ? 2 : 1;
      for (let time = 0; time < times; time += 1) {
        if (random() < behaviour.shuffled) later(random() * behaviour.shuffleMs, () => attempt(webhook, address, 1));
        else inLane(webhook, address);
      }
    },

    settled: () =>
      new Promise<void>((resolve) => {
        if (pending === 0) resolve();
        else waiting.push(resolve);
      }),

    close(): void {
      closed = true;
      for (const cancel of cancels) {
        cancel();
        finished();
      }
      cancels.clear();
    },
  };
}

async function post({ headers, body }: SignedWebhook, url: string, withinMs: number): Promise<number | 'no-answer'> {
  try {
    const answer = await fetch(url, { method: 'POST', headers, body: new Uint8Array(body), signal: AbortSignal.timeout(withinMs) });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    // Refused, cut or too slow: the platform makes no difference either.
    return 'no-answer';
  }
}
