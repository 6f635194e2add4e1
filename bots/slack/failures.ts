import { type FailureKind, type LimitScope, networkCode, neverLeftCodes, PlatformError } from '../../src/errors.ts';

/**
 * What a call may have done. `post`: sent twice it is there twice. `repeatable`: sent twice it is as if once (an update, a reaction).
 */
export type CallEffect = 'post' | 'repeatable';

/** The token, or the app as a whole. https://docs.slack.dev/reference/methods/chat.postMessage/ (2026-11-22), section Errors, as for all below. */
const authCodes = new Set([
  'not_authed',
  'invalid_auth',
  'access_denied',
  'account_inactive',
  'token_revoked',
  'token_expired',
  'no_permission',
  'missing_scope',
  'not_allowed_token_type',
  'org_login_required',
  'ekm_access_denied',
  'team_access_not_granted',
  'two_factor_setup_required',
  'app_missing_action_url',
]);

/** One channel: gone, closed, or the bot is not in it. */
const channelCodes = new Set([
  'channel_not_found',
  'is_archived',
  'not_in_channel',
  'restricted_action',
  'restricted_action_read_only_channel',
  'restricted_action_thread_only_channel',
  'restricted_action_non_threadable_channel',
  'restricted_action_thread_locked',
  'channel_type_not_supported',
]);

const rateCodes = new Set(['ratelimited', 'rate_limited', 'accesslimited']);

/** Slack says of these that part of the call may have been done. */
const brokenCodes = new Set([
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
  'external_channel_migrating',
]);

export interface FailureDetails {
  readonly method: string;
  readonly effect: CallEffect;
  readonly requestId?: string | undefined;
}

interface Verdict {
  readonly kind: FailureKind;
  readonly code: string;
  readonly retryAfterMs?: number | null;
  readonly limit?: LimitScope;
  readonly localToChannel?: boolean;
  readonly cause?: unknown;
}

function failure({ method, requestId }: FailureDetails, verdict: Verdict): PlatformError {
  return new PlatformError(`slack: ${method} failed (${verdict.code})`, {
    platform: 'slack',
    ...verdict,
    ...(requestId === undefined ? {} : { requestId }),
  });
}

const unclear = ({ effect }: FailureDetails): FailureKind => (effect === 'post' ? 'uncertain' : 'transient');

/** `ok: false`, which comes with HTTP 200. */
export function fromCode(details: FailureDetails, code: string, retryAfterSeconds?: number): PlatformError {
  // What is no code is a page: of a proxy, or of a wrong address. Nobody knows what became of the call.
  if (!/^[a-z0-9_.:-]{1,80}$/.test(code)) return failure(details, { kind: unclear(details), code: 'not_json' });
  if (rateCodes.has(code)) return rateLimited(details, retryAfterSeconds ?? null);
  if (authCodes.has(code)) return failure(details, { kind: 'auth', code });
  if (channelCodes.has(code)) return failure(details, { kind: 'auth', code, localToChannel: true });
  if (brokenCodes.has(code)) return failure(details, { kind: unclear(details), code });
  return failure(details, { kind: 'rejected', code });
}

/** A refusal to post speaks of the channel, any other of the method: https://docs.slack.dev/apis/web-api/rate-limits (2026-11-22). */
export const rateLimited = (details: FailureDetails, retryAfterSeconds: number | null): PlatformError =>
  failure(details, {
    kind: 'rate-limited',
    code: 'ratelimited',
    retryAfterMs: retryAfterSeconds === null ? null : retryAfterSeconds * 1_000,
    limit: details.method === 'chat.postMessage' ? 'channel' : 'method',
  });

export function fromStatus(details: FailureDetails, status: number): PlatformError {
  const code = `http_${status}`;
  if (status === 401 || status === 403) return failure(details, { kind: 'auth', code });
  if (status === 429) return rateLimited(details, null);
  if (status === 408 || status >= 500) return failure(details, { kind: unclear(details), code });
  return failure(details, { kind: 'rejected', code });
}

/** No answer: refused at the door, or cut, late, aborted on the way. */
export function fromNetwork(details: FailureDetails, error: unknown): PlatformError {
  const code = networkCode(error);
  return failure(details, { kind: neverLeftCodes.has(code) ? 'transient' : unclear(details), code, cause: error });
}

/** The caller gave up before the call began. */
export const neverSent = (details: FailureDetails): PlatformError => failure(details, { kind: 'transient', code: 'aborted' });
