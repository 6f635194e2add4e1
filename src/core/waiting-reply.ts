import type { Delivery } from './delivery.ts';
import { replyWaits } from './desk/clocks.ts';
import type { Draft } from './draft.ts';
import { note } from './draft.ts';
import type { Assignee } from './inquiry.ts';
import { agentOf } from './inquiry.ts';
import { notice, planNotice } from './plan.ts';
import type { Notice, ThreadAction, ThreadActionName } from './thread.ts';
import type { ThreadView } from './thread-view.ts';
import type { DeliveryPatch } from './turn.ts';

/** May have arrived: only a person who looked can tell. */
const mayHaveArrived = ({ state, reason }: Delivery): boolean => state === 'held' && reason?.key === 'reply.uncertain';

/** States in which nothing of a reply can have reached the buyer; `held` only if it was not held for doubt of just that. */
export function openStates(reply: Delivery): Delivery['state'][] {
  if (mayHaveArrived(reply)) return [];
  return reply.state === 'queued' ? ['queued'] : ['queued', 'held', 'failed', 'dead'];
}

/** What is said of a reply that goes no further. `otherwise`: where the buyer is known to have nothing of it. */
export function cancelledNotice(reply: Delivery, otherwise: Notice['key']): Notice {
  if (mayHaveArrived(reply)) return notice('reply.discarded-uncertain');
  const { sentIds, content } = reply;
  const hasPart = content.kind === 'reply' && sentIds.length > 0;
  return hasPart ? notice('reply.rest-cancelled', { sent: sentIds.length, total: content.parts.length }) : notice(otherwise);
}

/** Why a reply that was in doubt goes no further: it was none. */
export const keptAsNote = { key: 'board.noted', params: {} } as const;

/** Takes a reply back while that is possible. */
export function cancel(
  draft: Draft,
  view: ThreadView,
  reply: Delivery,
  then: { readonly by: string; readonly applied: Delivery; readonly tooLate: Delivery | null; readonly reason?: Delivery['reason'] },
): void {
  replyWaits(draft, reply._id, null, view);
  patchReply(draft, view, {
    id: reply._id,
    by: then.by,
    // Who presses a button has seen why it is held; an undo or a deletion knows nothing of it.
    onlyIn: then.tooLate ? openStates(reply) : ['queued', 'held', 'failed', 'dead'],
    set: { state: 'cancelled', reason: then.reason ?? null, doneAt: view.now },
    whenApplied: [then.applied],
    whenTooLate: then.tooLate ? [then.tooLate] : [],
  });
}

/** A reply as the events of this turn before have left it. */
export function replyAsItStands(draft: Draft, view: ThreadView, id: string): Delivery | undefined {
  const planned = draft.deliveries.find((delivery) => delivery._id === id);
  if (planned) return planned;
  const stored = storedReply(view, id);
  const patch = draft.patches.find((pending) => pending.id === id);
  return stored && patch?.onlyIn.includes(stored.state) ? { ...stored, ...patch.set } : stored;
}

const storedReply = ({ replies, latestReplies }: ThreadView, id: string): Delivery | undefined =>
  replies.get(id) ?? latestReplies.find(({ _id }) => _id === id);

/**
 * Patches are applied before a turn's own deliveries are written, and in no order among themselves: a reply that this turn plans is changed
 * in the plan, and of several patches to one reply that are in time the last stands for all.
 */
export function patchReply(draft: Draft, view: ThreadView, patch: DeliveryPatch): void {
  const at = draft.deliveries.findIndex(({ _id }) => _id === patch.id);
  const planned = draft.deliveries[at];
  if (planned) {
    const inTime = patch.onlyIn.includes(planned.state);
    if (inTime) draft.deliveries[at] = { ...planned, ...patch.set, patchedBy: patch.by };
    draft.deliveries.push(...(inTime ? patch.whenApplied : patch.whenTooLate));
    return;
  }
  const before = draft.patches.findIndex(({ id }) => id === patch.id);
  const earlier = draft.patches[before];
  const stored = storedReply(view, patch.id);
  if (!earlier) draft.patches.push(patch);
  // It would change nothing, and must not make this one late.
  else if (!stored || !earlier.onlyIn.includes(stored.state)) draft.patches[before] = patch;
  else if (!patch.onlyIn.includes(earlier.set.state ?? stored.state)) draft.deliveries.push(...patch.whenTooLate);
  else draft.patches[before] = { ...patch, onlyIn: earlier.onlyIn, set: { ...earlier.set, ...patch.set } };
}

interface HoldOptions {
  readonly by: string;
  readonly messageId: string;
  readonly mention: string;
  readonly releasable: boolean;
}

export function hold(
  draft: Draft,
  view: ThreadView,
  reply: Delivery,
  reasons: readonly NonNullable<Delivery['reason']>[],
  options: HoldOptions,
): void {
  draft.deliveries.push({ ...reply, state: 'held', reason: reasons[0] ?? null });
  replyWaits(draft, reply._id, view.now, view);
  noteHeld(draft, view, reply, reasons[0]?.key ?? null);
  draft.deliveries.push(heldNotice(draft, view, reply._id, reasons, options));
}

export function noteHeld(draft: Draft, { now }: ThreadView, { messageId, content }: Delivery, why: string | null): void {
  const agent = content.kind === 'reply' && content.author ? agentOf(draft.inquiry, content.author.userId) : null;
  note(draft, 'held', now, null, { message: messageId, agent, why });
}

export function heldNotice(
  draft: Draft,
  view: ThreadView,
  id: Delivery['_id'],
  reasons: readonly NonNullable<Delivery['reason']>[],
  { by, messageId, mention, releasable }: HoldOptions,
): Delivery {
  const mayBeReleased = releasable && view.settings.screening.release !== 'nobody';
  const blocked = reasons.length > 0;
  return planNotice(draft.inquiry, blocked ? notice('reply.held', {}, reasons) : notice('reply.held-in-doubt'), {
    id: `${by}:held`,
    now: view.now,
    mention,
    messageId,
    actions: blocked ? buttons(id, ...(mayBeReleased ? (['release'] as const) : []), 'discard') : buttons(id, 'send', 'keep-as-note'),
  });
}

/** A colleague is at it: nobody answers over them without knowing. Held, with the notice that asks. */
export function collided(
  draft: Draft,
  view: ThreadView,
  reply: Delivery,
  colleague: Assignee,
  told: Omit<HoldOptions, 'releasable'>,
): readonly [held: Delivery, asks: Delivery] {
  const reason = { key: 'reply.held-collision', params: { name: colleague.name } } as const;
  replyWaits(draft, reply._id, view.now, view);
  noteHeld(draft, view, reply, reason.key);
  return [{ ...reply, state: 'held', reason }, collisionNotice(draft, view, reply._id, colleague, told)];
}

export const collisionNotice = (
  draft: Draft,
  { now }: ThreadView,
  id: Delivery['_id'],
  { name }: Assignee,
  { by, mention, messageId }: Omit<HoldOptions, 'releasable'>,
): Delivery =>
  planNotice(draft.inquiry, notice('reply.held-collision', { name }), {
    id: `${by}:collision`,
    now,
    mention,
    messageId,
    actions: buttons(id, 'send-anyway', 'discard'),
  });

/** What can be pressed under a notice about a reply. */
export const buttons = (value: string, ...names: readonly ThreadActionName[]): ThreadAction[] => names.map((action) => ({ action, value }));
