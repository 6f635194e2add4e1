import { rmSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { StatsAnswer } from '../../src/core/figures/answer.ts';
import { FigureTally } from '../../src/core/figures/figures.ts';
import { daysFrom } from '../../src/core/figures/range.ts';
import { agentSummaries, summaryOf } from '../../src/core/figures/summary.ts';
import { shopId } from '../../src/core/ids.ts';
import { runTool } from './run-tool.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A service that gives these answers, one after the other where there are several. */
async function serve(answers: Readonly<Record<string, readonly unknown[]>>) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const name = `${request.method} ${request.url}`;
    const before = asked.filter((one) => one === name).length;
    asked.push(name);
    const given = answers[name] ?? [];
    const answer = given[Math.min(before, given.length - 1)];
    response.writeHead(answer === undefined ? 400 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? { error: { code: 'bad-range', message: 'no' } }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  return { asked, env: { PORT: String((server.address() as AddressInfo).port), ADMIN_TOKEN: 'token-of-the-administrator' } };
}

function answer(): StatsAnswer {
  const tally = new FigureTally();
  tally.count('opened', 12);
  tally.count('answered', 10);
  for (const ms of [45_000, 125_000]) tally.measure('firstBusiness').add(ms);
  tally.agent('Nok').replies = 9;
  tally.policy('market/response', 'marketplace', { met: 9, missed: 1 });
  tally.policy('team', 'team', { met: 1, missed: 3 });
  const figures = tally.result();
  const range = daysFrom('Asia/Bangkok', '2026-11-27', '2026-11-27');
  if (!range) throw new Error('it is a range');
  return {
    ...{ range, by: 'shop', scope: {}, asOf: new Date('2026-11-27T05:00:00Z'), total: summaryOf(figures), agents: agentSummaries(figures) },
    groups: [{ key: 'market:1', name: 'Lamp House', ...summaryOf(figures) }],
    ...{ hours: Array.from({ length: 24 }, (_, hour) => (hour === 9 ? 4 : 0)), tags: [{ name: 'vip', count: 2 }], keywords: [] },
    titles: { team: 'Two minutes' },
    performance: [
      {
        ...{ shopId: shopId('market:1'), shopName: 'Lamp House', marketplace: 'market', firstDay: '2026-11-26', lastDay: '2026-11-27' },
        ...{ sessions: 12, responseRate: 0.955, responseMs: 270_000, satisfaction: null, readAt: new Date('2026-11-27T01:30:00Z') },
      },
    ],
    forecast: [
      { policy: 'market/response', owner: 'marketplace', met: 9, missed: 1, rate: 0.9, running: 10, forecast: 0.95 },
      { policy: 'team', owner: 'team', met: 1, missed: 3, rate: 0.25, running: 0, forecast: 0.25 },
    ],
  };
}

describe('threadmart stats', () => {
  it('shows figures in tables, in both languages', async () => {
    const { env, asked } = await serve({ 'GET /api/stats?range=today&by=shop': [answer()] });
    const { exitCode, out } = await runTool(['stats', '--by', 'shop'], env);
    expect([exitCode, asked]).toEqual([0, ['GET /api/stats?range=today&by=shop']]);
    expect(out[0]).toBe('2026-11-27 (Asia/Bangkok), counted up to 2026-11-27 12:00');
    for (const line of [
      'opened                                 12',
      'first response, business time          mean 1 min 25 s, median 45 s, p90 2 min 5 s',
      'Lamp House  12      10        0         45 s            2 min 5 s  90.0 %',
      'market: answers in time  marketplace  9    1       90.0 %   10       95.0 %',
      'Two minutes              team         1    3       25.0 %   0        25.0 %',
      '09:00-10:00  4',
      'Lamp House · market  2026-11-26..2026-11-27  12     95.5 %         4 min 30 s     -             2026-11-27 08:30',
    ])
      expect(out).toContain(line);
    const { out: zh } = await runTool(['stats', '--by', 'shop'], { ...env, LANG: 'zh_CN.UTF-8' });
    expect(zh[0]).toBe('2026-11-27（Asia/Bangkok），统计截至 2026-11-27 12:00');
    expect(zh.join('\n')).toContain('market：按时回复');
    expect(zh).toContain('平台自己的数据');
  });

  it('lists the inquiries behind a figure', async () => {
    const line = {
      _id: 'i1#4',
      inquiryId: 'i1',
      shopId: 'market:1',
      at: '2026-11-27T04:00:00.000Z',
      kind: 'clock-missed',
      valueMs: 3_723_000,
    };
    const { env } = await serve({ 'GET /api/stats?range=7d&drill=missed&name=market%2Fresponse': [{ items: [line], nextCursor: 'abc' }] });
    const { out } = await runTool(['stats', '7d', '--drill', 'missed', '--name', 'market/response'], env);
    expect(out[1]).toMatch(/^2026-11-27 04:00:00Z {2}i1 +market:1 +clock-missed {2}1 h 2 min$/);
    expect(out.at(-1)).toContain('--cursor abc');
  });

  it('refuses what is no range, in words', async () => {
    const { env } = await serve({});
    expect(await runTool(['stats', 'soon'], env)).toMatchObject({
      exitCode: 2,
      err: [expect.stringContaining('This is no range of days')],
    });
  });

  it('waits for a rebuild and says what it changed; or only begins it', async () => {
    const state = (days: number, finishedAt: string | null) => ({ startedAt: '2026-11-27T05:00:00Z', finishedAt, days, changed: 2 });
    const { env } = await serve({
      'POST /api/stats/rebuild': [state(0, null)],
      'GET /api/stats/rebuild': [state(7, null), state(9, '2026-11-27T05:01:00Z')],
    });
    const waited = await runTool(['stats', 'rebuild'], env);
    expect(waited.err).toEqual(['7 days of shops counted']);
    expect(waited.out).toEqual(['9 days of shops counted anew; 2 figures were not as they should be.']);
    expect((await runTool(['stats', 'rebuild', '--no-wait', '--json'], env)).out.join('')).toContain('"finishedAt": null');
  });

  it('writes an export into a new file, and over none', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'threadmart-'));
    closing.push(() => rmSync(folder, { recursive: true, force: true }));
    const { env } = await serve({ 'GET /api/stats/export?range=7d&by=agent&format=csv&table=days': ['day,opened'] });
    const args = ['stats', 'export', '7d', '--by', 'agent', '--out', join(folder, 'a.csv')];
    expect(await runTool(args, env)).toMatchObject({ exitCode: 0, out: [`Written: ${join(folder, 'a.csv')}`] });
    expect(await readFile(join(folder, 'a.csv'), 'utf8')).toBe('"day,opened"');
    expect(await runTool(args, env)).toMatchObject({ exitCode: 1, err: [expect.stringContaining('is there already')] });
    expect((await runTool([...args.slice(0, 6), join(folder, 'no', 'a.csv')], env)).err[0]).toContain('ENOENT');
    expect((await runTool(['stats', 'export', 'soon', '--out', join(folder, 'b.csv')], env)).exitCode).toBe(2);
  });

  it('shows who waits, and what everybody has in hand', async () => {
    const entry = {
      ...{ inquiryId: 'i1', shopId: 'market:1', shopName: 'Lamp House', marketplace: 'market', openedAt: '2026-11-27T04:00:00.000Z' },
      ...{ waitingSince: '2026-11-27T04:00:00.000Z', assignee: null, thread: null, risk: 'at-risk', stand: 'waits' },
      clock: { policy: 'market/response', dueAt: '2026-11-27T05:10:00.000Z' },
    };
    const { env } = await serve({
      'GET /api/stats/queue?limit=20': [
        { now: '2026-11-27T05:00:00.000Z', waiting: 1, atRisk: 1, missed: 0, asleep: 2, noAnswerNeeded: 0, items: [entry] },
      ],
      'GET /api/stats/agents?': [{ items: [{ agent: 'Nok', userId: 'U1', open: 3, waiting: 1, today: null }], nextCursor: null }],
    });
    const queue = (await runTool(['stats', 'queue'], env)).out;
    expect(queue[0]).toBe('1 wait, 1 of them at risk, 0 late · asleep: 2');
    expect(queue.at(-1)).toBe('1 h 0 min  Lamp House  -     10 min 0 s left (!)  i1');
    expect((await runTool(['stats', 'agents'], env)).out.at(-1)).toMatch(/^Nok {3}3 {5}1/);
  });
});
