import type { Draft } from '../draft.ts';
import { change, note } from '../draft.ts';
import { notice, planCard, planNotice } from '../plan.ts';
import type { Member } from '../thread-view.ts';
import { type Clocking, caseResolved } from './clocks.ts';

/** The case is closed; a buyer who writes again within the reopen window is back in the same thread. */
export function resolve(draft: Draft, now: Date, by: Pick<Member, 'userId' | 'name' | 'agent'>, clocking: Clocking): void {
  if (draft.inquiry.status === 'resolved') return;
  close(draft, now, by, clocking);
  draft.deliveries.push(
    planNotice(draft.inquiry, notice('inquiry.resolved', { name: by.name }), {
      id: `${draft.inquiry._id}:resolved:${draft.inquiry.lastEvent}`,
      now,
    }),
  );
}

/** Our answer has stood for so long: closed in silence, only the card tells. */
export const resolveByPolicy = (draft: Draft, now: Date, clocking: Clocking): void => close(draft, now, null, clocking);

function close(draft: Draft, now: Date, by: Pick<Member, 'userId' | 'agent'> | null, clocking: Clocking): void {
  const { openedAt, reopenedAt, firstReplyAt, autoRepliedAt, counters } = draft.inquiry;
  change(draft, { status: 'resolved', open: false, resolvedAt: now, waitingSince: null, snoozedUntil: null, surfaceNext: false });
  note(draft, 'resolved', now, by?.userId ?? null, {
    by: by === null ? 'policy' : 'agent',
    agent: by && (by.agent ?? by.userId),
    openMs: now.getTime() - (reopenedAt ?? openedAt).getTime(),
    buyerMessages: counters.buyerMessages,
    replies: counters.replies,
    automatic: autoRepliedAt !== null && firstReplyAt === null,
  });
  change(draft, { heldReplies: [] });
  caseResolved(draft, now, clocking);
  draft.deliveries.push(planCard(draft.inquiry, now));
}

/** Opened again by an agent, in the state that its messages show. */
export function reopen(draft: Draft, now: Date, by: string): void {
  const { lastBuyerAt, lastReplyAt, lastOutsideReplyAt } = draft.inquiry;
  const answeredMs = Math.max(lastReplyAt?.getTime() ?? 0, lastOutsideReplyAt?.getTime() ?? 0);
  const waits = lastBuyerAt.getTime() > answeredMs;
  change(draft, {
    open: true,
    status: waits ? 'waiting' : 'answered',
    waitingSince: waits ? lastBuyerAt : null,
    resolvedAt: null,
    reopenedAt: now,
    stirredAt: now,
  });
  note(draft, 'reopened', now, by);
  draft.deliveries.push(planCard(draft.inquiry, now));
}
