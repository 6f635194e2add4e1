import { join } from 'node:path';

/** The names in a data folder that are this engine's. */
export const storeFile = (dir: string): string => join(dir, 'store.sqlite');
/** All that one store consists of: the file, its write-ahead log, and that log's index. */
export const storeFiles = ['store.sqlite', 'store.sqlite-wal', 'store.sqlite-shm'] as const;
export const lockFile = (dir: string): string => join(dir, 'store.lock');
export const pidFile = (dir: string): string => join(dir, 'store.pid');
/** Stands in the folder while its store is being replaced (`replace.ts`); nobody may open what is there then. */
export const replacingFile = (dir: string): string => join(dir, 'store.replacing');
