/** What the pipeline does about a failure. The attempt is the one that failed, counted from 1. */
export type NextStep =
  | { readonly do: 'retry'; readonly afterMs: number }
  /** The platform said wait; it is no fault of the delivery. */
  | { readonly do: 'slow-down'; readonly afterMs: number }
  | { readonly do: 'pause' }
  | { readonly do: 'refuse' }
  | { readonly do: 'give-up' }
  | { readonly do: 'look-up' };

/** Twelve attempts with these pauses span about 40 minutes. */
export const maxAttempts = 12;
const firstBackoffMs = 1_000;
const longestBackoffMs = 5 * 60_000;

/** Doubles with each attempt, up to five minutes; half of it is chance, so that lanes do not march in step. */
export function backoffMs(attempt: number, random: number): number {
  const full = Math.min(longestBackoffMs, firstBackoffMs * 2 ** (attempt - 1));
  return Math.round(full / 2 + (full / 2) * random);
}

export interface Failure {
  readonly kind: 'auth' | 'rate-limited' | 'transient' | 'rejected' | 'uncertain';
  readonly retryAfterMs: number | null;
}

/** Sorted by what comes next. No `default`: a new kind does not compile until someone decides. */
export function nextStep({ kind, retryAfterMs }: Failure, attempt: number, random: number): NextStep {
  switch (kind) {
    case 'rate-limited':
      return { do: 'slow-down', afterMs: retryAfterMs ?? backoffMs(attempt, random) };
    case 'transient':
      return attempt >= maxAttempts ? { do: 'give-up' } : { do: 'retry', afterMs: retryAfterMs ?? backoffMs(attempt, random) };
    case 'auth':
      return { do: 'pause' };
    case 'rejected':
      return { do: 'refuse' };
    case 'uncertain':
      return { do: 'look-up' };
  }
}
