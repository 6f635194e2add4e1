import type { ShopName } from './team.ts';

// What is known of a day that was played: what people and marketplaces did, and what became of it. Plain data; times are milliseconds.

export type Done =
  | {
      readonly kind: 'buyer' | 'outside';
      readonly at: number;
      readonly conversation: string;
      readonly sentAt: number;
      readonly words: string;
    }
  /** In the thread of the conversation's last inquiry. `by`: an agent's name; `post` names the message. */
  | {
      readonly kind: 'write';
      readonly at: number;
      readonly conversation: string;
      readonly by: string;
      readonly words: string;
      readonly post: string;
    }
  /** A button under what was said of the message `post`. */
  | {
      readonly kind: 'press';
      readonly at: number;
      readonly conversation: string;
      readonly by: string;
      readonly action: string;
      readonly post: string;
    }
  | { readonly kind: 'presence'; readonly at: number; readonly by: string; readonly words: string };

/** A post in a channel itself. */
export interface ChannelPost {
  readonly at: number;
  readonly channel: string;
  /** Null: a reminder. */
  readonly title: string | null;
  /** `root`: the thread that it leads to. */
  readonly lines: readonly { readonly words: string; readonly root: string | null }[];
  /** User ids, in order; whom it calls. */
  readonly calls: readonly string[];
  readonly here: boolean;
}

/** A line of an inquiry's history. */
export interface HistoryLine {
  /** `cn-0001`, and which inquiry of it, from 0. */
  readonly conversation: string;
  readonly inquiry: number;
  readonly kind: string;
  readonly at: number;
  /** An agent's name. */
  readonly by: string | null;
  readonly data: Readonly<Record<string, string | number | boolean | null>>;
}

export interface Duration {
  readonly count: number;
  readonly meanMs: number | null;
  readonly medianMs: number | null;
  readonly p90Ms: number | null;
}

/** The figures of a shop's day. */
export interface DayFigures {
  readonly total: {
    readonly opened: number;
    readonly returning: number;
    readonly answered: number;
    readonly resolved: number;
    readonly reopened: number;
    readonly buyerMessages: number;
    readonly replies: number;
    readonly held: number;
    readonly failed: number;
    readonly firstResponse: { readonly wall: Duration; readonly business: Duration };
    readonly resolution: Duration;
    readonly messagesPerInquiry: number | null;
    readonly answeredAutomatically: number | null;
    readonly policies: readonly {
      readonly policy: string;
      readonly owner: string;
      readonly met: number;
      readonly missed: number;
      readonly rate: number | null;
    }[];
  };
  readonly agents: readonly {
    readonly agent: string;
    readonly handled: number;
    readonly replies: number;
    readonly held: number;
    readonly failed: number;
    readonly firstResponse: { readonly wall: Duration; readonly business: Duration };
  }[];
  /** Buyers' messages by local hour. */
  readonly hours: readonly number[];
  readonly tags: readonly { readonly name: string; readonly count: number }[];
  readonly keywords: readonly { readonly name: string; readonly count: number }[];
  /** Inquiries opened, by channel. */
  readonly channels: readonly { readonly channel: string; readonly opened: number }[];
}

export interface PlayedDay {
  readonly done: readonly Done[];
  /** When it was looked for shifts that began or ended. */
  readonly looks: readonly number[];
  /** Of each inquiry, by `cn-0001 0`: the root of its thread, and where that is. */
  readonly roots: ReadonlyMap<string, { readonly root: string; readonly channel: string }>;
  readonly posts: readonly ChannelPost[];
  readonly history: readonly HistoryLine[];
  readonly figures: Readonly<Record<ShopName, DayFigures>>;
  /** What `/tm stats` said of the day in UTC: rows of its first table. */
  readonly told: readonly (readonly string[])[];
  /** Figures that a count of everything anew found wrong. */
  readonly recounted: number;
  /** What the product logged as an error. */
  readonly errors: readonly string[];
}

/** Names an inquiry: which one of its conversation, from 0. */
export const inquiryKey = (conversation: string, number: number): string => `${conversation} ${number}`;
