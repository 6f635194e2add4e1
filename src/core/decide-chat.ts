import { decideAction } from './decide-action.ts';
import { decideDelete, decideEdit } from './decide-edit.ts';
import { decideMessage } from './decide-message.ts';
import type { Draft } from './draft.ts';
import { draftOf, toTurn } from './draft.ts';
import type { ThreadEvent, ThreadView } from './thread-view.ts';
import { agentMessageId } from './thread-view.ts';
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
