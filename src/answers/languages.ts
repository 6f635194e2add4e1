import type { ChatBot } from '../../bots/bot.ts';
import type { Ask } from '../core/ask.ts';
import type { Locale } from '../core/texts/index.ts';
import type { Clock, Timers } from '../core/time.ts';

export interface LanguagesDeps {
  readonly bots: ReadonlyMap<string, ChatBot>;
  /** The language of a channel. */
  readonly channelLocale: (bot: string, channelId: string) => Locale;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly timers: Timers;
}

/** People change their language rarely. */
const keptMs = 60 * 60_000;
const mostKept = 5_000;
/** Somebody waits for the answer, in whatever language. */
const patienceMs = 300;

/** The language of whoever asked, where the platform tells it in time; else the channel's. */
export function createLanguages({ bots, channelLocale, clock, timers }: LanguagesDeps): (bot: string, ask: Ask) => Promise<Locale> {
  const kept = new Map<string, { readonly locale: Promise<Locale | null>; readonly untilMs: number }>();

  function lookUp(bot: ChatBot | undefined, userId: string): Promise<Locale | null> {
    if (!bot?.user) return Promise.resolve(null);
    const stop = new AbortController();
    const access = { signal: stop.signal, loadMedia: () => Promise.resolve(null) };
    return new Promise((resolve, reject) => {
      const cancel = timers.after(patienceMs, () => stop.abort());
      bot
        .user?.(userId, access)
        .finally(cancel)
        .then(({ locale }) => resolve(locale), reject);
    });
  }

  return async (name, ask) => {
    const channel = channelLocale(name, ask.kind === 'command' ? ask.channelId : ask.post.channelId);
    const key = `${name}|${ask.userId}`;
    const nowMs = clock.monotonicMs();
    let entry = kept.get(key);
    if (!entry || entry.untilMs < nowMs) {
      entry = { locale: lookUp(bots.get(name), ask.userId), untilMs: nowMs + keptMs };
      kept.set(key, entry);
      if (kept.size > mostKept) for (const oldest of [...kept.keys()].slice(0, mostKept / 10)) kept.delete(oldest);
    }
    try {
      return (await entry.locale) ?? channel;
    } catch {
      // Whatever it was, the next question looks again.
      kept.delete(key);
      return channel;
    }
  };
}
