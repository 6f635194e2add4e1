import { existsSync } from 'node:fs';
import { replacingFile, storeFile } from './store-files.ts';

/** What can be done with a store that nobody has open. For the command line: the service itself never loads it. */
export { checkStore, readCollection, type StoreProblem } from './check.ts';
export { closeFolder } from './replace.ts';
export { storeFile } from './store-files.ts';

/** False: nothing was ever stored in this folder. */
export const hasStore = (dir: string): boolean => existsSync(storeFile(dir));

/** True: a replacement of its store was cut off, so what is in it is no store. */
export const isHalfReplaced = (dir: string): boolean => existsSync(replacingFile(dir));
