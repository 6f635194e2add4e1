import type { ComposeView } from '../compose.ts';
import type { Delivery } from '../delivery.ts';
import { change, type Draft } from '../draft.ts';
import { deliveryId } from '../ids.ts';
import type { Inquiry } from '../inquiry.ts';
import { notice, planNotice } from '../plan.ts';
import type { RouteWord } from '../routing/take-route.ts';
import type { Settings } from '../settings.ts';
import { addMs } from '../time.ts';
import { sendAutomatically, tellAutomatic } from './auto-reply.ts';
import { followsUp } from './moments.ts';
import { isShownTemplate, shownTemplateId, showTemplate } from './show-template.ts';

/** What a silent buyer would be asked, filled for them. */
export interface FollowUpWords {
  /** `suggested`: the marketplace takes no text that nobody wrote, so a person sends it. */
  readonly how: 'automatic' | 'suggested';
  readonly word: RouteWord;
  readonly compose: ComposeView;
}

interface FollowUpView {
  /** Null: nothing can be sent, as the marketplace takes nothing any more. */
  readonly words: FollowUpWords | null;
  readonly settings: Settings;
  readonly now: Date;
}

/** After a longer downtime a buyer is left alone: whatever they were asked about is over. */
const latestMs = 24 * 3_600_000;

/** Of one silence, which is as old as the buyer's last words. */
const idOf = ({ _id, lastBuyerAt }: Pick<Inquiry, '_id' | 'lastBuyerAt'>): string => `${_id}:follow-up:${lastBuyerAt.getTime()}`;

export const isFollowUp = ({ _id }: Pick<Delivery, '_id'>): boolean => _id.includes(':follow-up:') && !isShownTemplate({ _id });

/** The buyer has been silent since our answer: they are asked once, or the team is shown what it may ask. What comes too late counts as done in its time. */
export function followUp(draft: Draft, at: Date, { words, settings, now }: FollowUpView): void {
  const isLate = now.getTime() - at.getTime() > latestMs;
  const id = idOf(draft.inquiry);
  change(draft, { followedUpAt: isLate ? at : now });
  if (isLate || words === null) return;
  const { how, word, compose } = words;
  if (how === 'automatic') {
    // The time to take a reply back is also the time in which a buyer or a colleague may be faster.
    const dueAt = addMs(now, settings.reply.undoSeconds * 1_000);
    sendAutomatically(draft, word, { id, inVain: 'follow-up.in-vain', compose, writtenAt: now, dueAt, now });
  } else if (word.kind === 'ready') {
    showTemplate(draft, { compose, settings, now }, word, { id, member: null, post: null, told: 'follow-up.suggested' });
  } else {
    const reasons = [word.said, ...word.lines];
    draft.deliveries.push(planNotice(draft.inquiry, notice('follow-up.in-vain', {}, reasons), { id, now }));
  }
}

/** When a silent buyer is asked, if that is now. Pure. */
export function followUpDue(inquiry: Inquiry, desk: Settings['desk'], now: Date): Date | null {
  const at = inquiry.open ? followsUp(inquiry, desk) : null;
  return at && at <= now ? at : null;
}

/** It reached the buyer, whose silence goes on. */
export const followedUp = (draft: Draft, reply: Delivery, sentAt: Date, now: Date): void =>
  tellAutomatic(draft, reply, { told: 'follow-up.sent', sentAt, now });

/** The silence is over, or a colleague has written: nobody needs to be asked. Pure. */
export const isFollowUpMoot = ({ writtenAt }: Delivery, { status, followedUpAt, lastReplyAt }: Inquiry): boolean =>
  status !== 'answered' || followedUpAt === null || (lastReplyAt !== null && lastReplyAt > writtenAt);

/** The buyer is back before anybody has sent what was suggested: it would be out of place now. */
export function endSilence(draft: Draft, now: Date): void {
  const { inquiry } = draft;
  if (inquiry.followedUpAt === null) return;
  const id = idOf(inquiry);
  change(draft, { followedUpAt: null });
  const by = `${id}:over`;
  draft.patches.push({
    id: deliveryId(shownTemplateId(id)),
    by,
    onlyIn: ['held'],
    set: { state: 'cancelled', reason: null, doneAt: now },
    whenApplied: [planNotice(inquiry, notice('follow-up.over'), { id: by, now })],
    whenTooLate: [],
  });
}
