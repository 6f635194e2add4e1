import { decideAction } from './decide-action.ts';
import { decideDelete, decideEdit } from './decide-edit.ts';
import { decideMessage } from './decide-message.ts';
import type { Draft } from './draft.ts';
import { draftOf, toTurn } from './draft.ts';
import { planningOrder } from './plan.ts';
import type { ThreadEvent, ThreadView } from './thread-view.ts';
import { agentMessageId, replyIdOf } from './thread-view.ts';
import type { Turn } from './turn.ts';

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
  return event.kind === 'action' ? decideAction(draft, view, event) : decideOnPost(draft, view, event, seen);
}

type PostEvent = Exclude<ThreadEvent, { kind: 'action' }>;

function decideOnPost(draft: Draft, view: ThreadView, event: PostEvent, seen: Set<string>): string {
  const id = agentMessageId(view.bot, event.post);
  const isNew = !seen.has(id) && !view.replies.has(replyIdOf(id));
  seen.add(id);
  switch (event.kind) {
    case 'message':
      return isNew ? decideMessage(draft, view, event, id) : 'known';
    case 'edit':
      if (!isNew) return decideEdit(draft, view, event);
      // Its message is still on the way, delivered again after a failure; these are the words that count.
      return decideMessage(
        draft,
        view,
        { ...event, kind: 'message', files: [], sentAt: event.editedAt, order: planningOrder(view.now) },
        id,
      );
    case 'delete':
      if (!isNew) return decideDelete(draft, view, event);
      // So that the message, should it still come, is known, and never leaves.
      draft.links.push({ _id: id, inquiryId: draft.inquiry._id, messageIds: [], role: 'agent' });
      return 'deleted-before';
  }
}
