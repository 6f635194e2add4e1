import type { z } from 'zod';
import type { ConnectorDeps } from '../../src/core/connector.ts';
import { PlatformError } from '../../src/errors.ts';
import type { ShopAccess } from '../adapter.ts';
import { envelope } from './api-types.ts';
import type { Effect, Failure } from './failures.ts';
import { failureOfCode, failureOfStatus, topicOf, unknownOutcome } from './failures.ts';
import type { HttpAnswer, HttpCall } from './http.ts';
import { exchange } from './http.ts';
import { parseJson } from './json.ts';
import type { TiktokShopSettings } from './settings.ts';
import { signRequest } from './sign.ts';

export interface ApiCall<Data> {
  /** For logs: `send message`. */
  readonly operation: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** JSON text, signed as it is; or multipart, not signed. */
  readonly body?: string | FormData;
  readonly effect: Effect;
  readonly data: z.ZodType<Data>;
}

export interface ApiAnswer<Data> {
  readonly data: Data;
  readonly requestId?: string;
}

export type TiktokShopClient = ReturnType<typeof createClient>;

export function createClient(settings: TiktokShopSettings, deps: Pick<ConnectorDeps, 'fetch' | 'now'>) {
  async function call<Data>(request: HttpCall, data: z.ZodType<Data>): Promise<ApiAnswer<Data>> {
    return readAnswer(request, await exchange(deps, request), data);
  }

  /** A signed request on behalf of whoever gave the token. */
  function signed<Data>(api: ApiCall<Data>, accessToken: string, query: Readonly<Record<string, string>>, signal: AbortSignal) {
    const { operation, method, path, body, effect } = api;
    const all = Object.fromEntries(
      Object.entries({
        ...query,
        ...api.query,
        app_key: settings.appKey,
        // Accepted from five minutes before to thirty seconds after their clock.
        timestamp: String(Math.floor(deps.now().getTime() / 1000)),
      }).filter(([, value]) => value !== ''),
    );
    const text = typeof body === 'string' ? body : undefined;
    const sign = signRequest(settings.appSecret, { path, query: all, ...(text === undefined ? {} : { body: text }) });
    const url = new URL(`${settings.apiUrl}${path}`);
    url.search = new URLSearchParams({ ...all, sign }).toString();
    const headers = {
      'x-tts-access-token': accessToken,
      // For multipart `fetch` names the boundary itself.
      ...(body instanceof FormData ? {} : { 'content-type': 'application/json' }),
    };
    return call({ operation, url, method, headers, effect, signal, ...(body === undefined ? {} : { body }) }, api.data);
  }

  return {
    /** For a shop: with its cipher. */
    shop: <Data>(shop: ShopAccess, api: ApiCall<Data>) =>
      signed(api, shop.accessToken, { shop_cipher: shop.extra['shopCipher'] ?? '' }, shop.signal),

    /** For the seller who gave the token: these paths refuse a cipher. */
    seller: <Data>(accessToken: string, signal: AbortSignal, api: ApiCall<Data>) => signed(api, accessToken, {}, signal),

    /** The token endpoints: GET, not signed. The address carries the app's secret. */
    token<Data>(
      action: 'get' | 'refresh',
      query: Readonly<Record<string, string>>,
      data: z.ZodType<Data>,
      signal: AbortSignal,
    ): Promise<ApiAnswer<Data>> {
      const url = new URL(`${settings.authUrl}/api/v2/token/${action}`);
      url.search = new URLSearchParams({ app_key: settings.appKey, app_secret: settings.appSecret, ...query }).toString();
      return call({ operation: `${action} token`, url, method: 'GET', headers: {}, effect: 'none', signal }, data);
    },
  };
}

function readAnswer<Data>({ operation, effect }: HttpCall, answer: HttpAnswer, data: z.ZodType<Data>): ApiAnswer<Data> {
  const body = readEnvelope(answer.text);
  const requestId = body?.request_id || undefined;
  const failed = (what: string, code: string, failure: Failure) =>
    new PlatformError(`TikTok Shop, ${operation}: ${what}`, {
      platform: 'tiktok-shop',
      code,
      ...failure,
      ...(failure.kind === 'rate-limited' ? { retryAfterMs: answer.retryAfterMs ?? failure.retryAfterMs ?? null } : {}),
      ...(requestId ? { requestId } : {}),
    });
  const isGood = answer.status >= 200 && answer.status < 300;
  if (!body) {
    if (isGood) throw failed('the answer is not one of this API', 'unreadable-answer', unknownOutcome(effect));
    throw failed(`answered HTTP ${answer.status}`, `http-${answer.status}`, failureOfStatus(answer.status, effect));
  }
  if (body.code !== 0) {
    const message = body.message ?? '';
    // A code that no table knows, with an HTTP status that tells nothing either, is a refusal all the same.
    const failure = failureOfCode(body.code, message, effect) ?? (isGood ? { kind: 'rejected' } : failureOfStatus(answer.status, effect));
    const topic = topicOf(message);
    throw failed(`refused with ${body.code}${topic ? ` (${topic})` : ''}`, String(body.code), failure);
  }
  if (!isGood) throw failed(`answered HTTP ${answer.status}`, `http-${answer.status}`, failureOfStatus(answer.status, effect));
  const parsed = data.safeParse(body.data);
  if (!parsed.success) throw failed('the answer lacks what was asked for', 'unreadable-answer', unknownOutcome(effect));
  return { data: parsed.data, ...(requestId ? { requestId } : {}) };
}

/** Null for what is not an answer of the API: a gateway's page, a text cut short. */
function readEnvelope(text: string | null): z.infer<typeof envelope> | null {
  if (text === null) return null;
  try {
    return envelope.safeParse(parseJson(text)).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return null;
    throw error;
  }
}
