import { readFile, writeFile } from 'node:fs/promises';
import { runCli } from '../../src/cli/program.ts';

/** Runs a command line on real files, without a process of its own. */
export async function runTool(args: readonly string[], env: Readonly<Record<string, string>>) {
  const [out, err]: [string[], string[]] = [[], []];
  const io = {
    env,
    fetch: globalThis.fetch,
    now: () => new Date(),
    readFile: (path: string) => readFile(path, 'utf8'),
    writeFile: (path: string, bytes: Uint8Array) => writeFile(path, bytes, { flag: 'wx' }),
    out: (line: string) => void out.push(line),
    err: (line: string) => void err.push(line),
    become: () => undefined,
  };
  return { exitCode: await runCli(args, io, []), out, err };
}
