import { compose } from '../compose.ts';
import type { Delivery, ReplyPart } from '../delivery.ts';
import { change, type Draft } from '../draft.ts';
import { deliveryId } from '../ids.ts';
import type { Inquiry } from '../inquiry.ts';
import { notice, planAnswer, planningOrder, planReply } from '../plan.ts';
import type { TemplateAnswer } from '../templates/command.ts';
import type { Notice, PostRef, ThreadAction } from '../thread.ts';
import type { Member, ThreadView } from '../thread-view.ts';
import { buttons } from '../waiting-reply.ts';
import { claim, colleagueAtIt } from './claims.ts';

/** Not that of a reply which stands in a message: an edit of the command changes nothing of it. */
const suffix = ':template';
export const shownTemplateId = (id: string): string => `${id}${suffix}`;
export const isShownTemplate = ({ _id }: Pick<Delivery, '_id'>): boolean => _id.endsWith(suffix);

interface Asked {
  /** Of the command, or the rule's. */
  readonly id: string;
  /** Null: a rule suggests it. */
  readonly member: Member | null;
  /** Where the command was written; null: in no message. Once it is sent, the mark is set there. */
  readonly post: PostRef | null;
  /** What is said of it; absent: who or what suggests it. */
  readonly told?: Notice['key'];
}

/** What the buyer would get stands in the thread, and waits for somebody to press. Every word has passed `compose`. */
export function showTemplate(
  draft: Draft,
  view: Pick<ThreadView, 'compose' | 'settings' | 'now'>,
  { name, text, numbers }: Extract<TemplateAnswer, { kind: 'ready' }>,
  { id, member, post, told }: Asked,
): void {
  const { now, settings } = view;
  const composed = compose({ ...view.compose, knownIds: [...view.compose.knownIds, ...numbers] }, text, []);
  const parts = composed.parts ?? [];
  const warnings = composed.kind === 'ready' ? composed.warnings : [];
  const reply = planReply(
    draft.inquiry,
    { kind: 'reply', parts, author: member && { userId: member.userId, post: post ?? rootOf(draft.inquiry) }, warnings },
    { id: deliveryId(shownTemplateId(id)), messageId: id, order: planningOrder(now), writtenAt: now, dueAt: now, now },
  );
  const colleague = member && colleagueAtIt(draft.inquiry, member, settings.desk, now);
  const mayBeReleased = parts.length > 0 && settings.screening.release !== 'nobody';
  const held: Held =
    composed.kind === 'held'
      ? {
          reason: composed.reasons[0] ?? null,
          told: notice('template.shown-held', { name }, composed.reasons),
          actions: buttons(reply._id, ...(mayBeReleased ? (['release'] as const) : []), 'discard'),
        }
      : colleague === null
        ? {
            reason: { key: 'template.shown', params: { name } },
            told: notice(told ?? (member ? 'template.shown' : 'template.suggested'), { name }, warnings),
            actions: buttons(reply._id, 'send', 'discard'),
          }
        : {
            reason: { key: 'reply.held-collision', params: { name: colleague.name } },
            told: notice('template.shown-collision', { name, colleague: colleague.name }, warnings),
            actions: buttons(reply._id, 'send-anyway', 'discard'),
          };
  const words = { kind: 'lines', lines: parts.flatMap(linesOf) } as const;
  draft.deliveries.push(
    { ...reply, state: 'held', reason: held.reason },
    planAnswer(
      draft.inquiry,
      { kind: 'answer', parts: [{ kind: 'notice', notice: held.told }, words], actions: held.actions },
      { id: `${id}:shown`, now, visibleTo: null },
    ),
  );
}

interface Held {
  readonly reason: Delivery['reason'];
  readonly told: Notice;
  readonly actions: readonly ThreadAction[];
}

const linesOf = (part: ReplyPart): readonly string[] => (part.kind === 'text' ? part.text.split('\n') : []);

const rootOf = ({ thread }: Pick<Inquiry, 'thread'>): PostRef => ({
  channelId: thread?.channelId ?? '',
  messageId: thread?.rootId ?? '',
});

/**
 * Somebody sends what was shown: from now on it is their answer, and claims like one.
 * @param pressed where; the mark of what was asked for in no message is set there
 */
export function takeUp(draft: Draft, view: ThreadView, reply: Delivery, member: Member, pressed: PostRef | null): Delivery['content'] {
  const { content } = reply;
  if (content.kind !== 'reply') return content;
  const root = rootOf(draft.inquiry);
  const asked = content.author?.post ?? root;
  const inMessage = asked.messageId !== root.messageId;
  const { _id: inquiryId, shopId, conversationId, assignee } = draft.inquiry;
  draft.messages.push({
    ...{ _id: reply.messageId ?? reply._id, inquiryId, shopId, conversationId, direction: 'out' },
    ...{ author: { kind: 'member', userId: member.userId, name: member.name }, externalId: null, post: inMessage ? asked : null },
    parts: content.parts.flatMap((part) => (part.kind === 'text' ? [{ kind: 'text' as const, text: part.text }] : [])),
    ...{ sentAt: view.now, order: planningOrder(view.now), receivedAt: view.now },
  });
  if (assignee?.userId !== member.userId) claim(draft, view.now, member);
  else change(draft, { claimedAt: view.now });
  return { ...content, author: { userId: member.userId, post: inMessage ? asked : (pressed ?? asked) } };
}
