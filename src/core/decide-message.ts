import { classify, type Verdict } from './classify.ts';
import { compose } from './compose.ts';
import type { Delivery } from './delivery.ts';
import { claim, colleagueAtIt } from './desk/claims.ts';
import { replyWaits } from './desk/clocks.ts';
import { commandOf } from './desk/commands.ts';
import { runCommand } from './desk/run-command.ts';
import type { Draft } from './draft.ts';
import { change, count, note } from './draft.ts';
import type { Link } from './inquiry.ts';
import { notice, planNotice, planReceipt, planReply } from './plan.ts';
import type { Notice } from './thread.ts';
import type { ThreadEvent, ThreadView } from './thread-view.ts';
import { replyIdOf } from './thread-view.ts';
import { addMs } from './time.ts';
import { buttons, cancel, cancelledNotice, collided, hold, noteHeld, replyAsItStands } from './waiting-reply.ts';

type MessageEvent = Extract<ThreadEvent, { kind: 'message' }> & {
  /** When it got these words, if it is an edit that was heard of before its message. Undo and staleness count from here; its place is the message's. */
  readonly editedAt?: Date;
};

type CommandVerdict = Extract<Verdict, { kind: 'command' }>;

/** What a person wrote in the thread: a reply, a note, a command, or not to be told. */
export function decideMessage(draft: Draft, view: ThreadView, event: MessageEvent, id: string): string {
  const { member, post } = event;
  const link: Link = { _id: id, inquiryId: draft.inquiry._id, messageIds: [id], role: 'agent' };
  draft.links.push(link);
  const last = draft.inquiry.lastThreadMessage;
  const verdict = classify(
    {
      text: event.text,
      mentions: event.mentions,
      followsNoteOfAnotherPerson: last?.was === 'note' && last.userId !== member.userId,
    },
    { notePrefixes: view.settings.reply.notePrefixes, channelMode: view.channelMode },
  );
  switch (verdict.kind) {
    case 'command':
      return decideCommand(draft, view, event, verdict, id);
    case 'note':
      keep(draft, view, event, id, 'note');
      draft.deliveries.push(planReceipt(draft.inquiry, post, 'noted', { messageId: id, now: view.now }));
      return 'note';
    case 'in-doubt':
    case 'reply':
      break;
  }
  if (!member.mayAnswer) {
    note(draft, 'refused', event.sentAt, member.userId, { message: id });
    draft.deliveries.push(
      planNotice(draft.inquiry, notice('reply.not-allowed'), { id: `${id}:refused`, now: view.now, mention: member.userId, messageId: id }),
    );
    return 'refused';
  }
  keep(draft, view, event, id, 'out');
  const composed = compose(view.compose, verdict.text, event.files);
  const content = {
    kind: 'reply' as const,
    parts: composed.parts ?? [],
    author: { userId: member.userId, post },
    warnings: composed.kind === 'ready' ? composed.warnings : [],
  };
  const planned = planReply(draft.inquiry, content, {
    id: replyIdOf(id),
    messageId: id,
    order: event.order,
    writtenAt: event.sentAt,
    dueAt: later(view.now, addMs(event.editedAt ?? event.sentAt, view.settings.reply.undoSeconds * 1_000)),
    now: view.now,
  });
  const reply = { ...planned, releasedAt: event.editedAt ?? null };
  if (composed.kind === 'held') {
    hold(draft, view, reply, composed.reasons, { by: id, messageId: id, mention: member.userId, releasable: composed.parts !== null });
    return 'held';
  }
  if (verdict.kind === 'in-doubt') {
    draft.deliveries.push({ ...reply, state: 'held', reason: { key: 'reply.held-in-doubt', params: {} } });
    replyWaits(draft, reply._id, view.now, view);
    noteHeld(draft, view, reply, 'in-doubt');
    draft.deliveries.push(
      planNotice(draft.inquiry, notice('reply.held-in-doubt'), {
        id: `${id}:doubt`,
        now: view.now,
        mention: member.userId,
        messageId: id,
        actions: buttons(reply._id, 'send', 'keep-as-note'),
      }),
    );
    return 'in-doubt';
  }
  const colleague = colleagueAtIt(draft.inquiry, member, view.settings.desk, view.now);
  if (colleague !== null) {
    draft.deliveries.push(...collided(draft, view, reply, colleague, { by: id, mention: member.userId, messageId: id }));
    return 'collided';
  }
  draft.deliveries.push(reply);
  if (draft.inquiry.assignee?.userId !== member.userId) claim(draft, view.now, member);
  // However long it takes on its way: who has written has not forgotten it.
  else change(draft, { claimedAt: view.now });
  return 'reply';
}

/** Remembers what was written, as a reply or as a note. */
function keep(draft: Draft, view: ThreadView, event: MessageEvent, id: string, direction: 'out' | 'note'): void {
  change(draft, { lastThreadMessage: { userId: event.member.userId, was: direction === 'note' ? 'note' : 'reply' } });
  if (direction === 'note') {
    count(draft, 'notes');
    note(draft, 'noted', event.sentAt, event.member.userId, { message: id });
  }
  draft.messages.push({
    _id: id,
    inquiryId: draft.inquiry._id,
    shopId: draft.inquiry.shopId,
    conversationId: draft.inquiry.conversationId,
    direction,
    author: { kind: 'member', userId: event.member.userId, name: event.member.name },
    parts: [
      ...(event.text === '' ? [] : [{ kind: 'text' as const, text: event.text }]),
      ...event.files.map(({ url, name, mimeType, bytes }) => ({ kind: 'file' as const, media: { url, name, mimeType, bytes } })),
    ],
    sentAt: event.sentAt,
    order: event.order,
    receivedAt: view.now,
    externalId: null,
    post: event.post,
  });
}

function decideCommand(draft: Draft, view: ThreadView, event: MessageEvent, { verb: word, rest }: CommandVerdict, id: string): string {
  const { member, mentions } = event;
  const say = (what: ReturnType<typeof notice>) =>
    planNotice(draft.inquiry, what, { id: `${id}:command`, now: view.now, mention: member.userId, messageId: id });
  if (!member.mayAnswer) {
    draft.deliveries.push(say(notice('reply.not-allowed')));
    return 'refused';
  }
  const command = commandOf(word, rest);
  switch (command.kind === 'command' ? command.verb : null) {
    case 'undo':
      undo(draft, view, event, id, say);
      return 'command';
    case 'note':
      keep(draft, view, { ...event, text: rest }, id, 'note');
      draft.deliveries.push(planReceipt(draft.inquiry, event.post, 'noted', { messageId: id, now: view.now }));
      return 'note';
    default:
      return runCommand(draft, view, { id, member, word, rest, mentions, messageId: id, post: event.post });
  }
}

/** Takes back the reply that was written last before it. Where that one has left, none: an older one is not meant. */
function undo(draft: Draft, view: ThreadView, event: MessageEvent, id: string, say: (what: Notice) => Delivery): void {
  const planned = draft.deliveries.toReversed();
  const target = [...planned, ...view.latestReplies]
    .filter(({ content, writtenAt }) => content.kind === 'reply' && content.author !== null && writtenAt <= event.sentAt)
    .toSorted((a, b) => b.writtenAt.getTime() - a.writtenAt.getTime())
    .map(({ _id }) => replyAsItStands(draft, view, _id))
    .find((reply) => reply !== undefined && reply.state !== 'cancelled');
  if (!target) draft.deliveries.push(say(notice('reply.nothing-to-undo')));
  else {
    const applied = say(cancelledNotice(target, 'reply.cancelled'));
    cancel(draft, view, target, { by: id, applied, tooLate: say(notice('reply.nothing-to-undo')) });
  }
}

const later = (a: Date, b: Date): Date => (a > b ? a : b);
