import { chaos, type Outcome } from './chaos.ts';
import { readOptions, usage } from './options.ts';

/** `npm run chaos`: exit code 0 if every promise was kept, 1 if one was broken or the run broke off, 2 for wrong usage. */
const startedAt = performance.now();
const say = (line: string) => console.log(`${((performance.now() - startedAt) / 1_000).toFixed(0).padStart(5)} s  ${line}`);
const shownFaults = 20;

function options() {
  try {
    if (!process.argv.includes('--help')) return readOptions(process.argv.slice(2));
    console.log(usage);
    process.exit(0);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exit(2);
  }
}

function report(outcome: Outcome): boolean {
  const { verdict, faults } = outcome;
  const figures: readonly (readonly [string, string | number])[] = [
    ['messages of buyers', outcome.buyerMessages],
    ['messages of agents', `${outcome.agentMessages}, ${outcome.edits} edits, ${outcome.deletions} deletions`],
    ['killed', outcome.kills],
    ['events delivered again', outcome.redeliveries],
    ...Object.entries(faults).sort(([a], [b]) => (a < b ? -1 : 1)),
    ['sellers who authorised anew', outcome.reconnected],
    ['shown late, and marked so', outcome.late],
    ['time to drain', outcome.drainMs === null ? 'never' : `${(outcome.drainMs / 1_000).toFixed(1)} s`],
  ];
  for (const [name, figure] of figures) console.log(`${name.padEnd(34)}${figure}`);
  const words: { readonly [Kind in keyof typeof verdict]: string } = {
    lost: 'lost',
    doubled: 'doubled',
    outOfOrder: 'out of order',
    misplaced: 'misplaced',
    leaked: 'leaked',
    withoutReceipt: 'without receipt',
    unheeded: 'unheeded',
  };
  const kinds = Object.keys(words) as (keyof typeof words)[];
  for (const kind of kinds) for (const text of verdict[kind].slice(0, shownFaults)) console.log(`  ${words[kind]}: ${text}`);
  for (const what of outcome.shown.slice(0, shownFaults)) console.log(`  can be read: ${what}`);
  console.log(
    [...kinds.map((kind) => `${words[kind]} ${verdict[kind].length}`), `secrets and words to be read ${outcome.shown.length}`].join(', '),
  );
  return kinds.every((kind) => verdict[kind].length === 0) && outcome.shown.length === 0;
}

const chosen = options();
const { seed, minutes, processes, store, kills, rate } = chosen;
console.log(`chaos: --seed ${seed} --minutes ${minutes} --processes ${processes} --store ${store} --kills ${kills} --rate ${rate}`);
try {
  const good = report(await chaos(chosen, say));
  process.exit(good ? 0 : 1);
} catch (error) {
  console.error(error instanceof Error ? error.stack : String(error));
  process.exit(1);
}
