import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection } from 'mongoose';
import { marketplaces } from '../../adapters/index.ts';
import { practice } from '../../adapters/practice/index.ts';
import { slaPolicyNames } from '../../adapters/presets.ts';
import type { ChatBot } from '../../bots/bot.ts';
import { bots } from '../../bots/index.ts';
import { backupFolder, listBackups } from '../backups.ts';
import { readConfigFile } from '../config/file.ts';
import { ConfigError, describeProblem } from '../config/problem.ts';
import { type Config, loadConfig } from '../config.ts';
import { createBot } from '../connectors.ts';
import type { ConnectorDeps, Finding } from '../core/connector.ts';
import { defaultSettings } from '../core/settings.ts';
import type { Shop } from '../core/shop.ts';
import type { Locale } from '../core/texts/index.ts';
import { text } from '../core/texts/index.ts';
import type { Timers } from '../core/time.ts';
import { addressesIn, createDoctor, type DoctorDeps, keysFit } from '../doctor/index.ts';
import { inspectTls } from '../doctor/public-address.ts';
import { StoreError, startEmbedded } from '../embedded/index.ts';
import { PlatformError } from '../errors.ts';
import { openExtra, openGrant } from '../shops/grants.ts';
import { createVault, keyIdOf } from '../shops/vault.ts';
import { createDeadLetterStore } from '../store/dead-letters.ts';
import { createGateStore } from '../store/gates.ts';
import { createGrantStore } from '../store/grants.ts';
import { createMetaStore } from '../store/meta.ts';
import { openDatabase } from '../store/open-database.ts';
import { createPageStore } from '../store/pages.ts';
import { createSettingsStore } from '../store/settings.ts';
import { createShopStore } from '../store/shops.ts';
import { writeTrouble } from '../store/write-watch.ts';
import type { Io } from './io.ts';

const silent = () => {};
const checkDeadlineMs = 15_000;
const timers: Timers = {
  after(afterMs, task) {
    const timer = setTimeout(task, afterMs);
    return () => clearTimeout(timer);
  },
};

/** The doctor's checks while the service does not run. Reads, and changes nothing: no token is refreshed, no key is made. */
export async function examineWithoutService(io: Io, locale: Locale): Promise<readonly Finding[]> {
  let config: Config;
  try {
    config = loadConfig(io.env, { marketplaces, bots });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const effect = text(locale, 'doctor.config.effect');
    return error.problems.map((problem) => ({ check: 'environment', ok: false, problem: describeProblem(problem, locale), effect }));
  }
  const store = await openStore(config, locale);
  try {
    return [...store.findings, ...(await createDoctor(await depsOf(io, config, store.connection))(locale))];
  } finally {
    await store.close();
  }
}

interface OpenStore {
  /** Null: there is none, or it cannot be opened; `findings` say why. */
  readonly connection: Connection | null;
  readonly findings: readonly Finding[];
  readonly close: () => Promise<void>;
}

async function openStore({ mongodbUri, dataDir }: Config, locale: Locale): Promise<OpenStore> {
  const closed = (problem: string): OpenStore => ({
    connection: null,
    findings: [{ check: 'store', ok: false, problem, effect: text(locale, 'doctor.store.effect') }],
    close: async () => {},
  });
  if (mongodbUri === null && !existsSync(dataDir)) return closed(text(locale, 'doctor.store.none'));
  let embedded: Awaited<ReturnType<typeof startEmbedded>> | null = null;
  try {
    embedded = mongodbUri === null ? await startEmbedded(dataDir) : null;
  } catch (error) {
    // The folder's lock speaks: a service that does not answer may still hold it.
    if (error instanceof StoreError) return closed(text(locale, `store.${error.failure}`, { dir: dataDir, detail: error.message }));
    return closed(text(locale, 'doctor.store.broken'));
  }
  try {
    const connection = await openDatabase(embedded?.uri ?? mongodbUri ?? '');
    const close = async () => {
      await connection.close();
      await embedded?.close();
    };
    return { connection, findings: [], close };
  } catch {
    await embedded?.close();
    return closed(text(locale, 'doctor.store.away'));
  }
}

async function depsOf(io: Io, config: Config, connection: Connection | null): Promise<DoctorDeps> {
  const connectorDeps: ConnectorDeps = {
    fetch: io.fetch,
    now: io.now,
    random: Math.random,
    log: { debug: silent, info: silent, warn: silent, error: silent },
  };
  const adapters = new Map(
    marketplaces
      .filter(({ name }) => config.marketplaces.has(name))
      .map((one) => [one.name, one.create(config.marketplaces.get(one.name), connectorDeps)]),
  ).set(practice.name, practice.create({}, connectorDeps));
  const chats = new Map<string, ChatBot>();
  for (const [name, settings] of config.bots) chats.set(name, await createBot(name, settings, connectorDeps));
  const keys = config.secretKeys.length > 0 ? config.secretKeys : await storedKeys(io, config);
  const shops = connection && createShopStore(connection);
  const grants = connection && createGrantStore(connection);
  const empty = async () => ({ items: [], next: null });

  async function checkShop(shop: Shop, locale: Locale): Promise<readonly Finding[]> {
    const adapter = adapters.get(shop.marketplace);
    const stored = await shops?.stored(shop._id);
    const grant = stored?.grantId ? await grants?.byId(stored.grantId) : null;
    if (!adapter) {
      const problem = text(locale, 'doctor.shops.off', { marketplace: shop.marketplace });
      return [{ check: 'marketplace', ok: false, problem, effect: text(locale, 'doctor.shops.effect') }];
    }
    if (!stored || !grant)
      throw new PlatformError('the shop is not connected', { kind: 'auth', platform: shop.marketplace, code: 'not-connected' });
    const vault = createVault(keys, randomBytes);
    const credentials = openGrant(vault, grant);
    const extra = { ...credentials.extra, ...openExtra(vault, shop._id, stored.extra) };
    const signal = AbortSignal.timeout(checkDeadlineMs);
    return adapter.checkShop({ externalId: shop.externalId, accessToken: credentials.accessToken, extra, signal }, locale);
  }

  return {
    publicUrl: config.publicUrl,
    platformUrls: addressesIn([...config.marketplaces.values(), ...config.bots.values()]),
    fetch: io.fetch,
    inspectTls,
    now: io.now,
    timers,
    configProblems: (locale) => fileProblems(io, config, locale),
    store: connection && {
      version: () => versionOf(connection),
      trouble: () => writeTrouble(connection),
      keyFits: async () => {
        return keysFit(await createMetaStore(connection).keyIds(), keys.map(keyIdOf));
      },
    },
    backups:
      connection && config.mongodbUri === null
        ? {
            status: async () => ({ kept: await listBackups(backupFolder(config.dataDir)), lastFailure: null }),
            policy: async () => (await createSettingsStore(connection).read()).backup,
          }
        : null,
    jobs: null,
    quotas: connection && createGateStore(connection).quotas,
    shops: async () => (await shops?.list()) ?? [],
    checkShop,
    bots: chats,
    settings: async () => (connection ? createSettingsStore(connection).read() : defaultSettings),
    pages: connection ? createPageStore(connection) : { inquiries: empty },
    deadLetters: connection ? createDeadLetterStore(connection) : { list: empty },
  };
}

async function storedKeys(io: Io, { dataDir }: Config): Promise<readonly Uint8Array[]> {
  const path = join(dataDir, 'secret-key');
  return existsSync(path) ? [Buffer.from((await io.readFile(path)).trim(), 'base64')] : [];
}

async function versionOf(connection: Connection): Promise<string> {
  const answer = await connection.db?.admin().command({ buildInfo: 1 });
  return String(answer?.['version']);
}

async function fileProblems(io: Io, { configPath, configPathGiven }: Config, locale: Locale): Promise<readonly string[]> {
  if (!existsSync(configPath)) return configPathGiven ? [text(locale, 'cli.no-file', { path: configPath })] : [];
  try {
    const known = {
      marketplaces: marketplaces.map(({ name }) => name),
      bots: bots.map(({ name }) => name),
      slaPolicies: slaPolicyNames,
      receiptEmoji: bots.flatMap(({ receiptEmoji }) => receiptEmoji),
    };
    return readConfigFile(await io.readFile(configPath), io.env, known, configPath).warnings.map((warning) =>
      describeProblem(warning, locale),
    );
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map((problem) => describeProblem(problem, locale));
  }
}
