import { type Delivery, type DeliveryContent, type DeliveryQueue, isPrivate } from './delivery.ts';
import type { DeliveryId, InquiryId } from './ids.ts';
import { deliveryId } from './ids.ts';
import type { Inquiry } from './inquiry.ts';
import type { ChannelRef } from './settings.ts';
import { botOf } from './settings.ts';
import { botGate, shopGate } from './shop.ts';
import type { Reminder } from './sla/reminders.ts';
import type { ShiftEdge } from './staff/edges.ts';
import type { AnswerContent, Notice, PostRef, ReceiptMark, ShownMessage, ThreadAction } from './thread.ts';
import { addMs } from './time.ts';

/**
 * How long something may be overtaken by what matters more, in milliseconds. Rank is creation time plus this,
 * so priorities age: nothing waits over 30 s behind newer work.
 */
const headStartMs = {
  receipt: 0,
  notice: 0,
  reply: 0,
  opening: 5_000,
  message: 10_000,
  card: 20_000,
  'read-mark': 25_000,
  announcement: 28_000,
  shift: 28_000,
  ping: 0,
} as const;

const queueOf: Readonly<Record<DeliveryContent['kind'], DeliveryQueue>> = {
  message: 'posts',
  notice: 'posts',
  announcement: 'posts',
  answer: 'posts',
  ping: 'posts',
  shift: 'posts',
  receipt: 'receipts',
  card: 'cards',
  reply: 'replies',
  'read-mark': 'read-marks',
};

/** No process owns this gate: deliveries wait there until a route takes their inquiry. */
export const unroutedGate = 'unrouted';

/** What is told in a thread, in lanes that need not wait for each other. */
const laneOf = {
  messages: (id: InquiryId): string => `thread:${id}`,
  receipts: (id: InquiryId): string => `receipt:${id}`,
  /** What one person alone is told stands in nobody's way. */
  private: (id: InquiryId): string => `private:${id}`,
  card: (id: InquiryId): string => `card:${id}`,
};

export const threadLanes = (id: InquiryId): readonly string[] => Object.values(laneOf).map((lane) => lane(id));

/** Sorts in a lane whose order is the order of planning. */
export const planningOrder = (now: Date, position = 0): string =>
  `${String(now.getTime()).padStart(15, '0')}-${String(position).padStart(4, '0')}`;

interface Planned {
  readonly id: string;
  readonly gate: string;
  readonly lane: string;
  readonly order: string;
  readonly content: DeliveryContent;
  readonly priority: keyof typeof headStartMs;
  readonly now: Date;
  readonly writtenAt?: Date;
  readonly dueAt?: Date;
  readonly inquiry?: Pick<Inquiry, '_id' | 'shopId' | 'conversationId'>;
  readonly channelId?: string | null;
  readonly messageId?: string;
}

/** A delivery as it is first written. */
export function planned({
  id,
  gate,
  lane,
  order,
  content,
  priority,
  now,
  writtenAt,
  dueAt,
  inquiry,
  channelId,
  messageId,
}: Planned): Delivery {
  return {
    _id: deliveryId(id),
    gate,
    queue: isPrivate(content) ? 'private' : queueOf[content.kind],
    lane,
    order,
    rank: addMs(now, headStartMs[priority]),
    dueAt: dueAt ?? now,
    state: 'queued',
    attempts: 0,
    lookups: 0,
    term: 0,
    channelId: channelId ?? null,
    inquiryId: inquiry?._id ?? null,
    messageId: messageId ?? null,
    shopId: inquiry?.shopId ?? null,
    conversationId: inquiry?.conversationId ?? null,
    content,
    members: [],
    mergedInto: null,
    sentIds: [],
    attemptedAt: null,
    createdAt: now,
    writtenAt: writtenAt ?? now,
    releasedAt: null,
    doneAt: null,
    outcome: null,
    reason: null,
    trace: [],
    patchedBy: null,
    turn: null,
  };
}

/** Where the thread of an inquiry is served: its bot's gate, or nowhere while no route takes it. */
function threadPlace(inquiry: Inquiry): { readonly gate: string; readonly channelId: string | null } {
  return inquiry.thread
    ? { gate: botGate(inquiry.thread.bot), channelId: inquiry.thread.channelId }
    : { gate: unroutedGate, channelId: null };
}

export function planMessage(
  inquiry: Inquiry,
  message: ShownMessage,
  options: { readonly messageId: string; readonly order: string; readonly opening: boolean; readonly now: Date; readonly part?: number },
): Delivery {
  return planned({
    ...threadPlace(inquiry),
    id: `${options.messageId}:thread:${options.part ?? 0}`,
    lane: laneOf.messages(inquiry._id),
    order: `${options.order}.${String(options.part ?? 0).padStart(3, '0')}`,
    content: { kind: 'message', message },
    priority: options.opening ? 'opening' : 'message',
    now: options.now,
    writtenAt: message.sentAt,
    inquiry,
    messageId: options.messageId,
  });
}

export const receiptIdOf = (messageId: string, mark: ReceiptMark): DeliveryId => deliveryId(`${messageId}:receipt:${mark}`);

export function planReceipt(
  inquiry: Inquiry,
  on: PostRef,
  mark: ReceiptMark,
  options: { readonly messageId: string; readonly now: Date; readonly writtenAt?: Date },
): Delivery {
  return planned({
    ...threadPlace(inquiry),
    ...(options.writtenAt ? { writtenAt: options.writtenAt } : {}),
    id: receiptIdOf(options.messageId, mark),
    lane: laneOf.receipts(inquiry._id),
    order: planningOrder(options.now),
    content: { kind: 'receipt', on, mark },
    priority: 'receipt',
    now: options.now,
    inquiry,
    messageId: options.messageId,
  });
}

export interface NoticeOptions {
  /** What it is about and why, unique: planning it twice makes one. */
  readonly id: string;
  readonly now: Date;
  readonly mention?: string | null;
  /** Who alone sees it. */
  readonly visibleTo?: string | null;
  readonly actions?: readonly ThreadAction[];
  readonly messageId?: string;
}

export function planNotice(
  inquiry: Inquiry,
  notice: Notice,
  { id, now, mention = null, visibleTo = null, actions = [], messageId }: NoticeOptions,
): Delivery {
  return planned({
    ...threadPlace(inquiry),
    id: `${id}:notice`,
    lane: (visibleTo === null ? laneOf.receipts : laneOf.private)(inquiry._id),
    order: planningOrder(now),
    content: { kind: 'notice', notice, mention, visibleTo, actions },
    priority: 'notice',
    now,
    inquiry,
    ...(messageId ? { messageId } : {}),
  });
}

/** The root card again. One a version; those that wait are answered by the newest. */
export function planCard(inquiry: Inquiry, now: Date): Delivery {
  return planned({
    ...threadPlace(inquiry),
    id: `${inquiry._id}:card:${inquiry.version}`,
    lane: laneOf.card(inquiry._id),
    order: planningOrder(now),
    content: { kind: 'card' },
    priority: 'card',
    now,
    inquiry,
  });
}

export function planReadMark(inquiry: Inquiry, now: Date): Delivery {
  return planned({
    id: `${inquiry._id}:read:${inquiry.version}`,
    gate: shopGate(inquiry.shopId),
    lane: `read:${inquiry._id}`,
    order: planningOrder(now),
    content: { kind: 'read-mark' },
    priority: 'read-mark',
    now,
    inquiry,
  });
}

/** A sentence in a channel itself. `id` makes it unique, e.g. by day. */
export function planAnnouncement(channel: ChannelRef, notice: Notice, options: { readonly id: string; readonly now: Date }): Delivery {
  return planned({
    id: `${options.id}:announcement`,
    gate: botGate(botOf(channel)),
    lane: `announcement:${botOf(channel)}/${channel.id}`,
    order: planningOrder(options.now),
    content: { kind: 'announcement', notice },
    priority: 'announcement',
    now: options.now,
    channelId: channel.id,
  });
}

/** A list or a table for the thread. `visibleTo`: for whose eyes alone; null: for all. */
export function planAnswer(
  inquiry: Inquiry,
  { parts, actions }: AnswerContent,
  { id, now, visibleTo }: { readonly id: string; readonly now: Date; readonly visibleTo: string | null },
): Delivery {
  return planned({
    ...threadPlace(inquiry),
    id: `${id}:answer`,
    lane: (visibleTo === null ? laneOf.receipts : laneOf.private)(inquiry._id),
    order: planningOrder(now),
    content: { kind: 'answer', parts, actions, visibleTo },
    priority: 'notice',
    now,
    inquiry,
  });
}

/** Tells somebody in a channel what nobody else need see. `id` makes it unique. @param bot `slack/default` */
export function planWord(
  { bot, channelId, userId }: { readonly bot: string; readonly channelId: string; readonly userId: string },
  { parts, actions }: AnswerContent,
  options: { readonly id: string; readonly now: Date },
): Delivery {
  return planned({
    id: `${options.id}:word`,
    gate: botGate(bot),
    lane: `word:${bot}/${channelId}`,
    order: planningOrder(options.now),
    content: { kind: 'answer', parts, actions, visibleTo: userId },
    priority: 'notice',
    now: options.now,
    channelId,
  });
}

/** A report in a channel itself. `id` makes it unique, e.g. by day. */
export function planReport(
  channel: ChannelRef,
  { parts, actions }: AnswerContent,
  options: { readonly id: string; readonly now: Date },
): Delivery {
  return planned({
    id: `${options.id}:report`,
    gate: botGate(botOf(channel)),
    lane: `announcement:${botOf(channel)}/${channel.id}`,
    order: planningOrder(options.now),
    content: { kind: 'answer', parts, actions, visibleTo: null },
    priority: 'announcement',
    now: options.now,
    channelId: channel.id,
  });
}

/** All pings of a channel stand in one lane: what waits together is told together. Nowhere to tell it while no route takes the inquiry. */
export function planPing(inquiry: Inquiry, reminder: Reminder, now: Date): Delivery[] {
  const { thread } = inquiry;
  if (!thread) return [];
  return [
    planned({
      ...threadPlace(inquiry),
      id: `${inquiry._id}:ping:${reminder.key}`,
      lane: `ping:${thread.bot}/${thread.channelId}`,
      order: planningOrder(now),
      content: { kind: 'ping', reminder },
      priority: 'ping',
      now,
      inquiry,
    }),
  ];
}

/** In the order of what is told in the thread, so that the thread is there to lead to. */
export function planRuleCall(inquiry: Inquiry, rule: string, now: Date): Delivery {
  return planned({
    ...threadPlace(inquiry),
    id: `${inquiry._id}:ping:rule`,
    lane: laneOf.receipts(inquiry._id),
    order: planningOrder(now),
    content: { kind: 'ping', reminder: { key: 'rule', to: 'supervisor', rule } },
    priority: 'ping',
    now,
    inquiry,
  });
}

/** What waits in a channel as these shifts begin or end, all in one moment. One a channel and moment. */
export function planShiftDigest(channel: ChannelRef, edges: readonly ShiftEdge[], now: Date): Delivery {
  const where = `${botOf(channel)}/${channel.id}`;
  return planned({
    id: `shift:${where}:${edges[0]?.at.getTime()}`,
    gate: botGate(botOf(channel)),
    lane: `shift:${where}`,
    order: planningOrder(now),
    content: { kind: 'shift', edges },
    priority: 'shift',
    now,
    channelId: channel.id,
  });
}

export function planReply(
  inquiry: Inquiry,
  content: Extract<DeliveryContent, { kind: 'reply' }>,
  options: {
    readonly id: DeliveryId;
    readonly messageId: string;
    readonly order: string;
    readonly writtenAt: Date;
    readonly dueAt: Date;
    readonly now: Date;
  },
): Delivery {
  return planned({
    id: options.id,
    gate: shopGate(inquiry.shopId),
    lane: `reply:${inquiry.shopId}/${inquiry.conversationId}`,
    order: options.order,
    content,
    priority: 'reply',
    now: options.now,
    writtenAt: options.writtenAt,
    dueAt: options.dueAt,
    inquiry,
    messageId: options.messageId,
  });
}

export const notice = (key: Notice['key'], params: Notice['params'] = {}, reasons: Notice['reasons'] = []): Notice => ({
  key,
  params,
  reasons,
});
