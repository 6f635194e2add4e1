import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Delivery } from '../../src/core/delivery.ts';
import { shopId } from '../../src/core/ids.ts';
import type { InboxEvent } from '../../src/core/inbox.ts';
import { planned } from '../../src/core/plan.ts';
import { createInboxStore, type InboxStore } from '../../src/store/inbox.ts';
import { createInquiryStore } from '../../src/store/inquiries.ts';
import { openDatabase } from '../../src/store/open-database.ts';
import { createOutboxStore, type OutboxStore } from '../../src/store/outbox.ts';
import { createPauseStore, type PauseStore } from '../../src/store/pauses.ts';
import { openTestStore, type TestStore } from '../store-helper.ts';

const now = new Date('2026-11-24T12:00:00Z');
const gates = Array.from({ length: 300 }, (_, index) => `shop:market:${index}`);
const [first = '', second = ''] = gates;

const event = (id: string, gate: string): InboxEvent => ({
  ...{ _id: `market|${id}`, source: 'market', key: id, gate, lane: `lane ${gate}`, body: new Uint8Array(), contentType: '' },
  ...{ receivedAt: now, sequence: 1, state: 'received', dueAt: now, attempts: 0, outcome: null, reason: null, doneAt: null, turn: null },
});

const delivery = (id: string, gate: string, fields: Partial<Delivery> = {}): Delivery => ({
  ...planned({ id, gate, lane: `lane ${gate}`, order: id, content: { kind: 'read-mark' }, priority: 'message', now }),
  ...fields,
});

/** What the store is asked when gates are taken: most of a thousand shops have nothing waiting. */
describe('of many gates at once', () => {
  let store: TestStore;
  let inbox: InboxStore;
  let outbox: OutboxStore;
  let pauses: PauseStore;
  let commands = 0;
  let observed: TestStore['connection'];
  const ofAll = <T>(ask: (gate: string) => Promise<T>) => Promise.all(gates.map(ask));

  beforeAll(async () => {
    store = await openTestStore();
    observed = await openDatabase(store.uri, {
      onCommand: () => {
        commands += 1;
      },
    });
    [inbox, outbox, pauses] = [createInboxStore(observed), createOutboxStore(observed), createPauseStore(observed)];
  });
  beforeEach(async () => {
    for (const name of ['inbox', 'outbox', 'pauses']) await store.connection.collection(name).deleteMany({});
  });
  afterAll(async () => {
    await observed.close();
    await store.close();
  });

  it('it is known in one look where events wait, however many do at one of them', async () => {
    await inbox.insert(Array.from({ length: 450 }, (_, index) => event(String(index), first)));
    await inbox.insert([event('last', second)]);
    commands = 0;
    expect(await ofAll(inbox.anyPending)).toEqual(gates.map((gate) => gate === first || gate === second));
    expect(commands).toBeLessThan(5);
  });

  it('nothing is asked where nothing is wanted', async () => {
    commands = 0;
    expect(await createInquiryStore(observed).openIn(shopId('market:1'), [])).toEqual(new Map());
    expect(commands).toBe(0);
  });

  it('the pauses are read in one look', async () => {
    await pauses.set(second, 'C1', 'is_archived', now);
    commands = 0;
    expect((await ofAll(pauses.of)).map((found) => found.length)).toEqual(gates.map((gate) => (gate === second ? 1 : 0)));
    expect(commands).toBe(1);
  });

  it('the waiting lanes are read in one look, and each gate gets its own', async () => {
    await outbox.insert([delivery('1', first), delivery('2', second), delivery('3', second, { state: 'sent' })]);
    commands = 0;
    expect((await ofAll(outbox.waitingLanes)).map((lanes) => lanes.map(({ lane }) => lane))).toEqual(
      gates.map((gate) => (gate === first || gate === second ? [`lane ${gate}`] : [])),
    );
    expect(commands).toBe(1);
  });

  it('only what a former owner was sending is written about', async () => {
    await outbox.insert([
      delivery('1', first, { state: 'sending', term: 4, members: ['2' as Delivery['_id']] }),
      delivery('2', first),
      delivery('3', second, { state: 'settling', term: 4 }),
      delivery('4', second, { state: 'sending', term: 5 }),
    ]);
    commands = 0;
    expect(await ofAll((gate) => outbox.adopt(gate, 5, now))).toEqual(gates.map((gate) => (gate === first ? 1 : 0)));
    expect(commands).toBeLessThan(8);
    const stored = await store.connection
      .collection<Delivery>('outbox')
      .find()
      .sort({ _id: 1 })
      .project({ _id: 0, state: 1, term: 1, mergedInto: 1 })
      .toArray();
    expect(stored).toEqual([
      { state: 'uncertain', term: 5, mergedInto: null },
      { state: 'merged', term: 0, mergedInto: '1' },
      { state: 'settling', term: 5, mergedInto: null },
      { state: 'sending', term: 5, mergedInto: null },
    ]);
  });
});
