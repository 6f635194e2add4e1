#!/usr/bin/env node
// The `threadmart` command. `npx` runs it with whatever Node the machine has; what it starts needs Node 24, which `npm ci` puts beside it.
// Plain JavaScript, so that an old Node can read it far enough to say what is missing.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const requiredMajor = 24;
const [major = 0] = process.versions.node.split('.').map(Number);
const main = new URL('./main.ts', import.meta.url);
const ownNode = fileURLToPath(new URL('../../node_modules/.bin/node', import.meta.url));

if (major >= requiredMajor) {
  await import(main.href);
} else if (existsSync(ownNode)) {
  const child = spawn(ownNode, [fileURLToPath(main), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`threadmart: ${ownNode} does not start (${error.message})\n`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
} else {
  process.stderr.write(
    [
      `threadmart needs Node ${requiredMajor}; this is ${process.versions.node}. Run "npm ci" in the checkout (it brings Node on Linux), or install Node ${requiredMajor}.`,
      `threadmart 需要 Node ${requiredMajor}，当前为 ${process.versions.node}。请在项目目录运行 "npm ci"（Linux 上会自带 Node），或安装 Node ${requiredMajor}。\n`,
    ].join('\n'),
  );
  process.exitCode = 1;
}
