import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { takeLock } from './storage.ts';
import { replacingFile, storeFile, storeFiles } from './store-files.ts';

/** A data folder that nobody else can open meanwhile. */
export interface ClosedFolder {
  /**
   * Puts a store, one file in the same file system, in the place of the present one, which is moved into the folder `aside` with all that belongs to it.
   * Cut off at any moment it can be done again; until then the folder is not opened: half of one store and half of another are no store.
   * @returns where the former store is: `aside`, or the folder that an attempt before this one had begun to use
   */
  replace(candidate: string, aside: string): string;
  release(): void;
}

/** @throws StoreError `in-use` */
export function closeFolder(dir: string): ClosedFolder {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const lock = takeLock(dir);
  return {
    replace(candidate, aside) {
      const folder = begin(dir, aside);
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      for (const name of storeFiles) {
        const kept = join(folder, name);
        // One that is kept already is the former store's; what stands in its place now came with the attempt before.
        if (existsSync(join(dir, name)) && !existsSync(kept)) renameSync(join(dir, name), kept);
      }
      sync(folder);
      renameSync(candidate, storeFile(dir));
      sync(dir);
      rmSync(replacingFile(dir));
      sync(dir);
      return folder;
    },
    release: () => lock.close(),
  };
}

/** Writes down that the store is being replaced, and where the former one goes. What an attempt before this one wrote stands. */
function begin(dir: string, aside: string): string {
  const marker = replacingFile(dir);
  if (existsSync(marker)) return readFileSync(marker, 'utf8');
  const draft = `${marker}.new`;
  const file = openSync(draft, 'w', 0o600);
  writeSync(file, aside);
  fsyncSync(file);
  closeSync(file);
  renameSync(draft, marker);
  sync(dir);
  return aside;
}

function sync(path: string): void {
  const file = openSync(path, 'r');
  fsyncSync(file);
  closeSync(file);
}
