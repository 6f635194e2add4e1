import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, vi } from 'vitest';
import { cpuMsSince } from '../cpu-time.ts';

/** Much more than anything takes; of this thread's own time. */
const hangMs = 1_000;

const prototypes: readonly object[] = [
  Object,
  Array,
  Function,
  String,
  Number,
  Boolean,
  Map,
  Set,
  Promise,
  Error,
  RegExp,
  Date,
  Uint8Array,
].flatMap((type) => [type, type.prototype]);
const shapeOf = (): string => prototypes.map((one) => Reflect.ownKeys(one).length).join();

const shape = shapeOf();

/** Runs one case: it must not hang, and must leave every prototype as it was. Resolves to what it resolved to. */
async function guarded<T>(work: () => Promise<T> | T): Promise<T> {
  const startedAt = process.threadCpuUsage();
  const result = await work();
  const ms = cpuMsSince(startedAt);
  if (ms > hangMs) throw new Error(`a case took ${Math.round(ms)} ms`);
  if (shapeOf() !== shape) throw new Error('a prototype was touched');
  return result;
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What is alive, in bytes. */
function heapBytes(): number {
  for (let time = 0; time < 3; time += 1) collectGarbage();
  return process.memoryUsage().heapUsed;
}

/** For what grows once: compiled code, caches with an end. A leak of 200 bytes a case is more than that in the long form. */
const keptBytes = 40 * 1024 * 1024;

/** All cases of all properties together: some seconds of them in each run of the tests; `INPUT_CASES=1000000` for the long form. */
const isLong = Boolean(process.env['INPUT_CASES']);
const totalCases = Number(process.env['INPUT_CASES'] || '8000');
if (isLong) vi.setConfig({ testTimeout: 6 * 3_600_000 });

/**
 * Checks a property with its share of all cases. Each is guarded, and nothing may be kept of them: measured from the middle of the run to its end, when all
 * that is compiled is compiled.
 */
export async function run<T>(cases: fc.Arbitrary<T>, share: number, work: (one: T) => Promise<void> | void): Promise<void> {
  const numRuns = Math.max(20, Math.round(totalCases * share));
  let done = 0;
  let middle = Number.NaN;
  await fc.assert(
    fc.asyncProperty(cases, async (one) => {
      await guarded(() => work(one));
      done += 1;
      if (isLong && done % Math.ceil(numRuns / 20) === 0) process.stderr.write(`${done} of ${numRuns}\n`);
      if (done === numRuns / 2 || done === (numRuns + 1) / 2) middle = heapBytes();
    }),
    { numRuns },
  );
  expect(done).toBe(numRuns);
  expect(heapBytes() - middle).toBeLessThan(keptBytes);
}

/** For what is asked a million times; `expect` costs more than most cases. */
export function must(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}
