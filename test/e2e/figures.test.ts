import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StatsAnswer } from '../../src/core/figures/answer.ts';
import { eventually } from './eventually.ts';
import { createScene, type Scene } from './scene.ts';
import { createWorld, type World } from './world.ts';

/** The whole way: what happens in chat is counted, by whoever asks for it and by the report of the day before. */
describe('figures', () => {
  let world: World;
  let scene: Scene;
  beforeAll(async () => {
    world = await createWorld({ shops: 1, channels: 1, timeScale: 50, random: Math.random });
    scene = createScene(world);
    for (const back of [-1, 0, 1, 2, 3, 4]) {
      const day = new Date(Date.now() + 7 * 3_600_000 - back * 86_400_000).toISOString().slice(0, 10);
      const seed = { sessions: 20, responsePercentage: '95.5', satisfactionPercentage: '80', responseMinutes: '4.5' };
      world.tiktok.countsPerformance(world.shopIds[0] ?? '', day, seed);
    }
    await world.service.start();
    // At midnight it is always due: it is made up for within a day.
    await world.apply(`reports: [{ every: day, at: "00:00", timezone: UTC, channel: slack/${world.channelIds[0]} }]`);
  });
  afterAll(() => world.close());

  it('count what buyers and agents write, and lead back to it', async () => {
    const talk = await scene.opens('Is it in stock?');
    await scene.marked(talk, scene.agentWrites(talk, 'Yes, it is.'), 'white_check_mark');
    await scene.press(talk, { ts: talk.rootTs }, 'Resolve');
    const ask = () => world.api<StatsAnswer>('stats?range=30d&by=channel');
    const answer = await eventually<StatsAnswer>(
      async () => {
        const made = await ask();
        return made.total.resolved === 1 ? made : null;
      },
      () => 'what happened was not counted',
    );
    expect(answer.total).toMatchObject({ opened: 1, resolved: 1, buyerMessages: 1, replies: 1 });
    expect(answer.groups.map(({ key }) => key)).toEqual([`slack/default/${talk.channelId}`]);
    const { items } = await world.api<{ items: { inquiryId: string }[] }>('stats?range=30d&drill=opened');
    const { items: inquiries } = await world.api<{ items: { _id: string }[] }>('inquiries');
    expect(items.map(({ inquiryId }) => inquiryId)).toEqual(inquiries.map(({ _id }) => _id));
  });

  it("stand beside the marketplace's own", async () => {
    const { performance } = await eventually<StatsAnswer>(
      async () => {
        const made = await world.api<StatsAnswer>('stats?range=7d&zone=Asia/Bangkok');
        return made.performance[0]?.sessions === 60 ? made : null;
      },
      () => "the marketplace's own figures are not there",
    );
    const own = { marketplace: 'tiktok-shop', sessions: 60, responseRate: 0.955, satisfaction: 0.8, responseMs: 270_000 };
    expect(performance).toMatchObject([own]);
  });

  it('are posted by themselves, with a chart', async () => {
    const report = await scene.eventually(() => world.slack.posts().find(({ text }) => text.includes('The day: ')));
    expect(report.channel).toBe(world.channelIds[0]);
    const files = await scene.eventually(() => {
      const found = world.slack.posts().flatMap((post) => post.files);
      return found.length === 1 && found;
    });
    expect(
      Buffer.from(files[0]?.bytes ?? [])
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG');
    expect(world.slack.posts().filter(({ text }) => text.includes('The day: '))).toHaveLength(1);
  });
});
