import type { Assignee } from '../inquiry.ts';
import type { AgentSetting, AssignStrategy, Route } from '../settings.ts';

/** A group that an inquiry is given to. */
export interface GroupTurn {
  readonly group: string;
  /** Whose turn it is; null: nobody of them is on duty and free. */
  readonly assignee: Assignee | null;
}

/** The group of `agents` that is meant: `group:refunds`, and, where no colleague is called so, `@refunds` or `refunds`. Null: none. Pure. */
export function groupNamed(words: string, agents: readonly AgentSetting[]): string | null {
  const said = comparable(words);
  const named = /^(?:group|组) ?: ?(.+)$/.exec(said)?.[1];
  const name = named ?? said.replace(/^@/, '');
  if (named === undefined && agents.some((agent) => comparable(agent.name) === name)) return null;
  return groupsOf(agents).find((group) => comparable(group) === name) ?? null;
}

const comparable = (words: string): string => words.normalize('NFKC').trim().toLowerCase();

/** Each once, in the order of the file. */
export const groupsOf = (agents: readonly AgentSetting[]): readonly string[] => [...new Set(agents.flatMap(({ groups = [] }) => groups))];

/** How a group shares its work: as the first rule says that gives to it and names somebody; else who has the least is next. Pure. */
export const strategyOf = (group: string, routes: readonly Route[]): AssignStrategy =>
  routes.find((route) => route.group === group && route.assign !== undefined)?.assign ?? 'least-busy';
