import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';

/** A part of the bench in a process of its own, so that nothing that is measured shares an event loop with what measures it. */
export interface Child {
  readonly pid: number;
  /** Of the handler of that name in the child (`answers`). Throws what the handler threw, and when the child has died. */
  ask<T>(question: string, data?: unknown): Promise<T>;
  /** SIGTERM; resolves when it is gone. */
  stop(): Promise<void>;
}

export interface ChildOptions {
  readonly entry: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly execArgv?: readonly string[];
  /** Where it writes its output. */
  readonly logFile: string;
}

interface Reply {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

const longestAnswerMs = 600_000;

/** As `npm start` gives them. */
export function nodeOptions(): readonly string[] {
  const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { scripts: { start: string } };
  return scripts.start.match(/--\S+/g) ?? [];
}

/** Resolves when the child has called `answers`. */
export async function startChild({ entry, env = {}, execArgv = [], logFile }: ChildOptions): Promise<Child> {
  const log = openSync(logFile, 'a');
  const { PATH = '' } = process.env;
  const child = fork(new URL(entry, import.meta.url), {
    env: { PATH, ...env },
    execArgv: [...execArgv],
    serialization: 'advanced',
    stdio: ['ignore', log, log, 'ipc'],
  });
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let lastId = 0;
  child.on('message', ({ id, result, error }: Reply) => {
    const found = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) found?.resolve(result);
    else found?.reject(new Error(`${entry}: ${error}`));
  });
  child.on('exit', (code, signal) => {
    for (const { reject } of waiting.values()) reject(new Error(`${entry} ended (${code ?? signal}); see ${logFile}`));
    waiting.clear();
  });
  await until(child, entry, logFile);
  return {
    pid: child.pid ?? 0,
    ask: <T>(question: string, data?: unknown) =>
      new Promise<T>((resolve, reject) => {
        lastId += 1;
        const id = lastId;
        const late = setTimeout(() => waiting.get(id)?.reject(new Error(`${entry} did not answer ${question}`)), longestAnswerMs);
        waiting.set(id, {
          resolve: (value) => {
            clearTimeout(late);
            resolve(value as T);
          },
          reject: (error) => {
            clearTimeout(late);
            reject(error);
          },
        });
        child.send({ id, question, data }, (error) => {
          if (error) waiting.get(id)?.reject(error);
        });
      }),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    },
  };
}

async function until(child: ChildProcess, entry: string, logFile: string): Promise<void> {
  const first = await Promise.race([once(child, 'message'), once(child, 'exit')]);
  if (typeof first[0] !== 'object' || first[0] === null) throw new Error(`${entry} did not start; see ${logFile}`);
}

type Handlers = Readonly<Record<string, (data: never) => unknown>>;

/** The child's side: answers by these handlers from now on, and ends with its parent. */
export function answers(handlers: Handlers): void {
  const send = (reply: Reply) => process.send?.(reply);
  process.on('message', async ({ id, question, data }: { id: number; question: string; data: never }) => {
    try {
      const handler = handlers[question];
      if (!handler) throw new Error(`there is no answer to "${question}"`);
      send({ id, result: await handler(data) });
    } catch (error) {
      send({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  });
  process.on('disconnect', () => process.exit(1));
  send({ id: 0 });
}
