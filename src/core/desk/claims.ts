import type { Draft } from '../draft.ts';
import { change, note } from '../draft.ts';
import type { Assignee, Inquiry } from '../inquiry.ts';
import { notice, planCard, planNotice } from '../plan.ts';
import type { DeskPolicy } from '../settings.ts';
import { isSamePerson } from '../staff/accounts.ts';
import type { Member } from '../thread-view.ts';
import type { GroupTurn } from './groups.ts';
import { claimedUntil } from './moments.ts';

const assigneeOf = ({ userId, name, agent }: Member): Assignee => ({ userId, name, agent });

/** Gives the inquiry to who asks for it; the card tells. */
export function claim(draft: Draft, now: Date, member: Member): void {
  change(draft, { assignee: assigneeOf(member), claimedAt: now, stirredAt: now, surfaceNext: false });
  note(draft, 'claimed', now, member.userId);
  draft.deliveries.push(planCard(draft.inquiry, now));
}

/** Gives it to somebody else; whoever that is hears of it. `by`: null where a rule does. `group`: whose turn it is in that group. */
export function assign(draft: Draft, now: Date, to: Assignee, by: Member | null, group?: string): void {
  change(draft, { assignee: to, claimedAt: now, stirredAt: now, surfaceNext: false });
  note(draft, 'assigned', now, by?.userId ?? null, { to: to.agent ?? to.userId, ...(group === undefined ? {} : { group }) });
  // One that opens shows it from the beginning.
  if (draft.base > 0) draft.deliveries.push(planCard(draft.inquiry, now));
  if (by && isSamePerson(to, by)) return;
  draft.deliveries.push(
    planNotice(draft.inquiry, by ? notice('desk.assigned', { name: by.name }) : notice('desk.assigned-by-rule'), {
      id: `${draft.inquiry._id}:assigned:${draft.inquiry.lastEvent}`,
      now,
      mention: to.userId,
    }),
  );
}

/** Gives it to a group: to whose turn it is, or, where nobody is there, to whoever of them claims it; reminders call the group from then on. */
export function assignGroup(draft: Draft, now: Date, { group, assignee }: GroupTurn, by: Member): void {
  change(draft, { group });
  if (assignee) {
    assign(draft, now, assignee, by, group);
    return;
  }
  change(draft, { assignee: null, claimedAt: null, stirredAt: now, surfaceNext: draft.inquiry.status === 'waiting' });
  note(draft, 'assigned', now, by.userId, { to: null, group });
  draft.deliveries.push(planCard(draft.inquiry, now));
}

/** Back to all who are there. `by`: null where it was time that took it. */
export function release(draft: Draft, now: Date, by: string | null): void {
  if (draft.inquiry.assignee === null) return;
  change(draft, { assignee: null, claimedAt: null, surfaceNext: draft.inquiry.status === 'waiting' });
  note(draft, 'released-claim', now, by);
  draft.deliveries.push(planCard(draft.inquiry, now));
}

/** Who would be answered over; null: nobody. */
export function colleagueAtIt(inquiry: Inquiry, member: Pick<Member, 'userId' | 'agent'>, policy: DeskPolicy, now: Date): Assignee | null {
  const until = claimedUntil(inquiry, policy);
  const { assignee } = inquiry;
  return until !== null && now < until && assignee !== null && !isSamePerson(assignee, member) ? assignee : null;
}
