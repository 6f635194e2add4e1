import type { RuleCall } from './desk/pings.ts';
import type { ConversationId, DeliveryId, InquiryId, ShopId } from './ids.ts';
import type { ScreenedText } from './screening/index.ts';
import type { Reminder } from './sla/reminders.ts';
import type { ShiftEdge } from './staff/edges.ts';
import type { AnswerContent, Notice, PostRef, ReceiptMark, ShownMessage, ThreadAction } from './thread.ts';
import type { Turn } from './turn.ts';

/**
 * - `queued`: may be sent once `dueAt` has come and it is the first of its lane
 * - `sending`: claimed by the owner of its gate under `term`
 * - `uncertain`: may have arrived; is looked up at `dueAt`
 * - `settling`: its fate is known (`outcome`), with `turn` decided and not yet wholly applied
 * - `held`: waits for a person
 * - `merged`: shown in the post of another delivery (`mergedInto`)
 * - `sent`, `failed`, `cancelled`: done
 * - `dead`: gave up; listed until a person replays or discards it
 */
export type DeliveryState = 'queued' | 'sending' | 'uncertain' | 'settling' | 'held' | 'merged' | 'sent' | 'failed' | 'cancelled' | 'dead';

/** A file in the chat that goes to the buyer. */
export interface ReplyFile {
  readonly bot: string;
  readonly fileId: string;
  readonly url: string;
  readonly name: string;
  readonly mimeType: string;
  readonly bytes: number;
}

export type ReplyPart = { readonly kind: 'text'; readonly text: ScreenedText } | { readonly kind: 'image'; readonly file: ReplyFile };

/** Who answers, and where that stands in the chat. Null: nobody: a template that no agent has taken up, or the shop's automatic reply. */
export interface ReplyAuthor {
  readonly userId: string;
  readonly post: PostRef;
}

export type DeliveryContent =
  /** To the thread: a message of the marketplace. Opens the thread when there is none. */
  | { readonly kind: 'message'; readonly message: ShownMessage }
  | { readonly kind: 'receipt'; readonly on: PostRef; readonly mark: ReceiptMark }
  | {
      readonly kind: 'notice';
      readonly notice: Notice;
      readonly mention: string | null;
      /** Who alone sees it; null, or absent in what older versions planned: all. */
      readonly visibleTo?: string | null;
      readonly actions: readonly ThreadAction[];
    }
  /** The root card, as the inquiry stands when it is sent. */
  | { readonly kind: 'card' }
  | { readonly kind: 'announcement'; readonly notice: Notice }
  /** A list or a table: in the thread of its inquiry, else in its channel itself. */
  | (AnswerContent & { readonly visibleTo: string | null })
  /** To the channel: a buyer waits, or a rule calls somebody. What stands in it, and whom it calls, is looked up when it is sent. */
  | { readonly kind: 'ping'; readonly reminder: Reminder | RuleCall }
  /** To the channel: these shifts begin or end. What waits there, and whom it calls, is looked up when it is sent. */
  | { readonly kind: 'shift'; readonly edges: readonly ShiftEdge[] }
  /** To the marketplace: what an agent wrote. One entry of `parts` is one message there. */
  | {
      readonly kind: 'reply';
      readonly parts: readonly ReplyPart[];
      readonly author: ReplyAuthor | null;
      /** Reasons that did not stop it, told in the thread once it is sent. */
      readonly warnings: Notice['reasons'];
    }
  | { readonly kind: 'read-mark' };

/** Shown to one person alone. */
export const isPrivate = (content: DeliveryContent): boolean => 'visibleTo' in content && (content.visibleTo ?? null) !== null;

/**
 * Doing it twice is doing it once: a mark, a card drawn again. It need not be known whether it was sent before. A private notice is not kept by the platform, so
 * nobody can look for it; shown twice, it is read twice.
 */
export const isRepeatable = (content: DeliveryContent): boolean =>
  content.kind === 'receipt' || content.kind === 'card' || content.kind === 'read-mark' || isPrivate(content);

export type DeliveryQueue = 'posts' | 'private' | 'receipts' | 'cards' | 'replies' | 'read-marks';

/** An entry of the outbox. `_id` is derived from what caused it, so that planning it twice makes one. */
export interface Delivery {
  readonly _id: DeliveryId;
  /** Who sends it: `bot:slack/default` or `shop:tiktok-shop:749...`. */
  readonly gate: string;
  /** What draws on the same paces: the owner looks through each queue of a channel by itself, so that a full one hides no other. */
  readonly queue: DeliveryQueue;
  /** What it must stay in order with. */
  readonly lane: string;
  /** Sorts within the lane, as the platform of origin orders it. */
  readonly order: string;
  /** When it would be served if all were equal: creation plus the head start of higher priorities. Ageing is in it. */
  readonly rank: Date;
  readonly dueAt: Date;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly lookups: number;
  /** The lease term under which it was claimed. */
  readonly term: number;
  readonly channelId: string | null;
  readonly inquiryId: InquiryId | null;
  readonly messageId: string | null;
  readonly shopId: ShopId | null;
  readonly conversationId: ConversationId | null;
  readonly content: DeliveryContent;
  /** Deliveries shown in the same post. */
  readonly members: readonly DeliveryId[];
  readonly mergedInto: DeliveryId | null;
  /** How many parts of a reply are known to have arrived, and the marketplace's ids of them. */
  readonly sentIds: readonly string[];
  /** When the attempt now under way (or uncertain) began. */
  readonly attemptedAt: Date | null;
  readonly createdAt: Date;
  /** When the agent or buyer wrote it, by the platform's clock. Staleness counts from here, or from `releasedAt`. */
  readonly writtenAt: Date;
  readonly releasedAt: Date | null;
  readonly doneAt: Date | null;
  /** What became of it; stored before anything follows from it. */
  readonly outcome: DeliveryOutcome | null;
  /** Why it is held, failed or dead. */
  readonly reason: Notice['reasons'][number] | null;
  /** The platform's code and request id of the last attempt, for `threadmart trace`. */
  readonly trace: readonly DeliveryAttempt[];
  /** The last edit, cancel or release that took hold; a repeated application recognises itself. */
  readonly patchedBy: string | null;
  /** The version of the inquiry on which that was decided; absent: none took hold yet. */
  readonly patchedAtVersion?: number;
  readonly turn: Turn | null;
}

/** How a delivery ended, or why it waits for a person. */
export interface DeliveryOutcome {
  readonly final: 'sent' | 'failed' | 'dead' | 'held' | 'cancelled';
  readonly at: Date;
  /** What was posted in the chat; empty towards a marketplace and for receipts. */
  readonly posts: readonly PostRef[];
  /** The thread's root from now on; absent: it is where it was. */
  readonly root?: PostRef;
  readonly reason: Notice['reasons'][number] | null;
}

export interface DeliveryAttempt {
  readonly at: Date;
  readonly outcome: 'sent' | 'rate-limited' | 'transient' | 'auth' | 'rejected' | 'uncertain' | 'found' | 'not-found';
  readonly code: string | null;
  readonly requestId: string | null;
}
