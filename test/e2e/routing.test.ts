import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runTool } from '../cli/run-tool.ts';
import { createScene, type Scene } from './scene.ts';
import { createWorld, type World } from './world.ts';

interface Listed {
  readonly _id: string;
  readonly conversationId: string;
}

interface Shown {
  readonly inquiry: object;
  readonly history: readonly { readonly kind: string; readonly data: object }[];
}

describe('rules', () => {
  let world: World;
  let scene: Scene;
  let [first, second] = ['', ''];
  beforeAll(async () => {
    world = await createWorld({ shops: 1, channels: 2, timeScale: 50, random: Math.random, ops: true });
    scene = createScene(world);
    [first = '', second = ''] = world.channelIds;
    await world.service.start();
    await world.apply(`routes:
  - { name: refunds, when: { keyword: [refund, 退款] }, channel: slack/${second}, tags: [refund], priority: high, group: money }
  - { when: { language: th }, channel: slack/${second} }
  - { when: { pattern: '^order #?\\d+$' }, channel: slack/${second} }
  - { when: { product: "17" }, channel: slack/${second} }
  - { when: { orderStatus: in-transit }, channel: slack/${second} }
  - { when: { buyer: returning }, channel: slack/${second} }
  - { when: { language: en }, channel: slack/${first} }
`);
  });
  afterAll(() => world.close());

  /** What becomes of a new buyer's words; `before`: what happened before they wrote. */
  async function channelOf(words: string, before: (shopId: string, conversation: string) => void = () => {}): Promise<string> {
    const [shopId = ''] = world.shopIds;
    const conversation = world.tiktok.openConversation(shopId, { nickname: 'Mali' });
    before(shopId, conversation);
    world.tiktok.buyerWrites(shopId, conversation, words);
    const thread = await scene.eventually(() => world.slack.threads().find(({ posts }) => posts[0]?.text.includes(words)));
    return thread.channel;
  }

  it('lead each inquiry to the channel that its words ask for', async () => {
    expect(await channelOf('I would like a refund, please')).toBe(second);
    expect(await channelOf('我想申请退款可以吗')).toBe(second);
    expect(await channelOf('ยังไม่ได้รับสินค้าเลยค่ะ')).toBe(second);
    expect(await channelOf('Order #123')).toBe(second);
    expect(await channelOf('Is this still available?')).toBe(first);
  });

  it('know where the buyer came from, and what became of their order', async () => {
    expect(
      await channelOf('How large is it, by the way?', (shop, conversation) =>
        world.tiktok.buyerEnters(shop, conversation, { productId: '17' }),
      ),
    ).toBe(second);
    expect(
      await channelOf('When will it be here at last?', (shopId, conversation) => {
        const id = '576653688135258179';
        const { userId } = world.tiktok.world.conversationOf(shopId, conversation).buyer;
        world.tiktok.addOrder({ id, shopId, userId, status: 'IN_TRANSIT', createTime: 1, currency: 'THB', total: '1.00', items: [] });
        world.tiktok.buyerEnters(shopId, conversation, { orderId: id });
      }),
    ).toBe(second);
  });

  it('are told in the history, with the words that counted', async () => {
    const [shopId = ''] = world.shopIds;
    const conversation = world.tiktok.openConversation(shopId, { nickname: 'Mali' });
    world.tiktok.buyerWrites(shopId, conversation, 'Refund for the second one!');
    await scene.eventually(() => world.slack.threads(second).find(({ posts }) => posts[0]?.text.includes('Refund for the second one!')));
    const { items } = await world.api<{ items: readonly Listed[] }>('inquiries?limit=200');
    const { inquiry, history } = await world.api<Shown>(`inquiries/${items.find((one) => one.conversationId === conversation)?._id}`);
    expect(inquiry).toMatchObject({ language: 'en', tags: ['refund'], priority: 'high', group: 'money' });
    expect(history.slice(0, 3)).toMatchObject([
      { kind: 'opened', data: { language: 'en', returning: false } },
      { kind: 'routed', data: { channel: `slack/default/${second}`, rule: 'refunds', keywords: 'refund' } },
      { kind: 'tagged', data: { tag: 'refund' } },
    ]);
  });

  it('that take nothing let an inquiry wait, until one takes it by what the buyer wrote', async () => {
    const [shopId = ''] = world.shopIds;
    const conversation = world.tiktok.openConversation(shopId, { nickname: 'Mali' });
    world.tiktok.buyerWrites(shopId, conversation, 'Hola, ¿cuándo llega mi pedido?');
    await scene.told('has no route');
    await world.apply(`routes:\n  - { when: { language: [vi, es] }, channel: slack/${second} }\n  - { when: {}, channel: slack/${first} }`);
    const thread = await scene.eventually(() => world.slack.threads().find(({ posts }) => posts[0]?.text.includes('¿cuándo llega')));
    expect(thread.channel).toBe(second);
  });

  it('explain themselves before anything is sent', async () => {
    const tool = (...args: readonly string[]) =>
      runTool(['route', ...args, '--shop', world.shopIds[0] ?? ''], {
        ADMIN_TOKEN: world.adminToken,
        PORT: new URL(world.service.url).port,
      });
    expect(await tool('--explain', 'Is this still available?')).toMatchObject({
      exitCode: 0,
      out: [
        'Language: en',
        'rule 1 does not: language is to be vi or es, but is en',
        'rule 2 takes it: it has no condition',
        '',
        ...Array(3).fill(expect.any(String)),
      ],
    });
    expect((await tool('--explain', 'Is this still available?', '--language', 'es')).out[1]).toBe('rule 1 takes it: language: es');
    expect(await tool('--explain', 'x', '--at', 'tomorrow')).toMatchObject({ exitCode: 2 });
  });
});
