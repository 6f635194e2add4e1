import { decideAction } from './decide-action.ts';
import { decideCommand } from './decide-command.ts';
import { decideDelete, decideEdit } from './decide-edit.ts';
import { decideMessage } from './decide-message.ts';
import type { Presence } from './desk/presence.ts';
import type { Draft } from './draft.ts';
import { draftOf, toTurn } from './draft.ts';
import { planCard } from './plan.ts';
import type { PostRef } from './thread.ts';
import type { ThreadEvent, ThreadView } from './thread-view.ts';
import { agentMessageId, replyIdOf } from './thread-view.ts';
import type { Turn } from './turn.ts';

export interface ThreadDecision {
  readonly turn: Turn | null;
  readonly presence: readonly Presence[];
  readonly outcomes: readonly string[];
}

/** One thread's events, in order of arrival, folded into one turn. Pure. */
export function decideThread(view: ThreadView, events: readonly ThreadEvent[]): ThreadDecision {
  const draft = draftOf(view.inquiry);
  const seen = new Set(view.known);
  const outcomes = events.map((event) => decideEvent(draft, view, event, seen));
  if (view.drawsCard && draft.changed) draft.deliveries.push(planCard(draft.inquiry, view.now));
  return { turn: toTurn(draft, { id: view.turnId, lane: view.lane, desk: view.settings.desk }), presence: draft.presence, outcomes };
}

function decideEvent(draft: Draft, view: ThreadView, event: ThreadEvent, seen: Set<string>): string {
  switch (event.kind) {
    case 'message':
      return isFirst(view, event.post, seen) ? decideMessage(draft, view, event, agentMessageId(view.bot, event.post)) : 'known';
    case 'edit': {
      if (!isFirst(view, event.post, seen)) return decideEdit(draft, view, event);
      // Its message is still on the way, delivered again after a failure; these are the words that count.
      const message = { ...event, kind: 'message' as const, files: [] };
      return decideMessage(draft, view, message, agentMessageId(view.bot, event.post));
    }
    case 'delete':
      if (!isFirst(view, event.post, seen)) return decideDelete(draft, view, event);
      // So that the message, should it still come, is known, and never leaves.
      draft.links.push({ _id: agentMessageId(view.bot, event.post), inquiryId: draft.inquiry._id, messageIds: [], role: 'agent' });
      return 'deleted-before';
    case 'action':
      return decideAction(draft, view, event);
    case 'command':
      return decideCommand(draft, view, event);
  }
}

/** Nothing was heard of this post before; from now on it is known. */
function isFirst(view: ThreadView, post: PostRef, seen: Set<string>): boolean {
  const id = agentMessageId(view.bot, post);
  const first = !seen.has(id) && !view.replies.has(replyIdOf(id));
  seen.add(id);
  return first;
}
