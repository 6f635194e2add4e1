import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as after } from 'node:timers';
import { marketplaces } from '../adapters/index.ts';
import { bots } from '../bots/index.ts';
import { type Config, type Environment, loadConfig } from './config.ts';
import type { Clock, Timers } from './core/time.ts';
import { type EmbeddedStore, StoreError, startEmbedded } from './embedded/index.ts';
import { createFetch } from './fetch.ts';
import { createLog, type Log } from './log.ts';
import type { Probe } from './pipeline/deps.ts';
import { createService, type Random } from './service.ts';
import { StartError } from './start-error.ts';

const clock: Clock = { now: () => new Date(), monotonicMs: () => performance.now() };
const timers: Timers = {
  after(afterMs, task) {
    const timer = after(task, Math.max(0, afterMs));
    return () => clearTimeout(timer);
  },
};
const random: Random = { bytes: pooledBytes(), number: () => Math.random() };

/** Drawn from the system in larger portions, for each drawing is a system call; no byte is given twice, and none is kept here once it was given. */
function pooledBytes(): Random['bytes'] {
  let pool = Buffer.alloc(0);
  return (count) => {
    if (pool.length < count) pool = randomBytes(Math.max(count, 4_096));
    const given = new Uint8Array(pool.subarray(0, count));
    pool.fill(0, 0, count);
    pool = pool.subarray(count);
    return given;
  };
}

async function readConfigText({ configPath, configPathGiven }: Config): Promise<string | null> {
  try {
    return await readFile(configPath, 'utf8');
  } catch (error) {
    if (!configPathGiven && error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw new StartError('start.config-unreadable', { path: configPath }, error);
  }
}

/** @throws StartError where the folder is taken, or what is in it cannot be used */
async function openStore(dir: string): Promise<EmbeddedStore> {
  try {
    return await startEmbedded(dir);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    throw new StartError(`store.${error.failure}`, { dir, detail: error.message }, error);
  }
}

export interface StartOptions {
  /** The named steps at which a test may kill the process. */
  readonly probe?: Probe;
  /** Set by tests: declared paces and back-offs are divided by it. */
  readonly timeScale?: number;
  /** Set by benches: the declared paces alone are divided by it. `timeScale` if absent. */
  readonly paceScale?: number;
  /** Where pictures may be fetched over plain http; set by tests and the demo. */
  readonly insecureMediaOrigins?: readonly string[];
}

/**
 * The whole process: reads the environment, builds everything, listens, and ends in good order on SIGTERM or SIGINT.
 * With `run.ts` and `main.mjs` the only place that touches the system's clock, chance and environment.
 * @throws ConfigError, StartError with a sentence for the person who started it
 */
export async function start(
  environment: Environment,
  { probe = () => {}, timeScale = 1, paceScale = timeScale, insecureMediaOrigins = [] }: StartOptions = {},
): Promise<void> {
  const config = loadConfig(environment, { marketplaces, bots });
  const log = createLog({ level: config.logLevel });
  const configText = await readConfigText(config);
  const engine = config.mongodbUri === null ? await openStore(config.dataDir) : null;
  const database = engine
    ? { uri: engine.uri, soleOwner: true, backup: engine.backup }
    : { uri: config.mongodbUri ?? '', soleOwner: false };
  const service = await createService({
    config,
    environment,
    configText,
    database,
    clock,
    timers,
    random,
    // https://nodejs.org/api/cli.html#node_use_env_proxy1 (2026-11-28)
    fetch: createFetch({ throughProxy: environment['NODE_USE_ENV_PROXY'] === '1' || process.execArgv.includes('--use-env-proxy') }),
    log,
    probe,
    timeScale,
    paceScale,
    insecureMediaOrigins,
  });
  const server = await service.listen(config.host, config.port);
  log.info({ url: server.url }, 'listening');
  after(giveBackMemory, startingMs).unref();
  closeOnSignals(log, async () => {
    await service.close();
    await engine?.close();
  });
}

/** By then the gates of a thousand shops are taken. */
const startingMs = 2_000;

/**
 * What starting leaves is garbage for the most part, and Node would keep its room for as long as nothing else needs it. A thirtieth of a second once, for a fifth
 * of the memory at rest. Where Node was started without `--expose-gc` it stays.
 */
function giveBackMemory(): void {
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}

/** A second signal, or ten seconds, end it at once: whatever is left is picked up at the next start. */
function closeOnSignals(log: Log, close: () => Promise<void>): void {
  let closing = false;
  const shutDown = (signal: NodeJS.Signals) => {
    if (closing) process.exit(1);
    closing = true;
    log.info({ signal }, 'shutting down');
    after(() => process.exit(1), 10_000).unref();
    close().then(
      () => process.exit(0),
      (err: unknown) => {
        log.error({ err }, 'shut down with an error; nothing acknowledged is lost');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', shutDown);
  process.on('SIGINT', shutDown);
}
