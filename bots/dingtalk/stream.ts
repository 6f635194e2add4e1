import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { ConnectorDeps } from '../../src/core/connector.ts';
import { PlatformError } from '../../src/errors.ts';
import type { SocketConnection } from '../bot.ts';
import { type FailureDetails, fromCode, fromNetwork, fromStatus } from './failures.ts';
import { errorIn, retryAfterIn } from './http.ts';
import { type Frame, type Link, openLink } from './stream-link.ts';

export interface StreamOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly baseUrl: string;
}

/** Choices of ours. */
export interface StreamTiming {
  /** To be greeted. */
  readonly openMs: number;
  /** Of silence, after which a connection gets a successor. It is pinged three times in it: open-dingtalk/dingtalk-stream-sdk-nodejs does so every 8 s, so pings are answered. */
  readonly idleMs: number;
  /** A connection that lived shorter counts as a failure: one that is closed as soon as it is open must not make a storm of calls. */
  readonly steadyMs: number;
  readonly firstPauseMs: number;
  readonly maxPauseMs: number;
  /** After its successor is open: what was on its way may still come. The platform hangs up 10 s after it said so. */
  readonly drainMs: number;
  /** At the end, for what is being stored. */
  readonly lastWordsMs: number;
}

export const streamTiming: StreamTiming = {
  openMs: 15_000,
  idleMs: 60_000,
  steadyMs: 30_000,
  firstPauseMs: 1_000,
  maxPauseMs: 60_000,
  drainMs: 12_000,
  lastWordsMs: 2_000,
};

/** The topics that we ask for, and no other: https://github.com/open-dingtalk/developerpedia docs/learn/stream/protocol.md (2026-11-28) */
export const topics = { robot: '/v1.0/im/bot/messages/get', card: '/v1.0/card/instances/callback' } as const;

/** What is told of a frame once it is stored: the data of its acknowledgement. */
export type HandleFrame = (frame: Frame) => Promise<object>;

/**
 * The platform's Stream: it calls us over a connection that we open. One connection serves at a time; a successor is open before the old one goes, whether the platform
 * says that it will hang up or has fallen silent. Our own, because the published SDK doubles its attempts every second while it is refused, and prints the secret.
 */
export async function startStream(
  options: StreamOptions,
  deps: ConnectorDeps,
  handle: HandleFrame,
  timing: StreamTiming = streamTiming,
): Promise<SocketConnection> {
  const { log, random } = deps;
  const stop = new AbortController();
  const open = new Set<Link>();
  const underWay = new Set<Promise<unknown>>();
  let current: Link | null = null;

  function handled(frame: Frame): Promise<object> {
    const one = handle(frame).finally(() => underWay.delete(one));
    underWay.add(one);
    return one;
  }

  async function succeed(old: Link | null): Promise<Link> {
    const link = await openLink(await askForAddress(options, deps, timing.openMs), { handle: handled, log, ...timing });
    open.add(link);
    link.closed.then(() => open.delete(link), stopped);
    current = link;
    if (old) retire(old);
    log.info({ bot: 'dingtalk' }, 'stream connected');
    return link;
  }

  function retire(link: Link): void {
    const over = sleep(timing.drainMs, undefined, { signal: stop.signal, ref: false }).catch(stopped);
    Promise.race([over, link.closed]).then(() => link.close(), stopped);
  }

  async function run(onOutcome: () => void): Promise<void> {
    let failures = 0;
    let pauses = 0;
    let old: Link | null = null;
    while (!stop.signal.aborted) {
      try {
        const link = await succeed(old);
        onOutcome();
        const openedAt = performance.now();
        const reason = await Promise.race([link.over, untilStopped(stop.signal)]);
        old = reason === 'closed' ? null : link;
        if (reason === 'closed') current = null;
        failures = performance.now() - openedAt >= timing.steadyMs ? 0 : failures + 1;
        // A successor must be there before the old one goes; only where that happens again and again is there a pause before it.
        pauses = reason === 'closed' ? failures : failures - 1;
        if (!stop.signal.aborted) log.info({ bot: 'dingtalk', reason }, 'stream ends; opening the next one');
      } catch (error) {
        failures += 1;
        pauses = failures;
        if (!stop.signal.aborted) log.warn({ bot: 'dingtalk', err: error, attempt: failures }, 'stream could not be opened');
      }
      onOutcome();
      await pause(pauses);
    }
  }

  async function pause(times: number): Promise<void> {
    if (times <= 0) return;
    const ms = Math.min(timing.maxPauseMs, timing.firstPauseMs * 2 ** Math.min(times - 1, 16)) * (0.5 + random() / 2);
    await sleep(ms, undefined, { signal: stop.signal }).catch(stopped);
  }

  /** Whoever waits for time to pass hears that it is over; anything else is a fault. */
  function stopped(error: unknown): void {
    if (!stop.signal.aborted) throw error;
  }

  // Returns once the first attempt is over, well or ill: the service starts with the platform away, too, and `healthy` tells.
  let running: Promise<void> = Promise.resolve();
  await new Promise<void>((resolve) => {
    running = run(resolve).catch((error: unknown) => {
      log.error({ bot: 'dingtalk', err: error }, 'stream loop ended; no events arrive');
      resolve();
    });
  });
  return {
    healthy: () => !stop.signal.aborted && current?.healthy() === true,
    async close() {
      stop.abort();
      // What has come comes no second time: it is stored first, and acknowledged.
      await Promise.race([Promise.allSettled(underWay), sleep(timing.lastWordsMs, undefined, { ref: false })]);
      for (const link of open) link.close();
      // The far side may be slow to say goodbye; nobody has to wait for that.
      await Promise.race([running, sleep(1_000, undefined, { ref: false })]);
    },
  };
}

const untilStopped = (signal: AbortSignal): Promise<'stopped'> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve('stopped');
    else signal.addEventListener('abort', () => resolve('stopped'), { once: true });
  });

const addressShape = z.object({ endpoint: z.string().min(1), ticket: z.string().min(1) });
const details: FailureDetails = { api: 'stream.open', effect: 'repeatable', vital: true };

/** Where to connect to, with a ticket that is good for 90 s and one connection. Opens nothing yet. Throws `PlatformError`. */
export async function askForAddress(
  { clientId, clientSecret, baseUrl }: StreamOptions,
  { fetch }: Pick<ConnectorDeps, 'fetch'>,
  timeoutMs: number,
): Promise<URL> {
  const subscriptions = Object.values(topics).map((topic) => ({ type: 'CALLBACK', topic }));
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ clientId, clientSecret, subscriptions, ua: 'threadmart-stream/1.0' }),
    redirect: 'error' as const,
    signal: AbortSignal.timeout(timeoutMs),
  };
  const response = await fetch(new URL('/v1.0/gateway/connections/open', baseUrl), init).catch((error: unknown) => {
    throw fromNetwork(details, error);
  });
  const answer: unknown = await response.json().catch(() => null);
  const address = addressShape.safeParse(answer);
  if (response.status === 200 && address.success && URL.canParse(address.data.endpoint)) {
    const url = new URL(address.data.endpoint);
    url.searchParams.set('ticket', address.data.ticket);
    return url;
  }
  const code = errorIn(answer);
  const retryAfterMs = retryAfterIn(response.headers);
  if (code !== null) throw fromCode(details, code, retryAfterMs);
  if (response.status === 200)
    throw new PlatformError('dingtalk: no address to connect to', { kind: 'transient', platform: 'dingtalk', code: 'no_endpoint' });
  throw fromStatus(details, response.status, retryAfterMs);
}
