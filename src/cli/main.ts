import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bots } from '../../bots/index.ts';
import { runCli } from './program.ts';

const folder = new URL('../../', import.meta.url);

// `threadmart ... | head` has read enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

process.exitCode = await runCli(
  process.argv.slice(2),
  {
    env: process.env,
    fetch: globalThis.fetch,
    now: () => new Date(),
    readFile: (path) => readFile(path, 'utf8'),
    writeFile: (path, bytes) => writeFile(path, bytes, { flag: 'wx' }),
    out: (line) => process.stdout.write(`${line}\n`),
    err: (line) => process.stderr.write(`${line}\n`),
    become: (script, nodeOptions = [], args = []) =>
      process.execve?.(process.execPath, [process.execPath, ...nodeOptions, fileURLToPath(new URL(script, folder)), ...args], process.env),
  },
  bots,
);
