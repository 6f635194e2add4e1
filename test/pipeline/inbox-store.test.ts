import { afterAll, beforeAll, expect, it } from 'vitest';
import { addMs } from '../../src/core/time.ts';
import type { Turn } from '../../src/core/turn.ts';
import { createInboxStore, type InboxStore } from '../../src/store/inbox.ts';
import { openTestStore, type TestStore } from '../store-helper.ts';

const now = new Date('2026-11-24T12:00:00Z');

let store: TestStore;
let inbox: InboxStore;

beforeAll(async () => {
  store = await openTestStore();
  inbox = createInboxStore(store.connection);
});
afterAll(() => store.close());

it('an event that a successor has finished is not taken up again by its former owner', async () => {
  await inbox.insert([
    {
      ...{ _id: 'market|1', source: 'market', key: '1', gate: 'shop:market:1', lane: 'lane', body: new Uint8Array(), contentType: '' },
      ...{
        receivedAt: now,
        sequence: 1,
        state: 'received',
        dueAt: now,
        attempts: 0,
        outcome: null,
        reason: null,
        doneAt: null,
        turn: null,
      },
    },
  ]);
  const ids = ['market|1'];
  await inbox.finish([{ ids, outcome: 'appended' }], now);
  await inbox.decide([{ ids, turn: { id: 'late' } as Turn }]);
  await inbox.undecide(ids);
  await inbox.finish([{ ids, outcome: 'again' }], addMs(now, 1));
  expect(await inbox.pendingIn(['lane'], 10)).toEqual([]);
  expect(await store.connection.collection('inbox').findOne()).toMatchObject({ state: 'done', outcome: 'appended', turn: null });
});
