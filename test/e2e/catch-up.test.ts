import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { check } from './checker.ts';
import { seeded } from './random.ts';
import { createScene, type Scene } from './scene.ts';
import { createTraffic } from './traffic.ts';
import { clean, isClean } from './verdict.ts';
import { createWorld, type World } from './world.ts';

describe('what nobody told of', () => {
  let world: World;
  let scene: Scene;
  let [shop, channel] = ['', ''];
  beforeAll(async () => {
    world = await createWorld({ shops: 1, channels: 1, timeScale: 50, random: seeded(4) });
    scene = createScene(world);
    [shop = ''] = world.shopIds;
    [channel = ''] = world.channelIds;
  });
  afterAll(() => world.close());

  const threadWith = (words: string) =>
    world.slack.threads(channel).find(({ posts }) => posts.some(({ fromBot, text }) => fromBot && text.includes(words)));

  it('mirrors only buyers who still wait when a shop is connected', async () => {
    const { tiktok } = world;
    tiktok.webhooks.behave({ dropped: 1 });
    const [waiting, answered] = [tiktok.openConversation(shop), tiktok.openConversation(shop)];
    const at = (minutesAgo: number) => ({ at: new Date(Date.now() - minutesAgo * 60_000) });
    tiktok.buyerWrites(shop, waiting, 'I wait since yesterday.', at(90));
    tiktok.buyerWrites(shop, waiting, 'I still wait.', at(80));
    tiktok.buyerWrites(shop, answered, 'I had a question.', at(70));
    tiktok.writes(shop, answered, { role: 'CUSTOMER_SERVICE', type: 'TEXT', content: { content: 'It was answered.' }, ...at(60) });
    await world.service.start();
    const thread = await scene.eventually(() => threadWith('I still wait.'));
    expect(thread.posts[0]?.text).toContain('I wait since yesterday.');
    tiktok.webhooks.behave({ dropped: 0 });
    tiktok.buyerWrites(shop, answered, 'And one more.');
    const fresh = await scene.eventually(() => threadWith('And one more.'));
    expect(fresh.posts.map(({ text }) => text).join()).not.toContain('I had a question.');
  });

  it('finds messages whose webhooks never came, once and in order, and not its own', async () => {
    const { tiktok } = world;
    const talk = await scene.opens('Is it there?');
    tiktok.webhooks.behave({ dropped: 1 });
    await scene.marked(talk, scene.agentWrites(talk, 'It is there.'), 'white_check_mark');
    for (const words of ['Missed one.', 'Missed two.', 'Missed three.']) scene.buyerWrites(talk, words);
    tiktok.sellerReplies(shop, talk.conversationId, 'Typed in Seller Center.');
    await scene.shown(talk, 'Typed in Seller Center.');
    tiktok.webhooks.behave({ dropped: 0 });
    const words = scene
      .thread(talk)
      .posts.filter(({ fromBot }) => fromBot)
      .map(({ text }) => text)
      .join('\n');
    expect(words.match(/Missed \w+\.|Typed in Seller Center\.|It is there\./g)).toEqual([
      'Missed one.',
      'Missed two.',
      'Missed three.',
      'Typed in Seller Center.',
    ]);
  });

  it('finds them, too, when the access token ended before its time and nobody sends anything', async () => {
    const { tiktok } = world;
    const talk = await scene.opens('Does it glow?');
    tiktok.webhooks.behave({ dropped: 1 });
    for (const { accessToken } of tiktok.issued) tiktok.expire(accessToken);
    scene.buyerWrites(talk, 'In the dark, I mean.');
    await scene.shown(talk, 'In the dark, I mean.');
    tiktok.webhooks.behave({ dropped: 0 });
  });

  it('finds what agents wrote while no event came', async () => {
    const talk = await scene.opens('Does it fold?');
    world.slack.disturb({ drop: 1 });
    scene.agentWrites(talk, '// it does');
    const ts = scene.agentWrites(talk, 'It folds.');
    await scene.marked(talk, ts, 'white_check_mark');
    world.slack.disturb({});
    expect(scene.received(talk)).toEqual(['It folds.']);
  });

  it('ends in good order, and finds after the start what came meanwhile', async () => {
    const talk = await scene.opens('Are you there at night?');
    expect(await world.service.stop()).toBe(0);
    expect(await fetch(`${world.service.url}/readyz`).catch(() => null)).toBeNull();
    scene.buyerWrites(talk, 'It is night now.');
    const ts = scene.agentWrites(talk, 'Good night.');
    await world.service.start();
    await scene.shown(talk, 'It is night now.');
    await scene.marked(talk, ts, 'white_check_mark');
    expect(scene.received(talk)).toEqual(['Good night.']);
  });

  it('loses nothing when it is stopped in the middle of traffic', async () => {
    const traffic = createTraffic(world, 3, seeded(7));
    const running = traffic.run({ forMs: 2_500, everyMs: 30 });
    await traffic.run({ forMs: 1_000, everyMs: 50 });
    // Zero: it was done within its ten seconds; else it would have ended itself with one.
    expect(await world.service.stop()).toBe(0);
    await running;
    await world.service.start();
    const verdict = () => check(world, traffic.talks);
    await scene.eventually(() => isClean(verdict()));
    expect(verdict()).toEqual(clean);
  }, 120_000);
});
