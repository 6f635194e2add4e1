import { classify } from './classify.ts';
import { compose } from './compose.ts';
import type { Delivery } from './delivery.ts';
import { colleagueAtIt } from './desk/claims.ts';
import { replyWaits } from './desk/clocks.ts';
import type { Draft } from './draft.ts';
import { note } from './draft.ts';
import { deliveryId } from './ids.ts';
import { notice, planNotice, planningOrder, planReceipt, planReply } from './plan.ts';
import type { Notice, ThreadAction } from './thread.ts';
import type { ThreadEvent, ThreadView } from './thread-view.ts';
import { agentMessageId, replyIdOf } from './thread-view.ts';
import { addMs } from './time.ts';
import { buttons, cancel, cancelledNotice, collisionNotice, heldNotice, openStates, patchReply, replyAsItStands } from './waiting-reply.ts';

type EditEvent = Extract<ThreadEvent, { kind: 'edit' }>;

/** In time it changes what is sent; too late, its words wait as a correction. */
export function decideEdit(draft: Draft, view: ThreadView, event: EditEvent): string {
  const messageId = agentMessageId(view.bot, event.post);
  const reply = replyAsItStands(draft, view, replyIdOf(messageId));
  const by = `${messageId}:edit:${event.editedAt.getTime()}`;
  const verdict = classify(
    { text: event.text, mentions: event.mentions, followsNoteOfAnotherPerson: false },
    { notePrefixes: view.settings.reply.notePrefixes, channelMode: view.channelMode },
  );
  const forBuyer = verdict.kind === 'reply' || verdict.kind === 'in-doubt';
  if (reply?.content.kind !== 'reply') {
    const isOurs = view.known.has(messageId) || draft.links.some(({ _id }) => _id === messageId);
    return isOurs && forBuyer ? editNotSent(draft, view, event, { by, messageId }) : 'not-a-reply';
  }
  const { author } = reply.content;
  if (event.member.userId !== author?.userId) return 'not-the-author';
  if (reply.state === 'cancelled') return forBuyer ? editNotSent(draft, view, event, { by, messageId }) : 'cancelled-before';
  note(draft, 'edited', event.editedAt, event.member.userId, { message: messageId });
  const tooLate = planNotice(draft.inquiry, notice('reply.edited-too-late'), {
    id: by,
    now: view.now,
    mention: event.member.userId,
    messageId,
  });
  if (verdict.kind === 'note' || verdict.kind === 'command') {
    cancel(draft, view, reply, { by, applied: planReceipt(draft.inquiry, event.post, 'noted', { messageId, now: view.now }), tooLate });
    return 'edited-to-note';
  }
  const files = reply.content.parts.flatMap((part) => (part.kind === 'image' ? [part.file] : []));
  const composed = compose(view.compose, verdict.text, files);
  const content: Delivery['content'] = {
    ...reply.content,
    parts: composed.parts ?? [],
    warnings: composed.kind === 'ready' ? composed.warnings : [],
  };
  const colleague = colleagueAtIt(draft.inquiry, event.member, view.settings.desk, view.now);
  // Other words do not make it any less somebody else's.
  const collides = colleague !== null && reply.reason?.key === 'reply.held-collision';
  const ready = composed.kind === 'ready' && verdict.kind === 'reply';
  const goes = ready && !collides;
  const told = { by, messageId, mention: event.member.userId };
  const reasons = composed.kind === 'held' ? composed.reasons : [];
  const correctionId = deliveryId(`${by}:correction`);
  const correction: Delivery = {
    ...planReply(
      draft.inquiry,
      { ...content, kind: 'reply', parts: composed.parts ?? [], author, warnings: content.warnings },
      {
        id: correctionId,
        messageId,
        order: planningOrder(view.now),
        writtenAt: event.sentAt,
        dueAt: view.now,
        now: view.now,
      },
    ),
    state: 'held',
    reason: { key: 'reply.edited-too-late', params: {} },
  };
  replyWaits(draft, reply._id, goes ? null : view.now, view);
  patchReply(draft, view, {
    id: reply._id,
    by,
    onlyIn: openStates(reply),
    set: {
      content,
      state: goes ? 'queued' : 'held',
      dueAt: addMs(view.now, view.settings.reply.undoSeconds * 1_000),
      releasedAt: event.editedAt,
      attempts: 0,
      reason: goes ? null : ready ? reply.reason : (reasons[0] ?? { key: 'reply.held-in-doubt', params: {} }),
    },
    whenApplied: goes
      ? []
      : ready && colleague
        ? [collisionNotice(draft, view, reply._id, colleague, told)]
        : [heldNotice(draft, view, reply._id, reasons, { ...told, releasable: composed.parts !== null })],
    // The words of the edit wait as a correction; a person presses the button or not.
    whenTooLate:
      composed.kind === 'held'
        ? [tooLate]
        : [correction, { ...tooLate, content: withActions(tooLate.content, buttons(correctionId, 'send-correction')) }],
  });
  return 'edited';
}

/** A note, a command, refused words or a cancelled reply stay what they are: nobody must believe that the new words were sent. */
function editNotSent(
  draft: Draft,
  view: ThreadView,
  { member }: EditEvent,
  { by, messageId }: { readonly by: string; readonly messageId: string },
): string {
  const what = notice(member.mayAnswer ? 'reply.edit-not-sent' : 'reply.not-allowed');
  draft.deliveries.push(planNotice(draft.inquiry, what, { id: by, now: view.now, mention: member.userId, messageId }));
  return 'edit-not-sent';
}

/** In time it takes the reply back; too late, that is said. */
export function decideDelete(draft: Draft, view: ThreadView, event: Extract<ThreadEvent, { kind: 'delete' }>): string {
  const messageId = agentMessageId(view.bot, event.post);
  const reply = replyAsItStands(draft, view, replyIdOf(messageId));
  if (reply?.content.kind !== 'reply') return 'not-a-reply';
  if (reply.state === 'cancelled') return 'cancelled-before';
  const by = `${messageId}:delete`;
  const mention = reply.content.author?.userId ?? null;
  const say = (what: Notice) => planNotice(draft.inquiry, what, { id: by, now: view.now, mention, messageId });
  cancel(draft, view, reply, {
    by,
    applied: say(cancelledNotice(reply, 'reply.cancelled')),
    tooLate: say(notice('reply.deleted-too-late')),
  });
  note(draft, 'cancelled', event.deletedAt, null, { message: messageId });
  return 'deleted';
}

const withActions = (content: Delivery['content'], list: readonly ThreadAction[]): Delivery['content'] =>
  content.kind === 'notice' ? { ...content, actions: list } : content;
