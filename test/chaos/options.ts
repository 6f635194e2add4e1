import { existsSync, readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';

export interface ChaosOptions {
  readonly minutes: number;
  readonly seed: number;
  readonly processes: number;
  /** `embedded`, `served`, or the address of a MongoDB. */
  readonly store: string;
  readonly kills: number;
  /** Messages a second, both ways together. */
  readonly rate: number;
  /** Where logs, answers and database stay; null: nothing stays. */
  readonly keep: string | null;
}

export const usage = `npm run chaos -- [options]
  --minutes N      how long buyers and agents write (2)
  --seed N         repeats a run, as far as a machine's own timing allows (by chance)
  --processes N    on one store (1)
  --store WHERE    embedded: inside the one process; served: the built-in store in a process of its own; or mongodb://.../NAME
                   (embedded for one process, else served)
  --kills N        kill -9 (12 a minute; 4 with several processes, whose gates change hands in some 17 s)
  --rate N         messages a second, both ways together (30)
  --keep DIR       logs, metrics, answers and database stay there, with a list of all secrets, texts and names that were used
`;

/** @throws Error with a sentence about the wrong argument */
export function readOptions(args: readonly string[]): ChaosOptions {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { minutes: text, seed: text, processes: text, store: text, kills: text, rate: text, keep: text },
  });
  const number = (name: 'minutes' | 'seed' | 'processes' | 'kills' | 'rate', otherwise: number, atLeast: number): number => {
    const value = values[name] === undefined ? otherwise : Number(values[name]);
    if (!Number.isFinite(value) || value < atLeast) throw new Error(`--${name} takes a number from ${atLeast} on`);
    return value;
  };
  const minutes = number('minutes', 2, 0.1);
  const processes = number('processes', 1, 1);
  const store = values.store ?? (processes === 1 ? 'embedded' : 'served');
  if (store === 'embedded' && processes > 1) throw new Error('--store embedded is for one process');
  const { keep = null } = values;
  if (keep !== null && existsSync(keep) && readdirSync(keep).length > 0)
    throw new Error(`--keep takes a folder that is new or empty: ${keep} is not`);
  return {
    minutes,
    processes,
    store,
    seed: number('seed', Math.floor(Math.random() * 2 ** 31), 0),
    kills: Math.round(number('kills', minutes * (processes === 1 ? 12 : 4), 0)),
    rate: number('rate', 30, 0.1),
    keep,
  };
}
