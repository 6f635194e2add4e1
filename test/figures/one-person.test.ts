import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { statsRange } from '../../src/core/figures/range.ts';
import { inquiryId, shopId } from '../../src/core/ids.ts';
import type { HistoryEvent, Inquiry } from '../../src/core/inquiry.ts';
import type { AgentSetting } from '../../src/core/settings.ts';
import type { Shop } from '../../src/core/shop.ts';
import { addMs } from '../../src/core/time.ts';
import { createDesk } from '../../src/figures/desk.ts';
import { createFigureKeeper } from '../../src/figures/keeper.ts';
import { createStats, type Stats } from '../../src/figures/stats.ts';
import { createStaff } from '../../src/pipeline/staff.ts';
import { createFigureSourceStore } from '../../src/store/figure-sources.ts';
import { createFigureStore } from '../../src/store/figures.ts';
import { createPerformanceStore } from '../../src/store/performance.ts';
import { createQueueStore } from '../../src/store/queue.ts';
import { createSettingsStore } from '../../src/store/settings.ts';
import { type SettingsWatch, startSettingsWatch } from '../../src/store/settings-watch.ts';
import { inquiry } from '../core/fixtures.ts';
import { openTestStore, type TestStore } from '../store-helper.ts';

// Nok answers from Slack, where the file names her account, and from Feishu, where her e-mail address does.

const now = new Date('2026-11-24T12:00:00Z');
const clock = { now: () => now, monotonicMs: () => 0 };
const silent = { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} };
const nok: AgentSetting = {
  ...{ name: 'Nok', role: 'agent', groups: ['thai'], capacity: 2 },
  ...{ accounts: [{ platform: 'slack', userId: 'U1' }], email: 'nok@shop.example' },
};
const ann: AgentSetting = { name: 'Ann', role: 'agent', groups: ['thai'], accounts: [{ platform: 'feishu', userId: 'ou_ann' }] };
const onFeishu = { userId: 'ou_nok', kind: 'member', email: 'Nok@shop.example' } as const;
const shop = { _id: shopId('market:1'), name: 'Lamps', marketplace: 'market', timezone: 'UTC' } as unknown as Shop;

let store: TestStore;
let watch: SettingsWatch;
const start = () => startSettingsWatch({ store: createSettingsStore(store.connection), timers: { after: () => () => {} }, log: silent });

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());
beforeEach(async () => {
  for (const name of ['settings', 'inquiries', 'events', 'figures', 'figuresDue']) await store.connection.collection(name).deleteMany({});
  await createSettingsStore(store.connection).replace({ agents: [nok, ann] }, 0);
  watch = await start();
});

const open = (id: string, bot: string, assignee: Inquiry['assignee']) =>
  store.connection.collection('inquiries').insertOne({
    ...inquiry,
    ...{ _id: inquiryId(id), conversationId: id, shopId: shop._id, open: true, status: 'waiting', waitingSince: addMs(now, -60_000) },
    ...{ assignee, thread: { bot, channelId: 'C1', rootId: '1.0' } },
  } as never);
const staff = () =>
  createStaff({
    presence: { all: async () => [], set: async () => {} },
    loads: () => createQueueStore(store.connection).loads(now),
    ...{ settings: watch.current, clock, log: silent },
  });
const desk = (answer: Stats['answer'] = async () => ({ agents: [] }) as never) =>
  createDesk({
    queue: createQueueStore(store.connection),
    shops: async () => [shop],
    stats: () => ({ answer }),
    agents: () => watch.current().agents,
    clock,
  });

it('is known on a platform once they were seen there, also to another process, and after a restart', async () => {
  const other = await start();
  expect((await staff().on('feishu/default')).map(({ agent }) => agent)).toEqual(['Ann']);
  await watch.sawUser('feishu/default', onFeishu);
  expect((await staff().on('feishu/default')).map(({ agent, userId }) => [agent, userId])).toEqual([
    ['Nok', 'ou_nok'],
    ['Ann', 'ou_ann'],
  ]);
  const { revision } = watch.current();
  await watch.sawUser('feishu/default', onFeishu);
  expect(watch.current().revision).toBe(revision);
  // Settings that the other one has not read yet are in nobody's way.
  await other.sawUser('slack/default', { userId: 'U7', kind: 'member', email: 'nok@shop.example' });
  for (const one of [other, await start()])
    expect(one.current().agents[0]?.accounts.map(({ userId }) => userId)).toEqual(['U1', 'U7', 'ou_nok']);
});

it('has one capacity, whatever platform they were given their inquiries on', async () => {
  await watch.sawUser('feishu/default', onFeishu);
  const channel = (platform: string) => ({ platform, connection: 'default', id: 'C1' });
  const next = (platform: string) => staff().assigneeFor({ assign: 'least-busy', group: 'thai', channel: channel(platform) }, null);
  await open('a', 'slack/default', { userId: 'U1', name: 'Nok', agent: 'Nok' });
  await open('b', 'feishu/default', { userId: 'ou_ann', name: 'Ann', agent: 'Ann' });
  await open('c', 'feishu/default', { userId: 'ou_ann', name: 'Ann', agent: 'Ann' });
  expect(await next('feishu')).toEqual({ userId: 'ou_nok', name: 'Nok', agent: 'Nok' });
  await open('d', 'feishu/default', { userId: 'ou_nok', name: 'Nok', agent: 'Nok' });
  expect((await next('feishu'))?.agent).toBe('Ann');
  expect(await next('slack')).toBeNull();
});

it('has one list of what is in hand, and one line in the figures', async () => {
  await open('a', 'slack/default', { userId: 'U1', name: 'Nok', agent: 'Nok' });
  await open('b', 'feishu/default', { userId: 'ou_nok', name: 'Nok', agent: null });
  const replied = (id: string, agent: string): HistoryEvent => ({
    ...{ _id: `${id}#1`, inquiryId: inquiryId(id), shopId: shop._id, channel: null, sequence: 1, kind: 'replied' },
    ...{ at: addMs(now, -120_000), by: null, data: { agent, first: true, waitedMs: 60_000, businessMs: 60_000 } },
  });
  const events = [replied('a', 'Nok'), replied('b', 'ou_nok')];
  await store.connection.collection('events').insertMany(events as never);
  let nowMs = now.getTime();
  const later = { now: () => new Date(nowMs), monotonicMs: () => nowMs };
  const figures = createFigureStore(store.connection, later);
  await figures.touched(events);
  nowMs += 60_000;
  await createFigureKeeper({ store: figures, pace: { begin: () => {}, rest: async () => {} }, clock: later, log: silent }).drain();
  const stats = createStats({
    store: figures,
    sources: createFigureSourceStore(store.connection),
    performance: createPerformanceStore(store.connection),
    shops: async () => [shop],
    channelName: () => null,
    agents: () => watch.current().agents,
    titles: () => ({}),
    running: async () => [],
    clock,
  });
  const range = statsRange('today', 'UTC', now);
  if (!range) throw new Error('today is a range');
  const of = async () => (await stats.answer({ range, scope: {}, by: null })).agents.map(({ agent, handled }) => [agent, handled]);
  const inHand = async () =>
    (await desk(stats.answer).agents('UTC')).map(({ agent, open: count, today }) => [agent, count, today?.handled]);
  // Until they were seen under it, nobody can know whose the second account is.
  expect(await of()).toEqual([
    ['Nok', 1],
    ['ou_nok', 1],
  ]);
  await watch.sawUser('feishu/default', onFeishu);
  expect(await of()).toEqual([['Nok', 2]]);
  expect(await inHand()).toEqual([['Nok', 2, 2]]);
  const mine = async (person: string) => (await desk().mine(person)).items.map(({ inquiryId: id }) => id).toSorted();
  expect(await Promise.all(['Nok', 'U1', 'ou_nok', 'ou_ann'].map(mine))).toEqual([['a', 'b'], ['a', 'b'], ['a', 'b'], []]);
});
