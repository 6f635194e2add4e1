import type { Delivery, DeliveryOutcome, ReplyAuthor } from './delivery.ts';
import { autoReplied, isAutomatic, isMoot } from './desk/auto-reply.ts';
import { type Clocking, personAnswered, replyWaits, stalls, waited, wordsIn } from './desk/clocks.ts';
import { followedUp, isFollowUp, isFollowUpMoot } from './desk/follow-up.ts';
import { change, count, type Draft, draftOf, note, toTurn } from './draft.ts';
import { externalMessageId } from './ids.ts';
import type { Inquiry, Link } from './inquiry.ts';
import { agentOf, externalLinkId, postLinkId } from './inquiry.ts';
import { notice, planAnnouncement, planCard, planNotice, planReadMark, planReceipt } from './plan.ts';
import type { Settings } from './settings.ts';
import type { Notice, ThreadActionName } from './thread.ts';
import type { Turn } from './turn.ts';

/** All that a decision about a finished delivery stands on. */
export interface DeliveryView extends Clocking {
  readonly lead: Delivery;
  /** What was shown in the same post, in the lane's order. */
  readonly members: readonly Delivery[];
  readonly outcome: DeliveryOutcome;
  readonly inquiry: Inquiry;
  readonly settings: Pick<Settings, 'ops' | 'desk'>;
  /** The marketplace has read marks. */
  readonly readMarks: boolean;
  /** The thread is a card, which shows what became of replies. */
  readonly drawsCard: boolean;
  readonly turnId: string;
  readonly now: Date;
}

/** What follows from a delivery that arrived, was refused, was given up or must wait for a person. Null: nothing does. Pure. */
export function decideDelivery(view: DeliveryView): Turn | null {
  const draft = draftOf(view.inquiry);
  const { lead, outcome } = view;
  linkSent(draft, lead);
  switch (outcome.final) {
    case 'sent':
      if (lead.content.kind === 'message') shownInThread(draft, view);
      if (lead.content.kind === 'reply') {
        const { author } = lead.content;
        if (author) replied(draft, view, lead.content, author);
        else (isFollowUp(lead) ? followedUp : autoReplied)(draft, lead, lead.attemptedAt ?? outcome.at, view.now);
      }
      break;
    case 'failed':
    case 'dead':
      if (lead.content.kind === 'reply') replyFailed(draft, view);
      else if (lead.content.kind !== 'read-mark') lost(draft, view);
      break;
    case 'held':
      replyHeld(draft, view);
      break;
    case 'cancelled':
      break;
  }
  // One that was sent has its receipt drawn.
  if (view.drawsCard && lead.content.kind === 'reply' && outcome.final !== 'sent') draft.deliveries.push(planCard(draft.inquiry, view.now));
  return toTurn(draft, { id: view.turnId, lane: `delivery:${lead.lane}`, desk: view.settings.desk });
}

function shownInThread(draft: Draft, { lead, members, outcome, inquiry }: DeliveryView): void {
  const { thread } = inquiry;
  const [main] = outcome.posts;
  if (!thread || !main) return;
  const opens = thread.rootId === null;
  const group = [lead, ...members];
  const messageIds = [...new Set(group.flatMap(({ messageId }) => messageId ?? []))];
  const root = opens ? main : outcome.root;
  draft.links.push(
    ...outcome.posts.map(
      (post): Link => ({
        _id: postLinkId(thread.bot, post),
        inquiryId: inquiry._id,
        messageIds,
        role: post.messageId === root?.messageId ? 'root' : 'message',
      }),
    ),
  );
  const late = group.filter(({ order }) => order < inquiry.shownOrder).length;
  const newest = group.reduce((order, delivery) => (delivery.order > order ? delivery.order : order), inquiry.shownOrder);
  const moved = outcome.root ? { rootId: outcome.root.messageId, movedAt: outcome.at } : {};
  change(draft, { thread: { ...thread, ...(opens ? { rootId: main.messageId } : moved) }, shownOrder: newest, surfaceNext: false });
  if (late > 0) count(draft, 'late', late);
}

/** Parts that reached the buyer come back as echoes; they are known by these links, whatever became of the rest. */
function linkSent(draft: Draft, { sentIds, messageId, _id }: Delivery): void {
  const { inquiry } = draft;
  for (const id of sentIds) {
    draft.links.push({
      _id: externalLinkId(inquiry.shopId, externalMessageId(id)),
      inquiryId: inquiry._id,
      messageIds: [messageId ?? _id],
      role: 'reply',
    });
  }
}

type Reply = Extract<Delivery['content'], { kind: 'reply' }>;

function replied(draft: Draft, view: DeliveryView, { parts, warnings }: Reply, author: ReplyAuthor): void {
  const { lead, outcome, readMarks, now } = view;
  const { inquiry } = draft;
  const messageId = lead.messageId ?? lead._id;
  const words = wordsIn(parts);
  const answered = inquiry.status === 'waiting' && !stalls(words, view);
  // A look-up finds it later than it was sent; the buyer may have written in between.
  const sentAt = lead.attemptedAt ?? outcome.at;
  change(draft, {
    firstReplyAt: inquiry.firstReplyAt ?? sentAt,
    lastReplyAt: sentAt,
    ...(inquiry.assignee?.userId === author.userId ? { claimedAt: sentAt } : {}),
    ...(answered ? { status: 'answered' as const, waitingSince: null } : {}),
  });
  personAnswered(draft, sentAt, words, view);
  replyWaits(draft, lead._id, null, view);
  count(draft, 'replies');
  note(draft, 'replied', outcome.at, author.userId, {
    ...{ message: messageId, parts: lead.sentIds.length, agent: agentOf(inquiry, author.userId) },
    ...waited(inquiry, sentAt, view),
  });
  draft.deliveries.push(planReceipt(draft.inquiry, author.post, 'sent', { messageId, now, writtenAt: lead.writtenAt }));
  if (warnings.length > 0) {
    draft.deliveries.push(
      planNotice(draft.inquiry, notice('reply.warned', {}, warnings), { id: `${lead._id}:warned`, now, mention: author.userId, messageId }),
    );
  }
  // Where the buyer has not written since, there is nothing new to read, and the card says so already.
  if (answered && readMarks) draft.deliveries.push(planReadMark(draft.inquiry, now));
  if (answered) draft.deliveries.push(planCard(draft.inquiry, now));
}

function replyFailed(draft: Draft, view: DeliveryView): void {
  const { lead, outcome, now } = view;
  if (lead.content.kind !== 'reply') return;
  const { author, parts } = lead.content;
  const messageId = lead.messageId ?? lead._id;
  const reasons = outcome.reason ? [outcome.reason] : [];
  const what =
    lead.sentIds.length > 0
      ? notice('reply.failed-part', { sent: lead.sentIds.length, total: parts.length }, reasons)
      : notice('reply.failed', {}, reasons);
  if (author) {
    replyWaits(draft, lead._id, outcome.at, view);
    note(draft, 'failed', outcome.at, null, {
      message: messageId,
      agent: agentOf(draft.inquiry, author.userId),
      why: outcome.reason?.key ?? null,
    });
  }
  draft.deliveries.push(
    tell(draft, lead, what, {
      now,
      by: `${lead._id}:failed:${lead.trace.length}`,
      mention: author?.userId ?? null,
      actions: author ? ['retry', 'edit-and-resend', 'discard'] : ['retry', 'discard'],
    }),
  );
}

function replyHeld(draft: Draft, view: DeliveryView): void {
  const { lead, outcome, now } = view;
  if (lead.content.kind !== 'reply' || !outcome.reason) return;
  const { key, params } = outcome.reason;
  const { author } = lead.content;
  if (author) {
    replyWaits(draft, lead._id, outcome.at, view);
    note(draft, 'held', outcome.at, null, { message: lead.messageId, agent: agentOf(draft.inquiry, author.userId), why: key });
  }
  const by = `${lead._id}:held:${outcome.at.getTime()}`;
  draft.deliveries.push(tell(draft, lead, notice(key, params), { now, by, mention: author?.userId ?? null, actions: ['send', 'discard'] }));
}

/** What could not be shown in the thread is said there in words, and where trouble is watched. */
function lost(draft: Draft, { lead, outcome, settings, inquiry, now }: DeliveryView): void {
  const reasons = outcome.reason ? [outcome.reason] : [];
  const id = `${lead._id}:lost:${lead.trace.length}`;
  // A notice about a notice would go the same way; the ops channel hears of both.
  if (lead.content.kind === 'message' && inquiry.thread?.rootId) {
    draft.deliveries.push(
      tell(draft, lead, notice('trouble.message-lost', {}, reasons), { now, by: id, mention: null, actions: ['retry'] }),
    );
  }
  if (settings.ops && lead.content.kind !== 'card') {
    draft.deliveries.push(planAnnouncement(settings.ops, notice('trouble.dead-letter', { id: lead._id }, reasons), { id, now }));
  }
}

interface Told {
  readonly now: Date;
  /** Unique: planning it twice makes one. */
  readonly by: string;
  readonly mention: string | null;
  readonly actions: readonly ThreadActionName[];
}

const tell = (draft: Draft, lead: Delivery, what: Notice, { now, by, mention, actions }: Told): Delivery =>
  planNotice(draft.inquiry, what, {
    id: by,
    now,
    mention,
    actions: actions.map((action) => ({ action, value: lead._id })),
    ...(lead.messageId ? { messageId: lead.messageId } : {}),
  });

/** Whether a reply that is about to be sent is not to be sent at all: an automatic one that comes too late. Pure. */
export const isDropped = (lead: Delivery, inquiry: Inquiry, settings: Pick<Settings, 'reply' | 'restoredAt'>, now: Date): boolean =>
  isAutomatic(lead) &&
  lead.sentIds.length === 0 &&
  ((isFollowUp(lead) ? isFollowUpMoot(lead, inquiry) : isMoot(inquiry)) || holdReason(lead, inquiry, settings, now) !== null);

/** Why a reply that is about to be sent must wait for a person after all; null: it may go. Pure. */
export function holdReason(
  lead: Delivery,
  inquiry: Inquiry,
  settings: Pick<Settings, 'reply' | 'restoredAt'>,
  now: Date,
): DeliveryOutcome['reason'] {
  if (lead.content.kind !== 'reply') return null;
  const from = lead.releasedAt ?? lead.writtenAt;
  const waitedMinutes = Math.floor((now.getTime() - from.getTime()) / 60_000);
  if (waitedMinutes >= settings.reply.staleAfterMinutes) return { key: 'reply.held-stale', params: { minutes: waitedMinutes } };
  if (mayHaveGoneBefore(lead, from, settings.restoredAt)) return { key: 'reply.held-restored', params: {} };
  const overtaken = inquiry.lastOutsideReplyAt !== null && inquiry.lastOutsideReplyAt > from;
  return overtaken && lead.sentIds.length === 0 ? { key: 'reply.held-overtaken', params: {} } : null;
}

/**
 * Written before a backup was restored, and found again in the chat since: whoever forgot that it was sent would send it twice. What was known to the
 * backup is looked up at the marketplace first, and goes if it is not there.
 */
function mayHaveGoneBefore({ trace }: Delivery, from: Date, restoredAt: Date | null): boolean {
  return restoredAt !== null && from < restoredAt && !trace.some(({ outcome, at }) => outcome === 'not-found' && at >= restoredAt);
}
