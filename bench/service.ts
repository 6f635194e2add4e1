import { syncBuiltinESMExports } from 'node:module';
import threads from 'node:worker_threads';
import { start } from '../src/start.ts';
import { answers } from './child.ts';
import { usage } from './usage.ts';

// The product in a process of its own: the real `start`. The environment says whether the platforms' declared limits bind, and whether it is profiled.

/** So fast that no declared limit is ever felt; all other clocks stay as they are. */
const unlimited = 1_000_000;

/** The store's thread is started without this process's options; to be profiled it needs them. */
const profileDir = process.env['BENCH_PROFILE'];
if (profileDir) {
  const { Worker } = threads;
  threads.Worker = class extends Worker {
    constructor(file: string | URL, options: threads.WorkerOptions = {}) {
      super(file, { ...options, execArgv: ['--cpu-prof', `--cpu-prof-dir=${profileDir}`] });
    }
  };
  syncBuiltinESMExports();
}

await start(process.env, { paceScale: process.env['BENCH_PACES'] === 'off' ? unlimited : 1 });
answers({ usage });
