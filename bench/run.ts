import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createContext, type Part } from './context.ts';
import { ack } from './parts/ack.ts';
import { cost } from './parts/cost.ts';
import { drain } from './parts/drain.ts';
import { endToEnd } from './parts/end-to-end.ts';
import { engine } from './parts/engine.ts';
import { outage } from './parts/outage.ts';
import { reminders } from './parts/reminders.ts';
import { shops } from './parts/shops.ts';
import { start } from './parts/start.ts';
import { stats } from './parts/stats.ts';
import { machineName, worse, write } from './record.ts';
import { tableOf } from './table.ts';

/**
 * `npm run bench`: every figure of docs/performance.md, as a ratio to a bare baseline measured in the same run.
 *   --only ack,in   some parts
 *   --quick         a fifth of the time, more noise
 *   --profile       the service under --cpu-prof, and where its threads spent their time
 *   --write         into docs/performance.md, docs/performance.zh-CN.md and bench/last.json
 *   --check         compares with bench/last.json; exit code 1 when something got worse by more than the noise
 */
const parts: Readonly<Record<string, Part>> = {
  ack,
  in: (context) => endToEnd(context, ['in']),
  out: (context) => endToEnd(context, ['out']),
  cost,
  drain,
  start,
  shops,
  outage,
  reminders,
  engine,
  stats,
};

/** Not in the short form, unless named: they take minutes to fill a store or to wait for what is due, or repeat the others. */
const long = new Set(['shops', 'reminders', 'engine', 'stats']);

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
  },
});
const wanted = values.only?.split(',') ?? Object.keys(parts).filter((name) => !values.quick || !long.has(name));
const unknown = wanted.filter((name) => !(name in parts));
if (unknown.length > 0) {
  process.stderr.write(`there is no part ${unknown.join(', ')}; there are ${Object.keys(parts).join(', ')}\n`);
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), 'threadmart-bench-'));
const say = (line: string): void => void process.stderr.write(`${line}\n`);
process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)
  process.on(signal, () => process.exit(code));

const profileDir = values.profile ? mkdtempSync(join(tmpdir(), 'threadmart-profile-')) : null;
if (profileDir) mkdirSync(profileDir, { recursive: true });
const context = createContext({ quick: values.quick, folder, profileDir, say });
for (const name of wanted) {
  const startedMs = performance.now();
  say(`${name} ...`);
  for (const figure of (await parts[name]?.(context)) ?? []) context.measured.set(figure.id, figure);
  say(`${name}: ${Math.round((performance.now() - startedMs) / 1_000)} s`);
}
const figures = [...context.measured.values()];
process.stdout.write(`${tableOf(figures, 'en')}\n\n${machineName()}\n`);
if (values.check) {
  const lines = await worse(figures);
  process.stdout.write(lines.length === 0 ? '\nnothing got worse by more than the noise\n' : `\nworse than before:\n${lines.join('\n')}\n`);
  if (lines.length > 0) process.exitCode = 1;
}
if (values.write) await write(figures);
