import { setTimeout as sleep } from 'node:timers/promises';
import type { SocketModeClient } from '@slack/socket-mode';
import type { Answer, ConnectorDeps } from '../../src/core/connector.ts';
import type { SocketConnection, SocketEvent } from '../bot.ts';
import { clientOptions } from './client.ts';
import { encodeEvent } from './replies.ts';
import { toSdkLogger } from './sdk-log.ts';

type SocketMode = typeof import('@slack/socket-mode');

export interface SocketOptions {
  readonly appToken: string;
  readonly apiUrl: string;
}

type Take = (event: SocketEvent) => Promise<Answer | null>;

/** Slack greets within a second; a socket that stays silent for longer is given up. A choice of ours, like the pauses between attempts. */
const greetingMs = 30_000;
const firstPauseMs = 1_000;
const maxPauseMs = 60_000;

/** What the client hands over with each envelope. `body` is the payload as HTTP would have brought it. */
interface SlackEnvelope {
  readonly ack: (answer?: Record<string, unknown>) => Promise<void>;
  readonly body: unknown;
}

/**
 * Socket Mode without Bolt, which would acknowledge an event before anybody has stored it. One client serves one connection; this loop makes the next one, because
 * the client's own reconnecting leaves a promise uncaught when `apps.connections.open` fails, and never gives up a socket that does not greet.
 */
export async function startSocket(
  socketMode: SocketMode,
  options: SocketOptions,
  deps: ConnectorDeps,
  take: Take,
): Promise<SocketConnection> {
  const stop = new AbortController();
  let connected = false;
  let current: SocketModeClient | null = null;

  async function serveOnce(onOutcome: () => void): Promise<'served' | 'failed'> {
    const client = createClient(socketMode, options, deps, take);
    current = client;
    const ended = new Promise<void>((resolve) => client.once('disconnected', () => resolve()));
    try {
      await Promise.race([client.start(), tooLate(stop.signal)]);
      connected = true;
      deps.log.info({ bot: 'slack' }, 'socket connected');
      onOutcome();
      await ended;
      deps.log.info({ bot: 'slack' }, 'socket closed; opening the next one');
      return 'served';
    } catch (error) {
      if (!stop.signal.aborted) deps.log.warn({ bot: 'slack', err: error }, 'socket could not be opened');
      hangUp(client, deps);
      return 'failed';
    } finally {
      connected = false;
      onOutcome();
    }
  }

  async function run(onOutcome: () => void): Promise<void> {
    let failures = 0;
    while (!stop.signal.aborted) {
      failures = (await serveOnce(onOutcome)) === 'served' ? 0 : failures + 1;
      // A socket that is closed as soon as it is open must not make a storm of calls, so there is a pause after a good one, too; Slack sends again what falls into it.
      const pauseMs = Math.min(maxPauseMs, firstPauseMs * 2 ** Math.max(0, failures - 1)) * (0.5 + deps.random() / 2);
      await sleep(pauseMs, undefined, { signal: stop.signal }).catch((error: unknown) => {
        if (!stop.signal.aborted) throw error;
      });
    }
  }

  // Returns once the first attempt is over, well or ill: the service starts with Slack away, too, and `healthy` tells.
  let running: Promise<void> = Promise.resolve();
  await new Promise<void>((resolve) => {
    running = run(resolve).catch((error: unknown) => {
      deps.log.error({ bot: 'slack', err: error }, 'socket loop ended; no events arrive');
      resolve();
    });
  });
  return {
    healthy: () => connected,
    async close() {
      stop.abort();
      if (current) hangUp(current, deps);
      // The far side may be slow to say goodbye; nobody has to wait for that.
      await Promise.race([running, sleep(1_000, undefined, { ref: false })]);
    },
  };
}

async function tooLate(stopped: AbortSignal): Promise<never> {
  await sleep(greetingMs, undefined, { signal: stopped, ref: false });
  throw new Error('the socket was not greeted in time');
}

function hangUp(client: SocketModeClient, { log }: ConnectorDeps): void {
  client.disconnect().catch((error: unknown) => log.debug({ bot: 'slack', err: error }, 'socket closed with an error'));
}

function createClient(socketMode: SocketMode, { appToken, apiUrl }: SocketOptions, deps: ConnectorDeps, take: Take): SocketModeClient {
  const client = new socketMode.SocketModeClient({
    appToken,
    autoReconnectEnabled: false,
    logger: toSdkLogger(deps.log),
    // No headers among them: they would take the place of the app's token.
    clientOptions: clientOptions({ apiUrl }, deps.fetch),
  });
  client.on('slack_event', ({ ack, body }: SlackEnvelope) => {
    const event = encodeEvent(body);
    (event.own ? Promise.resolve(null) : take(event))
      // Stored first; an event that could not be stored is not acknowledged, and comes again. What HTTP has for a body is the acknowledgement's payload.
      .then((answer) => (answer?.body ? ack(JSON.parse(answer.body)) : ack()))
      .catch((error: unknown) => deps.log.warn({ bot: 'slack', err: error }, 'event was not acknowledged; Slack will send it again'));
  });
  guardListeners(client, deps);
  return client;
}

/** The client reads frames in an async listener that nobody waits for: a frame that it cannot read would end the process. */
function guardListeners(client: SocketModeClient, { log }: ConnectorDeps): void {
  const listeners: ((...frame: unknown[]) => unknown)[] = client.listeners('ws_message');
  client.removeAllListeners('ws_message');
  client.on('ws_message', (...frame: unknown[]) => {
    for (const listener of listeners) {
      Promise.resolve(listener(...frame)).catch((error: unknown) =>
        log.warn({ bot: 'slack', err: error }, 'socket frame could not be read'),
      );
    }
  });
}
