import { describe, expect, it } from 'vitest';
import { type StoreFailure, toStoreError } from '../../src/embedded/store-error.ts';

const sqliteError = (errcode: number) => Object.assign(new Error('disk I/O error'), { code: 'ERR_SQLITE_ERROR', errcode });

describe('what keeps a store from being opened', () => {
  it.each<[string, number, StoreFailure]>([
    ['no room', 13, 'disk-full'],
    // Seen where the store was opened on a full tmpfs: a start that says "disk I/O error" sends people looking for a broken disk.
    ['no room for the index of its log (SQLITE_IOERR_SHMSIZE)', 4_874, 'disk-full'],
    ['a failing disk (SQLITE_IOERR_READ)', 266, 'unreachable'],
    ['a read-only folder (SQLITE_READONLY_DIRECTORY)', 1_544, 'unreachable'],
  ])('is told apart: %s', (_, errcode, failure) => {
    expect(toStoreError(sqliteError(errcode)).failure).toBe(failure);
  });
});
