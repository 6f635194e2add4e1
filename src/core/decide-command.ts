import { runCommand } from './desk/run-command.ts';
import { change, count, type Draft, note } from './draft.ts';
import { notice, planAnswer, planNotice, planningOrder } from './plan.ts';
import type { ThreadEvent, ThreadView } from './thread-view.ts';

type CommandEvent = Extract<ThreadEvent, { kind: 'command' }>;

/** A command that nobody wrote in the thread. */
export function decideCommand(draft: Draft, view: ThreadView, event: CommandEvent): string {
  const { id, member, word, rest, mentions } = event;
  const say = (what: ReturnType<typeof notice>) =>
    void draft.deliveries.push(planNotice(draft.inquiry, what, { id: `${id}:command`, now: view.now, visibleTo: member.userId }));
  if (!member.mayAnswer) {
    say(notice('reply.not-allowed'));
    return 'refused';
  }
  if (word !== 'note') return runCommand(draft, view, { id, member, word, rest, mentions });
  if (rest.trim() === '') {
    say(notice('command.note-what'));
    return 'command';
  }
  keepNote(draft, view, event);
  return 'note';
}

/** Its words stand in no message of the thread, so they are shown there. */
function keepNote(draft: Draft, { now }: ThreadView, { id, member: { userId, name }, rest, at }: CommandEvent): void {
  const { _id: inquiryId, shopId, conversationId } = draft.inquiry;
  count(draft, 'notes');
  change(draft, { lastThreadMessage: { userId, was: 'note' } });
  note(draft, 'noted', at, userId, { message: id });
  draft.messages.push({
    ...{ _id: id, inquiryId, shopId, conversationId, direction: 'note', author: { kind: 'member', userId, name } },
    ...{ parts: [{ kind: 'text', text: rest }], sentAt: at, order: planningOrder(now), receivedAt: now, externalId: null, post: null },
  });
  const parts = [
    { kind: 'notice', notice: notice('desk.noted', { name }) },
    { kind: 'lines', lines: rest.trim().split('\n') },
  ] as const;
  draft.deliveries.push(planAnswer(draft.inquiry, { kind: 'answer', parts, actions: [] }, { id: `${id}:noted`, now, visibleTo: null }));
}
