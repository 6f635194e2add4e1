import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Delivery } from '../../src/core/delivery.ts';
import { planned } from '../../src/core/plan.ts';
import type { OutboxStore } from '../../src/store/outbox.ts';
import { createOutboxStore } from '../../src/store/outbox.ts';
import { openTestStore, type TestStore } from '../store-helper.ts';

const now = new Date('2026-11-24T12:00:00Z');
const gate = 'bot:chat/default';

const message = (id: string, fields: Partial<Delivery> = {}): Delivery => ({
  ...planned({
    id,
    gate,
    lane: 'thread:1',
    order: id,
    content: { kind: 'message', message: { author: 'buyer', parts: [{ kind: 'text', text: id }], sentAt: now, late: false } },
    priority: 'message',
    now,
    channelId: 'C1',
  }),
  ...fields,
});

describe('the outbox', () => {
  let store: TestStore;
  let outbox: OutboxStore;
  const stateOf = async (id: string) => (await outbox.byIds([id]))[0]?.state;

  beforeAll(async () => {
    store = await openTestStore();
    outbox = createOutboxStore(store.connection);
  });
  beforeEach(async () => {
    await store.connection.collection('outbox').deleteMany({});
  });
  afterAll(() => store.close());

  it('shows what is under way in a lane, however much is queued before it', async () => {
    await outbox.insert([message('1'), message('2'), message('3'), message('4', { state: 'uncertain' })]);
    const { deliveries, all } = await outbox.waitingIn(['thread:1'], 2);
    expect(deliveries.map(({ _id }) => _id).toSorted()).toEqual(['1', '2', '4']);
    expect(all).toBe(false);
    expect((await outbox.waitingIn(['thread:1'], 4)).all).toBe(true);
  });

  it('claims nothing that was changed since it was looked at: an edit in time is what is sent', async () => {
    const seen = message('1');
    await outbox.insert([seen]);
    const edit = { dueAt: now, content: message('1', {}).content };
    await outbox.patch({ id: seen._id, by: 'an edit', onlyIn: ['queued'], set: edit, whenApplied: [], whenTooLate: [] }, 1);
    expect(await outbox.claim([{ id: seen._id, members: [], patchedBy: seen.patchedBy }], 1, now)).toEqual(new Set());
    expect(await stateOf('1')).toBe('queued');
    const [edited] = await outbox.byIds(['1']);
    expect(await outbox.claim([{ id: seen._id, members: [], patchedBy: edited?.patchedBy ?? null }], 1, now)).toEqual(new Set(['1']));
  });

  it('stores what became of one that was never claimed, and nothing once a successor has', async () => {
    await outbox.insert([message('1'), message('2')]);
    const sent = (id: string, term: number) => outbox.change([{ id: message(id)._id, set: { state: 'sent', doneAt: now } }], term);
    expect(await sent('1', 3)).toBe(true);
    expect((await outbox.byIds(['1']))[0]).toMatchObject({ state: 'sent', term: 3 });
    await outbox.claim([{ id: message('2')._id, members: [], patchedBy: null }], 4, now);
    expect(await sent('2', 3)).toBe(false);
    expect((await outbox.byIds(['2']))[0]).toMatchObject({ state: 'sending', term: 4 });
  });

  it('takes no change of a process that stood still, once a later turn has changed the same', async () => {
    await outbox.insert([message('1')]);
    const to = (second: number) => new Date(now.getTime() + second * 1_000);
    const patch = (by: string, dueAt: Date) => ({
      id: message('1')._id,
      by,
      onlyIn: ['queued'] as const,
      set: { dueAt },
      whenApplied: [],
      whenTooLate: [],
    });
    expect(await outbox.patch(patch('first', to(1)), 1)).toMatchObject({ gate });
    expect(await outbox.patch(patch('second', to(2)), 2)).toMatchObject({ gate });
    expect(await outbox.patch(patch('first', to(1)), 1)).toBe('superseded');
    expect((await outbox.byIds(['1']))[0]).toMatchObject({ dueAt: to(2), patchedBy: 'second' });
    expect(await outbox.patch({ ...patch('third', to(3)), onlyIn: ['held'] }, 3), 'too late is another thing').toBeNull();
  });

  it('tells of every lane in which something waits, by its most urgent and its earliest', async () => {
    const at = (second: number) => new Date(now.getTime() + second * 1_000);
    await outbox.insert([
      message('1', { lane: 'long', rank: at(2), dueAt: at(1) }),
      message('2', { lane: 'long', rank: at(1), dueAt: at(5), state: 'uncertain' }),
      message('3', { lane: 'done', state: 'sent' }),
      message('4', { lane: 'short', rank: at(3), dueAt: at(3) }),
    ]);
    const lanes = await outbox.waitingLanes(gate);
    expect(lanes.toSorted((a, b) => a.rank.getTime() - b.rank.getTime())).toEqual([
      { lane: 'long', channelId: 'C1', queue: 'posts', rank: at(1), dueAt: at(1) },
      { lane: 'short', channelId: 'C1', queue: 'posts', rank: at(3), dueAt: at(3) },
    ]);
  });

  it('lets what was shown with a mark that is gone go by itself', async () => {
    const lead = message('3', { state: 'sent' });
    await outbox.insert([lead, message('1', { state: 'merged', mergedInto: lead._id, doneAt: now }), message('2')]);
    expect(await outbox.unmerge([lead._id])).toMatchObject([{ gate, lane: 'thread:1' }]);
    expect(await outbox.unmerge([lead._id])).toEqual([]);
    const { deliveries } = await outbox.waitingIn(['thread:1'], 10);
    expect(deliveries.map(({ _id, mergedInto }) => [_id, mergedInto])).toEqual([
      ['1', null],
      ['2', null],
    ]);
  });

  it('does not apply a change a second time when its reply has been held again since', async () => {
    await outbox.insert([message('1', { state: 'held' })]);
    const release = {
      id: message('1')._id,
      by: 'press',
      onlyIn: ['held'],
      set: { state: 'queued' },
      whenApplied: [],
      whenTooLate: [],
    } as const;
    expect(await outbox.patch(release, 1)).toMatchObject({ gate, lane: 'thread:1' });
    await store.connection.collection<Delivery>('outbox').updateOne({ _id: message('1')._id }, { $set: { state: 'held' } });
    expect(await outbox.patch(release, 1)).toMatchObject({ gate, lane: 'thread:1' });
    expect(await stateOf('1')).toBe('held');
  });

  it.each(['uncertain', 'settling'] as const)(
    'lets a new owner write about one that is %s and came back with its channel',
    async (state) => {
      const one = message('1', { state, term: 3 });
      await outbox.insert([one]);
      await outbox.takeOver([one], 4);
      expect(await outbox.change([{ id: one._id, set: { state: 'sent' } }], 4)).toBe(true);
      expect(await stateOf('1')).toBe('sent');
    },
  );
});
