import { type GroupTurn, groupNamed, strategyOf } from '../core/desk/groups.ts';
import type { Inquiry } from '../core/inquiry.ts';
import type { Member } from '../core/thread-view.ts';
import type { PipelineDeps } from './deps.ts';

/** An `!assign`, as somebody wrote it. */
interface GivenAssign {
  readonly id: string;
  readonly rest: string;
  readonly mentions: readonly string[];
  readonly member: Pick<Member, 'userId' | 'agent'>;
}

/**
 * The groups that are given to, and whose turn it is there, by the id of the command; who gives it away is passed over.
 * @param people those who are mentioned: where a person is meant no group is
 */
export async function groupTurns(
  given: readonly GivenAssign[],
  people: { has(userId: string): boolean },
  { assignee, thread }: Pick<Inquiry, 'assignee' | 'thread'>,
  bot: string,
  { settings, staff }: Pick<PipelineDeps, 'settings' | 'staff'>,
): Promise<ReadonlyMap<string, GroupTurn>> {
  const { agents, routes } = settings();
  const [platform = bot, connection = ''] = bot.split('/');
  const channel = { platform, connection, id: thread?.channelId ?? '' };
  const turns = new Map<string, GroupTurn>();
  for (const { id, rest, mentions, member } of given) {
    const group = mentions.some((userId) => people.has(userId)) ? null : groupNamed(rest, agents);
    if (group === null) continue;
    const outcome = { assign: strategyOf(group, routes), group, channel };
    turns.set(id, { group, assignee: await staff.assigneeFor(outcome, assignee, member) });
  }
  return turns;
}
