import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { riskOf } from '../../src/core/figures/desk.ts';
import { noFigures } from '../../src/core/figures/figures.ts';
import { agentSummaries, summaryOf } from '../../src/core/figures/summary.ts';
import { inquiryId, type ShopId, shopId } from '../../src/core/ids.ts';
import type { Shop } from '../../src/core/shop.ts';
import { addMs } from '../../src/core/time.ts';
import { createDesk } from '../../src/figures/desk.ts';
import type { Stats } from '../../src/figures/stats.ts';
import { createQueueStore } from '../../src/store/queue.ts';
import { inquiry } from '../core/fixtures.ts';
import { openTestStore, type TestStore } from '../store-helper.ts';

const now = new Date('2026-11-24T12:00:00Z');
const ago = (minutes: number): Date => addMs(now, -minutes * 60_000);
const shops = (['market:1', 'other:2'] as const).map(
  (_id) => ({ _id: shopId(_id), name: `Shop ${_id}`, marketplace: _id.split(':')[0], externalId: _id }) as unknown as Shop,
);
const clockOf = (policy: string, startedAt: Date, minutes: number) => ({ policy, startedAt, dueAt: addMs(startedAt, minutes * 60_000) });

describe('the risk of an inquiry', () => {
  it.each([
    ['none runs', [], null, 'none'],
    ['there is time', [clockOf('a', ago(7), 10)], 'a', 'none'],
    ['four fifths are gone', [clockOf('a', ago(8), 10)], 'a', 'at-risk'],
    ['it has run out', [clockOf('a', ago(10.1), 10)], 'a', 'missed'],
    ['the first that is due counts', [clockOf('long', ago(100), 110), clockOf('short', ago(1), 3)], 'short', 'none'],
    ['one that stands still does not', [{ policy: 'x', startedAt: null, dueAt: null }], null, 'none'],
  ])('where %s', (_, clocks, policy, risk) => {
    const found = riskOf(clocks, now);
    expect([found.clock?.policy ?? null, found.risk]).toEqual([policy, risk]);
  });
});

describe('what a team has before it', () => {
  let store: TestStore;
  const open = async (id: string, of: ShopId, fields: object) => {
    await store.connection
      .collection('inquiries')
      .insertOne({ ...inquiry, _id: inquiryId(id), conversationId: id, shopId: of, ...fields } as never);
  };
  const figures = { ...noFigures, agents: [] };
  const ofNok = {
    agent: 'Nok',
    handled: 4,
    replies: 6,
    held: 0,
    failed: 0,
    firstWall: noFigures.firstWall,
    firstBusiness: noFigures.firstBusiness,
  };
  const desk = () =>
    createDesk({
      queue: createQueueStore(store.connection),
      shops: async () => shops,
      stats: () =>
        ({ answer: async () => ({ total: summaryOf(figures), agents: agentSummaries({ agents: [ofNok] }) }) }) as unknown as Stats,
      agents: () => [
        {
          ...{ name: 'Nok', role: 'agent' as const },
          accounts: [
            { platform: 'slack', userId: 'U1' },
            { platform: 'other', userId: 'O1' },
          ],
        },
      ],
      clock: { now: () => now },
    });

  beforeAll(async () => {
    store = await openTestStore();
    const [one, two] = shops.map(({ _id }) => _id);
    if (!one || !two) throw new Error('two shops');
    const nok = (userId: string) => ({ assignee: { userId, name: 'Nok' } });
    await open('a', one, { status: 'waiting', waitingSince: ago(30), clocks: [clockOf('market/response', ago(30), 20)] });
    await open('b', two, {
      status: 'waiting',
      waitingSince: ago(60),
      ...nok('U1'),
      clocks: [clockOf('other/response', ago(60), 65), clockOf('team', ago(60), 300)],
    });
    await open('c', one, { status: 'answered', waitingSince: null, openedAt: ago(90), ...nok('O1') });
    await open('d', one, { status: 'waiting', waitingSince: ago(5), assignee: { userId: 'U2', name: 'Ana' } });
    await open('e', one, { status: 'resolved', open: false, waitingSince: null, ...nok('U1') });
    await open('f', one, { status: 'waiting', waitingSince: ago(1), openedAt: ago(500), ...nok('U1') });
  });
  afterAll(() => store.close());

  it('is who waits, longest first, and what is at risk', async () => {
    const queue = await desk().queue({}, 3);
    expect(queue).toMatchObject({ waiting: 4, atRisk: 1, missed: 1 });
    expect(queue.items.map(({ inquiryId: id, shopName, risk }) => [id, shopName, risk])).toEqual([
      ['b', 'Shop other:2', 'at-risk'],
      ['a', 'Shop market:1', 'missed'],
      ['d', 'Shop market:1', 'none'],
    ]);
    const ofOne = await desk().queue({ marketplace: 'other' }, 3);
    expect([ofOne.waiting, ofOne.items.map(({ inquiryId: id }) => id)]).toEqual([1, ['b']]);
    // Nothing of the buyer.
    expect(Object.keys(queue.items[0] ?? {}).toSorted()).toEqual(
      ['inquiryId', 'shopId', 'shopName', 'marketplace', 'openedAt', 'waitingSince', 'assignee', 'thread', 'clock', 'risk'].toSorted(),
    );
  });

  it('is what one person has in hand, those first who wait', async () => {
    const mine = await desk().mine('U1');
    expect([mine.waiting, mine.items.map(({ inquiryId: id }) => id)]).toEqual([2, ['b', 'f']]);
    expect((await desk().mine('O1')).items.map(({ inquiryId: id }) => id)).toEqual(['c']);
    expect((await desk().mine('nobody')).items).toEqual([]);
  });

  it('is what everybody has in hand, one line for an agent with two accounts', async () => {
    const loads = await desk().agents('Asia/Bangkok');
    expect(loads.map(({ agent, open: inHand, waiting, today }) => [agent, inHand, waiting, today?.handled ?? null])).toEqual([
      ['Nok', 3, 2, 4],
      ['Ana', 1, 1, null],
    ]);
  });

  it('shows what is practised, last, and does not count it', async () => {
    const fields = { marketplace: 'practice', status: 'waiting', assignee: { userId: 'U1', name: 'Nok' } };
    await open('p1', shopId('practice:1'), { ...fields, waitingSince: ago(600), clocks: [clockOf('practice', ago(600), 3)] });
    const queue = await desk().queue({}, 10);
    expect(queue).toMatchObject({ waiting: 4, atRisk: 1, missed: 1 });
    expect(queue.items.map(({ inquiryId: id }) => id)).toEqual(['b', 'a', 'd', 'f', 'p1']);
    const mine = await desk().mine('U1');
    expect([mine.waiting, mine.missed, mine.items.map(({ inquiryId: id }) => id)]).toEqual([2, 0, ['p1', 'b', 'f']]);
    expect((await desk().agents('UTC')).find(({ agent }) => agent === 'Nok')?.open).toBe(3);
    await store.connection.collection('inquiries').deleteOne({ _id: 'p1' as never });
  });

  it('is which clocks run, by rule', async () => {
    const running = await desk().running(shops.map(({ _id }) => _id));
    expect(running.toSorted((a, b) => (a.policy < b.policy ? -1 : 1))).toEqual([
      { policy: 'market/response', running: 1 },
      { policy: 'other/response', running: 1 },
      { policy: 'team', running: 1 },
    ]);
  });
});
