import { join } from 'node:path';
import type { Figure } from './figure.ts';
import { createStage, type Stage, type StageOptions } from './stage.ts';

/** What every part of the bench is run with. */
export interface Context {
  /** The short form: fewer rounds, shorter ones. */
  readonly quick: boolean;
  /** How often product and baseline take turns. */
  readonly rounds: number;
  readonly profileDir: string | null;
  /** For what stays until the end of the run. */
  readonly folder: string;
  /** What this run has measured so far, by id. */
  readonly measured: Map<string, Figure>;
  stage(options: Omit<StageOptions, 'folder' | 'profileDir'>): Promise<Stage>;
  say(line: string): void;
}

/** One part: measures, and returns its rows. Each can be run alone. */
export type Part = (context: Context) => Promise<readonly Figure[]>;

export function createContext(options: {
  readonly quick: boolean;
  readonly folder: string;
  readonly profileDir: string | null;
  readonly say: (line: string) => void;
}): Context {
  const { quick, folder, profileDir, say } = options;
  let stages = 0;
  return {
    quick,
    rounds: quick ? 3 : 5,
    profileDir,
    folder,
    say,
    measured: new Map(),
    stage(given) {
      stages += 1;
      return createStage({ ...given, folder: join(folder, `stage-${stages}`), profileDir });
    },
  };
}

/** As many as a middling team has. */
export const usual = { shops: 20, channels: 8, talksPerShop: 50 } as const;
