import type { Ask } from './ask.ts';

/** What marketplaces and chat platforms have in common. Both are connectors: they receive raw requests, name them, and declare their limits as data. */

/** A request as it reached us, body unparsed. Header names are in lower case. */
export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly receivedAt: Date;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The default answer: an empty 200, which every platform takes. */
export const emptyAnswer: Answer = { status: 200 };

/**
 * What `receive` found. It throws `PlatformError` of kind `rejected` when the signature is wrong or stale: the caller answers 401.
 * - `event`: to be stored once per `key`, then answered
 * - `malformed`: rightly signed but unreadable; stored as a dead letter, then answered
 * - `handshake`: nothing to store (URL verification); answered at once
 */
export type Received =
  | {
      readonly kind: 'event';
      /** The platform's own id of the event or message; the same for a redelivery. */
      readonly key: string;
      /** The shop's external id; null for a chat platform. */
      readonly shop: string | null;
      /** What must be worked on in order: a conversation, a thread. */
      readonly lane: string;
      /** What we posted ourselves, coming back: acknowledged, never stored. Absent: it is not. */
      readonly own?: boolean;
      /** What somebody waits for: once stored, the event is answered with it. */
      readonly ask?: Ask;
      /** Stored in place of the request's body, where that is encrypted: what is stored must be readable when the key is another one. Absent: the body as it came. */
      readonly stored?: { readonly body: Uint8Array; readonly contentType: string };
      readonly answer: Answer;
    }
  | { readonly kind: 'malformed'; readonly key: string; readonly reason: string; readonly answer: Answer }
  | { readonly kind: 'handshake'; readonly answer: Answer };

/** One stored event, as `toEvents` gets it back. */
export interface RawEvent {
  readonly key: string;
  readonly body: Uint8Array;
  /** Needed where the body's meaning depends on it (form or JSON). */
  readonly contentType: string;
  readonly receivedAt: Date;
}

/** An event that was read back from a platform's history; it goes through the inbox like a pushed one, under the same key. */
export interface ListedEvent {
  readonly key: string;
  readonly lane: string;
  readonly body: Uint8Array;
  readonly contentType: string;
}

/**
 * One limit of a platform, as data. The gate's owner keeps a token bucket for it.
 * `permits` are refilled evenly over `everyMs`; `burst` (default 1, for `day` limits: `permits`) may be spent at once.
 */
export interface RateLimit {
  readonly name: string;
  readonly per: 'connection' | 'channel';
  readonly permits: number;
  readonly everyMs: number;
  readonly burst?: number;
  /**
   * Counted durably over restarts. True: of a day, or whatever `everyMs` says; nothing goes beyond it, and sends keep a reserve that reads may not touch.
   * `month`: what the operator's plan allows in a calendar month, whatever `everyMs` and `burst` say. We refuse nothing because of it, since the platform itself
   * knows best when it is used up; before that calls are saved: see `economy.ts`.
   */
  readonly quota?: boolean | 'month';
  /** The page, and the day it was read. */
  readonly source: string;
}

/** The outside world, handed in. */
export interface ConnectorDeps {
  readonly fetch: typeof globalThis.fetch;
  readonly now: () => Date;
  readonly random: () => number;
  readonly log: ConnectorLog;
}

/** Fields first, then a fixed sentence (style page, section 12). Never tokens, texts or names. */
export interface ConnectorLog {
  debug(fields: object, sentence: string): void;
  info(fields: object, sentence: string): void;
  warn(fields: object, sentence: string): void;
  error(fields: object, sentence: string): void;
}

/** One finding of `doctor`. `problem` and `effect` are sentences in the reader's language, made from the text catalogue. */
export interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly problem?: string;
  /** What will not work without it. */
  readonly effect?: string;
  /** True: without it nothing that was asked about works (a token, a channel). Others cost one function (a scope). */
  readonly vital?: boolean;
  /** True: it could not be found out, since the platform did not answer. */
  readonly unanswered?: boolean;
}
