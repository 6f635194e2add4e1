import { existsSync } from 'node:fs';
import { storeFile } from './store-files.ts';

/** What can be done with a store that nobody has open. For the command line: the service itself never loads it. */
export { checkStore, readCollection, type StoreProblem } from './check.ts';
export { closeFolder } from './replace.ts';
export { storeFile } from './store-files.ts';

/** False: nothing was ever stored in this folder. */
export const hasStore = (dir: string): boolean => existsSync(storeFile(dir));
