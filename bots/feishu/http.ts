import { type FailureDetails, fromNetwork, fromStatus, neverSent } from './failures.ts';
import type { HttpRequest } from './sdk.ts';

/** What came back, whatever its status. */
export interface HttpAnswer {
  readonly status: number;
  /** Parsed JSON. Null: it was none, or bytes were asked for and given. */
  readonly body: { readonly code: number; readonly [field: string]: unknown } | null;
  readonly requestId: string | undefined;
  /** From `x-ogw-ratelimit-reset`, in seconds: https://open.feishu.cn/document/server-docs/api-call-guide/frequency-control (2026-11-28) */
  readonly resetSeconds: number | null;
  /** With `bytes`: the body, still to be read. */
  readonly response: Response | null;
}

/** A deadline of ours; the platform names none. */
export const timeoutMs = 10_000;

/** One request, without retries. @throws PlatformError when no answer came, or none that the platform gives */
export async function sendHttp(fetch: typeof globalThis.fetch, details: FailureDetails, config: HttpRequest): Promise<HttpAnswer> {
  const { method, url, headers = {}, params = {}, data, form, signal, bytes = false } = config;
  if (signal?.aborted) throw neverSent(details);
  const address = new URL(url);
  for (const [name, value] of Object.entries(params)) address.searchParams.set(name, value);
  const json = form === undefined && data !== undefined;
  const body = form ?? (json ? JSON.stringify(data) : undefined);
  const deadline = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(address.href, {
      method: method.toUpperCase(),
      headers: { ...headers, ...(json ? { 'content-type': 'application/json; charset=utf-8' } : {}) },
      redirect: 'error',
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
      ...(body === undefined ? {} : { body }),
    });
    const requestId = response.headers.get('x-tt-logid') ?? response.headers.get('x-request-id') ?? undefined;
    const resetSeconds = wholeSeconds(response.headers.get('x-ogw-ratelimit-reset'));
    const isJson = /^application\/json\b/i.test(response.headers.get('content-type') ?? '');
    const common = { status: response.status, requestId, resetSeconds };
    if (bytes && response.status === 200 && !isJson) return { ...common, body: null, response };
    const parsed = isJson ? parse(await response.text()) : null;
    if (!isJson) await response.body?.cancel();
    if (!parsed) throw fromStatus({ ...details, requestId }, response.status, resetSeconds);
    return { ...common, body: parsed, response: null };
  } catch (error) {
    throw error instanceof Error && error.name === 'PlatformError' ? error : fromNetwork(details, error);
  }
}

const wholeSeconds = (value: string | null): number | null => (value !== null && /^\d{1,6}$/.test(value) ? Number(value) : null);

function parse(text: string): { readonly code: number } | null {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && 'code' in parsed && typeof parsed.code === 'number'
      ? (parsed as { code: number })
      : null;
  } catch {
    return null;
  }
}
