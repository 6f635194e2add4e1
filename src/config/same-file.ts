import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../config.ts';

/** By which a file is known again without reading what it says. */
export interface FileMark {
  /** The variables that it names. */
  readonly variables: readonly string[];
  /** Of all that settles what it means: its text, those variables, and the code that reads it. */
  readonly fingerprint: string;
}

export function markOf(text: string, variables: readonly string[], env: Environment): FileMark {
  const hash = createHash('sha256').update(readerFingerprint());
  for (const part of [text, ...variables.flatMap((name) => [name, env[name] ?? ''])]) hash.update(`${part.length}:${part}`);
  return { variables, fingerprint: hash.digest('base64url') };
}

/** True where the file was marked so before, and nothing that settles its meaning has changed since. */
export const isSameFile = (text: string, env: Environment, before: FileMark | null): boolean =>
  before !== null && markOf(text, before.variables, env).fingerprint === before.fingerprint;

let reader: string | null = null;

/** Another version of this folder may find more in the same file. Taken from the code itself, for a number would be forgotten. */
function readerFingerprint(): string {
  if (reader === null) {
    const folder = import.meta.dirname;
    const hash = createHash('sha256').update(readFileSync(join(folder, '../../package.json')));
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    for (const path of files.map(({ parentPath, name }) => join(parentPath, name)).toSorted()) hash.update(readFileSync(path));
    reader = hash.digest('base64url');
  }
  return reader;
}
