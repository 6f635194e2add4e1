import { afterEach, describe, expect, it } from 'vitest';
import type { StatsAnswer, StatsQuestion } from '../../src/core/figures/answer.ts';
import { noFigures } from '../../src/core/figures/figures.ts';
import { summaryOf } from '../../src/core/figures/summary.ts';
import type { HttpDeps } from '../../src/http/deps.ts';
import { asAdmin, jsonOf, lampHouse, now, type Stand, startStand, stubAdmin } from './stand.ts';

let stand: Stand;
afterEach(() => stand.close());

type Statistics = HttpDeps['admin']['statistics'];
const withStatistics = (stats: Partial<Statistics['stats']>, others: Partial<Statistics> = {}) =>
  startStand({
    admin: { ...stubAdmin, statistics: { ...stubAdmin.statistics, ...others, stats: { ...stubAdmin.statistics.stats, ...stats } } },
  });
const get = (path: string) => fetch(`${stand.url}/api/stats${path}`, { headers: asAdmin });

const answerTo = ({ range, scope, by }: StatsQuestion): StatsAnswer => ({
  ...{
    range,
    scope,
    by,
    asOf: now,
    total: summaryOf(noFigures),
    groups: [],
    agents: [],
    hours: [],
    tags: [],
    keywords: [],
    titles: {},
    performance: [],
    forecast: null,
  },
});

describe('/api/stats', () => {
  it.each([
    ['', { firstDay: '2026-11-22', lastDay: '2026-11-22', zone: 'Asia/Bangkok', by: null, scope: {} }],
    [
      '?range=7d&zone=America/Los_Angeles&by=agent',
      { firstDay: '2026-11-16', lastDay: '2026-11-22', zone: 'America/Los_Angeles', by: 'agent', scope: {} },
    ],
    [
      `?range=2026-01-01..2026-12-31&shop=${lampHouse.externalId}&channel=slack/C1&agent=Nok&marketplace=stub`,
      {
        ...{ firstDay: '2026-01-01', lastDay: '2026-12-31', zone: 'Asia/Bangkok', by: null },
        scope: { shop: lampHouse._id, marketplace: 'stub', channel: 'slack/default/C1', agent: 'Nok' },
      },
    ],
  ])('understands %s', async (query, { firstDay, lastDay, zone, by, scope }) => {
    let asked: StatsQuestion | null = null;
    stand = await withStatistics({
      answer: async (question) => {
        asked = question;
        return answerTo(question);
      },
    });
    expect((await get(query)).status).toBe(200);
    expect(asked).toMatchObject({ range: { firstDay, lastDay, zone }, by });
    expect((asked as StatsQuestion | null)?.scope).toEqual(scope);
  });

  it.each([
    ['?range=soon', 400],
    ['?zone=Mars', 400],
    ['?by=mood', 400],
    ['?shop=nobody', 404],
    ['?drill=mood', 400],
    ['?drill=tag', 400],
    ['?drill=opened&name=x', 400],
    ['?drill=opened&agent=Nok', 400],
    ['?drill=opened&cursor=x', 400],
    ['?more=1', 400],
  ])('refuses %s', async (query, status) => {
    stand = await withStatistics({ answer: async (question) => answerTo(question), behind: async () => null });
    expect((await get(query)).status).toBe(status);
  });

  it('lists what is behind a figure, in pages', async () => {
    const asked: unknown[] = [];
    stand = await withStatistics({
      behind: async ({ figure, name }, { after, limit }) => {
        asked.push([figure, name, after?.id ?? null, limit]);
        return { items: [], next: after === null ? { at: now, id: 'i1#4' } : null };
      },
    });
    const first = await jsonOf(await get('?drill=missed&name=market/response&limit=2'));
    const second = await jsonOf(await get(`?drill=missed&name=market/response&limit=2&cursor=${first.nextCursor}`));
    expect(second.nextCursor).toBeNull();
    expect(asked).toEqual([
      ['missed', 'market/response', null, 2],
      ['missed', 'market/response', 'i1#4', 2],
    ]);
  });

  it.each([
    ['csv&table=agents', 'text/csv; charset=utf-8', 'threadmart-agents-2026-11-22..2026-11-22.csv', [0xef, 0xbb, 0xbf]],
    ['xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'threadmart-2026-11-22..2026-11-22.xlsx', [0x50, 0x4b]],
  ])('hands out a file as %s', async (format, type, name, begins) => {
    stand = await withStatistics({ answer: async (question) => answerTo(question), daily: async () => [], performance: async () => [] });
    const answer = await get(`/export?format=${format}`);
    expect([answer.headers.get('content-type'), answer.headers.get('content-disposition')]).toEqual([
      type,
      `attachment; filename="${name}"`,
    ]);
    expect([...new Uint8Array(await answer.arrayBuffer()).subarray(0, begins.length)]).toEqual(begins);
    expect((await get('/export?format=pdf')).status).toBe(400);
  });

  it('begins a rebuild, and tells how far it is', async () => {
    const state = { startedAt: now, finishedAt: null, history: null, at: null, days: 3, changed: 0 };
    stand = await withStatistics({}, { rebuild: { state: async () => state, begin: async () => state } });
    const begun = await fetch(`${stand.url}/api/stats/rebuild`, { method: 'POST', headers: asAdmin });
    expect([begun.status, await jsonOf(begun)]).toEqual([202, JSON.parse(JSON.stringify(state))]);
    expect(await jsonOf(await get('/rebuild'))).toMatchObject({ days: 3 });
  });

  it('tells who waits, and what everybody has in hand', async () => {
    const asked: unknown[] = [];
    const queue = async (...given: unknown[]) => {
      asked.push(given);
      return { now, waiting: 0, atRisk: 0, missed: 0, asleep: 0, noAnswerNeeded: 0, items: [] };
    };
    stand = await withStatistics(
      {},
      {
        desk: {
          queue,
          mine: (user) => queue(user),
          agents: async (zone) => {
            asked.push(zone);
            return [];
          },
        },
      },
    );
    for (const path of [`/queue?shop=${lampHouse.externalId}&limit=5`, '/mine?user=U1', '/agents'])
      expect((await get(path)).status).toBe(200);
    expect(asked).toEqual([[{ shop: lampHouse._id }, 5], ['U1'], 'Asia/Bangkok']);
    expect((await get('/mine')).status).toBe(400);
  });
});
