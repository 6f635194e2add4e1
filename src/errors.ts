import type { TextKey } from './core/texts/index.ts';

/** Sorted by the caller's next step, not by what broke. */
export type FailureKind = 'auth' | 'rate-limited' | 'transient' | 'rejected' | 'uncertain';

/** What a `Retry-After` speaks of, so that it slows down nothing else. */
export type LimitScope = 'method' | 'channel' | 'connection' | 'day';

export interface PlatformErrorOptions {
  readonly kind: FailureKind;
  /** `tiktok-shop`, `slack` ... */
  readonly platform: string;
  /** Milliseconds the platform asked us to wait; null when it named none. */
  readonly retryAfterMs?: number | null;
  /** With `rate-limited`: which limit was hit. Absent: the limit of the whole connection. */
  readonly limit?: LimitScope;
  /** The platform's own code (`channel_not_found`, `45109001`), safe to log and to show. */
  readonly code?: string;
  /** With `rejected`: what to tell the agent, where more than the code is known. */
  readonly reason?: TextKey;
  /** The platform's id of the request, for `threadmart trace`. */
  readonly requestId?: string;
  /** True when the fault lies with one channel or conversation (archived, bot removed) and not with the whole connection. */
  readonly localToChannel?: boolean;
  readonly cause?: unknown;
}

/** The one error that connectors throw. Its message is one sentence for a log; it never holds a token, a text or a buyer's name. */
export class PlatformError extends Error {
  override readonly name = 'PlatformError';
  readonly kind: FailureKind;
  readonly platform: string;
  readonly retryAfterMs: number | null;
  readonly limit: LimitScope | undefined;
  readonly code: string | undefined;
  readonly reason: TextKey | undefined;
  readonly requestId: string | undefined;
  readonly localToChannel: boolean;

  constructor(message: string, options: PlatformErrorOptions) {
    super(message, { cause: options.cause });
    this.kind = options.kind;
    this.platform = options.platform;
    this.retryAfterMs = options.retryAfterMs ?? null;
    this.limit = options.limit;
    this.code = options.code;
    this.reason = options.reason;
    this.requestId = options.requestId;
    this.localToChannel = options.localToChannel ?? false;
  }
}

/** The request never left: nobody answered the door. */
export const neverLeftCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** The system's word for it, which `fetch` hides one or two causes deep. */
export function networkCode(error: unknown): string {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    const inner: unknown = cause instanceof AggregateError ? cause.errors[0] : cause;
    if (inner instanceof Error && 'code' in inner && typeof inner.code === 'string') return inner.code;
  }
  return error instanceof Error && error.name !== 'Error' ? error.name : 'network';
}
