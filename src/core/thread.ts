import type { DeliveryId, InquiryId } from './ids.ts';
import type { InquirySource, MessageAuthor, MessagePart } from './message.ts';
import type { Locale, TextKey, TextParams } from './texts/index.ts';

/** A post in a chat platform. `channelId` and `messageId` are the platform's own, unread by the core. */
export interface PostRef {
  readonly channelId: string;
  readonly messageId: string;
}

/** Where an inquiry lives in chat. `rootId` is null until its first post is there. */
export interface ThreadState {
  readonly inquiryId: InquiryId;
  readonly channelId: string;
  readonly rootId: string | null;
  readonly locale: Locale;
}

/** What the root card shows. Everything is content; how it looks is the bot's affair. */
export interface InquiryCard {
  readonly inquiryId: InquiryId;
  readonly marketplace: string;
  readonly shopName: string;
  readonly shopTimezone: string;
  /** Null where the marketplace did not tell. */
  readonly buyerName: string | null;
  readonly status: 'waiting' | 'answered' | 'resolved';
  readonly assignee: { readonly userId: string } | { readonly name: string } | null;
  readonly source: InquirySource | null;
  /** The earlier inquiry of this conversation. */
  readonly previous: { readonly url: string | null; readonly post: PostRef | null } | null;
  readonly openedAt: Date;
  /** The first message's words, shortened. */
  readonly excerpt: string;
}

/** A message of the marketplace, to be shown in the thread. */
export interface ShownMessage {
  readonly author: MessageAuthor;
  readonly parts: readonly MessagePart[];
  readonly sentAt: Date;
  /** True: it arrived after its successors were posted; shown with its own time. */
  readonly late: boolean;
}

/** A sentence from the catalogue. A parameter that names a key (`{ key }`) is translated with the reader's language. */
export interface Notice {
  readonly key: TextKey;
  readonly params: TextParams;
  /** Further sentences, e.g. the reasons of a hold. */
  readonly reasons: readonly { readonly key: TextKey; readonly params: TextParams }[];
}

/** What an agent can press under a notice or card. `value` comes back unread with the press. */
export interface ThreadAction {
  readonly action: ThreadActionName;
  readonly value: string;
}

export const threadActionNames = [
  'send',
  'discard',
  'keep-as-note',
  'retry',
  'send-correction',
  'release',
  'claim',
  'resolve',
  'edit-and-resend',
] as const;
export type ThreadActionName = (typeof threadActionNames)[number];

/** `sent` and `noted` are final marks; `waiting` is shown only where it takes long. */
export type ReceiptMark = 'sent' | 'noted' | 'waiting';

/** What the core asks a bot to show. */
export type ThreadContent =
  /** Opens the thread: the root card carries the first messages. */
  | { readonly kind: 'opening'; readonly card: InquiryCard; readonly messages: readonly ShownMessage[] }
  /** Messages from the marketplace. `surface`: also show in the channel, once (a reopened or unassigned thread). */
  | { readonly kind: 'messages'; readonly messages: readonly ShownMessage[]; readonly surface: boolean }
  /** A mark on an agent's message. */
  | { readonly kind: 'receipt'; readonly on: PostRef; readonly mark: ReceiptMark }
  /** A sentence in the thread; mentions `mention` (a user of the platform), offers `actions`. */
  | {
      readonly kind: 'notice';
      readonly notice: Notice;
      readonly mention: string | null;
      readonly actions: readonly ThreadAction[];
    }
  /** The root card again, with today's state. */
  | { readonly kind: 'card'; readonly card: InquiryCard; readonly messages: readonly ShownMessage[] }
  /** A sentence in the channel itself (the ops channel). */
  | { readonly kind: 'announcement'; readonly notice: Notice };

/** One thing to show, with the name under which it can be found again after an unknown outcome. */
export interface Showing {
  readonly deliveryId: DeliveryId;
  readonly content: ThreadContent;
}
