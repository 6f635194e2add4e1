import type { Assignee } from '../inquiry.ts';
import { type AgentAccount, type AgentSetting, botOf, defaultConnection, type KnownAccount, type Settings } from '../settings.ts';

/** Somebody of a chat platform, as it tells of them. */
interface SeenUser {
  readonly userId: string;
  readonly kind: 'member' | 'guest' | 'external' | 'bot';
  /** Null: the platform does not tell. */
  readonly email: string | null;
}

const isOn = ({ platform, connection = defaultConnection }: AgentAccount, bot: string): boolean =>
  botOf({ platform, connection, id: '' }) === bot;

/** Whose account it is; undefined: nobody's in `agents`. Pure. @param bot with its connection, `slack/default`: two of a platform may call two people alike */
export const ownerOf = (agents: readonly AgentSetting[], bot: string, userId: string): AgentSetting | undefined =>
  agents.find(({ accounts }) => accounts.some((account) => isOn(account, bot) && account.userId === userId));

/** Their first account there; undefined: none is known. Pure. */
export const accountOn = ({ accounts }: Pick<AgentSetting, 'accounts'>, bot: string): AgentAccount | undefined =>
  accounts.find((account) => isOn(account, bot));

/** By what somebody's work is counted: the agent's name, or the account of whom the settings do not name. Pure. */
export const personOf = (
  agents: readonly AgentSetting[],
  bot: string | null,
  { userId, agent }: Pick<Assignee, 'userId' | 'agent'>,
): string => (bot === null ? undefined : ownerOf(agents, bot, userId))?.name ?? agent ?? userId;

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
  const free = knownAccounts.filter(({ bot, userId }) => ownerOf(agents, bot, userId) === undefined);
  return {
    ...settings,
    agents: agents.map((agent) => {
      const { email } = agent;
      if (email === undefined) return agent;
      const own = free.filter((known) => known.email === comparable(email)).map(accountOf);
      return own.length === 0 ? agent : { ...agent, accounts: [...agent.accounts, ...own] };
    }),
  };
}

function accountOf({ bot, userId }: KnownAccount): AgentAccount {
  const [platform = bot, connection = defaultConnection] = bot.split('/');
  return connection === defaultConnection ? { platform, userId } : { platform, connection, userId };
}

const comparable = (email: string): string => email.trim().toLowerCase();
