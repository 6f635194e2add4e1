import { createHash } from 'node:crypto';
import type { ChatBot } from '../bots/bot.ts';
import type { ConnectorLog, Finding } from './core/connector.ts';
import { opsChannels } from './core/ops.ts';
import { notice } from './core/plan.ts';
import { botOf, type Settings } from './core/settings.ts';
import type { Locale } from './core/texts/index.ts';
import type { Notice } from './core/thread.ts';
import type { MetaStore } from './store/meta.ts';

interface FirstLookDeps {
  readonly bots: ReadonlyMap<string, ChatBot>;
  readonly settings: () => Pick<Settings, 'channels' | 'ops' | 'opsElsewhere'>;
  readonly meta: Pick<MetaStore, 'looked' | 'setLooked'>;
  readonly announce: (id: string, what: Notice, about: string) => Promise<void>;
  readonly log: ConnectorLog;
}

/**
 * Tries, at the first start with a chat platform and with each change of its channels, all that the app is to be allowed, and says in the log and where trouble is told
 * what is missing and what will not work without it. Until all is there it is said again at each start. Never throws; nothing waits for it.
 */
export async function firstLook({ bots, settings, meta, announce, log }: FirstLookDeps): Promise<void> {
  const { channels } = settings();
  const [ops] = opsChannels(settings());
  const opsKey = ops && `${botOf(ops)}/${ops.id}`;
  const locale: Locale = channels.find((channel) => `${botOf(channel)}/${channel.id}` === opsKey)?.locale ?? 'en';

  async function look(name: string, bot: ChatBot): Promise<void> {
    const ids = channels.filter((channel) => botOf(channel) === name).map(({ id }) => id);
    const what = digestOf(ids.toSorted());
    if (ids.length === 0 || (await meta.looked(name)) === what) return;
    const findings = await bot.check(ids, locale);
    if (findings.every(({ ok }) => ok)) return meta.setLooked(name, what);
    // What nobody answered is not missing.
    const lacking = findings.filter(({ ok, unanswered }) => !ok && !unanswered);
    if (lacking.length === 0) throw new Error('the platform did not answer');
    for (const { check, problem, effect } of lacking)
      log.warn(
        { bot: name, check, problem, effect },
        'the chat platform does not allow all that is needed; "threadmart doctor" looks again',
      );
    const reasons = lacking.map(({ check, problem = '', effect = '' }) => ({
      key: 'trouble.lacks.one' as const,
      params: { check, problem, effect },
    }));
    await announce(`lacks:${name}:${digestOf(lacking.map(wordsOf))}`, notice('trouble.lacks', { bot: name }, reasons), name);
  }

  await Promise.all(
    [...bots].map(([name, bot]) =>
      look(name, bot).catch((err: unknown) =>
        log.warn({ bot: name, err }, 'what a chat platform allows could not be tried; the next start does'),
      ),
    ),
  );
}

const wordsOf = ({ check, problem = '' }: Finding): string => `${check} ${problem}`;
const digestOf = (words: readonly string[]): string => createHash('sha256').update(JSON.stringify(words)).digest('base64url').slice(0, 22);
