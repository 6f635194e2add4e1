import type { ChatBot } from '../../bots/bot.ts';
import type { Finding } from '../core/connector.ts';
import { opsChannels } from '../core/ops.ts';
import { isPractice, isPracticeInquiry, isReal } from '../core/practice/marks.ts';
import { takesEverything } from '../core/routing/catch-all.ts';
import type { ChannelRef, Settings } from '../core/settings.ts';
import { asList, botOf } from '../core/settings.ts';
import type { Shop } from '../core/shop.ts';
import type { Locale, TextKey, TextParams } from '../core/texts/index.ts';
import { isTextKey, text } from '../core/texts/index.ts';
import type { Timers } from '../core/time.ts';
import { PlatformError } from '../errors.ts';
import type { DeadLetterStore } from '../store/dead-letters.ts';
import type { PageStore } from '../store/pages.ts';
import type { StoreTrouble } from '../store/trouble.ts';
import { type BackupDeps, backupFinding } from './backups.ts';
import { clockSkew } from './clock-skew.ts';
import { type JobState, jobFindings } from './jobs.ts';
import { publicAddress, type TlsFacts } from './public-address.ts';
import { quotaFindings } from './quotas.ts';

/** What is examined. Each part is asked once; one that fails is a finding and stops none of the others. */
export interface DoctorDeps {
  readonly publicUrl: string | null;
  /** Addresses of the platforms that are configured; their clocks are compared with ours. */
  readonly platformUrls: readonly string[];
  readonly fetch: typeof globalThis.fetch;
  readonly inspectTls: (host: string, port: number) => Promise<TlsFacts>;
  readonly now: () => Date;
  /** What is wrong in `threadmart.yaml` and what it says in vain; in the reader's language. Empty: nothing. */
  readonly configProblems: (locale: Locale) => Promise<readonly string[]>;
  /** Null: it is not open, which has been said already. */
  readonly store: {
    /** Rejects when it is away. */
    version(): Promise<string>;
    /** Tries to write: why it cannot; null: it can. */
    trouble(): Promise<StoreTrouble | null>;
    /** False: secrets in the database were encrypted with another key. */
    keyFits(): Promise<boolean>;
  } | null;
  /** Null: the store is a MongoDB, or not open. */
  readonly backups: BackupDeps | null;
  /** Null: the service does not run, and so does none of them. */
  readonly jobs: (() => Promise<readonly JobState[]>) | null;
  /** What gates have spent of their quotas; null: the store is not open. */
  readonly quotas: (() => Promise<Parameters<typeof quotaFindings>[0]>) | null;
  readonly shops: () => Promise<readonly Shop[]>;
  readonly checkShop: (shop: Shop, locale: Locale) => Promise<readonly Finding[]>;
  /** By `slack/default`. */
  readonly bots: ReadonlyMap<string, Pick<ChatBot, 'check'>>;
  readonly settings: () => Promise<Settings>;
  readonly pages: Pick<PageStore, 'inquiries'>;
  readonly deadLetters: Pick<DeadLetterStore, 'list'>;
  readonly timers: Timers;
}

/** Below it the update and retry behaviour that the service counts on is missing. */
const oldestStoreMajor = 7;
/** Platforms that do not answer are a finding, and no reason to wait for ever. */
const checkDeadlineMs = 20_000;
/** Enough to tell that there are many. */
const firstPage = { after: null, limit: 200 };

type Check = (say: Say, locale: Locale) => Promise<readonly Finding[]>;
export type Say = (key: TextKey, params?: TextParams) => string;

/** Looks for real, everywhere at once, and says in words what is missing and what will not work without it. */
export function createDoctor(deps: DoctorDeps): (locale: Locale) => Promise<readonly Finding[]> {
  const checks: Readonly<Record<string, Check>> = {
    config: async (say, locale) => {
      const problems = await deps.configProblems(locale);
      if (problems.length === 0) return [{ check: 'config', ok: true }];
      return problems.map((problem) => ({ check: 'config', ok: false, problem, effect: say('doctor.config.effect') }));
    },
    'public-address': (say) => publicAddress(deps, say),
    clock: (say) => clockSkew(deps, say),
    store: async (say) => {
      if (!deps.store) return [];
      const trouble = await deps.store.trouble();
      if (trouble) return [{ check: 'store', ok: false, problem: say(`doctor.store.${trouble}`), effect: say('doctor.store.effect') }];
      const version = await deps.store.version();
      if (Number(version.split('.')[0]) >= oldestStoreMajor) return [{ check: 'store', ok: true }];
      return [{ check: 'store', ok: false, problem: say('doctor.store.old', { version }), effect: say('doctor.store.old.effect') }];
    },
    'secret-key': async (say) => {
      if (!deps.store) return [];
      if (await deps.store.keyFits()) return [{ check: 'secret-key', ok: true }];
      return [{ check: 'secret-key', ok: false, problem: say('doctor.key.other'), effect: say('doctor.key.other.effect') }];
    },
    backup: async (say) => (deps.backups ? backupFinding(deps.backups, deps.now(), say) : []),
    jobs: async (say) => (deps.jobs ? jobFindings(await deps.jobs(), deps.now(), say) : []),
    shops: async (say, locale) => (deps.store ? shopFindings(deps, say, locale) : []),
    chat: (say, locale) => chatFindings(deps, say, locale),
    quotas: async (say) => (deps.quotas ? quotaFindings(await deps.quotas(), deps.now(), say) : []),
    inquiries: async (say) => {
      if (!deps.store) return [];
      const [waiting, letters] = await Promise.all([
        deps.pages.inquiries({ open: true, unrouted: true }, firstPage),
        deps.deadLetters.list({}, firstPage),
      ]);
      // That an answer fails is a part of practice.
      const real = { ...letters, items: letters.items.filter(({ inquiryId }) => !isPracticeInquiry(inquiryId)) };
      const [count, dead] = [waiting, real].map(({ items, next }) => (next ? `${items.length}+` : items.length));
      return [
        count === 0
          ? { check: 'inquiries', ok: true }
          : {
              check: 'inquiries',
              ok: false,
              problem: say('doctor.unrouted', { count: count ?? '' }),
              effect: say('doctor.unrouted.effect'),
            },
        dead === 0
          ? { check: 'dead-letters', ok: true }
          : { check: 'dead-letters', ok: false, problem: say('doctor.dead', { count: dead ?? '' }), effect: say('doctor.dead.effect') },
      ];
    },
  };

  return async (locale) => {
    const say: Say = (key, params) => text(locale, key, params);
    const found = await Promise.all(Object.entries(checks).map(([name, check]) => guarded(name, say, check(say, locale))));
    return found.flat();
  };
}

/** A check that stumbles has found something too. */
async function guarded(name: string, say: Say, check: Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  try {
    return await check;
  } catch (error) {
    return [{ check: name, ok: false, problem: say('doctor.failed', { reason: reasonOf(error) }), effect: effectOf(name, say) }];
  }
}

/** Never the error's own words: they may hold an address with a password. */
function reasonOf(error: unknown): string {
  if (error instanceof PlatformError) return [error.kind, error.code].filter(Boolean).join(' ');
  if (error instanceof Error) return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return 'unknown';
}

function effectOf(name: string, say: Say): string {
  const key = `doctor.${name}.effect`;
  return say(isTextKey(key) ? key : 'doctor.unknown.effect');
}

async function shopFindings({ shops, checkShop, settings, timers }: DoctorDeps, say: Say, locale: Locale): Promise<readonly Finding[]> {
  const [all, settled] = await Promise.all([shops(), settings()]);
  const none: Finding = { check: 'shops', ok: false, problem: say('doctor.shops.none'), effect: say('doctor.shops.none.effect') };
  const checked = all.map(async (shop): Promise<readonly Finding[]> => {
    // What practises needs no rule.
    const routed: Finding =
      isPractice(shop) || takesEverything(settled.routes, shop)
        ? { check: `${shop._id} route`, ok: true }
        : { check: `${shop._id} route`, ok: false, problem: say('doctor.route.none'), effect: say('doctor.route.none.effect') };
    const found = await guarded('shops', say, withinDeadline(timers, checkShop(shop, locale)));
    return [...found.map((finding) => ({ ...finding, check: `${shop._id} ${finding.check}` })), routed];
  });
  return [...(all.some(isReal) ? [] : [none]), ...(await Promise.all(checked)).flat()];
}

async function chatFindings({ bots, settings, timers }: DoctorDeps, say: Say, locale: Locale): Promise<readonly Finding[]> {
  const channels = channelsOf(await settings());
  const missing = [...new Set(channels.map(botOf))].filter((bot) => !bots.has(bot));
  const none: Finding = { check: 'chat', ok: false, problem: say('doctor.chat.none'), effect: say('doctor.chat.effect') };
  const checked = [...bots].map(async ([name, bot]): Promise<readonly Finding[]> => {
    const ids = [...new Set(channels.filter((channel) => botOf(channel) === name).map(({ id }) => id))];
    const found = await guarded('chat', say, withinDeadline(timers, bot.check(ids, locale)));
    return found.map((finding) => ({ ...finding, check: `${name} ${finding.check}` }));
  });
  return [
    ...(bots.size === 0 ? [none] : []),
    ...missing.map((bot) => ({ check: bot, ok: false, problem: say('doctor.chat.off', { bot }), effect: say('doctor.chat.effect') })),
    ...(await Promise.all(checked)).flat(),
  ];
}

/** Every channel that something may be posted in. */
function channelsOf(settings: Settings): readonly ChannelRef[] {
  return [...settings.channels, ...settings.routes.flatMap(({ channel }) => asList(channel)), ...opsChannels(settings)];
}

class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
  readonly code = 'no answer';
}

async function withinDeadline<T>(timers: Timers, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const cancel = timers.after(checkDeadlineMs, () => reject(new DeadlineError()));
  return Promise.race([work, promise]).finally(cancel);
}

/** Base addresses among the settings of connectors: the hosts that their platforms answer at. */
export function addressesIn(settings: readonly unknown[]): readonly string[] {
  const values = settings.flatMap((one): unknown[] => (typeof one === 'object' && one !== null ? Object.values(one) : []));
  return values.filter((value): value is string => typeof value === 'string' && /^https?:\/\//.test(value) && URL.canParse(value));
}

/** Can what was encrypted under the keys `used` be opened with those that are `known`? Null: nothing was encrypted yet. */
export const keysFit = (used: readonly string[] | null, known: readonly string[]): boolean =>
  used?.some((id) => known.includes(id)) ?? true;
