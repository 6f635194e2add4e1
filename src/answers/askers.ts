import type { ChatBot, ChatUser } from '../../bots/bot.ts';
import type { Ask } from '../core/ask.ts';
import type { Settings } from '../core/settings.ts';
import type { Locale } from '../core/texts/index.ts';
import type { Clock } from '../core/time.ts';
import { memberOf } from '../pipeline/people.ts';

/** Who asks. */
export interface Asker {
  /** The language that `agents` gives them, or that they have set; null: neither tells. */
  readonly locale: Locale | null;
  /** False: a guest, or a person of another organisation, whom `agents` does not name. What the team asks is not theirs. */
  readonly mayAsk: boolean;
  /** May answer buyers, and so change how an inquiry stands. */
  readonly mayAnswer: boolean;
  /** The name in `agents`; null where the settings do not name this person. */
  readonly agent: string | null;
}

export interface AskersDeps {
  readonly bots: ReadonlyMap<string, ChatBot>;
  readonly settings: () => Pick<Settings, 'agents' | 'screening'>;
  /** See `PipelineDeps`. */
  readonly sawUser: (bot: string, user: ChatUser) => Promise<void>;
  readonly clock: Pick<Clock, 'monotonicMs'>;
}

/** Names and kinds of accounts change rarely. */
const keptMs = 60 * 60_000;
const mostKept = 5_000;

/** Looks a person up, once an hour. Throws what the platform said when it cannot be found out: nobody is taken for a member on trust. */
export function createAskers({
  bots,
  settings,
  sawUser,
  clock,
}: AskersDeps): (bot: string, ask: Ask, signal: AbortSignal) => Promise<Asker> {
  const kept = new Map<string, { readonly user: Promise<ChatUser>; readonly untilMs: number }>();

  function lookUp(bot: ChatBot | undefined, userId: string, signal: AbortSignal): Promise<ChatUser> {
    if (!bot?.user) return Promise.resolve({ userId, name: userId, kind: 'member', email: null, locale: null });
    return bot.user(userId, { signal, loadMedia: () => Promise.resolve(null) });
  }

  return async (name, { userId }, signal) => {
    const key = `${name}|${userId}`;
    const nowMs = clock.monotonicMs();
    let entry = kept.get(key);
    if (!entry || entry.untilMs < nowMs) {
      entry = { user: lookUp(bots.get(name), userId, signal), untilMs: nowMs + keptMs };
      entry.user.catch(() => kept.delete(key));
      kept.set(key, entry);
      if (kept.size > mostKept) for (const oldest of [...kept.keys()].slice(0, mostKept / 10)) kept.delete(oldest);
    }
    const user = await entry.user;
    await sawUser(name, user);
    const { mayAnswer, agent, locale } = memberOf(user, name, settings());
    return { locale, mayAsk: user.kind === 'member' || mayAnswer, mayAnswer, agent };
  };
}
