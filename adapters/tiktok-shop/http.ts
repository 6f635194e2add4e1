import type { ConnectorDeps } from '../../src/core/connector.ts';
import { PlatformError } from '../../src/errors.ts';
import type { Effect } from './failures.ts';
import { unknownOutcome } from './failures.ts';

export interface HttpCall {
  /** For logs: `send message`. The address may carry secrets and is never told. */
  readonly operation: string;
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | FormData;
  readonly effect: Effect;
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  /** Null where the platform named no time. */
  readonly retryAfterMs: number | null;
  /** Null where it was too large to be an answer of this API. */
  readonly text: string | null;
}

/** The largest page (20 conversations) is far below it. */
const maxAnswerBytes = 4 * 1024 * 1024;

/**
 * One HTTP exchange. Redirects are not followed: the headers carry a token.
 * Throws `PlatformError` when there is no answer: `transient` where the request cannot have left, else by the call's effect.
 */
export async function exchange({ fetch, now }: Pick<ConnectorDeps, 'fetch' | 'now'>, call: HttpCall): Promise<HttpAnswer> {
  const { operation, url, method, headers, body, effect, signal } = call;
  const failed = (what: string, kind: PlatformError['kind'], code: string, cause: unknown) =>
    new PlatformError(`TikTok Shop, ${operation}: ${what}`, { kind, platform: 'tiktok-shop', code, cause });
  if (signal.aborted) throw failed('out of time before the request was sent', 'transient', 'not-sent', signal.reason);
  try {
    const response = await fetch(url, { method, headers, signal, redirect: 'manual', ...(body === undefined ? {} : { body }) });
    const retryAfterMs = readRetryAfter(response.headers.get('retry-after'), now());
    return { status: response.status, retryAfterMs, text: await readText(response) };
  } catch (cause) {
    if (neverLeft(cause)) throw failed('no connection', 'transient', 'no-connection', cause);
    if (signal.aborted) throw failed('no answer in time', unknownOutcome(effect).kind, 'timeout', cause);
    throw failed('the connection broke', unknownOutcome(effect).kind, 'connection-broken', cause);
  }
}

async function readText(response: Response): Promise<string | null> {
  if (!response.body) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop early cancels the rest.
  for await (const chunk of response.body) {
    bytes += chunk.length;
    if (bytes > maxAnswerBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Seconds or an HTTP date. @see https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
function readRetryAfter(header: string | null, now: Date): number | null {
  if (!header) return null;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now.getTime();
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
}

/** True where it failed at the name, the connection or the certificate, so that no byte of the request was sent. */
function neverLeft(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.every(neverLeft);
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall === 'connect' || syscall === 'getaddrinfo' || code === 'UND_ERR_CONNECT_TIMEOUT') return true;
  if (code && /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_CERT)/.test(code)) return true;
  return neverLeft(error.cause);
}
