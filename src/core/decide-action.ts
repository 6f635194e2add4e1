import { colleagueAtIt } from './desk/claims.ts';
import { replyWaits } from './desk/clocks.ts';
import { type CommandVerb, wordOf } from './desk/commands.ts';
import { runCommand } from './desk/run-command.ts';
import { isShownTemplate, takeUp } from './desk/show-template.ts';
import type { Draft } from './draft.ts';
import { change, note } from './draft.ts';
import { notice, planNotice, planningOrder, planReceipt } from './plan.ts';
import type { ThreadActionName } from './thread.ts';
import type { ThreadEvent, ThreadView } from './thread-view.ts';
import { cancel, cancelledNotice, collisionNotice, keptAsNote, patchReply, replyAsItStands } from './waiting-reply.ts';

/** A pressed button. */
export function decideAction(draft: Draft, view: ThreadView, event: Extract<ThreadEvent, { kind: 'action' }>): string {
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
  if (isCommand(action)) {
    runCommand(draft, view, { id: `${by}:${member.userId}`, member, word: commandOfAction[action], rest: '', mentions: [] });
    return action;
  }
  if (isForm(action)) {
    if (view.opensForms) return 'asked';
    draft.deliveries.push(
      planNotice(draft.inquiry, notice(`command.help.${action}`, { word: wordOf(action) }), {
        id: `${by}:${member.userId}:form`,
        now: view.now,
        visibleTo: member.userId,
      }),
    );
    return 'told-in-words';
  }
  return decideOnReply(draft, view, event, action, refuse);
}

/** Buttons that are commands. */
const commandOfAction = {
  claim: 'claim',
  'release-claim': 'release',
  resolve: 'resolve',
  reopen: 'reopen',
  'no-answer-needed': 'no-answer-needed',
} as const satisfies Partial<Record<ThreadActionName, CommandVerb>>;

const isCommand = (action: ThreadActionName): action is keyof typeof commandOfAction => Object.hasOwn(commandOfAction, action);

/** Buttons that open a form; what is filled in comes back as a command. Where there are no forms, words say how it is done. */
const formActions = ['template', 'assign', 'snooze'] as const;
const isForm = (action: ThreadActionName): action is (typeof formActions)[number] => formActions.some((form) => form === action);

function decideOnReply(
  draft: Draft,
  view: ThreadView,
  { member, value, at, post }: Extract<ThreadEvent, { kind: 'action' }>,
  action: Exclude<ThreadActionName, keyof typeof commandOfAction | (typeof formActions)[number]>,
  refuse: () => string,
): string {
  const by = `${value}:${action}:${at.getTime()}`;
  const target = replyAsItStands(draft, view, value);
  if (!target) return 'gone';
  if (action === 'release' && !member.mayRelease) return refuse();
  const sends = action === 'send' || action === 'send-anyway' || action === 'send-correction' || action === 'retry';
  // A blocked reply leaves by `release` alone: any other way would go round the screening.
  if (sends && target.reason?.key.startsWith('screening.')) return refuse();
  if ((sends || action === 'release') && target.content.kind === 'reply' && target.content.parts.length === 0) return 'nothing-to-send';
  const messageId = target.messageId ?? value;
  switch (action) {
    case 'send':
    case 'send-anyway':
    case 'release':
    case 'send-correction': {
      const isTemplate = target.state === 'held' && isShownTemplate(target);
      const colleague = isTemplate && action === 'send' ? colleagueAtIt(draft.inquiry, member, view.settings.desk, view.now) : null;
      if (colleague !== null) {
        draft.deliveries.push(collisionNotice(draft, view, target._id, colleague, { by, mention: member.userId, messageId }));
        return 'collided';
      }
      const set = isTemplate ? { ...released(view), content: takeUp(draft, view, target, member, post) } : released(view);
      patchReply(draft, view, { id: target._id, by, onlyIn: ['held'], set, whenApplied: [], whenTooLate: [] });
      replyWaits(draft, target._id, null, view);
      note(draft, 'released', at, member.userId, { message: messageId });
      return action;
    }
    case 'retry':
      patchReply(draft, view, {
        id: target._id,
        by,
        onlyIn: ['failed', 'dead', 'held'],
        // A message keeps the marketplace's place for it, or all that come after would count as late.
        set: { ...released(view), attempts: 0, ...(target.content.kind === 'message' ? { order: target.order } : {}) },
        whenApplied: [],
        whenTooLate: [],
      });
      replyWaits(draft, target._id, null, view);
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
        applied: planNotice(draft.inquiry, cancelledNotice(target, 'reply.discarded'), { id: by, now: view.now, messageId }),
        tooLate: null,
      });
      note(draft, 'discarded', at, member.userId, { message: messageId });
      return action;
    case 'keep-as-note': {
      if (target.content.kind !== 'reply' || !target.content.author) return 'gone';
      change(draft, { lastThreadMessage: { userId: target.content.author.userId, was: 'note' } });
      cancel(draft, view, target, {
        by,
        applied: planReceipt(draft.inquiry, target.content.author.post, 'noted', { messageId, now: view.now }),
        tooLate: null,
        reason: keptAsNote,
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
