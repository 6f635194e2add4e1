import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** As `--cpu-prof` writes it: a tree of call frames, and which of them was running at each sample. @see https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const most = 40;
const root = new URL('..', import.meta.url).pathname;

/** Prints, thread by thread, in which functions the time went: their own time, without what they called. */
export async function printProfiles(folder: string): Promise<void> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.cpuprofile')).sort();
  for (const name of files) {
    const profile = JSON.parse(await readFile(join(folder, name), 'utf8')) as CpuProfile;
    // `CPU.<day>.<time>.<process>.<thread>.<count>.cpuprofile`
    const thread = name.split('.')[4] === '0' ? 'main thread' : `thread ${name.split('.')[4]} (the store)`;
    process.stdout.write(`\n${thread}, ${join(folder, name)}\n${linesOf(profile).join('\n')}\n`);
  }
}

function linesOf({ nodes, samples, timeDeltas }: CpuProfile): string[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const byFunction = new Map<string, number>();
  const byPlace = new Map<string, number>();
  let busyUs = 0;
  let allUs = 0;
  const add = (to: Map<string, number>, key: string, us: number) => to.set(key, (to.get(key) ?? 0) + us);
  for (const [index, id] of samples.entries()) {
    const frame = byId.get(id)?.callFrame;
    const us = timeDeltas[index] ?? 0;
    if (!frame) continue;
    allUs += us;
    if (frame.functionName === '(idle)') continue;
    busyUs += us;
    const file = placeOf(frame.url);
    add(byFunction, `${frame.functionName || '(anonymous)'} ${file}${file ? `:${frame.lineNumber + 1}` : ''}`, us);
    add(byPlace, packageOf(file) || frame.functionName, us);
  }
  const top = (of: Map<string, number>, count: number) =>
    [...of]
      .sort(([, a], [, b]) => b - a)
      .slice(0, count)
      .map(([name, us]) => `${((100 * us) / busyUs).toFixed(1).padStart(6)} %  ${(us / 1_000).toFixed(0).padStart(7)} ms  ${name}`);
  return [
    `  busy ${(busyUs / 1e6).toFixed(1)} s of ${(allUs / 1e6).toFixed(1)} s`,
    '  by function:',
    ...top(byFunction, most),
    '  by file or package:',
    ...top(byPlace, most),
  ];
}

const placeOf = (url: string): string =>
  url.startsWith('file://') ? relative(root, new URL(url).pathname).replace(/^.*(?=node_modules\/)/, '') : url;

const packageOf = (file: string): string => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? file;
