import type { Inquiry } from '../inquiry.ts';
import type { Reminder } from '../sla/reminders.ts';
import { isSamePerson } from '../staff/accounts.ts';
import type { Called } from '../thread.ts';

/** A rule wants a supervisor to know of an inquiry that it took. */
export interface RuleCall {
  /** Once for each inquiry. */
  readonly key: 'rule';
  readonly to: 'supervisor';
  /** Its name, else its number. */
  readonly rule: string;
}

export const isRuleCall = (reminder: Reminder | RuleCall): reminder is RuleCall => 'rule' in reminder;

/** Somebody of `agents`, as they are called on one chat platform, now. */
export interface Colleague {
  readonly userId: string;
  /** The name in `agents`. */
  readonly agent: string;
  readonly groups: readonly string[];
  readonly isSupervisor: boolean;
  /** On duty, or glad to be called off duty. */
  readonly mayBeCalled: boolean;
}

/**
 * Whom a step of the ladder calls: the assignee, the group that is to answer, the supervisors. Where nobody of a rung may be called, the next one is. Null: nobody
 * may, and the night stays quiet. `here`, where the settings name no agents. Pure.
 */
export function calledBy({ to }: Pick<Reminder, 'to'>, inquiry: Inquiry, colleagues: readonly Colleague[]): Called | null {
  const { assignee, group } = inquiry;
  if (colleagues.length === 0)
    return to === 'assignee' && assignee ? { userIds: [assignee.userId], here: false } : { userIds: [], here: true };
  const rungs = {
    assignee: () => colleagues.filter((colleague) => assignee !== null && isSamePerson(colleague, assignee)),
    group: () => colleagues.filter(({ groups }) => group === null || groups.includes(group)),
    supervisor: () => colleagues.filter(({ isSupervisor }) => isSupervisor),
  } as const;
  const from = ladder.indexOf(to);
  for (const rung of ladder.slice(from)) {
    const userIds = rungs[rung]()
      .filter(({ mayBeCalled }) => mayBeCalled)
      .map(({ userId }) => userId);
    if (userIds.length > 0) return { userIds, here: false };
  }
  return null;
}

const ladder = ['assignee', 'group', 'supervisor'] as const;

/** Whether the reminder still says something: its turn goes on, and nobody has said that it may wait. The marketplace's clock runs on for who snoozes. Pure. */
export function isStanding(
  reminder: Pick<Reminder, 'policy' | 'owner' | 'startedAt'> | RuleCall,
  { open, clocks, snoozedUntil, noAnswerNeeded }: Inquiry,
): boolean {
  if ('rule' in reminder) return open;
  const { policy, owner, startedAt } = reminder;
  const clock = clocks.find((one) => one.policy === policy);
  // Words that came late may have moved the beginning of the turn back since it was reminded of first.
  const begun = clock?.startedAt ? [clock.startedAt, clock.reminded?.startedAt] : [];
  const waits = begun.some((moment) => moment?.getTime() === startedAt.getTime());
  return waits && !noAnswerNeeded && (snoozedUntil === null || owner === 'marketplace');
}
