import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onePixelPng } from '../kits/pictures.ts';
import { abilities, itWhere, platforms } from './desk.ts';
import { createScene, type Scene } from './scene.ts';
import { createWorld, type World } from './world.ts';

/** Pictures that differ: what follows the end of a PNG is nobody's business. */
const picture = (mark: number): Uint8Array => Uint8Array.of(...onePixelPng, mark);

describe.each(platforms)('pictures and cards in %s', (chat) => {
  const can = abilities[chat];
  let world: World;
  let scene: Scene;
  beforeAll(async () => {
    world = await createWorld({ shops: 1, channels: 1, timeScale: 50, random: Math.random, chat });
    scene = createScene(world);
    await world.service.start();
  });
  afterAll(() => world.close());

  it('uploads what buyers photograph into the thread', async () => {
    const talk = await scene.opens('Look at this');
    const pictures = [picture(2), picture(3)];
    for (const bytes of pictures) world.tiktok.buyerSendsImage(talk.shopId, talk.conversationId, bytes);
    const files = await scene.eventually(() => {
      const found = scene.thread(talk).posts.flatMap((post) => post.files);
      return found.length === 2 && found;
    });
    expect(files.map(({ bytes }) => bytes.toString('hex'))).toEqual(pictures.map((bytes) => Buffer.from(bytes).toString('hex')));
  });

  it('says in words what cannot be fetched', async () => {
    const talk = await scene.opens('And this');
    world.tiktok.writes(talk.shopId, talk.conversationId, {
      role: 'BUYER',
      type: 'IMAGE',
      content: { url: 'https://169.254.169.254/latest/meta-data', width: 10, height: 10 },
    });
    await scene.shown(talk, 'A picture that could not be fetched');
  });

  it('sends the words and each picture of an agent, in order', async () => {
    const talk = await scene.opens('How does it look?');
    const files = [picture(4), picture(5)].map((bytes, index) => ({ name: `lamp-${index}.png`, mimeType: 'image/png', bytes }));
    const sent = can.cards ? files.slice(0, 1) : files;
    scene.agentWrites(talk, 'Like this:', undefined, sent);
    const received = () => world.tiktok.received.filter(({ conversationId }) => conversationId === talk.conversationId);
    await scene.eventually(() => received().length === 1 + sent.length);
    expect(received().map(({ type }) => type)).toEqual(['TEXT', ...sent.map(() => 'IMAGE')]);
    expect(received()[0]?.text).toBe('Like this:');
  });

  itWhere(can.documents, 'nobody can call the robot with a file')('holds a file that the marketplace does not take', async () => {
    const talk = await scene.opens('Is there a manual?');
    const file = { name: 'manual.pdf', mimeType: 'application/pdf', bytes: Buffer.from('%PDF-1.7') };
    // In Feishu a file is a message by itself.
    scene.agentWrites(talk, chat === 'slack' ? 'Here it is' : '', undefined, [file]);
    const held = await scene.shown(talk, 'files of type application/pdf cannot be sent');
    expect(held.buttons.map(({ label }) => label)).toEqual(['Discard']);
    expect(scene.received(talk)).toEqual([]);
  });

  it('shows cards, videos and what it does not know in words, and where the buyer came from', async () => {
    const shopId = world.shopIds[0] ?? '';
    const conversation = world.tiktok.openConversation(shopId, { nickname: 'Somchai' });
    world.tiktok.buyerEnters(shopId, conversation, { productId: '1729384756' });
    world.tiktok.buyerWrites(shopId, conversation, 'About this one');
    const talk = await scene.threadOf(shopId, conversation, 'About this one');
    expect(scene.post(talk, talk.rootTs).text).toContain('Came from product 1729384756');
    const says = (type: string, content: object) => world.tiktok.writes(shopId, conversation, { role: 'BUYER', type, content });
    says('PRODUCT_CARD', { product_id: '1729384757' });
    says('ORDER_CARD', { order_id: '576653688135258178' });
    says('VIDEO', { url: 'https://v16.example.com/video.mp4', duration: '12.5' });
    says('HOLOGRAM_CARD', { shape: 'round' });
    await scene.shown(talk, 'Product 1729384757');
    await scene.shown(talk, 'Order 576653688135258178');
    await scene.shown(talk, 'Video');
    await scene.shown(talk, 'A message of type HOLOGRAM_CARD');
    // Its number is known to the inquiry: it is no telephone.
    const ts = scene.agentWrites(talk, 'Order 576653688135258178 ships today.');
    await scene.marked(talk, ts, world.desk.marks.sent);
  });
});
