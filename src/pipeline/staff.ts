import type { Colleague } from '../core/desk/pings.ts';
import type { Presence } from '../core/desk/presence.ts';
import type { Assignee } from '../core/inquiry.ts';
import type { RouteOutcome } from '../core/routing/evaluate.ts';
import { type AgentSetting, botOf } from '../core/settings.ts';
import { accountOn, isSamePerson, personOf } from '../core/staff/accounts.ts';
import { isOnDuty } from '../core/staff/duty.ts';
import { pick } from '../core/staff/pick.ts';
import type { AccountLoad } from '../store/queue.ts';
import type { PipelineDeps } from './deps.ts';

/** Who went away, and what everybody has in hand, is known everywhere after this; here at once would cost a reading for each message. */
const keptMs = 5_000;

export interface Staff {
  /** The agents who have an account there, as they are now. @param bot with its connection, `slack/default` */
  on(bot: string): Promise<readonly Colleague[]>;
  /** Those of these agents who have an account there and have not said that they are away, whatever their hours are. */
  present(bot: string, names: readonly string[]): Promise<readonly Colleague[]>;
  /** True: somebody of `agents` who is away, or off duty. */
  isAbsent(assignee: Assignee | null): Promise<boolean>;
  /**
   * Who gets an inquiry that a rule gives to a group; null: whoever claims it.
   * @param last who had this buyer's last inquiry
   * @param except who does not get it
   */
  assigneeFor(
    outcome: Pick<RouteOutcome, 'assign' | 'group' | 'channel'>,
    last: Assignee | null,
    except?: Pick<Assignee, 'userId' | 'agent'>,
  ): Promise<Assignee | null>;
}

type Deps = Pick<PipelineDeps, 'presence' | 'settings' | 'clock' | 'log'> & {
  /** How many open inquiries each account has. */
  readonly loads: () => Promise<readonly Pick<AccountLoad, 'bot' | 'userId' | 'agent' | 'open'>[]>;
};

export function createStaff({ presence, loads, settings, clock, log }: Deps): Staff {
  const said = forAWhile(async () => new Map((await presence.all()).map((one): [string, Presence] => [one.person, one])), clock);
  /** Open inquiries by person, whatever platform they came to them on; what is given away meanwhile is added. */
  const inHand = forAWhile(async () => {
    const open = new Map<string, number>();
    for (const one of await loads()) {
      const person = personOf(settings().agents, one.bot, one);
      open.set(person, (open.get(person) ?? 0) + one.open);
    }
    return open;
  }, clock);
  const lastAssignedAt = new Map<string, Date>();
  let latestMs = 0;

  /** Who is there, by what everybody has said. */
  async function whoIsThere(): Promise<(agent: AgentSetting) => boolean> {
    const [presences, now] = [await said(), clock.now()];
    return (agent) => isOnDuty(agent, presences.get(agent.name) ?? null, now);
  }

  return {
    async on(bot) {
      const isThere = await whoIsThere();
      return settings().agents.flatMap((agent) => colleaguesOn(bot, agent, agent.pingOffDuty === true || isThere(agent)));
    },

    async present(bot, names) {
      const [presences, now] = [await said(), clock.now()];
      const isAway = (agent: AgentSetting) => !isOnDuty({}, presences.get(agent.name) ?? null, now);
      const present = settings().agents.filter((agent) => names.includes(agent.name) && !isAway(agent));
      return present.flatMap((agent) => colleaguesOn(bot, agent, true));
    },

    async isAbsent(assignee) {
      const agent = assignee?.agent == null ? undefined : settings().agents.find(({ name }) => name === assignee.agent);
      return agent !== undefined && !(await whoIsThere())(agent);
    },

    async assigneeFor({ assign, group, channel }, last, except) {
      if (assign === null) return null;
      const [open, isThere] = await Promise.all([inHand(), whoIsThere()]);
      // From here on nothing is waited for: of two that open in the same moment the second must see what the first was given.
      const members_ = settings().agents.filter(({ groups = [] }) => group === null || groups.includes(group));
      const members = members_
        .flatMap((agent) => {
          const account = accountOn(agent, botOf(channel));
          return account ? [{ agent, userId: account.userId }] : [];
        })
        .filter(({ agent, userId }) => except === undefined || !isSamePerson({ userId, agent: agent.name }, except));
      const candidates = members.map(({ agent }) => ({
        ...{ agent: agent.name, load: open.get(agent.name) ?? 0, capacity: agent.capacity ?? null },
        ...{ lastAssignedAt: lastAssignedAt.get(agent.name) ?? null, onDuty: isThere(agent) },
      }));
      const picked = pick(assign, candidates, last?.agent ?? null);
      const member = members.find(({ agent }) => agent.name === picked.agent);
      if (!member) {
        if (picked.agent === null) log.info({ group, why: picked.why }, 'an inquiry is given to nobody; it waits for a claim');
        return null;
      }
      open.set(member.agent.name, (open.get(member.agent.name) ?? 0) + 1);
      // Of those that come in one millisecond, too, each has its turn.
      latestMs = Math.max(latestMs + 1, clock.now().getTime());
      lastAssignedAt.set(member.agent.name, new Date(latestMs));
      return { userId: member.userId, name: member.agent.name, agent: member.agent.name };
    },
  };
}

function colleaguesOn(bot: string, agent: AgentSetting, mayBeCalled: boolean): readonly Colleague[] {
  const account = accountOn(agent, bot);
  if (!account) return [];
  return [
    {
      ...{ userId: account.userId, agent: agent.name, mayBeCalled },
      ...{ groups: agent.groups ?? [], isSupervisor: agent.role === 'supervisor' },
    },
  ];
}

/** Read once for all who ask within some seconds; after a failure the next one asks again. */
function forAWhile<T>(read: () => Promise<T>, clock: Deps['clock']): () => Promise<T> {
  let kept: { readonly value: Promise<T>; readonly untilMs: number } | null = null;
  return () => {
    const nowMs = clock.monotonicMs();
    if (kept && nowMs < kept.untilMs) return kept.value;
    const entry = { value: read(), untilMs: nowMs + keptMs };
    entry.value.catch(() => {
      if (kept === entry) kept = null;
    });
    kept = entry;
    return entry.value;
  };
}
