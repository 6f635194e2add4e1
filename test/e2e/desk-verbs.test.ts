import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { text } from '../../src/core/texts/index.ts';
import { createScene, type Scene, type Talk } from './scene.ts';
import { createWorld, type World } from './world.ts';

describe('commands that look something up, or send', () => {
  let world: World;
  let scene: Scene;
  let talk: Talk;
  beforeAll(async () => {
    world = await createWorld({ shops: 1, channels: 1, timeScale: 20, random: Math.random });
    scene = createScene(world);
    await world.service.start();
    talk = await scene.opens('Where is my lamp?');
    for (const agent of world.agents) world.slack.world.channels.get(talk.channelId)?.members.add(agent);
  });
  afterAll(() => world.close());

  /** What only one person sees. */
  const whispered = (words: string) =>
    scene.eventually(() => world.slack.ephemerals.find((one) => JSON.stringify(one).includes(JSON.stringify(words).slice(1, -1))));

  it('a template is made in the thread, shown, and sent by a press', async () => {
    scene.agentWrites(talk, '!template new shipped\nHi {{buyer.name}},\nit left today.');
    await whispered(text('en', 'template.saved', { id: 'shipped/*/*' }));
    const asked = scene.agentWrites(talk, '!template shipped');
    const post = await scene.shown(talk, 'Hi Somchai,\nit left today.');
    expect(post.text).toContain(text('en', 'template.shown', { name: 'shipped' }));
    expect(scene.received(talk)).toEqual([]);
    await scene.press(talk, post, text('en', 'action.send'));
    await scene.reaches(talk, 'Hi Somchai,\nit left today.');
    await scene.marked(talk, asked, 'white_check_mark');
    expect(scene.received(talk)).toHaveLength(1);
  });

  it('an order is shown to whoever asks', async () => {
    const [shopId = ''] = world.shopIds;
    const { userId } = world.tiktok.world.conversationOf(shopId, talk.conversationId).buyer;
    world.tiktok.addOrder({
      ...{ id: '576653688135250001', shopId, userId, status: 'IN_TRANSIT', createTime: 1_772_400_000, total: '129.00', currency: 'THB' },
      items: [{ name: 'Paper lamp', quantity: 1, price: '129.00' }],
    });
    world.tiktok.buyerEnters(shopId, talk.conversationId, { orderId: '576653688135250001' });
    scene.buyerWrites(talk, 'This one');
    await scene.shown(talk, 'This one');
    scene.agentWrites(talk, '!order');
    const shown = JSON.stringify(await whispered(text('en', 'order.line', { id: '576653688135250001', status: 'on its way' })));
    expect(shown).toContain('1 × Paper lamp');
  });
});
