/** Why something cannot be done with a store, in a word that a caller can act on; the message says it in a sentence. */
export type StoreFailure =
  /** Another process has the folder. */
  | 'in-use'
  /** A replacement of the store in this folder was cut off. */
  | 'half-replaced'
  /** Not made by this engine, or of a format that this version does not know. */
  | 'unknown-format'
  | 'disk-full'
  /** The folder or file cannot be written, or read, or opened. */
  | 'unreachable'
  | 'damaged'
  | 'failed';

export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly failure: StoreFailure;

  constructor(failure: StoreFailure, message: string, cause?: unknown) {
    super(message, { cause });
    this.failure = failure;
  }
}

/** SQLITE_IOERR_SHMSIZE: the index of the log beside the file could not grow. Nothing else does that but a full disk. */
const ioErrorShmSize = 4_874;
const sqliteFull = 13;

/** SQLite's primary result code (https://www.sqlite.org/rescode.html); null for an error that is not SQLite's. */
export function resultCode(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return null;
  return error.errcode === ioErrorShmSize ? sqliteFull : error.errcode & 0xff;
}

const failureOfCode: ReadonlyMap<number, StoreFailure> = new Map([
  [8, 'unreachable'],
  [10, 'unreachable'],
  [11, 'damaged'],
  [sqliteFull, 'disk-full'],
  [14, 'unreachable'],
  [26, 'damaged'],
]);

const failureOfErrno: Readonly<Record<string, StoreFailure>> = {
  ENOSPC: 'disk-full',
  EDQUOT: 'disk-full',
  EFBIG: 'disk-full',
  EACCES: 'unreachable',
  EPERM: 'unreachable',
  EROFS: 'unreachable',
  ENOENT: 'unreachable',
  ENOTDIR: 'unreachable',
  EISDIR: 'unreachable',
  EIO: 'unreachable',
};

/** An error of SQLite or of the file system, by what it means. */
export function toStoreError(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const code = resultCode(error);
  const errno = error instanceof Error && 'code' in error ? String(error.code) : '';
  const failure = (code === null ? failureOfErrno[errno] : failureOfCode.get(code)) ?? 'failed';
  return new StoreError(failure, error instanceof Error ? error.message : String(error), error);
}
