import type { TextKey } from '../../src/core/texts/index.ts';
import { type FailureKind, type LimitScope, networkCode, neverLeftCodes, PlatformError } from '../../src/errors.ts';

/**
 * What a call may have done. `post`: whether it arrived has to be found out. `repeatable`: sent twice it is as if once (a reading, a card drawn again, a post that
 * is sent again under its own name).
 */
export type CallEffect = 'post' | 'repeatable';

export interface FailureDetails {
  /** `message.reply`: ours, for logs. */
  readonly api: string;
  readonly effect: CallEffect;
  /** It speaks of one group. */
  readonly inChannel: boolean;
  readonly requestId?: string | undefined;
}

/** What an answer that is no success says. */
export interface Refusal {
  readonly code: number;
  /** From `x-ogw-ratelimit-reset`, in seconds. */
  readonly resetSeconds: number | null;
}

interface Verdict {
  readonly kind: FailureKind;
  readonly code: string;
  readonly retryAfterMs?: number | null;
  readonly limit?: LimitScope;
  readonly localToChannel?: boolean;
  readonly reason?: TextKey;
  readonly cause?: unknown;
}

// Codes: https://open.feishu.cn/document/server-docs/api-call-guide/generic-error-code, .../im-v1/message/reply, .../im-v1/message/patch,
// .../im-v1/message-reaction/create, .../group/chat/get, .../im-v1/message-resource/get (2026-11-28)

/** The token, or the app as a whole. */
const authCodes = new Set([
  10003, 10014, 20002, 20013, 20014, 99991401, 99991543, 99991661, 99991662, 99991663, 99991664, 99991665, 99991668, 99991671, 99991673,
  232034, 230006, 232025, 234007,
]);

/** Only these are worth a fresh token. */
export const staleTokenCodes: ReadonlySet<number> = new Set([20013, 99991661, 99991663, 99991664, 99991665, 99991668, 99991671]);

/** One group: gone, closed to us, or the bot is not in it. */
const channelCodes = new Set([
  230002, 230018, 230035, 230038, 230071, 230073, 230075, 231002, 231004, 231008, 231021, 232006, 232009, 232010, 232011, 232033, 234004,
]);

/** 230020 and 11232 say that it was too much for a group, or for one message; 99991400 speaks of one API. */
const channelRateCodes = new Set([230020, 11232]);
const apiRateCode = 99991400;
/** The month's calls are used up. */
const quotaCode = 99991403;

/** A permission that the app has not, for the whole API. What cannot be posted for the want of it waits; what is only read does not hold up the rest. */
const scopeCodes = new Set([99991672, 99991676, 99991679]);
/** The same for one call. */
const permissionCodes = new Set([230027, 41050, 234009]);

/** The tenant's rules against leaks: plain phone numbers and e-mail addresses. */
export const leakCodes: ReadonlySet<string> = new Set(['230028']);

/** What was to be answered, marked or changed is no more: recalled, deleted, or its topic. */
export const goneCodes: ReadonlySet<string> = new Set(['230011', '230019', '230050', '230110', '230111', '231003', '231005', '231018']);

/** A card older than 14 days. */
export const tooOldCodes: ReadonlySet<string> = new Set(['230031']);

/** The platform is busy with this very call, or stopped in the middle of it. */
const unclearCodes = new Set([230049, 231015, 232096, 99991600, 1061045, 40003, 1, 2]);

function failure({ api, requestId }: FailureDetails, verdict: Verdict): PlatformError {
  return new PlatformError(`feishu: ${api} failed (${verdict.code})`, {
    platform: 'feishu',
    ...verdict,
    ...(requestId === undefined ? {} : { requestId }),
  });
}

const unclear = ({ effect }: FailureDetails): FailureKind => (effect === 'post' ? 'uncertain' : 'transient');

/** An answer with `code` other than 0; it may well come with HTTP 200. */
export function fromCode(details: FailureDetails, { code: given, resetSeconds }: Refusal): PlatformError {
  const code = String(given);
  const retryAfterMs = resetSeconds === null ? null : resetSeconds * 1_000;
  if (given === quotaCode)
    return failure(details, { kind: 'rate-limited', code, limit: 'day', retryAfterMs: retryAfterMs ?? quotaPauseMs });
  if (given === apiRateCode) return rateLimited(details, resetSeconds, code);
  if (channelRateCodes.has(given)) {
    return failure(details, {
      kind: 'rate-limited',
      code,
      limit: details.inChannel ? 'channel' : 'method',
      retryAfterMs: retryAfterMs ?? 1_000,
    });
  }
  if (authCodes.has(given)) return failure(details, { kind: 'auth', code });
  if (channelCodes.has(given)) return failure(details, { kind: 'auth', code, localToChannel: true });
  if (scopeCodes.has(given) && details.effect === 'post') return failure(details, { kind: 'auth', code });
  if (scopeCodes.has(given) || permissionCodes.has(given))
    return failure(details, { kind: 'rejected', code, reason: 'platform.permission-missing' });
  if (unclearCodes.has(given)) return failure(details, { kind: unclear(details), code });
  if (goneCodes.has(code)) return failure(details, { kind: 'rejected', code, reason: 'platform.topic-gone' });
  return failure(details, { kind: 'rejected', code });
}

/** Until the month is over nothing goes; asking again once in a while tells when somebody has bought more. */
const quotaPauseMs = 30 * 60_000;

/** A 429 of the gateway speaks of one API of one app: https://open.feishu.cn/document/server-docs/api-call-guide/frequency-control (2026-11-28) */
export const rateLimited = (details: FailureDetails, resetSeconds: number | null, code = 'http_429'): PlatformError =>
  failure(details, { kind: 'rate-limited', code, limit: 'method', retryAfterMs: resetSeconds === null ? null : resetSeconds * 1_000 });

/** An answer that is no JSON of the platform's. */
export function fromStatus(details: FailureDetails, status: number, resetSeconds: number | null): PlatformError {
  const code = status === 200 ? 'not_json' : `http_${status}`;
  if (status === 401 || status === 403) return failure(details, { kind: 'auth', code });
  if (status === 429) return rateLimited(details, resetSeconds);
  if (status === 200 || status === 408 || status >= 500) return failure(details, { kind: unclear(details), code });
  return failure(details, { kind: 'rejected', code });
}

/** No answer: refused at the door, or cut, late, aborted on the way. */
export function fromNetwork(details: FailureDetails, error: unknown): PlatformError {
  const code = networkCode(error);
  return failure(details, { kind: neverLeftCodes.has(code) ? 'transient' : unclear(details), code, cause: error });
}

/** The caller gave up, or no token could be had, before the call began. */
export const neverSent = (details: FailureDetails, code = 'aborted'): PlatformError => failure(details, { kind: 'transient', code });
