import type { ClassifyPolicy } from './classify.ts';
import { classify } from './classify.ts';
import type { ComposeView } from './compose.ts';
import { compose } from './compose.ts';
import type { Delivery, ReplyFile } from './delivery.ts';
import type { Draft } from './draft.ts';
import { change, count, draftOf, note, toTurn } from './draft.ts';
import { deliveryId } from './ids.ts';
import type { Inquiry, Link } from './inquiry.ts';
import { postLinkId } from './inquiry.ts';
import { notice, planCard, planNotice, planningOrder, planReceipt, planReply } from './plan.ts';
import type { Settings } from './settings.ts';
import { excerpt } from './text-plain.ts';
import type { PostRef, ThreadAction, ThreadActionName } from './thread.ts';
import { addMs } from './time.ts';
import type { DeliveryPatch, Turn } from './turn.ts';

/** A person of the chat, with what the settings allow. */
export interface Member {
  readonly userId: string;
  readonly name: string;
  readonly mayAnswer: boolean;
  readonly mayRelease: boolean;
}

/** What happened in an inquiry's thread. Our own posts and other bots' are gone by now. */
export type ThreadEvent =
  | {
      readonly kind: 'message';
      readonly post: PostRef;
      readonly member: Member;
      readonly text: string;
      readonly mentions: readonly string[];
      readonly files: readonly ReplyFile[];
      readonly sentAt: Date;
      readonly order: string;
    }
  | {
      readonly kind: 'edit';
      readonly post: PostRef;
      readonly member: Member;
      readonly text: string;
      readonly mentions: readonly string[];
      readonly editedAt: Date;
    }
  | { readonly kind: 'delete'; readonly post: PostRef; readonly deletedAt: Date }
  | { readonly kind: 'action'; readonly action: ThreadActionName; readonly value: string; readonly member: Member; readonly at: Date };

export interface ThreadView {
  readonly inquiry: Inquiry;
  readonly settings: Settings;
  readonly channelMode: ClassifyPolicy['channelMode'];
  readonly bot: string;
  readonly compose: ComposeView;
  readonly lane: string;
  readonly turnId: string;
  readonly now: Date;
  /** Link ids of posts that were worked on before (a listing and a push of one message). */
  readonly known: ReadonlySet<string>;
  /** Replies that events of this turn speak of, as they stand. */
  readonly replies: ReadonlyMap<string, Delivery>;
  /** The newest reply that may still be taken back. */
  readonly newestOpenReply: Delivery | null;
}

/** The message id of what was written at a post. */
export const agentMessageId = (bot: string, post: PostRef): string => postLinkId(bot, post);
export const replyIdOf = (messageId: string) => deliveryId(`${messageId}:reply`);

export interface ThreadDecision {
  readonly turn: Turn | null;
  readonly outcomes: readonly string[];
}

/** One thread's events, in order of arrival, folded into one turn. Pure. */
export function decideThread(view: ThreadView, events: readonly ThreadEvent[]): ThreadDecision {
  const draft = draftOf(view.inquiry);
  const seen = new Set(view.known);
  const outcomes = events.map((event) => decideEvent(draft, view, event, seen));
  return { turn: toTurn(draft, view.turnId, view.lane), outcomes };
}

function decideEvent(draft: Draft, view: ThreadView, event: ThreadEvent, seen: Set<string>): string {
  switch (event.kind) {
    case 'message': {
      const id = agentMessageId(view.bot, event.post);
      if (seen.has(id)) return 'known';
      seen.add(id);
      return decideMessage(draft, view, event, id);
    }
    case 'edit':
      return decideEdit(draft, view, event);
    case 'delete':
      return decideDelete(draft, view, event);
    case 'action':
      return decideAction(draft, view, event);
  }
}

type MessageEvent = Extract<ThreadEvent, { kind: 'message' }>;

function decideMessage(draft: Draft, view: ThreadView, event: MessageEvent, id: string): string {
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
      return decideCommand(draft, view, event, verdict.verb, id);
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
  const reply = planReply(draft.inquiry, content, {
    id: replyIdOf(id),
    messageId: id,
    order: event.order,
    writtenAt: event.sentAt,
    dueAt: later(view.now, addMs(event.sentAt, view.settings.reply.undoSeconds * 1_000)),
    now: view.now,
  });
  if (composed.kind === 'held') {
    hold(draft, view, reply, composed.reasons, { by: id, messageId: id, mention: member.userId, releasable: composed.parts !== null });
    return 'held';
  }
  if (verdict.kind === 'in-doubt') {
    draft.deliveries.push({ ...reply, state: 'held', reason: { key: 'reply.held-in-doubt', params: {} } });
    note(draft, 'held', view.now, null, { message: id, why: 'in-doubt' });
    draft.deliveries.push(
      planNotice(draft.inquiry, notice('reply.held-in-doubt'), {
        id: `${id}:doubt`,
        now: view.now,
        mention: member.userId,
        messageId: id,
        actions: actions(reply._id, 'send', 'keep-as-note'),
      }),
    );
    return 'in-doubt';
  }
  draft.deliveries.push(reply);
  if (draft.inquiry.assignee === null) claim(draft, view, member);
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

function decideCommand(draft: Draft, view: ThreadView, event: MessageEvent, verb: string, id: string): string {
  const say = (what: ReturnType<typeof notice>) =>
    planNotice(draft.inquiry, what, { id: `${id}:command`, now: view.now, mention: event.member.userId, messageId: id });
  if (!event.member.mayAnswer) {
    draft.deliveries.push(say(notice('reply.not-allowed')));
    return 'refused';
  }
  switch (verb) {
    case 'undo': {
      const newest =
        draft.deliveries.findLast(({ content, state }) => content.kind === 'reply' && state !== 'cancelled') ?? view.newestOpenReply;
      const target = newest && replyAsItStands(draft, view, newest._id);
      if (!target || target.state === 'cancelled') draft.deliveries.push(say(notice('reply.nothing-to-undo')));
      else cancel(draft, view, target, { by: id, applied: say(notice('reply.cancelled')), tooLate: say(notice('reply.nothing-to-undo')) });
      return 'command';
    }
    case 'resolve':
      resolve(draft, view, event.member);
      return 'command';
    case 'claim':
      claim(draft, view, event.member);
      return 'command';
    default:
      draft.deliveries.push(say(notice('reply.command-unknown', { command: excerpt(verb, 40) })));
      return 'unknown-command';
  }
}

function decideEdit(draft: Draft, view: ThreadView, event: Extract<ThreadEvent, { kind: 'edit' }>): string {
  const messageId = agentMessageId(view.bot, event.post);
  const reply = replyAsItStands(draft, view, replyIdOf(messageId));
  if (reply?.content.kind !== 'reply') return 'not-a-reply';
  if (event.member.userId !== reply.content.author.userId) return 'not-the-author';
  if (reply.state === 'cancelled') return 'cancelled-before';
  const by = `${messageId}:edit:${event.editedAt.getTime()}`;
  const verdict = classify(
    { text: event.text, mentions: event.mentions, followsNoteOfAnotherPerson: false },
    { notePrefixes: view.settings.reply.notePrefixes, channelMode: view.channelMode },
  );
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
  const ready = composed.kind === 'ready' && verdict.kind === 'reply';
  const reasons = composed.kind === 'held' ? composed.reasons : [];
  const correctionId = deliveryId(`${by}:correction`);
  const correction: Delivery = {
    ...planReply(
      draft.inquiry,
      { ...content, kind: 'reply', parts: composed.parts ?? [], author: reply.content.author, warnings: content.warnings },
      {
        id: correctionId,
        messageId,
        order: planningOrder(view.now),
        writtenAt: event.editedAt,
        dueAt: view.now,
        now: view.now,
      },
    ),
    state: 'held',
    reason: { key: 'reply.edited-too-late', params: {} },
  };
  patchReply(draft, {
    id: reply._id,
    by,
    onlyIn: openStates(reply),
    set: {
      content,
      state: ready ? 'queued' : 'held',
      dueAt: addMs(view.now, view.settings.reply.undoSeconds * 1_000),
      releasedAt: event.editedAt,
      attempts: 0,
      reason: ready ? null : (reasons[0] ?? { key: 'reply.held-in-doubt', params: {} }),
    },
    whenApplied: ready
      ? []
      : [heldNotice(draft, view, reply._id, reasons, { by, messageId, mention: event.member.userId, releasable: composed.parts !== null })],
    // The words of the edit wait as a correction; a person presses the button or not.
    whenTooLate:
      composed.kind === 'held'
        ? [tooLate]
        : [correction, { ...tooLate, content: withActions(tooLate.content, actions(correctionId, 'send-correction')) }],
  });
  return 'edited';
}

function decideDelete(draft: Draft, view: ThreadView, event: Extract<ThreadEvent, { kind: 'delete' }>): string {
  const messageId = agentMessageId(view.bot, event.post);
  const reply = replyAsItStands(draft, view, replyIdOf(messageId));
  if (reply?.content.kind !== 'reply') return 'not-a-reply';
  if (reply.state === 'cancelled') return 'cancelled-before';
  const by = `${messageId}:delete`;
  const say = (key: 'reply.cancelled' | 'reply.deleted-too-late') =>
    planNotice(draft.inquiry, notice(key), {
      id: by,
      now: view.now,
      mention: reply.content.kind === 'reply' ? reply.content.author.userId : null,
      messageId,
    });
  cancel(draft, view, reply, { by, applied: say('reply.cancelled'), tooLate: say('reply.deleted-too-late') });
  note(draft, 'cancelled', event.deletedAt, null, { message: messageId });
  return 'deleted';
}

function decideAction(draft: Draft, view: ThreadView, event: Extract<ThreadEvent, { kind: 'action' }>): string {
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
  if (action === 'claim') {
    claim(draft, view, member);
    return action;
  }
  if (action === 'resolve') {
    resolve(draft, view, member);
    return action;
  }
  return decideOnReply(draft, view, event, action, refuse);
}

function decideOnReply(
  draft: Draft,
  view: ThreadView,
  { member, value, at }: Extract<ThreadEvent, { kind: 'action' }>,
  action: Exclude<ThreadActionName, 'claim' | 'resolve'>,
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
      patchReply(draft, { id: target._id, by, onlyIn: ['held'], set: released(view), whenApplied: [], whenTooLate: [] });
      note(draft, 'released', at, member.userId, { message: messageId });
      return action;
    case 'retry':
      patchReply(draft, {
        id: target._id,
        by,
        onlyIn: ['failed', 'dead', 'held'],
        set: { ...released(view), attempts: 0 },
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
        applied: planNotice(draft.inquiry, notice('reply.discarded'), { id: by, now: view.now, messageId }),
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

/** May have arrived: only a person who looked can tell. */
const mayHaveArrived = ({ state, reason }: Delivery): boolean => state === 'held' && reason?.key === 'reply.uncertain';

/** States in which nothing of a reply can have reached the buyer; `held` only if it was not held for doubt of just that. */
function openStates(reply: Delivery): Delivery['state'][] {
  if (mayHaveArrived(reply)) return [];
  return reply.state === 'queued' ? ['queued'] : ['queued', 'held', 'failed', 'dead'];
}

function cancel(
  draft: Draft,
  view: ThreadView,
  reply: Delivery,
  then: { readonly by: string; readonly applied: Delivery; readonly tooLate: Delivery | null },
): void {
  patchReply(draft, {
    id: reply._id,
    by: then.by,
    // Who presses a button has seen why it is held; an undo or a deletion knows nothing of it.
    onlyIn: then.tooLate ? openStates(reply) : ['queued', 'held', 'failed', 'dead'],
    set: { state: 'cancelled', reason: null, doneAt: view.now },
    whenApplied: [then.applied],
    whenTooLate: then.tooLate ? [then.tooLate] : [],
  });
}

/** A reply as the events of this turn before have left it. */
function replyAsItStands(draft: Draft, view: ThreadView, id: string): Delivery | undefined {
  const planned = draft.deliveries.find((delivery) => delivery._id === id);
  if (planned) return planned;
  const stored = view.replies.get(id) ?? (view.newestOpenReply?._id === id ? view.newestOpenReply : undefined);
  const patch = draft.patches.find((pending) => pending.id === id);
  return stored && patch ? { ...stored, ...patch.set } : stored;
}

/**
 * Patches are applied before a turn's own deliveries are written, and in no order among themselves: a reply that this turn plans is changed
 * in the plan, and of several patches to one reply the last stands for all.
 */
function patchReply(draft: Draft, patch: DeliveryPatch): void {
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
  if (!earlier) draft.patches.push(patch);
  else draft.patches[before] = { ...patch, onlyIn: earlier.onlyIn, set: { ...earlier.set, ...patch.set } };
}

interface HoldOptions {
  readonly by: string;
  readonly messageId: string;
  readonly mention: string;
  readonly releasable: boolean;
}

function hold(
  draft: Draft,
  view: ThreadView,
  reply: Delivery,
  reasons: readonly NonNullable<Delivery['reason']>[],
  options: HoldOptions,
): void {
  draft.deliveries.push({ ...reply, state: 'held', reason: reasons[0] ?? null });
  note(draft, 'held', view.now, null, { message: reply.messageId, why: reasons[0]?.key ?? null });
  draft.deliveries.push(heldNotice(draft, view, reply._id, reasons, options));
}

function heldNotice(
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
    actions: blocked ? actions(id, ...(mayBeReleased ? (['release'] as const) : []), 'discard') : actions(id, 'send', 'keep-as-note'),
  });
}

function claim(draft: Draft, view: ThreadView, { userId, name }: Member): void {
  change(draft, { assignee: { userId, name }, surfaceNext: false });
  note(draft, 'claimed', view.now, userId);
  draft.deliveries.push(planCard(draft.inquiry, view.now));
}

function resolve(draft: Draft, view: ThreadView, { userId, name }: Member): void {
  if (draft.inquiry.status === 'resolved') return;
  change(draft, { status: 'resolved', open: false, resolvedAt: view.now, waitingSince: null });
  note(draft, 'resolved', view.now, userId);
  draft.deliveries.push(planCard(draft.inquiry, view.now));
  draft.deliveries.push(
    planNotice(draft.inquiry, notice('inquiry.resolved', { name }), {
      id: `${draft.inquiry._id}:resolved:${draft.inquiry.version}`,
      now: view.now,
    }),
  );
}

const actions = (value: string, ...names: readonly ThreadActionName[]): ThreadAction[] => names.map((action) => ({ action, value }));
const withActions = (content: Delivery['content'], list: readonly ThreadAction[]): Delivery['content'] =>
  content.kind === 'notice' ? { ...content, actions: list } : content;
const later = (a: Date, b: Date): Date => (a > b ? a : b);
