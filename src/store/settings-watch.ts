import type { ConnectorLog } from '../core/connector.ts';
import type { Settings } from '../core/settings.ts';
import { accountsAfter, withKnownAccounts } from '../core/staff/accounts.ts';
import type { Timers } from '../core/time.ts';
import type { SettingsStore } from './settings.ts';

const pollMs = 2_000;

/** The settings at hand, kept up to date by asking for the revision: another process may change them. */
export interface SettingsWatch {
  current(): Settings;
  /** Reads them now; `listener`s have been called when it resolves. */
  refresh(): Promise<Settings>;
  /** Called after each change; the returned function ends it. */
  onChange(listener: (settings: Settings) => void): () => void;
  /** Somebody of a chat was looked up: an account is remembered that an e-mail address makes an agent's. Fails on nothing; the next look-up makes up for it. */
  sawUser(bot: string, user: Parameters<typeof accountsAfter>[2]): Promise<void>;
  close(): void;
}

/** Of a change that others anticipate: each time somebody else's got through. */
const mostTries = 10;

export async function startSettingsWatch(deps: {
  readonly store: SettingsStore;
  readonly timers: Timers;
  readonly log: ConnectorLog;
}): Promise<SettingsWatch> {
  const { store, timers, log } = deps;
  const listeners = new Set<(settings: Settings) => void>();
  let settings = withKnownAccounts(await store.read());
  let closed = false;
  let cancel = (): void => undefined;

  async function refresh(): Promise<Settings> {
    const read = await store.read();
    // Two reads may overtake each other; a revision never goes back.
    if (read.revision > settings.revision) {
      settings = withKnownAccounts(read);
      for (const listener of listeners) listener(settings);
    }
    return settings;
  }

  async function poll(): Promise<void> {
    try {
      if ((await store.revision()) > settings.revision) await refresh();
    } catch (err) {
      log.warn({ err }, 'settings could not be read; the last ones stay in force');
    }
    schedule();
  }

  function schedule(): void {
    if (!closed) cancel = timers.after(pollMs, () => void poll());
  }

  schedule();
  return {
    current: () => settings,
    refresh,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async sawUser(bot, user) {
      try {
        for (let tried = 0; tried < mostTries; tried++) {
          const knownAccounts = accountsAfter(settings, bot, user);
          if (knownAccounts === null) return;
          await store.replace({ knownAccounts }, settings.revision);
          await refresh();
        }
        log.warn({ bot }, 'an account could not be remembered: others change the settings all the time');
      } catch (err) {
        log.warn({ err, bot }, 'an account could not be remembered; the next look-up tries again');
      }
    },
    close() {
      closed = true;
      cancel();
    },
  };
}
