import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const entry = new URL('./serve.ts', import.meta.url).pathname;
const mutate = new URL('./mutate.ts', import.meta.url).pathname;
const shiftClock = new URL('./shift-clock.ts', import.meta.url).pathname;

/** The service in a process of its own, started, killed and started again on one port and one folder. */
export interface ServiceProcess {
  readonly url: string;
  /** What it is started with. */
  readonly environment: Readonly<Record<string, string>>;
  start(changes?: Readonly<Record<string, string>>): Promise<void>;
  /** SIGKILL; resolves when it is dead. */
  kill(): Promise<void>;
  /** SIGTERM; resolves to the exit code. */
  stop(): Promise<number | null>;
  /** It has been started and has not ended; it need not be ready. */
  alive(): boolean;
  /** Resolves when the process died by itself (a probe killed it). */
  died(): Promise<void>;
  /** SIGSTOP: it stands still, its connections stay. */
  freeze(): void;
  /** Resolves when it stands still by itself (`FREEZE_AT`). */
  frozen(): Promise<void>;
  /** SIGCONT. */
  thaw(): void;
  /** SIGUSR2: `KILL_AT` counts from now on, where it was to wait for this. Resolves once it does. */
  arm(): Promise<void>;
  /** What it wrote, for a failing test. */
  output(): string;
}

const keptOutputChars = 200_000;

/** @param logFile where all that it writes is kept besides */
const compileCache = join(tmpdir(), 'threadmart-test-compiled');

export async function createServiceProcess(
  more: Readonly<Record<string, string>>,
  { logFile }: { readonly logFile?: string } = {},
): Promise<ServiceProcess> {
  if (logFile) mkdirSync(dirname(logFile), { recursive: true });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const environment = { PORT: String(port), HOST: '127.0.0.1', LOG_LEVEL: 'info', ...more };
  let child: ChildProcess | null = null;
  let output = '';
  let armed = false;

  const alive = () => child !== null && child.exitCode === null && child.signalCode === null;

  return {
    url,
    environment,
    async start(changes = {}) {
      const { PATH = '' } = process.env;
      // Starts are what such a test is made of; each finds what the one before has compiled.
      const env = { PATH, NODE_COMPILE_CACHE: compileCache, ...environment, ...changes };
      const before = [...('MUTATION' in env ? ['--import', mutate] : []), ...('CLOCK_AHEAD_MS' in env ? ['--import', shiftClock] : [])];
      const started = spawn(process.execPath, [...before, entry], { env, stdio: ['ignore', 'pipe', 'pipe'] });
      child = started;
      for (const stream of [started.stdout, started.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => {
          output = (output + text).slice(-keptOutputChars);
          if (text.includes('armed\n')) armed = true;
          if (logFile) appendFileSync(logFile, text);
        });
      }
      await ready(started, url, () => output);
    },
    alive,
    async kill() {
      if (!child || !alive()) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
    async stop() {
      if (!child || !alive()) return null;
      child.kill('SIGTERM');
      const [code] = (await once(child, 'exit')) as [number | null];
      return code;
    },
    async died() {
      if (child && alive()) await once(child, 'exit');
    },
    async arm() {
      armed = false;
      child?.kill('SIGUSR2');
      while (alive() && !armed) await new Promise((resolve) => setTimeout(resolve, 10));
    },
    freeze: () => void child?.kill('SIGSTOP'),
    async frozen() {
      const running = child;
      while (!output.includes('\nfrozen at ')) {
        if (running === null || running.exitCode !== null) throw new Error(`it ended before it stood still\n${output.slice(-4_000)}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    thaw: () => void child?.kill('SIGCONT'),
    output: () => output,
  };
}

async function ready(child: ChildProcess, url: string, output: () => string): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the service did not start:\n${output().slice(-4_000)}`);
    // It may be killed by its probe before it is ready: the caller waits for that.
    if (child.signalCode !== null) return;
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    if (answer?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
