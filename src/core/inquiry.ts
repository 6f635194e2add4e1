import type { ConversationId, InquiryId, ShopId } from './ids.ts';
import type { BuyerProfile, InquirySource, MessageAuthor, MessagePart } from './message.ts';
import type { CardOrder } from './order.ts';
import type { SlaClock } from './sla/clock.ts';
import type { PostRef } from './thread.ts';

/** Where an inquiry is mirrored. `channel` names bot and connection: `slack/default`. */
export interface InquiryThread {
  readonly bot: string;
  readonly channelId: string;
  /** Null until the first post is known to be there. */
  readonly rootId: string | null;
  /** When a card took the place of the one before; absent: it is the first. */
  readonly movedAt?: Date;
}

export const priorities = ['urgent', 'high', 'normal', 'low'] as const;
export type Priority = (typeof priorities)[number];

/** A person who has an inquiry. `agent` is the name in `agents`; null where the settings do not name this person. */
export interface Assignee {
  readonly userId: string;
  readonly name: string;
  readonly agent: string | null;
}

/** What an inquiry has before anybody touches it; those of an earlier version are read with it. */
export const untouched = {
  autoRepliedAt: null,
  assignee: null,
  claimedAt: null,
  stirredAt: null,
  followedUpAt: null,
  group: null,
  language: null,
  priority: 'normal',
  tags: [],
  snoozedUntil: null,
  noAnswerNeeded: false,
  clocks: [],
  heldReplies: [],
  slaPolicies: null,
  dueAt: null,
} as const satisfies Partial<Inquiry>;

/** One case in a conversation. The whole document is replaced by compare-and-set on `version`. */
export interface Inquiry {
  readonly _id: InquiryId;
  readonly shopId: ShopId;
  readonly marketplace: string;
  readonly conversationId: ConversationId;
  readonly status: 'waiting' | 'answered' | 'resolved';
  /** True while not resolved; the unique index on open inquiries stands on it. */
  readonly open: boolean;
  readonly version: number;
  /** The last turn that was applied, by the lane it came from; tells a repeated application from a new one. */
  readonly applied: readonly { readonly lane: string; readonly turn: string }[];
  /** Number of the last entry in `events`. */
  readonly lastEvent: number;
  readonly openedAt: Date;
  readonly reopenedAt: Date | null;
  readonly resolvedAt: Date | null;
  /** Since when the buyer waits for a person; null when answered. */
  readonly waitingSince: Date | null;
  readonly lastBuyerAt: Date;
  readonly firstReplyAt: Date | null;
  readonly lastReplyAt: Date | null;
  /** A person answered at the marketplace itself. */
  readonly lastOutsideReplyAt: Date | null;
  /** When the shop's automatic reply went out, which answers nothing; null: none did. */
  readonly autoRepliedAt: Date | null;
  readonly buyer: BuyerProfile;
  readonly source: InquirySource | null;
  readonly previous: { readonly inquiryId: InquiryId; readonly post: PostRef | null } | null;
  /** Null while no route takes it. */
  readonly thread: InquiryThread | null;
  /** Who has it. */
  readonly assignee: Assignee | null;
  /** When it was claimed or assigned, or its assignee last answered; null while nobody has it. */
  readonly claimedAt: Date | null;
  /** When somebody last took it up, or it came back from a snooze: resolving by time counts from there, too. */
  readonly stirredAt: Date | null;
  /** When the buyer, silent since our answer, was asked whether that was all, or was to be; null: not in this silence. */
  readonly followedUpAt: Date | null;
  /** The agents' group that is to answer; null: whoever is in the channel. */
  readonly group: string | null;
  /** ISO 639-1, of the buyer's words; null: not known. */
  readonly language: string | null;
  readonly priority: Priority;
  /** In order of the alphabet, each once. */
  readonly tags: readonly string[];
  /** Out of the way until then; a buyer who writes brings it back. */
  readonly snoozedUntil: Date | null;
  /** Somebody said that the buyer's last words ask for nothing. */
  readonly noAnswerNeeded: boolean;
  /** One for each rule by which its answers are timed. */
  readonly clocks: readonly SlaClock[];
  /** Replies that wait for a person's decision, or failed, and since when. */
  readonly heldReplies: readonly { readonly id: string; readonly since: Date }[];
  /** Names of the team's rules that its route chose; null: the usual ones. */
  readonly slaPolicies: readonly string[] | null;
  /** The next moment at which time alone makes something due; null: nothing will. */
  readonly dueAt: Date | null;
  /** Order key of the newest message shown in the thread. */
  readonly shownOrder: string;
  /** The next message is also shown in the channel (reopened, or nobody has it). */
  readonly surfaceNext: boolean;
  /** Who wrote last in the thread, and what it was; a note of one person makes the next person's words doubtful. */
  readonly lastThreadMessage: { readonly userId: string; readonly was: 'note' | 'reply' } | null;
  readonly excerpt: string;
  /** Orders and products that it names, and long numbers in the marketplace's messages, each once: `find` looks for them. Absent: none, or none yet. */
  readonly references?: readonly string[];
  /** The order that it is about. Absent: none, or it could not be looked up yet. */
  readonly order?: CardOrder;
  /** The buyer's name as `find` compares it. Absent: not known, or not yet. */
  readonly buyerKey?: string;
  readonly counters: { readonly buyerMessages: number; readonly replies: number; readonly notes: number; readonly late: number };
}

/** A message, either way, or a note. Immutable but for an edit that was in time. */
export interface Message {
  readonly _id: string;
  readonly inquiryId: InquiryId;
  readonly shopId: ShopId;
  readonly conversationId: ConversationId;
  readonly direction: 'in' | 'out' | 'note';
  readonly author: { readonly kind: MessageAuthor | 'member'; readonly userId: string | null; readonly name: string | null };
  readonly parts: readonly MessagePart[];
  /** The platform's own time. */
  readonly sentAt: Date;
  readonly order: string;
  readonly receivedAt: Date;
  /** The marketplace's id; null for what was written in chat (its ids are in `links`). */
  readonly externalId: string | null;
  /** Where it was written in chat; null for what came from the marketplace. */
  readonly post: PostRef | null;
}

export type HistoryKind =
  | 'opened'
  | 'reopened'
  | 'routed'
  | 'buyer-wrote'
  | 'replied'
  | 'answered-outside'
  | 'auto-replied'
  | 'noted'
  | 'held'
  | 'released'
  | 'discarded'
  | 'cancelled'
  | 'edited'
  | 'failed'
  | 'claimed'
  | 'assigned'
  | 'released-claim'
  | 'snoozed'
  | 'tagged'
  | 'untagged'
  | 'prioritized'
  | 'no-answer-needed'
  | 'clock-met'
  | 'clock-missed'
  | 'resolved'
  | 'refused';

/** One line of an inquiry's history: audit and figures come from it. */
export interface HistoryEvent {
  readonly _id: string;
  readonly inquiryId: InquiryId;
  readonly shopId: ShopId;
  /** Where the inquiry was mirrored then, `slack/default/C1`; null: no route took it yet. */
  readonly channel: string | null;
  readonly sequence: number;
  readonly kind: HistoryKind;
  readonly at: Date;
  readonly by: string | null;
  readonly data: Readonly<Record<string, string | number | boolean | null>>;
}

/** Where a message lives outside. `_id` is `slack/default|C1|1700.1` for a post, `tiktok-shop:749|722` for a marketplace message. */
export interface Link {
  readonly _id: string;
  readonly inquiryId: InquiryId;
  readonly messageIds: readonly string[];
  readonly role: 'root' | 'message' | 'notice' | 'agent' | 'reply';
}

export const postLinkId = (bot: string, post: PostRef): string => `${bot}|${post.channelId}|${post.messageId}`;
export const externalLinkId = (shop: ShopId, externalId: string): string => `${shop}|${externalId}`;

/** How figures call who wrote something. */
export const agentOf = ({ assignee }: Pick<Inquiry, 'assignee'>, userId: string): string =>
  assignee?.userId === userId ? (assignee.agent ?? userId) : userId;
