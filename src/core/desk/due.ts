import { change, type Draft, draftOf, note, toTurn } from '../draft.ts';
import type { Inquiry } from '../inquiry.ts';
import { planCard } from '../plan.ts';
import type { DeskPolicy, Settings } from '../settings.ts';
import type { Turn } from '../turn.ts';
import { release } from './claims.ts';
import { type Clocking, tick } from './clocks.ts';
import { type FollowUpWords, followUp } from './follow-up.ts';
import { autoResolves, claimEnds, followsUp, nextDue, snoozeEnds } from './moments.ts';
import { resolveByPolicy } from './resolve.ts';

interface Duty {
  readonly at: (inquiry: Inquiry, policy: DeskPolicy) => Date | null;
  readonly does: (draft: Draft, view: DueView, at: Date) => void;
}

const duties: readonly Duty[] = [
  { at: snoozeEnds, does: wake },
  { at: claimEnds, does: (draft, { now }) => release(draft, now, null) },
  { at: followsUp, does: (draft, { followUpWords: words, settings, now }, at) => followUp(draft, at, { words, settings, now }) },
  { at: autoResolves, does: (draft, view) => resolveByPolicy(draft, view.now, view) },
];

export interface DueView extends Clocking {
  readonly inquiry: Inquiry;
  readonly settings: Settings;
  /** What a silent buyer would be asked; null: that is not due, or nothing can be sent. */
  readonly followUpWords: FollowUpWords | null;
  readonly lane: string;
  readonly turnId: string;
  readonly now: Date;
}

/** What has become due since the last look. Null: nothing has, the inquiry has moved on. Pure. */
export function decideDue(view: DueView): Turn | null {
  const { inquiry, lane, turnId, now } = view;
  const { desk } = view.settings;
  const draft = draftOf(inquiry);
  if (inquiry.clocks.some(({ nextAt }) => nextAt && nextAt <= now)) tick(draft, now, view);
  for (const { at, does } of duties) {
    const moment = draft.inquiry.open ? at(draft.inquiry, desk) : null;
    if (moment && moment <= now) does(draft, view, moment);
  }
  // Settings may have changed since the moment was written down: it is found again until it is right.
  if (nextDue(draft.inquiry, desk)?.getTime() !== inquiry.dueAt?.getTime()) change(draft, {});
  return toTurn(draft, { id: turnId, lane, desk });
}

function wake(draft: Draft, { now }: DueView): void {
  change(draft, { snoozedUntil: null, stirredAt: now, surfaceNext: draft.inquiry.status === 'waiting' });
  note(draft, 'snoozed', now, null, { until: null });
  draft.deliveries.push(planCard(draft.inquiry, now));
}
