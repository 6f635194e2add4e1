import type { ChatUser } from '../../bots/bot.ts';
import type { Settings } from '../core/settings.ts';
import { agentByEmail, ownerOf } from '../core/staff/accounts.ts';
import type { Locale } from '../core/texts/index.ts';
import type { Member } from '../core/thread-view.ts';
import type { PipelineDeps } from './deps.ts';
import { callSignal, type OwnedGate } from './gate.ts';
import { requestDeadlineMs } from './leases.ts';

/** Names and kinds of accounts change rarely; an hour old is fresh enough. */
const keptMs = 60 * 60_000;
const mostKept = 5_000;

export interface People {
  /** Who wrote. Throws what the platform said when it cannot be found out: nobody is taken for a member on trust. */
  member(gate: OwnedGate, userId: string): Promise<Member>;
  /** The language that `agents` gives them, or that they have set, if they were looked up in the last hour; nobody is asked for it. Null: not known. */
  localeOf(bot: string, userId: string): Promise<Locale | null>;
}

/** May this person answer buyers, and release what screening blocked? Guests and strangers only where the settings name them. Pure. */
export function memberOf(user: ChatUser, bot: string, settings: Pick<Settings, 'agents' | 'screening'>): Member {
  const agent = ownerOf(settings.agents, bot, user.userId) ?? agentByEmail(settings.agents, user);
  const mayAnswer = user.kind !== 'bot' && (settings.agents.length === 0 ? user.kind === 'member' : agent !== undefined);
  const { release } = settings.screening;
  const mayRelease = mayAnswer && (release === 'anyone' || (release === 'supervisor' && agent?.role === 'supervisor'));
  return {
    userId: user.userId,
    name: agent?.name ?? user.name,
    agent: agent?.name ?? null,
    locale: agent?.locale ?? user.locale,
    mayAnswer,
    mayRelease,
  };
}

/** The pace of user look-ups is used up; the event waits. */
export class LookUpLater extends Error {
  override readonly name = 'LookUpLater';
  readonly afterMs: number;
  constructor(afterMs: number) {
    super('the pace of user look-ups is used up');
    this.afterMs = afterMs;
  }
}

export function createPeople(deps: Pick<PipelineDeps, 'clock' | 'settings' | 'sawUser' | 'timers'>): People {
  const kept = new Map<string, { readonly user: Promise<ChatUser>; readonly untilMs: number }>();

  function lookUp(gate: OwnedGate, userId: string): Promise<ChatUser> {
    const { connector, limiter, lease } = gate;
    if (connector.kind !== 'bot') throw new Error('people live in chat platforms');
    const { bot } = connector;
    if (!bot.user) return Promise.resolve({ userId, name: userId, kind: 'member', email: null, locale: null });
    const waitMs = limiter.take(bot.capabilities.lookupCosts.user, null, 'send');
    if (waitMs > 0) return Promise.reject(new LookUpLater(waitMs));
    const call = callSignal(lease, requestDeadlineMs, deps);
    return bot.user(userId, { signal: call.signal, loadMedia: () => Promise.resolve(null) }).finally(call.done);
  }

  return {
    async localeOf(bot, userId) {
      try {
        const user = await kept.get(`${bot}|${userId}`)?.user;
        return user ? memberOf(user, bot, deps.settings()).locale : null;
      } catch {
        // They could not be looked up; whoever needed that says so.
        return null;
      }
    },

    async member(gate, userId) {
      if (gate.connector.kind !== 'bot') throw new Error('people live in chat platforms');
      const { name } = gate.connector;
      const key = `${name}|${userId}`;
      const nowMs = deps.clock.monotonicMs();
      let entry = kept.get(key);
      if (!entry || entry.untilMs < nowMs) {
        entry = { user: lookUp(gate, userId), untilMs: nowMs + keptMs };
        entry.user.catch(() => kept.delete(key));
        kept.set(key, entry);
        if (kept.size > mostKept) for (const oldest of [...kept.keys()].slice(0, mostKept / 10)) kept.delete(oldest);
      }
      const user = await entry.user;
      await deps.sawUser(name, user);
      return memberOf(user, name, deps.settings());
    },
  };
}
