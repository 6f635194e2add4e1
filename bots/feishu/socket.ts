import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, ConnectorDeps } from '../../src/core/connector.ts';
import { PlatformError } from '../../src/errors.ts';
import type { SocketConnection, SocketEvent } from '../bot.ts';
import type { FeishuClientOptions } from './client.ts';
import { encodeEvent } from './encode.ts';
import { fromCode } from './failures.ts';
import { sendHttp } from './http.ts';
import type { FeishuSdk, SdkHttp, SdkSocket } from './sdk.ts';
import { toSdkLogger } from './sdk-log.ts';
import type { EventContext } from './to-events.ts';

type Take = (event: SocketEvent) => Promise<Answer | null>;

export interface SocketDeps extends ConnectorDeps {
  readonly context: EventContext;
  /** An event came. */
  readonly onEvent: () => void;
}

/** A ping that nothing answers for so long ends the connection. A choice of ours, like the pauses. */
const pingTimeoutSeconds = 30;
const handshakeTimeoutMs = 15_000;
const firstPauseMs = 1_000;
const maxPauseMs = 60_000;
/** The start of the service waits no longer for the first connection. */
const patienceMs = 20_000;
const lookEveryMs = 250;

/**
 * The long connection. The SDK's client connects, pings and connects anew by itself, as the platform tells it to; what it gives up (a secret that is wrong, too many
 * connections) is begun again here, with pauses. An event is acknowledged when it is stored; what could not be stored is acknowledged as failed, and comes again.
 */
export async function startSocket(sdk: FeishuSdk, options: FeishuClientOptions, deps: SocketDeps, take: Take): Promise<SocketConnection> {
  const { log, random, context } = deps;
  const stop = new AbortController();
  const invoke = async (given: unknown): Promise<unknown> => {
    deps.onEvent();
    const { own, answer, ...event } = encodeEvent(given, context);
    const taken = own ? null : await take(event);
    const body = (taken ?? answer).body;
    return body === undefined ? undefined : (JSON.parse(body) as unknown);
  };
  let client = createClient(sdk, options, deps);
  const connected = () => client.getConnectionStatus().state === 'connected';

  async function tend(onOutcome: () => void): Promise<void> {
    let failures = 0;
    await client.start({ eventDispatcher: { invoke } });
    while (!stop.signal.aborted) {
      await sleep(lookEveryMs, undefined, { signal: stop.signal }).catch(() => undefined);
      const { state, nextConnectTime } = client.getConnectionStatus();
      if (state === 'connected') failures = 0;
      if (state === 'connected' || nextConnectTime !== undefined) onOutcome();
      // `idle`: it never began, as with an id that looks like none of the platform's.
      if (stop.signal.aborted || (state !== 'failed' && state !== 'idle')) continue;
      onOutcome();
      client.close({ force: true });
      failures += 1;
      const pauseMs = Math.min(maxPauseMs, firstPauseMs * 2 ** (failures - 1)) * (0.5 + random() / 2);
      log.warn({ bot: 'feishu', afterMs: Math.round(pauseMs) }, 'the long connection could not be opened; it is tried again');
      await sleep(pauseMs, undefined, { signal: stop.signal }).catch(() => undefined);
      if (stop.signal.aborted) return;
      client = createClient(sdk, options, deps);
      await client.start({ eventDispatcher: { invoke } });
    }
  }

  let tending: Promise<void> = Promise.resolve();
  await new Promise<void>((resolve) => {
    const patience = setTimeout(resolve, patienceMs);
    const outcome = () => {
      clearTimeout(patience);
      resolve();
    };
    tending = tend(outcome).catch((err: unknown) => {
      log.error({ bot: 'feishu', err }, 'the long connection is tended no longer; no events arrive');
      outcome();
    });
  });
  return {
    healthy: () => !stop.signal.aborted && connected(),
    async close() {
      stop.abort();
      client.close({ force: true });
      await Promise.race([tending, sleep(1_000, undefined, { ref: false })]);
    },
  };
}

function createClient(sdk: FeishuSdk, { appId, appSecret, baseUrl }: FeishuClientOptions, { fetch, log }: ConnectorDeps): SdkSocket {
  return new sdk.WSClient({
    ...{ appId, appSecret, domain: baseUrl },
    httpInstance: plainHttp(fetch),
    logger: toSdkLogger(log, [appSecret]),
    loggerLevel: sdk.LoggerLevel.info,
    wsConfig: { pingTimeout: pingTimeoutSeconds },
    handshakeTimeoutMs,
    onReady: () => log.info({ bot: 'feishu' }, 'long connection open'),
    onReconnecting: () => log.info({ bot: 'feishu' }, 'long connection lost; opening the next one'),
    onReconnected: () => log.info({ bot: 'feishu' }, 'long connection open again'),
  });
}

/** As the socket's client wants it: the JSON alone. */
const plainHttp = (fetch: typeof globalThis.fetch): SdkHttp => {
  const details = { api: 'ws.endpoint', effect: 'repeatable', inChannel: false } as const;
  const request: SdkHttp['request'] = async (config) => {
    const { body } = await sendHttp(fetch, details, config);
    // An answer without data would be read as a fault of the network, and tried again at once for ever.
    return { data: {}, ...body };
  };
  return { request, post: (url, data) => request({ method: 'POST', url, data }) };
};

/** Whether a connection would be given. Opens none. */
export async function askForSocket(fetch: typeof globalThis.fetch, options: FeishuClientOptions, signal: AbortSignal): Promise<void> {
  const details = { api: 'ws.endpoint', effect: 'repeatable', inChannel: false } as const;
  const url = `${options.baseUrl}/callback/ws/endpoint`;
  const data = { AppID: options.appId, AppSecret: options.appSecret };
  const { body, resetSeconds } = await sendHttp(fetch, details, { method: 'POST', url, data, signal });
  if (!body || body.code === 0) return;
  const error = fromCode(details, { code: body.code, resetSeconds });
  // Whatever is wrong, it is not the network.
  throw error.kind === 'rejected' ? new PlatformError(error.message, { kind: 'auth', platform: 'feishu', code: String(body.code) }) : error;
}
