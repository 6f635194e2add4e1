import { AsyncLocalStorage } from 'node:async_hooks';
import type { WebClient } from '@slack/web-api';
import type { ConnectorDeps } from '../../src/core/connector.ts';
import type { CallEffect, FailureDetails } from './failures.ts';
import { fromCode, fromNetwork, fromStatus, neverSent, rateLimited } from './failures.ts';
import { toSdkLogger } from './sdk-log.ts';

type WebApi = typeof import('@slack/web-api');

interface SlackCall {
  readonly method: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
  readonly effect: CallEffect;
}

interface SlackResult {
  /** The parsed answer; read it with zod. */
  readonly answer: unknown;
  readonly requestId?: string;
}

/** Calls the Web API. Throws `PlatformError`. */
export interface SlackClient {
  /** Everything that shows something in a channel. */
  post(call: SlackCall): Promise<SlackResult>;
  /** What a person or a job waits for; never stands behind posts. */
  ask(call: Omit<SlackCall, 'effect'>): Promise<SlackResult>;
}

export interface SlackClientOptions {
  readonly botToken: string;
  readonly apiUrl: string;
}

/** A deadline of ours; Slack names none. */
const timeoutMs = 10_000;

/** Options of every WebClient. Retries are the pipeline's: the SDK's own repeat a post after a timeout, and pause all calls after one 429. */
export const clientOptions = ({ apiUrl }: Pick<SlackClientOptions, 'apiUrl'>, fetch: typeof globalThis.fetch) => ({
  slackApiUrl: apiUrl,
  retryConfig: { retries: 0 },
  rejectRateLimitedCalls: true,
  timeout: timeoutMs,
  allowAbsoluteUrls: false,
  fetch,
});

interface Exchange {
  readonly signal: AbortSignal;
  requestId?: string;
}

export function createSlackClient(webApi: WebApi, options: SlackClientOptions, deps: ConnectorDeps): SlackClient {
  // The SDK takes no signal per call and gives no headers back; both go beside it. Its queue must never hold a call, or the call would run beside another's.
  const exchanges = new AsyncLocalStorage<Exchange>();
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const exchange = exchanges.getStore();
    const response = await deps.fetch(input, { ...init, signal: exchange?.signal ?? null });
    const requestId = response.headers.get('x-slack-req-id');
    if (exchange && requestId) exchange.requestId = requestId;
    return response;
  };
  const create = () =>
    new webApi.WebClient(options.botToken, {
      ...clientOptions(options, fetch),
      // Each call's signal carries its deadline; one of the SDK's own would be one more timer a call.
      timeout: 0,
      maxRequestConcurrency: Number.POSITIVE_INFINITY,
      logger: toSdkLogger(deps.log),
    });
  const posting = create();
  const asking = create();

  async function call(client: WebClient, { method, args, signal, effect }: SlackCall): Promise<SlackResult> {
    const exchange: Exchange = { signal };
    if (signal.aborted) throw neverSent({ method, effect });
    try {
      const answer = await exchanges.run(exchange, () => client.apiCall(method, { ...args }));
      return { answer, ...(exchange.requestId === undefined ? {} : { requestId: exchange.requestId }) };
    } catch (error) {
      throw toPlatformError(webApi, { method, effect, requestId: exchange.requestId }, error);
    }
  }
  return {
    post: (request) => call(posting, request),
    ask: (request) => call(asking, { ...request, effect: 'repeatable' }),
  };
}

function toPlatformError(webApi: WebApi, details: FailureDetails, error: unknown): Error {
  if (error instanceof webApi.WebAPIRateLimitedError) return rateLimited(details, error.retryAfter);
  if (error instanceof webApi.WebAPIPlatformError) {
    const { retryAfter } = error.data.response_metadata ?? {};
    return fromCode(details, String(error.data.error), typeof retryAfter === 'number' ? retryAfter : undefined);
  }
  if (error instanceof webApi.WebAPIHTTPError) return fromStatus(details, error.statusCode);
  if (error instanceof webApi.WebAPIRequestError) return fromNetwork(details, error.original);
  // A 429 that names no time: https://github.com/slackapi/node-slack-sdk/issues/1421
  if (error instanceof Error && error.message.startsWith('Retry header')) return rateLimited(details, null);
  return fromNetwork(details, error);
}
