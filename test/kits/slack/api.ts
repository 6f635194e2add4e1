import type { FakeAnswer, FakeRequest } from '../fake-server.ts';
import type { ApiContext } from './context.ts';
import { toArgs } from './context.ts';
import type { SlackLimiter } from './limits.ts';
import { chatMethods } from './methods-chat.ts';
import { directMethods } from './methods-direct.ts';
import { fileMethods } from './methods-files.ts';
import { readMethods } from './methods-read.ts';
import { viewMethods } from './methods-views.ts';
import { SlackRefusal } from './refusal.ts';
import type { Json } from './wire.ts';

const methods = { ...chatMethods, ...directMethods, ...fileMethods, ...readMethods, ...viewMethods };

/** What the tokens are worth. `revoked` and `inactive` (uninstalled, deactivated) have codes of their own. */
export interface TokenState {
  readonly bot: string;
  readonly app: string;
  state: 'good' | 'revoked' | 'inactive';
}

/** A Web API call. Refusals come with HTTP 200, but for the rate limit. */
export function answerApi(request: FakeRequest, context: ApiContext, tokens: TokenState, limiter: SlackLimiter): FakeAnswer {
  const name = request.path.replace(/^\/api\//, '');
  try {
    const args = toArgs(argumentsOf(request));
    const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
    const token = request.headers['authorization']?.replace(/^Bearer /, '') ?? args.get('token');
    checkToken(token, method?.token === 'app' ? tokens.app : tokens.bot, tokens);
    if (!method) throw new SlackRefusal('unknown_method', { req_method: name });
    if (method.scopes.length > 0 && method.token !== 'app' && !method.scopes.some((scope) => context.scopes.has(scope))) {
      throw new SlackRefusal('missing_scope', { needed: method.scopes[0], provided: [...context.scopes].join(',') });
    }
    const retryAfter = limiter.take(name, args.get('channel') ?? '');
    if (retryAfter !== null) return json({ ok: false, error: 'ratelimited' }, context, 429, { 'retry-after': String(retryAfter) });
    return json({ ok: true, ...method.run(args, context) }, context);
  } catch (error) {
    if (error instanceof SlackRefusal) return json({ ok: false, error: error.code, ...error.extra }, context);
    throw error;
  }
}

function checkToken(given: string | null, wanted: string, tokens: TokenState): void {
  if (given === null) throw new SlackRefusal('not_authed');
  if (given !== wanted) throw new SlackRefusal(given === tokens.app || given === tokens.bot ? 'not_allowed_token_type' : 'invalid_auth');
  if (given !== tokens.bot) return;
  if (tokens.state === 'revoked') throw new SlackRefusal('token_revoked');
  if (tokens.state === 'inactive') throw new SlackRefusal('account_inactive');
}

function argumentsOf(request: FakeRequest): Readonly<Record<string, unknown>> {
  const query = Object.fromEntries(request.query);
  const contentType = request.headers['content-type'] ?? '';
  if (request.method === 'GET' || request.body.length === 0) return query;
  if (contentType.startsWith('application/json')) {
    try {
      return { ...query, ...(JSON.parse(request.body.toString()) as object) };
    } catch {
      throw new SlackRefusal('invalid_json');
    }
  }
  if (contentType.startsWith('application/x-www-form-urlencoded')) {
    return { ...query, ...Object.fromEntries(new URLSearchParams(request.body.toString())) };
  }
  throw new SlackRefusal('invalid_post_type');
}

function json(body: Json, context: ApiContext, status = 200, headers: Readonly<Record<string, string>> = {}): FakeAnswer {
  return {
    status,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'x-oauth-scopes': [...context.scopes].join(','),
      'x-slack-req-id': context.world.nextId('req').toLowerCase(),
      ...headers,
    },
    body: JSON.stringify(body),
  };
}
