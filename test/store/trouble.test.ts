import type { Connection } from 'mongoose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collectionOf, missingInserter } from '../../src/store/collection.ts';
import { openDatabase } from '../../src/store/open-database.ts';
import { type Passage, type StoreProxy, startStoreProxy } from '../store-proxy.ts';
import { startTroubledStore, type TroubledStore } from '../troubled-store.ts';

interface Row {
  readonly _id: string;
  readonly text: string;
}

describe('a store that cannot write', () => {
  let store: TroubledStore;
  let proxy: StoreProxy;
  let connection: Connection;
  beforeEach(async () => {
    store = await startTroubledStore();
    proxy = await startStoreProxy(store.uri);
    connection = await openDatabase(proxy.uri);
  });
  afterEach(async () => {
    await connection.close();
    await proxy.close();
    await store.close();
  });

  // More than fits into what is left of the pages that are there.
  const rows = (count: number): Row[] => Array.from({ length: count }, (_, index) => ({ _id: `row-${index}`, text: 'x'.repeat(10_000) }));

  it.each(['full', 'read-only'] as const)('on a disk that is %s never says that it inserted', async (state) => {
    const collection = collectionOf<Row>(connection, 'rows');
    const insertMissing = missingInserter(collection);
    await insertMissing(rows(2));
    store.disk(state);
    await expect(insertMissing(rows(5))).rejects.toThrow();
    expect(await collection.countDocuments()).toBe(2);
    store.disk('good');
    expect(await insertMissing(rows(5))).toEqual(new Set([0, 1]));
  });

  it.each<Passage>(['cut', 'no-answers'])('because the connection is gone (%s) never says that it inserted', async (passage) => {
    const collection = collectionOf<Row>(connection, 'rows');
    const insertMissing = missingInserter(collection);
    await insertMissing(rows(1));
    proxy.pass(passage);
    await expect(insertMissing(rows(5))).rejects.toThrow();
  });
});
