import type { Db } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { queueView, riskOf } from '../../src/core/figures/desk.ts';
import { noFigures } from '../../src/core/figures/figures.ts';
import { agentSummaries, summaryOf } from '../../src/core/figures/summary.ts';
import { inquiryId, type ShopId, shopId } from '../../src/core/ids.ts';
import type { Shop } from '../../src/core/shop.ts';
import { addMs } from '../../src/core/time.ts';
import { createDesk } from '../../src/figures/desk.ts';
import type { Stats } from '../../src/figures/stats.ts';
import { openDatabase } from '../../src/store/open-database.ts';
import { createQueueStore } from '../../src/store/queue.ts';
import { inquiry } from '../core/fixtures.ts';
import { type Asked, explain, toAsked } from '../store/replay.ts';
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
    const nok = (userId: string, platform = 'slack') => ({
      assignee: { userId, name: 'Nok', agent: null },
      thread: { bot: `${platform}/default`, channelId: 'C1', rootId: null },
    });
    await open('a', one, { status: 'waiting', waitingSince: ago(30), clocks: [clockOf('market/response', ago(30), 20)] });
    await open('b', two, {
      status: 'waiting',
      waitingSince: ago(60),
      ...nok('U1'),
      clocks: [clockOf('other/response', ago(60), 65), clockOf('team', ago(60), 300)],
    });
    await open('c', one, { status: 'answered', waitingSince: null, openedAt: ago(90), ...nok('O1', 'other') });
    await open('d', one, { status: 'waiting', waitingSince: ago(5), assignee: { userId: 'U2', name: 'Ana', agent: null } });
    await open('e', one, { status: 'resolved', open: false, waitingSince: null, ...nok('U1') });
    await open('f', one, { status: 'waiting', waitingSince: ago(1), openedAt: ago(500), ...nok('U1') });
    await open('g', one, {
      status: 'waiting',
      waitingSince: ago(80),
      ...nok('U1'),
      snoozedUntil: ago(-60),
      clocks: [clockOf('market/response', ago(80), 90)],
    });
    await open('h', two, { status: 'waiting', waitingSince: ago(90), ...nok('U1'), noAnswerNeeded: true, snoozedUntil: ago(-60) });
    // Its snooze is over; what that changes is still to be decided.
    await open('i', one, { status: 'waiting', waitingSince: ago(3), snoozedUntil: ago(1), clocks: [clockOf('team', ago(3), 100)] });
  });
  afterAll(() => store.close());

  it('is who waits, first what can still be saved, and apart from them who need not be seen to', async () => {
    const queue = await desk().queue({}, 3);
    expect(queue).toMatchObject({ waiting: 5, atRisk: 1, missed: 1, asleep: 1, noAnswerNeeded: 1 });
    expect(queue.items.map(({ inquiryId: id, shopName, risk }) => [id, shopName, risk])).toEqual([
      ['b', 'Shop other:2', 'at-risk'],
      ['a', 'Shop market:1', 'missed'],
      ['i', 'Shop market:1', 'none'],
    ]);
    expect((await desk().queue({}, 9)).items.map(({ inquiryId: id }) => id)).toEqual(['b', 'a', 'i', 'd', 'f']);
    expect(queueView(queue, 'en').heading).toBe('5 wait, 1 of them at risk, 1 late · asleep: 1 · no answer needed: 1');
    const ofOne = await desk().queue({ marketplace: 'other' }, 3);
    expect([ofOne.waiting, ofOne.asleep, ofOne.noAnswerNeeded, ofOne.items.map(({ inquiryId: id }) => id)]).toEqual([1, 0, 1, ['b']]);
    // Nothing of the buyer.
    expect(Object.keys(queue.items[0] ?? {}).toSorted()).toEqual(
      [
        ...['inquiryId', 'shopId', 'shopName', 'marketplace', 'openedAt', 'waitingSince', 'assignee', 'thread', 'clock', 'risk'],
        'stand',
      ].toSorted(),
    );
  });

  it('is what one person has in hand, those first who wait', async () => {
    const mine = await desk().mine('U1');
    expect([mine.waiting, mine.asleep, mine.noAnswerNeeded, mine.items.map(({ inquiryId: id }) => id)]).toEqual([
      2,
      1,
      1,
      ['b', 'f', 'g', 'h', 'c'],
    ]);
    const [waits] = queueView(mine, 'en').tables.map(({ rows }) => rows.map(([first]) => first));
    expect(waits).toEqual(['1 h 0 min', '1 min 0 s', 'asleep', 'no answer needed', null]);
    expect((await desk().mine('O1')).items).toEqual(mine.items);
    expect((await desk().mine('nobody')).items).toEqual([]);
  });

  it('is what everybody has in hand, one line for an agent with two accounts', async () => {
    const loads = await desk().agents('Asia/Bangkok');
    expect(loads.map(({ agent, open: inHand, waiting, today }) => [agent, inHand, waiting, today?.handled ?? null])).toEqual([
      ['Nok', 5, 2, 4],
      ['Ana', 1, 1, null],
    ]);
  });

  it('shows what is practised, last, and does not count it', async () => {
    const fields = { marketplace: 'practice', status: 'waiting', assignee: { userId: 'U1', name: 'Nok' } };
    await open('p1', shopId('practice:1'), { ...fields, waitingSince: ago(600), clocks: [clockOf('practice', ago(600), 3)] });
    const queue = await desk().queue({}, 10);
    expect(queue).toMatchObject({ waiting: 5, atRisk: 1, missed: 1, asleep: 1, noAnswerNeeded: 1 });
    expect(queue.items.map(({ inquiryId: id }) => id)).toEqual(['b', 'a', 'i', 'd', 'f', 'p1']);
    const mine = await desk().mine('U1');
    expect([mine.waiting, mine.missed, mine.items.map(({ inquiryId: id }) => id)]).toEqual([2, 0, ['b', 'p1', 'f', 'g', 'h', 'c']]);
    expect((await desk().agents('UTC')).find(({ agent }) => agent === 'Nok')?.open).toBe(5);
    await store.connection.collection('inquiries').deleteOne({ _id: 'p1' as never });
  });

  it('is which clocks run, by rule', async () => {
    const running = await desk().running(shops.map(({ _id }) => _id));
    expect(running.toSorted((a, b) => (a.policy < b.policy ? -1 : 1))).toEqual([
      { policy: 'market/response', running: 2 },
      { policy: 'other/response', running: 1 },
      { policy: 'team', running: 2 },
    ]);
  });

  it('is counted whole where more wait than are looked at', async () => {
    const { countWaiting, toSeeTo } = createQueueStore(store.connection);
    expect((await toSeeTo(null, now, 4)).map(({ _id }) => _id)).toEqual(['b', 'a', 'd', 'i']);
    expect(await countWaiting(null, now)).toEqual({ all: 7, asleep: 1, noAnswerNeeded: 1 });
    expect(await countWaiting([shopId('other:2')], now)).toEqual({ all: 2, asleep: 0, noAnswerNeeded: 1 });
  });

  it('is read by index, and of nobody but whose buyer has the last word', async () => {
    const asked: Asked[] = [];
    const watched = await openDatabase(store.uri, { onCommand: (event) => asked.push(...toAsked(event)) });
    try {
      const queue = createQueueStore(watched);
      await queue.waiting(null, 100);
      await queue.toSeeTo(null, now, 100);
      await queue.countWaiting(null, now);
      const questions = asked.filter(({ collection }) => collection === 'inquiries');
      expect(questions).toHaveLength(5);
      for (const one of questions) {
        const { stages, documents, keys } = await explain(watched.db as unknown as Db, one);
        expect([stages.includes('COLLSCAN'), stages.includes('SORT')]).toEqual([false, false]);
        expect(Math.max(documents, keys)).toBeLessThanOrEqual(7);
      }
    } finally {
      await watched.close();
    }
  });
});
