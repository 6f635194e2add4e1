import type { Assignee } from '../inquiry.ts';
import type { AgentSetting, KnownAccount, Settings } from '../settings.ts';

/** Somebody of a chat platform, as it tells of them. */
interface SeenUser {
  readonly userId: string;
  readonly kind: 'member' | 'guest' | 'external' | 'bot';
  /** Null: the platform does not tell. */
  readonly email: string | null;
}

/** `slack/default` -> `slack`. */
export const platformOf = (bot: string): string => bot.split('/')[0] ?? bot;

/** Whose account it is; undefined: nobody's in `agents`. Pure. */
export const ownerOf = (agents: readonly AgentSetting[], platform: string, userId: string): AgentSetting | undefined =>
  agents.find(({ accounts }) => accounts.some((account) => account.platform === platform && account.userId === userId));

/** By what somebody's work is counted: the agent's name, or the account of whom the settings do not name. Pure. */
export const personOf = (
  agents: readonly AgentSetting[],
  bot: string | null,
  { userId, agent }: Pick<Assignee, 'userId' | 'agent'>,
): string => (bot === null ? undefined : ownerOf(agents, platformOf(bot), userId))?.name ?? agent ?? userId;

/** One person, whichever of their accounts they use. Pure. */
export const isSamePerson = (one: Pick<Assignee, 'userId' | 'agent'>, other: Pick<Assignee, 'userId' | 'agent'>): boolean =>
  one.userId === other.userId || (one.agent !== null && one.agent === other.agent);

/**
 * The agent whose e-mail address this person has. Only of full members: for their address their organisation vouches, while a guest or a person of another one
 * could have any. Pure.
 */
export function agentByEmail(agents: readonly AgentSetting[], { kind, email }: Pick<SeenUser, 'kind' | 'email'>): AgentSetting | undefined {
  if (kind !== 'member' || email === null) return undefined;
  return agents.find((agent) => agent.email !== undefined && comparable(agent.email) === comparable(email));
}

/** What is known once somebody was looked up, the newest first; null: nothing new. Pure. */
export function accountsAfter(
  { agents, knownAccounts }: Pick<Settings, 'agents' | 'knownAccounts'>,
  bot: string,
  user: SeenUser,
): readonly KnownAccount[] | null {
  if (user.email === null) return null;
  const before = knownAccounts.find((known) => known.bot === bot && known.userId === user.userId);
  const email = agentByEmail(agents, user) ? comparable(user.email) : null;
  if (email === (before?.email ?? null)) return null;
  const others = knownAccounts.filter((known) => known !== before);
  return email === null ? others : [{ bot, userId: user.userId, email }, ...others];
}

/** The settings with the accounts that are known by e-mail among the agents' own, after those that the file names, which win. Pure. */
export function withKnownAccounts(settings: Settings): Settings {
  const { agents, knownAccounts } = settings;
  if (knownAccounts.length === 0) return settings;
  const free = knownAccounts
    .map(({ bot, userId, email }) => ({ platform: platformOf(bot), userId, email }))
    .filter(({ platform, userId }) => ownerOf(agents, platform, userId) === undefined);
  return {
    ...settings,
    agents: agents.map((agent) => {
      const { email } = agent;
      if (email === undefined) return agent;
      const own = free.filter((account) => account.email === comparable(email));
      return own.length === 0
        ? agent
        : { ...agent, accounts: [...agent.accounts, ...own.map(({ platform, userId }) => ({ platform, userId }))] };
    }),
  };
}

const comparable = (email: string): string => email.trim().toLowerCase();
