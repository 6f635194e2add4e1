import type { PlatformErrorOptions } from '../../src/errors.ts';

export type Failure = Pick<PlatformErrorOptions, 'kind' | 'limit' | 'retryAfterMs' | 'reason'>;

/**
 * `message`: shows something to the buyer, so an unknown outcome must be looked up before it is tried again.
 * `none`: reading, or doing again what can be done twice.
 */
export type Effect = 'none' | 'message';

/** It may have taken hold, or not. */
export const unknownOutcome = (effect: Effect): Failure => ({ kind: effect === 'message' ? 'uncertain' : 'transient' });

const rejected: Failure = { kind: 'rejected' };
const auth: Failure = { kind: 'auth' };

/** The hour at which the daily quota begins anew is not published, so we ask again every hour. */
const quotaRetryMs = 3_600_000;

/**
 * What a `code` of the API means for the caller; null for one that is not in the platform's tables.
 * @param message the platform's words, needed where one code has many meanings. May repeat what was sent: never log it
 * @see https://partner.tiktokshop.com/docv2/page/common-errors and the endpoints' own pages, read 2026-11-22
 */
export function failureOfCode(code: number, message: string, effect: Effect): Failure | null {
  switch (code) {
    case 36009002:
      return { kind: 'rate-limited', limit: 'method' };
    // Coupon cards: one in two seconds.
    case 45111012:
      return { kind: 'rate-limited', limit: 'method', retryAfterMs: 2_000 };
    case 45101004:
      return { kind: 'rate-limited', limit: 'day', retryAfterMs: quotaRetryMs };
    // Internal faults and timeouts of theirs; the last is of the image upload.
    case 36009003:
    case 36009007:
    case 45101008:
      return unknownOutcome(effect);
    // An internal fault, but of a send "invalid parameter".
    case 45101001:
      return effect === 'message' ? rejected : { kind: 'transient' };
    // Token expired (the whole group is about tokens and scopes, see below); token of another shop; our address not on the app's list.
    // Nothing of this shop works until somebody acts.
    case 105002:
    case 105005:
    case 101000:
    case 36009033:
      return auth;
    // Token or app key invalid, signature missing, time outside the window, parameter invalid: only the words tell.
    case 36009004:
      return topicOf(message) === 'token' ? auth : rejected;
    // The conversation's rules: no chat in 30 days, no order in 60 days, no return.
    case 45109001:
    case 45109003:
      return { kind: 'rejected', reason: 'reason.buyer-window' };
    case 45101006:
      return { kind: 'rejected', reason: 'reason.sensitive' };
    case 45101003:
      return { kind: 'rejected', reason: 'platform.conversation-unknown' };
    case 45102007:
      return { kind: 'rejected', reason: 'platform.conversation-denied' };
    case 45101002:
    case 45111017:
    case 45111001:
      return { kind: 'rejected', reason: 'platform.kind-unsupported' };
    case 36009021:
      return { kind: 'rejected', reason: 'platform.image-refused' };
    // Bugs of ours, or a wrong app secret: signature, cipher missing, path, method, form of the body.
    case 106001:
    case 106013:
    case 36009009:
    case 36009010:
    case 36009022:
    case 36009023:
      return rejected;
    default:
      return code >= 105_000 && code < 106_000 ? auth : null;
  }
}

/** An answer without a readable body, or with a code that no table knows. */
export function failureOfStatus(status: number, effect: Effect): Failure {
  if (status === 429) return { kind: 'rate-limited', limit: 'method' };
  if (status === 401) return auth;
  return status >= 400 && status < 500 && status !== 408 ? rejected : unknownOutcome(effect);
}

const topics: readonly (readonly [topic: string, pattern: RegExp])[] = [
  ['timestamp', /timestamp/i],
  ['token', /(?<!page[\s_-]?)token/i],
  ['cipher', /cipher/i],
  ['app key', /app[\s_-]?key/i],
  ['signature', /\bsign/i],
];

/** What the platform's words are about, in a word of ours that is safe to log. */
export function topicOf(message: string): string | null {
  return topics.find(([, pattern]) => pattern.test(message))?.[0] ?? null;
}
