import type { TextKey } from '../../src/core/texts/index.ts';
import { type FailureKind, type LimitScope, networkCode, neverLeftCodes, PlatformError } from '../../src/errors.ts';

/** What a call may have done. `post`: sent twice it may be there twice. `repeatable`: sent twice it is as if once (a card drawn again, an upload, a reading). */
export type CallEffect = 'post' | 'repeatable';

export interface FailureDetails {
  /** `card.deliver`: ours, for logs. */
  readonly api: string;
  readonly effect: CallEffect;
  /** Without the permission for it the bot is of no use; else one function is missing. */
  readonly vital: boolean;
  readonly requestId?: string | undefined;
}

// Codes: https://open.dingtalk.com/document/orgapp/server-api-error-codes-1, .../orgapp/create-and-deliver-cards, .../orgapp/interactive-card-update-interface,
// .../orgapp/how-to-process-api-throttling-on-the-dingtalk-server, .../orgapp/the-robot-sends-a-group-message (2026-11-28). Those of a group that is gone
// stand on no page that we found: UNCONFIRMED.

/** The token, or the app as a whole. Of the old servers' codes 88 says nothing without its sub code. */
const authCodes = new Set([
  'invalidClientIdOrSecret',
  'InvalidAuthentication',
  'authFailed',
  'Forbidden.AccessDenied.IpNotInWhiteList',
  '40001',
  '40014',
  '40089',
  '42001',
  '88',
]);
/** Only these are worth a fresh token. */
const staleTokenCodes = new Set(['InvalidAuthentication', '40014', '42001', '88']);

/** One group: gone, or the robot is not in it. */
const channelCodes = new Set([
  'invalid.openConversationId',
  'invalidParameter.openConversationId.invalid',
  'invalidParameter.robotCode.notExsit',
  'invalidParameter.robotCode.notExist',
  'chatbotNotInstall',
  // Of a custom robot: it is no more, or its signature is another one.
  '300001',
  '310000',
]);

/** 20 calls a second of one app to one API. 90018 and 90002 are the old servers' words for it. */
const rateCodes = new Set(['90018', '90002']);
/** A custom robot that spoke more than 20 times in a minute is silent for ten. */
const robotRateCode = '130101';
const robotPauseMs = 10 * 60_000;
const ratePrefix = 'Forbidden.AccessDenied.QpsLimit';
/** The organisation has used up its calls of the month. */
const quotaCodes = new Set(['Forbidden.AccessDenied.ApiCountLimitForOrg', '90020']);
/** An address that called over 10,000 times in 20 s is shut out for five minutes. */
const floodCodes = new Set(['1111']);

const permissionCodes = new Set(['Forbidden.AccessDenied.AccessTokenPermissionDenied', '60011']);

/** A card that was never created, or is no more; and one that is there already. */
export const unknownCardCode = 'param.cardNotExist';
export const knownCardCode = 'param.cardAlreadyExist';

interface Verdict {
  readonly kind: FailureKind;
  readonly code: string;
  readonly retryAfterMs?: number | null;
  readonly limit?: LimitScope;
  readonly localToChannel?: boolean;
  readonly reason?: TextKey;
  readonly cause?: unknown;
}

function failure({ api, requestId }: FailureDetails, verdict: Verdict): PlatformError {
  return new PlatformError(`dingtalk: ${api} failed (${verdict.code})`, {
    platform: 'dingtalk',
    ...verdict,
    ...(requestId === undefined ? {} : { requestId }),
  });
}

const unclear = ({ effect }: FailureDetails): FailureKind => (effect === 'post' ? 'uncertain' : 'transient');

/** What the platform asks to wait after too many calls in a second, where it names nothing. Its page: "wait 1 s". */
const ratePauseMs = 1_000;
/** Until the month is over nothing goes; asking again once in a while tells when somebody has bought more. */
const quotaPauseMs = 30 * 60_000;
const floodPauseMs = 5 * 60_000;

/** An answer that is no success. It may well come with HTTP 200. */
export function fromCode(details: FailureDetails, given: string, retryAfterMs: number | null = null): PlatformError {
  // Some refusals are sentences, which may hold a name.
  const code = /^[\w.-]{1,80}$/.test(given) ? given : 'refused';
  if (quotaCodes.has(code))
    return failure(details, { kind: 'rate-limited', code, limit: 'day', retryAfterMs: retryAfterMs ?? quotaPauseMs });
  if (floodCodes.has(code))
    return failure(details, { kind: 'rate-limited', code, limit: 'connection', retryAfterMs: retryAfterMs ?? floodPauseMs });
  if (code === robotRateCode)
    return failure(details, { kind: 'rate-limited', code, limit: 'channel', retryAfterMs: retryAfterMs ?? robotPauseMs });
  if (rateCodes.has(code) || code.startsWith(ratePrefix))
    return failure(details, { kind: 'rate-limited', code, limit: 'method', retryAfterMs: retryAfterMs ?? ratePauseMs });
  if (permissionCodes.has(code))
    return failure(details, details.vital ? { kind: 'auth', code } : { kind: 'rejected', code, reason: 'dingtalk.reason-permission' });
  if (authCodes.has(code) || code.startsWith('Forbidden.AccessDenied')) return failure(details, { kind: 'auth', code });
  if (channelCodes.has(code)) return failure(details, { kind: 'auth', code, localToChannel: true });
  return failure(details, { kind: 'rejected', code });
}

/** An answer without a code of the platform's: of a proxy, or of a gateway that waited in vain for 3 s (504: open-dingtalk/developerpedia, retry.md, 2026-11-28). */
export function fromStatus(details: FailureDetails, status: number, retryAfterMs: number | null): PlatformError {
  const code = status === 200 ? 'not_json' : `http_${status}`;
  if (status === 401 || status === 403) return failure(details, { kind: 'auth', code });
  if (status === 429) return failure(details, { kind: 'rate-limited', code, limit: 'method', retryAfterMs: retryAfterMs ?? ratePauseMs });
  if (status === 200 || status === 408 || status >= 500) return failure(details, { kind: unclear(details), code });
  return failure(details, { kind: 'rejected', code });
}

/** The platform gave up on it, and nobody knows when: 15 and 88 of the old servers are their 504. */
export const isStaleToken = (error: PlatformError): boolean => error.kind === 'auth' && staleTokenCodes.has(error.code ?? '');

/** No answer: refused at the door, or cut, late, aborted on the way. */
export function fromNetwork(details: FailureDetails, error: unknown): PlatformError {
  const code = networkCode(error);
  return failure(details, { kind: neverLeftCodes.has(code) ? 'transient' : unclear(details), code, cause: error });
}

/** The caller gave up, or no token could be had, before the call began. */
export const neverSent = (details: FailureDetails, code = 'aborted'): PlatformError => failure(details, { kind: 'transient', code });

/** Refused here, without a call. */
export const refused = (api: string, code: string): PlatformError =>
  failure({ api, effect: 'repeatable', vital: false }, { kind: 'rejected', code });

/** Part of it is there: whatever the failure was, the whole must not be shown again before a look. */
export function incomplete(error: unknown): PlatformError {
  const known = error instanceof PlatformError ? error : null;
  return new PlatformError('dingtalk: a card is there, and what belongs with it is not', {
    kind: 'uncertain',
    platform: 'dingtalk',
    retryAfterMs: known?.retryAfterMs ?? null,
    ...(known?.code === undefined ? {} : { code: known.code }),
    ...(known?.requestId === undefined ? {} : { requestId: known.requestId }),
    cause: error,
  });
}
