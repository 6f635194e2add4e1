import type { ConnectorDeps } from '../../src/core/connector.ts';
import { PlatformError } from '../../src/errors.ts';
import { type CallEffect, type FailureDetails, fromCode, fromNetwork, fromStatus, isStaleToken, neverSent } from './failures.ts';
import { errorIn, requestIdIn, retryAfterIn } from './http.ts';
import type { Tokens } from './tokens.ts';

export interface DingTalkCall {
  /** Ours, for logs. */
  readonly api: string;
  readonly path: string;
  readonly method: 'POST' | 'PUT';
  /** JSON, but for a form that carries a file. */
  readonly body: object | FormData;
  readonly effect: CallEffect;
  readonly vital?: boolean;
  readonly signal: AbortSignal;
}

export interface DingTalkResult {
  /** The parsed answer; read it with zod. */
  readonly answer: unknown;
  readonly requestId?: string;
}

/** Calls the platform's two servers. Throws `PlatformError`. */
export interface DingTalkClient {
  /** The new server (`/v1.0/...`). */
  call(call: DingTalkCall): Promise<DingTalkResult>;
  /** The old server (`/media/upload`, `/topapi/...`): the token stands in its address. */
  old(call: DingTalkCall): Promise<DingTalkResult>;
}

export interface ClientOptions {
  readonly baseUrl: string;
  readonly oldBaseUrl: string;
  readonly tokens: Tokens;
}

export function createDingTalkClient(
  { baseUrl, oldBaseUrl, tokens }: ClientOptions,
  { fetch }: Pick<ConnectorDeps, 'fetch'>,
): DingTalkClient {
  async function send(call: DingTalkCall, details: FailureDetails, url: URL, headers: Record<string, string>): Promise<DingTalkResult> {
    const { method, body, signal } = call;
    const isForm = body instanceof FormData;
    const init = {
      method,
      headers: isForm ? headers : { ...headers, 'content-type': 'application/json' },
      body: isForm ? body : JSON.stringify(body),
      redirect: 'error' as const,
      signal,
    };
    const response = await fetch(url, init).catch((error: unknown) => {
      throw fromNetwork(details, error);
    });
    const retryAfterMs = retryAfterIn(response.headers);
    const words = await response.text().catch((error: unknown) => {
      throw fromNetwork(details, error);
    });
    const answer = parsed(words);
    const requestId = requestIdIn(answer);
    const told = requestId === undefined ? details : { ...details, requestId };
    const code = errorIn(answer);
    if (code !== null && response.status < 500) throw fromCode(told, code, retryAfterMs);
    if (response.status !== 200 || typeof answer !== 'object' || answer === null) throw fromStatus(told, response.status, retryAfterMs);
    return { answer, ...(requestId === undefined ? {} : { requestId }) };
  }

  /** With a fresh token where the one in use is over: such a refusal has done nothing. */
  async function withToken(
    call: DingTalkCall,
    run: (details: FailureDetails, token: string) => Promise<DingTalkResult>,
  ): Promise<DingTalkResult> {
    const details: FailureDetails = { api: call.api, effect: call.effect, vital: call.vital ?? false };
    if (call.signal.aborted) throw neverSent(details);
    const token = await tokens.get(call.signal);
    if (call.signal.aborted) throw neverSent(details);
    try {
      return await run(details, token);
    } catch (error) {
      if (!(error instanceof PlatformError) || !isStaleToken(error)) throw error;
      tokens.forget(token);
      return run(details, await tokens.get(call.signal));
    }
  }

  return {
    call: (call) =>
      withToken(call, (details, token) => send(call, details, new URL(call.path, baseUrl), { 'x-acs-dingtalk-access-token': token })),
    old: (call) =>
      withToken(call, (details, token) => {
        const url = new URL(call.path, oldBaseUrl);
        url.searchParams.set('access_token', token);
        return send(call, details, url, {});
      }),
  };
}

function parsed(words: string): unknown {
  try {
    return JSON.parse(words);
  } catch {
    return null;
  }
}
