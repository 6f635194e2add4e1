import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const entry = new URL('./serve-store.ts', import.meta.url).pathname;

export interface Store {
  /** Null: each service has the built-in store inside. */
  readonly uri: string | null;
  stop(): Promise<void>;
}

/** @param named `embedded`, `served` (the built-in store in a process of its own), or the address of a MongoDB with the name of an empty database */
export async function openStore(named: string, folder: string): Promise<Store> {
  if (named === 'embedded') return { uri: null, stop: () => Promise.resolve() };
  if (named !== 'served') return { uri: named, stop: () => Promise.resolve() };
  const child = spawn(process.execPath, [entry, join(folder, 'store')], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await Promise.race([once(child.stdout, 'data'), once(child, 'exit').then(() => [''])])) as [Buffer | string];
  const port = Number(line.toString().trim());
  if (!(port > 0)) throw new Error('the store did not start');
  return {
    uri: `mongodb://127.0.0.1:${port}/chaos`,
    async stop() {
      child.kill('SIGTERM');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}
