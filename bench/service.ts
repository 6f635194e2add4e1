import { syncBuiltinESMExports } from 'node:module';
import threads from 'node:worker_threads';
import { marketplaces } from '../adapters/index.ts';
import { bots } from '../bots/index.ts';
import type { RateLimit } from '../src/core/connector.ts';
import { start } from '../src/start.ts';
import { answers } from './child.ts';
import { usage } from './usage.ts';

// The product in a process of its own: the real `start`, with two changes that the environment asks for.

/** Reading back goes on at its own pace: unbounded, it would be a load that no deployment has. */
const kept = new Set(['conversations.replies', 'conversations.history', 'list-messages', 'list-conversations']);
const wide = 1_000_000;

interface Paced {
  readonly capabilities: { readonly limits: readonly RateLimit[] };
}

/** The same connector, whose declared limits never bind. */
function withoutPaces<T extends Paced>(connector: T): T {
  const limits = connector.capabilities.limits.map((limit) =>
    kept.has(limit.name) ? limit : { ...limit, permits: limit.permits * wide, burst: (limit.burst ?? 1) * wide },
  );
  return { ...connector, capabilities: { ...connector.capabilities, limits } };
}

if (process.env['BENCH_PACES'] === 'off') {
  for (const definition of marketplaces) {
    const { create } = definition;
    Object.assign(definition, { create: (...args: Parameters<typeof create>) => withoutPaces(create(...args)) });
  }
  for (const definition of bots) {
    const { create } = definition;
    Object.assign(definition, { create: async (...args: Parameters<typeof create>) => withoutPaces(await create(...args)) });
  }
}

/** The store's thread is started without this process's options; to be profiled it needs them. */
const profiles = process.env['BENCH_PROFILE'];
if (profiles) {
  const { Worker } = threads;
  threads.Worker = class extends Worker {
    constructor(file: string | URL, options: threads.WorkerOptions = {}) {
      super(file, { ...options, execArgv: ['--cpu-prof', `--cpu-prof-dir=${profiles}`] });
    }
  };
  syncBuiltinESMExports();
}

await start(process.env, { timeScale: Number(process.env['TIME_SCALE'] ?? '1') });
answers({ usage });
