import type { DeliveryId, InquiryId } from './ids.ts';
import type { InquirySource, MediaRef, MessageAuthor, MessagePart } from './message.ts';
import type { CardOrder } from './order.ts';
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
  /** Where threads are cards (`BotCapabilities.threads`), of an inquiry's thread: what it shows. The platform keeps nothing below a card. */
  readonly board?: ThreadBoard;
}

/** A thread that is one card, drawn anew with everything that happens. */
export interface ThreadBoard {
  readonly card: InquiryCard;
  /** The last words of both sides, oldest first; those that are being shown among them. */
  readonly lines: readonly BoardLine[];
  /** True: what is new is shown in a new card, for the old one has moved out of sight. */
  readonly buried: boolean;
}

/** What somebody said, and what became of it. */
export interface BoardLine {
  /** Where an agent wrote it; null: it is the marketplace's. */
  readonly post: PostRef | null;
  readonly author: { readonly kind: MessageAuthor | 'member'; readonly name: string | null };
  readonly parts: readonly MessagePart[];
  readonly sentAt: Date;
  /** Of what an agent wrote; null: nothing is known of it. */
  readonly state: 'sent' | 'noted' | 'waiting' | 'held' | 'failed' | 'withdrawn' | null;
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
  /** The order that it is about, as it stood when it was looked up. */
  readonly order?: CardOrder | null;
  /** The earlier inquiry of this conversation. */
  readonly previous: { readonly url: string | null; readonly post: PostRef | null } | null;
  readonly openedAt: Date;
  /** The first message's words, shortened. */
  readonly excerpt: string;
  /** True: the policy hides whole names; a bot shows `shownBuyerName`. */
  readonly masksBuyer?: boolean;
  /** ISO 639-1, as detected from the buyer's words. */
  readonly language?: string | null;
  /** `normal` is not worth a word. */
  readonly priority?: 'urgent' | 'high' | 'normal' | 'low';
  readonly tags?: readonly string[];
  /** The agents' group that is to answer. */
  readonly group?: string | null;
  /** The worst first. */
  readonly clocks?: readonly CardClock[];
  readonly snoozedUntil?: Date | null;
  /** Who wrote last, whatever it was; shortened. */
  readonly lastWords?: { readonly author: MessageAuthor; readonly excerpt: string; readonly at: Date } | null;
  /** When what the card shows changed last; shown in the shop's zone. */
  readonly changedAt?: Date;
  /** Of a practice shop: no buyer is there; or, `over`, nobody is any more. */
  readonly practice?: 'open' | 'over';
  /** What can be pressed, in this order; absent: claim and resolve, while it is open. */
  readonly actions?: readonly ThreadActionName[];
}

/** One SLA clock. A card is not drawn again while time passes, so it shows when it is due, never what is left. */
export interface CardClock {
  /** Whose rule it is. */
  readonly owner: 'marketplace' | 'team';
  /** As the team calls it; null: it is the marketplace's, and has no other name. */
  readonly title: string | null;
  readonly asks: 'answer' | 'resolve';
  /** Shown in the shop's zone. */
  readonly dueAt: Date;
  readonly state: 'running' | 'met' | 'missed';
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
  'send-anyway',
  'reopen',
  'release-claim',
  'template',
  'assign',
  'snooze',
  'no-answer-needed',
] as const;
export type ThreadActionName = (typeof threadActionNames)[number];

/** Those whose `value` is the id of an inquiry; of the others it is a delivery's. */
const onInquiry: ReadonlySet<ThreadActionName> = new Set([
  'claim',
  'resolve',
  'reopen',
  'release-claim',
  'template',
  'assign',
  'snooze',
  'no-answer-needed',
]);
export const isOnInquiry = (action: ThreadActionName): boolean => onInquiry.has(action);

/** `sent` and `noted` are final marks; `waiting` is shown only where it takes long. */
export type ReceiptMark = 'sent' | 'noted' | 'waiting';

/** Whom a post calls: users of the platform, or whoever is there. */
export interface Called {
  readonly userIds: readonly string[];
  readonly here: boolean;
}

/** An answer: help, figures, a list. Words are in the reader's language and shown to the letter. */
export interface AnswerContent {
  readonly kind: 'answer';
  readonly parts: readonly AnswerPart[];
  readonly actions: readonly ThreadAction[];
}

export type AnswerPart =
  | { readonly kind: 'title'; readonly words: string }
  /** One below the other; a line may lead to a post. */
  /** `number`: of the inquiry, as commands take it; for people whose platform has no address that leads to `post`. */
  | {
      readonly kind: 'lines';
      readonly lines: readonly (string | { readonly words: string; readonly post: PostRef; readonly number?: string })[];
    }
  /** Columns stand aligned; `right` for numbers. */
  | {
      readonly kind: 'table';
      readonly columns: readonly { readonly title: string; readonly align: 'left' | 'right' }[];
      readonly rows: readonly (readonly string[])[];
    }
  | { readonly kind: 'notice'; readonly notice: Notice }
  /** Uploaded below the words; where nothing can be uploaded, its words alone. */
  | { readonly kind: 'picture'; readonly media: MediaRef; readonly words: string };

/** What the core asks a bot to show. */
export type ThreadContent =
  /** Opens the thread: the root card carries the first messages. */
  | { readonly kind: 'opening'; readonly card: InquiryCard; readonly messages: readonly ShownMessage[] }
  /** Messages from the marketplace. `surface`: also show in the channel, once (a reopened or unassigned thread). */
  | { readonly kind: 'messages'; readonly messages: readonly ShownMessage[]; readonly surface: boolean }
  /** A mark on an agent's message. */
  | { readonly kind: 'receipt'; readonly on: PostRef; readonly mark: ReceiptMark }
  /**
   * A sentence in the thread; mentions `mention` (a user of the platform), offers `actions`. `visibleTo`: for this user's eyes; null: for all. Nobody finds a private
   * one again, and whether it was seen is not known. Where a platform has none, it is posted for all with a mention.
   */
  | {
      readonly kind: 'notice';
      readonly notice: Notice;
      readonly mention: string | null;
      readonly visibleTo: string | null;
      readonly actions: readonly ThreadAction[];
    }
  /** The root card again, with today's state. */
  | { readonly kind: 'card'; readonly card: InquiryCard; readonly messages: readonly ShownMessage[] }
  /** A sentence in the channel itself (the ops channel). */
  | { readonly kind: 'announcement'; readonly notice: Notice }
  /** A list or a table, in the thread where there is one, else in the channel itself. `visibleTo` as with a notice. */
  | (AnswerContent & { readonly visibleTo: string | null; readonly calls?: Called });

/** One thing to show, with the name under which it can be found again after an unknown outcome. */
export interface Showing {
  readonly deliveryId: DeliveryId;
  readonly content: ThreadContent;
}
