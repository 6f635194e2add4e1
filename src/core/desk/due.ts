import { change, type Draft, draftOf, note, toTurn } from '../draft.ts';
import type { Inquiry } from '../inquiry.ts';
import { planCard } from '../plan.ts';
import type { DeskPolicy } from '../settings.ts';
import type { Turn } from '../turn.ts';
import { release } from './claims.ts';
import { type Clocking, tick } from './clocks.ts';
import { autoResolves, claimEnds, nextDue, snoozeEnds } from './moments.ts';
import { resolveByPolicy } from './resolve.ts';

const duties: readonly { readonly at: typeof claimEnds; readonly does: (draft: Draft, now: Date, clocking: Clocking) => void }[] = [
  { at: snoozeEnds, does: wake },
  { at: claimEnds, does: (draft, now) => release(draft, now, null) },
  { at: autoResolves, does: resolveByPolicy },
];

export interface DueView extends Clocking {
  readonly inquiry: Inquiry;
  readonly desk: DeskPolicy;
  readonly lane: string;
  readonly turnId: string;
  readonly now: Date;
}

/** What has become due since the last look. Null: nothing has, the inquiry has moved on. Pure. */
export function decideDue(view: DueView): Turn | null {
  const { inquiry, desk, lane, turnId, now } = view;
  const draft = draftOf(inquiry);
  if (inquiry.clocks.some(({ nextAt }) => nextAt && nextAt <= now)) tick(draft, now, view);
  for (const { at, does } of duties) {
    const moment = draft.inquiry.open ? at(draft.inquiry, desk) : null;
    if (moment && moment <= now) does(draft, now, view);
  }
  // Settings may have changed since the moment was written down: it is found again until it is right.
  if (nextDue(draft.inquiry, desk)?.getTime() !== inquiry.dueAt?.getTime()) change(draft, {});
  return toTurn(draft, { id: turnId, lane, desk });
}

function wake(draft: Draft, now: Date): void {
  change(draft, { snoozedUntil: null, stirredAt: now, surfaceNext: draft.inquiry.status === 'waiting' });
  note(draft, 'snoozed', now, null, { until: null });
  draft.deliveries.push(planCard(draft.inquiry, now));
}
