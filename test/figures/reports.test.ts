import { describe, expect, it } from 'vitest';
import type { Delivery } from '../../src/core/delivery.ts';
import { FigureTally } from '../../src/core/figures/figures.ts';
import { eachDay } from '../../src/core/figures/range.ts';
import { agentSummaries, summaryOf } from '../../src/core/figures/summary.ts';
import { bytesOfOwn } from '../../src/core/own-picture.ts';
import type { ReportSetting } from '../../src/core/settings.ts';
import { drawChart } from '../../src/figures/chart.ts';
import { createReports, type ReportsDeps } from '../../src/figures/reports.ts';

const daily: ReportSetting = {
  ...{ every: 'day', at: '09:00', timezone: 'Asia/Bangkok', by: 'shop', marketplace: null, shop: null, locale: null },
  channel: { platform: 'slack', connection: 'default', id: 'C1' },
};

/** Reports on figures of one shop, an outbox that remembers, and a clock in the test's hand. */
function stage(settings: readonly ReportSetting[], overrides: Partial<ReportsDeps> = {}) {
  const planned: Delivery[] = [];
  const woken: string[] = [];
  const asked: object[] = [];
  const at = { now: new Date('2026-11-27T02:00:00Z'), asOf: null as Date | null };
  const tally = new FigureTally();
  tally.count('opened', 7);
  const figures = tally.result();
  const deps = (): ReportsDeps => ({
    stats: {
      answer: async ({ range, scope, by }) => {
        asked.push({ firstDay: range.firstDay, lastDay: range.lastDay, scope, by });
        return {
          ...{ range, scope, by, asOf: at.asOf ?? at.now, total: summaryOf(figures), agents: agentSummaries(figures), hours: [], tags: [] },
          ...{ groups: [], keywords: [], titles: {}, performance: [], forecast: null },
        };
      },
      daily: async (range) => eachDay(range).map(({ firstDay }) => ({ day: firstDay, summary: summaryOf(figures), groups: [] })),
    },
    settings: () => ({ reports: settings, channels: [{ ...daily.channel, name: null, mode: 'alerts', locale: 'zh-CN' }] }),
    shops: async () => [{ _id: 'market:1', externalId: '1' }] as never,
    outbox: {
      byIds: async (ids) => planned.filter(({ _id }) => ids.includes(_id)),
      insert: async (deliveries) => void planned.push(...deliveries),
    },
    draw: async (days) => Uint8Array.from([days.length]),
    wake: (gate) => void woken.push(gate),
    clock: { now: () => at.now },
    log: { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} },
    ...overrides,
  });
  return { planned, woken, asked, at, reports: createReports(deps()), restarted: () => createReports(deps()) };
}

describe('reports', () => {
  it('are planned once for their days, in the language of the channel, with a chart; also over a restart', async () => {
    const { planned, woken, asked, at, reports, restarted } = stage([daily]);
    at.now = new Date('2026-11-27T01:59:00Z');
    await reports.post();
    // That of the day before is still in time.
    expect(asked).toEqual([{ firstDay: '2026-11-25', lastDay: '2026-11-25', scope: {}, by: 'shop' }]);
    at.now = new Date('2026-11-27T02:00:30Z');
    for (const one of [reports, reports, restarted()]) await one.post();
    expect(planned).toHaveLength(2);
    const [, delivery] = planned;
    expect(delivery).toMatchObject({ gate: 'bot:slack/default', channelId: 'C1', inquiryId: null, state: 'queued' });
    expect(woken).toEqual(['bot:slack/default', 'bot:slack/default']);
    if (delivery?.content.kind !== 'answer') throw new Error('it is an answer');
    const [title, table, ...rest] = delivery.content.parts;
    expect(title).toEqual({ kind: 'title', words: '日报：2026-11-26（Asia/Bangkok）' });
    expect(table).toMatchObject({ kind: 'table', rows: expect.arrayContaining([['新咨询', '7']]) });
    const picture = rest.at(-1);
    if (picture?.kind !== 'picture') throw new Error('it is a picture');
    expect(bytesOfOwn(picture.media)).toEqual(Buffer.from([14]));
  });

  it('wait for what is still being counted, but not for ever', async () => {
    const { planned, at, reports } = stage([{ ...daily, at: '00:00' }]);
    at.now = new Date('2026-11-26T17:00:20Z');
    at.asOf = new Date('2026-11-26T16:59:50Z');
    await reports.post();
    expect(planned).toHaveLength(0);
    at.now = new Date('2026-11-26T17:10:00Z');
    await reports.post();
    expect(planned).toHaveLength(1);
  });

  it('are of one shop where they name one, by either id; of none where there is no such shop', async () => {
    const of = (shop: string): ReportSetting => ({ ...daily, shop, by: 'agent' });
    const { planned, asked, reports } = stage([of('1'), of('market:1'), of('2')]);
    await reports.post();
    expect(asked).toEqual([1, 2].map(() => ({ firstDay: '2026-11-26', lastDay: '2026-11-26', scope: { shop: 'market:1' }, by: 'agent' })));
    expect(planned).toHaveLength(2);
  });

  it('go without a chart that cannot be drawn', async () => {
    const { planned, reports } = stage([daily], { draw: () => Promise.reject(new Error('no library for this machine')) });
    await reports.post();
    expect(planned).toHaveLength(1);
    expect(JSON.stringify(planned[0]?.content)).not.toContain('picture');
  });
});

describe('the chart', () => {
  const days = Array.from({ length: 14 }, (_, index) => ({
    ...{ day: `2026-11-${String(index + 10)}`, opened: 40 + ((index * 17) % 30), answered: 35 + ((index * 13) % 30) },
    medianMs: index === 4 ? null : (60 + ((index * 37) % 200)) * 1_000,
  }));

  it('is a small PNG, the same for the same figures, another for others', async () => {
    const picture = Buffer.from(await drawChart(days));
    expect(picture.subarray(1, 4).toString()).toBe('PNG');
    expect([picture.readUInt32BE(16), picture.readUInt32BE(20)]).toEqual([720, 320]);
    expect(picture.length).toBeLessThan(100_000);
    expect(Buffer.from(await drawChart(days)).equals(picture)).toBe(true);
    expect(Buffer.from(await drawChart(days.map((one) => ({ ...one, opened: 1 })))).equals(picture)).toBe(false);
  });

  it('has words: they come from its own font, whatever the machine has', async () => {
    const { loadImage, createCanvas } = await import('@napi-rs/canvas');
    const image = await loadImage(Buffer.from(await drawChart(days)));
    const canvas = createCanvas(image.width, image.height);
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    // Left of the axis stand its numbers: dark on a light ground.
    const { data } = context.getImageData(0, 60, 40, 200);
    let dark = 0;
    for (let at = 0; at < data.length; at += 4) if ((data[at] ?? 255) < 128) dark += 1;
    expect(dark).toBeGreaterThan(40);
    // And its ground is its own, in either theme.
    expect([...context.getImageData(0, 0, 1, 1).data]).toEqual([255, 255, 255, 255]);
  });
});
