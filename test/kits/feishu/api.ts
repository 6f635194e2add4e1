import type { FakeAnswer, FakeRequest } from '../fake-server.ts';
import type { Auth } from './auth.ts';
import { type ApiContext, type ApiRoute, RateLimited } from './context.ts';
import { fileRoutes, readForm } from './methods-files.ts';
import { messageRoutes } from './methods-messages.ts';
import { reactionRoutes } from './methods-reactions.ts';
import { readRoutes } from './methods-read.ts';
import { FeishuRefusal, refusals } from './refusal.ts';
import type { Json } from './wire.ts';

const routes: readonly ApiRoute[] = [...messageRoutes, ...reactionRoutes, ...fileRoutes, ...readRoutes];

/** Calls of this month, of all apps of the tenant together. */
export interface Quota {
  used: number;
  limit: number;
}

export interface Api {
  answer(request: FakeRequest): Promise<FakeAnswer>;
  readonly quota: Quota;
}

/** Every call with a token: is it known, may the app do this, does the plan allow it, is it too often, and then what it does. */
export function createApi(auth: Auth, context: ApiContext, newLogId: () => string): Api {
  const quota: Quota = { used: 0, limit: Number.POSITIVE_INFINITY };
  let refused = 0;
  let limited = 0;

  const json = (body: Json, status = 200, headers: Readonly<Record<string, string>> = {}): FakeAnswer => ({
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'x-tt-logid': newLogId(), ...headers },
    body: JSON.stringify(body),
  });

  /** Too often has three faces: 429, as some older calls have it 400, and, as all refusals, 200. */
  function tooOften({ code, message, seconds }: RateLimited): FakeAnswer {
    limited += 1;
    const headers = { 'x-ogw-ratelimit-limit': '50', 'x-ogw-ratelimit-reset': String(seconds) };
    return json({ code, msg: message }, [429, 400, 200][(limited - 1) % 3], headers);
  }

  function refusal(error: FeishuRefusal): FakeAnswer {
    refused += 1;
    const { error: more, ...extra } = error.extra;
    const details = { log_id: newLogId(), ...(typeof more === 'object' ? more : {}) };
    return json({ code: error.code, msg: error.message, ...extra, error: details }, error.status ?? (refused % 2 === 0 ? 200 : 400));
  }

  async function run(request: FakeRequest): Promise<FakeAnswer> {
    auth.check(request.headers['authorization']);
    const found = routeOf(request);
    if (!found) return { status: 404, headers: { 'content-type': 'text/plain' }, body: '404 page not found' };
    const { route, params } = found;
    if (route.scopes.length > 0 && !route.scopes.some((scope) => context.scopes.has(scope))) throw scopeMissing(route.scopes);
    quota.used += 1;
    // The code is UNCONFIRMED: no page was found that names it.
    if (quota.used > quota.limit) throw new FeishuRefusal(99991403, "This month's API call quota has been exceeded.", { status: 400 });
    const api = `${route.method} ${route.path}`;
    const seconds = context.limiter.take('api-second', api) ?? context.limiter.take('api-minute', api);
    if (seconds !== null) throw new RateLimited(99991400, 'request trigger frequency limit', seconds);
    const contentType = request.headers['content-type'] ?? '';
    const form = contentType.startsWith('multipart/form-data') ? await readForm(contentType, request.body) : null;
    const result = route.run({ params, query: request.query, body: form ? {} : bodyOf(request), form }, context);
    if (isAnswer(result)) return result;
    return json({ code: 0, msg: 'success', ...(route.flat ? result : { data: result }) });
  }

  return {
    quota,
    async answer(request) {
      try {
        return await run(request);
      } catch (error) {
        if (error instanceof RateLimited) return tooOften(error);
        if (error instanceof FeishuRefusal) return refusal(error);
        throw error;
      }
    },
  };
}

const isAnswer = (result: Json | FakeAnswer): result is FakeAnswer => typeof result['status'] === 'number' && 'body' in result;

/** The most exact one: `is_in_chat` before `:id`. */
function routeOf({ method, path }: FakeRequest): { readonly route: ApiRoute; readonly params: Record<string, string> } | null {
  const parts = path.split('/');
  const found = routes.flatMap((route) => {
    const wanted = route.path.split('/');
    if (route.method !== method || wanted.length !== parts.length) return [];
    if (!wanted.every((part, index) => part.startsWith(':') || part === parts[index])) return [];
    const params = Object.fromEntries(
      wanted.flatMap((part, index) => (part.startsWith(':') ? [[part.slice(1), decodeURIComponent(parts[index] ?? '')]] : [])),
    );
    return [{ route, params }];
  });
  return found.sort((one, other) => Object.keys(one.params).length - Object.keys(other.params).length)[0] ?? null;
}

function bodyOf({ body }: FakeRequest): Json {
  if (body.length === 0) return {};
  try {
    const value: unknown = JSON.parse(body.toString());
    if (typeof value === 'object' && value !== null) return value as Json;
  } catch {
    // Refused below, as what is JSON and no object.
  }
  throw refusals.field('body');
}

/** As it was seen: https://github.com/zhgqthomas/n8n-nodes-feishu-lark/issues/22 (read 2026-11-28) */
function scopeMissing(scopes: readonly string[]): FeishuRefusal {
  return new FeishuRefusal(99991672, `Access denied. One of the following scopes is required: [${scopes.join(', ')}].`, {
    status: 400,
    error: { permission_violations: scopes.map((subject) => ({ type: 'action_scope_required', subject })) },
  });
}
