import type { Draft } from './draft.ts';
import { change, note } from './draft.ts';
import { notice, planCard, planNotice, planningOrder, planReceipt } from './plan.ts';
import type { ThreadActionName } from './thread.ts';
import type { Member, ThreadEvent, ThreadView } from './thread-view.ts';
import { cancel, cancelledNotice, patchReply, replyAsItStands } from './waiting-reply.ts';

/** A pressed button. */
export function decideAction(draft: Draft, view: ThreadView, event: Extract<ThreadEvent, { kind: 'action' }>): string {
  const { member, action } = event;
  const by = `${event.value}:${action}:${event.at.getTime()}`;
  const refuse = () => {
    draft.deliveries.push(
      planNotice(draft.inquiry, notice('reply.not-allowed'), {
        id: `${by}:${member.userId}:refused`,
        now: view.now,
        mention: member.userId,
      }),
    );
    return 'refused';
  };
  if (!member.mayAnswer) return refuse();
  switch (action) {
    case 'claim':
      claim(draft, view, member);
      return action;
    case 'resolve':
      resolve(draft, view, member);
      return action;
    case 'reopen':
    case 'release-claim':
    case 'template':
    case 'assign':
    case 'snooze':
    case 'no-answer-needed':
    case 'send-anyway':
      draft.deliveries.push(
        planNotice(draft.inquiry, notice('action.not-available'), {
          id: `${by}:${member.userId}:not-available`,
          now: view.now,
          visibleTo: member.userId,
        }),
      );
      return 'not-available';
    case 'send':
    case 'discard':
    case 'keep-as-note':
    case 'retry':
    case 'send-correction':
    case 'release':
    case 'edit-and-resend':
      return decideOnReply(draft, view, event, action, refuse);
  }
}

type ReplyAction = Extract<
  ThreadActionName,
  'send' | 'discard' | 'keep-as-note' | 'retry' | 'send-correction' | 'release' | 'edit-and-resend'
>;

function decideOnReply(
  draft: Draft,
  view: ThreadView,
  { member, value, at }: Extract<ThreadEvent, { kind: 'action' }>,
  action: ReplyAction,
  refuse: () => string,
): string {
  const by = `${value}:${action}:${at.getTime()}`;
  const target = replyAsItStands(draft, view, value);
  if (!target) return 'gone';
  if (action === 'release' && !member.mayRelease) return refuse();
  const sends = action === 'send' || action === 'send-correction' || action === 'retry';
  // A blocked reply leaves by `release` alone: any other way would go round the screening.
  if (sends && target.reason?.key.startsWith('screening.')) return refuse();
  if ((sends || action === 'release') && target.content.kind === 'reply' && target.content.parts.length === 0) return 'nothing-to-send';
  const messageId = target.messageId ?? value;
  switch (action) {
    case 'send':
    case 'release':
    case 'send-correction':
      patchReply(draft, view, { id: target._id, by, onlyIn: ['held'], set: released(view), whenApplied: [], whenTooLate: [] });
      note(draft, 'released', at, member.userId, { message: messageId });
      return action;
    case 'retry':
      patchReply(draft, view, {
        id: target._id,
        by,
        onlyIn: ['failed', 'dead', 'held'],
        // A message keeps the marketplace's place for it, or all that come after would count as late.
        set: { ...released(view), attempts: 0, ...(target.content.kind === 'message' ? { order: target.order } : {}) },
        whenApplied: [],
        whenTooLate: [],
      });
      note(draft, 'released', at, member.userId, { message: messageId });
      return action;
    case 'edit-and-resend':
      // The words are changed where they stand: the edit itself sends them.
      draft.deliveries.push(
        planNotice(draft.inquiry, notice('reply.edit-to-resend'), { id: by, now: view.now, mention: member.userId, messageId }),
      );
      return action;
    case 'discard':
      cancel(draft, view, target, {
        by,
        applied: planNotice(draft.inquiry, cancelledNotice(target, 'reply.discarded'), { id: by, now: view.now, messageId }),
        tooLate: null,
      });
      note(draft, 'discarded', at, member.userId, { message: messageId });
      return action;
    case 'keep-as-note': {
      if (target.content.kind !== 'reply') return 'gone';
      change(draft, { lastThreadMessage: { userId: target.content.author.userId, was: 'note' } });
      cancel(draft, view, target, {
        by,
        applied: planReceipt(draft.inquiry, target.content.author.post, 'noted', { messageId, now: view.now }),
        tooLate: null,
      });
      note(draft, 'noted', at, member.userId, { message: messageId });
      return action;
    }
  }
}

const released = ({ now }: ThreadView) => ({
  state: 'queued' as const,
  dueAt: now,
  rank: now,
  releasedAt: now,
  reason: null,
  order: planningOrder(now),
});

/** Gives the inquiry to a person; the card tells. */
export function claim(draft: Draft, view: ThreadView, { userId, name }: Member): void {
  change(draft, { assignee: { userId, name }, surfaceNext: false });
  note(draft, 'claimed', view.now, userId);
  draft.deliveries.push(planCard(draft.inquiry, view.now));
}

export function resolve(draft: Draft, view: ThreadView, { userId, name }: Member): void {
  if (draft.inquiry.status === 'resolved') return;
  change(draft, { status: 'resolved', open: false, resolvedAt: view.now, waitingSince: null });
  note(draft, 'resolved', view.now, userId);
  draft.deliveries.push(planCard(draft.inquiry, view.now));
  draft.deliveries.push(
    planNotice(draft.inquiry, notice('inquiry.resolved', { name }), {
      id: `${draft.inquiry._id}:resolved:${draft.inquiry.lastEvent}`,
      now: view.now,
    }),
  );
}
