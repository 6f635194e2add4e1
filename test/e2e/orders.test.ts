import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { text } from '../../src/core/texts/index.ts';
import { personalOfOrders } from '../kits/tiktok-shop/shop-api.ts';
import { createScene, type Scene } from './scene.ts';
import { createWorld, type World } from './world.ts';

const yaml = `
routes:
  - { when: { orderStatus: [in-transit, DELIVERED] }, channel: slack/C000000002 }
  - { when: {}, channel: slack/C000000001 }
`;

/** Of a buyer's own order. */
const orderOf = (world: World, conversation: string, id: string, status: string, by?: string) => {
  const [shopId = ''] = world.shopIds;
  return {
    ...{ id, shopId, status, createTime: 1_772_400_000, total: '129.00', currency: 'THB' },
    userId: by ?? world.tiktok.world.conversationOf(shopId, conversation).buyer.userId,
    items: [{ name: 'Paper lamp', quantity: 1, price: '129.00' }],
  };
};

describe('a rule that asks how an order stands', () => {
  let world: World;
  let scene: Scene;
  beforeAll(async () => {
    // At the platform's own pace: what is asked about an order waits for it.
    world = await createWorld({ shops: 1, channels: 2, timeScale: 1, random: Math.random, unrouted: 1, yaml });
    scene = createScene(world);
    await world.service.start();
  });
  afterAll(() => world.close());

  const [first = '', second = ''] = ['C000000001', 'C000000002'];
  let orders = 0;

  /** A buyer who ordered, and then says these words; resolves to the channel that takes the inquiry. */
  async function asks(
    words: string,
    order: { readonly status: string; readonly by?: string },
    how: 'comes from the order' | 'types its number',
  ): Promise<string> {
    const [shopId = ''] = world.shopIds;
    const { tiktok } = world;
    const conversation = tiktok.openConversation(shopId, { nickname: 'Somchai' });
    orders += 1;
    const id = String(576_653_688_135_250_000n + BigInt(orders));
    tiktok.addOrder(orderOf(world, conversation, id, order.status, order.by));
    if (how === 'comes from the order') tiktok.buyerEnters(shopId, conversation, { orderId: id });
    tiktok.buyerWrites(shopId, conversation, how === 'types its number' ? `${words} ${id}` : words);
    return (await scene.eventually(() => world.slack.threads().find(({ posts }) => posts[0]?.text.includes(words)))).channel;
  }

  it('is asked of the order that the buyer came from, and of one whose number they typed', async () => {
    expect(await asks('Where is it?', { status: 'IN_TRANSIT' }, 'comes from the order')).toBe(second);
    expect(await asks('It came broken:', { status: 'DELIVERED' }, 'types its number')).toBe(second);
    expect(await asks('I want to pay.', { status: 'UNPAID' }, 'comes from the order')).toBe(first);
  });

  it("knows nothing of another buyer's order", async () => {
    expect(await asks('Is this mine?', { status: 'IN_TRANSIT', by: '7494560109732399998' }, 'types its number')).toBe(first);
  });

  it('holds up no message where orders may not be seen, and pauses no shop', async () => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ code: 105005, message: 'Access denied', request_id: '1', data: null });
    world.tiktok.server.failNext(({ path }) => path.endsWith('/orders'), { kind: 'status', status: 403, headers, body });
    expect(await asks('May you look?', { status: 'IN_TRANSIT' }, 'comes from the order')).toBe(first);
    expect((await world.api<{ items: { state: string }[] }>('shops')).items).toMatchObject([{ state: 'active' }]);
  });
});

describe('the root card', () => {
  let world: World;
  let scene: Scene;
  beforeAll(async () => {
    world = await createWorld({ shops: 1, channels: 1, timeScale: 20, random: Math.random });
    scene = createScene(world);
    await world.service.start();
  });
  afterAll(() => world.close());

  it('tells how the order stands, once that is known: neither it nor a message waits for the marketplace', async () => {
    const [shopId = ''] = world.shopIds;
    const { tiktok, slack } = world;
    const conversation = tiktok.openConversation(shopId, { nickname: 'Somchai' });
    const id = '576653688135250999';
    const parcel = { carrier: 'J&T Express', number: 'TH0123456789' };
    tiktok.addOrder({ ...orderOf(world, conversation, id, 'IN_TRANSIT'), parcel });
    // Longer than anybody waits for an order.
    tiktok.server.planFaults(({ path }) => (path.endsWith('/orders') ? { kind: 'slow', ms: 3_000 } : null));
    const asked = () => tiktok.server.log.filter(({ path }) => path.endsWith('/orders'));
    tiktok.buyerEnters(shopId, conversation, { orderId: id });
    tiktok.buyerWrites(shopId, conversation, 'Where is it?');
    tiktok.buyerWrites(shopId, conversation, 'Hello?');
    const thread = () => slack.threads().find(({ posts }) => posts[0]?.text.includes('Where is it?'));
    const root = () => thread()?.posts[0]?.text ?? '';
    await scene.eventually(() => thread()?.posts.some(({ text }) => text.includes('Hello?')));
    expect(root()).toContain(text('en', 'card.from-order', { id }));
    expect(root()).not.toContain(parcel.number);
    await scene.eventually(() => root().includes(parcel.number));
    expect(root()).toContain(text('en', 'order.line', { id, status: text('en', 'order.status.in-transit') }));
    expect(root()).toContain('Where is it?');
    expect(asked()).toHaveLength(1);
    for (const personal of personalOfOrders) expect(root()).not.toContain(personal);
  });
});
