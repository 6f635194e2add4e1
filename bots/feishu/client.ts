import { z } from 'zod';
import type { ConnectorDeps } from '../../src/core/connector.ts';
import { PlatformError } from '../../src/errors.ts';
import { type CallEffect, type FailureDetails, fromCode, staleTokenCodes } from './failures.ts';
import { type HttpAnswer, sendHttp } from './http.ts';
import type { FeishuSdk, HttpRequest, SdkHttp, TokenCache } from './sdk.ts';
import { toSdkLogger } from './sdk-log.ts';

export interface FeishuCall {
  /** In failures and logs. */
  readonly api: string;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** `/open-apis/im/v1/messages` */
  readonly path: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly data?: unknown;
  readonly form?: FormData;
  readonly signal: AbortSignal;
  readonly effect: CallEffect;
  /** What goes wrong is this group's affair. */
  readonly inChannel?: boolean;
}

export interface FeishuResult {
  /** The whole answer; read it with zod. */
  readonly answer: unknown;
  readonly requestId?: string;
}

/** Calls the API. Throws `PlatformError`. */
export interface FeishuClient {
  call(call: FeishuCall): Promise<FeishuResult>;
  /** A file; the body is still to be read. */
  download(call: Omit<FeishuCall, 'method' | 'effect' | 'data' | 'form'>): Promise<Response>;
}

export interface FeishuClientOptions {
  readonly appId: string;
  readonly appSecret: string;
  /** Without a slash at the end. */
  readonly baseUrl: string;
}

/** The SDK's client, with what it lacks: a signal and a deadline for each call, `code` other than 0 as a failure, a token that is asked for once and renewed once. */
export function createFeishuClient(
  sdk: FeishuSdk,
  options: FeishuClientOptions,
  deps: Pick<ConnectorDeps, 'fetch' | 'log' | 'now'>,
): FeishuClient {
  const { fetch, log, now } = deps;
  const tokens = createTokenCache(now);
  let asking: Promise<unknown> | null = null;
  const http: SdkHttp = {
    request: (config) => {
      const details = detailsOf(config);
      return sendHttp(fetch, details, config);
    },
    // Everybody who waits for a token waits for the same one.
    post: (url, data) => {
      asking ??= askForToken(fetch, url, data)
        .then((answer) => {
          tokens.lasts(answer);
          return answer;
        })
        .finally(() => {
          asking = null;
        });
      return asking;
    },
  };
  const client = new sdk.Client({
    appId: options.appId,
    appSecret: options.appSecret,
    domain: options.baseUrl,
    httpInstance: http,
    cache: tokens.cache,
    logger: toSdkLogger(log, [options.appSecret]),
    loggerLevel: sdk.LoggerLevel.warn,
  });

  async function send(call: FeishuCall, bytes: boolean, isSecond = false): Promise<HttpAnswer> {
    const { method, path, params, data, form, signal } = call;
    const config: OurRequest = {
      ...{ method, url: path, signal, bytes, details: toDetails(call) },
      ...(params ? { params } : {}),
      ...(data === undefined ? {} : { data }),
      ...(form ? { form } : {}),
    };
    const answer = (await client.request(config)) as HttpAnswer;
    const { body, requestId, resetSeconds } = answer;
    if (body === null || body.code === 0) return answer;
    if (!isSecond && staleTokenCodes.has(body.code)) {
      // With a stale token nothing was done, so it may be done now.
      tokens.forget();
      return send(call, bytes, true);
    }
    throw fromCode({ ...toDetails(call), requestId }, { code: body.code, resetSeconds });
  }

  return {
    async call(call) {
      const { body, requestId } = await guarded(call, () => send(call, false));
      return { answer: body, ...(requestId === undefined ? {} : { requestId }) };
    },
    async download(call) {
      const whole: FeishuCall = { ...call, method: 'GET', effect: 'repeatable' };
      const { response } = await guarded(whole, () => send(whole, true));
      if (response) return response;
      // JSON in the place of a file, and no failure: nothing that the platform does.
      throw new PlatformError(`feishu: ${call.api} brought no file`, { kind: 'rejected', platform: 'feishu', code: 'not_a_file' });
    },
  };
}

interface OurRequest extends HttpRequest {
  readonly details: FailureDetails;
}

const toDetails = ({ api, effect, inChannel = false }: FeishuCall): FailureDetails => ({ api, effect, inChannel });

const detailsOf = (config: HttpRequest): FailureDetails =>
  'details' in config ? (config as OurRequest).details : { api: config.url, effect: 'repeatable', inChannel: false };

/** What the SDK itself throws, say for an answer without a token, left nothing behind. */
async function guarded<T>(call: FeishuCall, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof PlatformError) throw error;
    throw new PlatformError(`feishu: ${call.api} could not be called`, {
      kind: 'transient',
      platform: 'feishu',
      code: 'sdk',
      cause: error,
    });
  }
}

/** A failure here is never one of the call that waits for the token: it has not begun. */
async function askForToken(fetch: typeof globalThis.fetch, url: string, data: unknown): Promise<unknown> {
  const details: FailureDetails = { api: 'token', effect: 'repeatable', inChannel: false };
  const { body, requestId, resetSeconds } = await sendHttp(fetch, details, { method: 'POST', url, data });
  if (body && body.code !== 0) throw fromCode({ ...details, requestId }, { code: body.code, resetSeconds });
  return body;
}

/** Of the end of a token's life, for what is under way. */
const spareMs = 3 * 60_000;

/** By the clock that was handed in: the SDK says until when by the machine's. */
function createTokenCache(now: () => Date) {
  const kept = new Map<string | symbol, { readonly value: unknown; readonly untilMs: number }>();
  let untilMs = 0;
  const cache: TokenCache = {
    get: (key) => {
      const found = kept.get(key);
      return Promise.resolve(found && found.untilMs > now().getTime() ? found.value : undefined);
    },
    set: (key, value) => {
      kept.set(key, { value, untilMs });
      return Promise.resolve(true);
    },
  };
  return {
    cache,
    lasts(answer: unknown): void {
      const { expire } = z.object({ expire: z.number() }).catch({ expire: 0 }).parse(answer);
      untilMs = now().getTime() + expire * 1_000 - spareMs;
    },
    forget: () => kept.clear(),
  };
}
