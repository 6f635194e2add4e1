import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { text } from '../../src/core/texts/index.ts';
import { platforms } from './desk.ts';
import { createScene, type Scene, type Talk } from './scene.ts';
import { createWorld, type World } from './world.ts';

describe.each(platforms)('what a rule says in %s', (chat) => {
  let world: World;
  let scene: Scene;
  beforeAll(async () => {
    world = await createWorld({ shops: 1, channels: 1, timeScale: 20, random: Math.random, chat });
    scene = createScene(world);
    await world.service.start();
    await world.apply(`templates:
  - { name: parcel, text: 'Hi {{buyer.name}}, we are looking for it.' }
routes:
  - { name: complaints, when: { keyword: complaint }, channel: ${chat}/${world.channelIds[0]}, notifySupervisor: true }
  - { name: parcels, when: { keyword: parcel }, channel: ${chat}/${world.channelIds[0]}, suggest: Parcel }
  - { name: size, when: { keyword: size }, channel: ${chat}/${world.channelIds[0]}, autoReply: { text: '{{buyer.name}}, one moment please' } }
  - { when: {}, channel: ${chat}/${world.channelIds[0]} }
`);
  });
  afterAll(() => world.close());

  /** Posts in the channel itself that lead to this talk's thread. */
  const calls = ({ channelId, rootTs }: Talk) =>
    world.desk.announced(channelId).filter((raw) => world.desk.leadsTo(raw, channelId, rootTs));

  it('offers the agent a template, which a press sends in their name', async () => {
    const talk = await scene.opens('Where is my parcel?');
    for (const agent of world.agents) world.desk.joins(agent, talk.channelId);
    const words = 'Hi Somchai, we are looking for it.';
    const post = await scene.shown(talk, words);
    expect(post.text).toContain(text('en', 'template.suggested', { name: 'parcel' }));
    expect(scene.received(talk)).toEqual([]);
    await scene.press(talk, post, text('en', 'action.send'));
    await scene.reaches(talk, words);
    await scene.sent(talk, post.ts, words);
    expect(scene.received(talk)).toEqual([words]);
  });

  it('acknowledges the buyer once, and their words still wait for a person', async () => {
    const talk = await scene.opens('Which size is it?');
    const words = 'Somchai, one moment please';
    await scene.reaches(talk, words);
    const post = await scene.shown(talk, words);
    expect(post.text).toContain(text('en', 'auto-reply.sent'));
    scene.buyerWrites(talk, 'Which size, please?');
    await scene.shown(talk, 'Which size, please?');
    const { items } = await world.api<{ items: readonly { readonly _id: string; readonly conversationId: string }[] }>(
      'inquiries?limit=50',
    );
    const id = items.find(({ conversationId }) => conversationId === talk.conversationId)?._id;
    const { inquiry, history } = await world.api<{ inquiry: object; history: readonly { readonly kind: string }[] }>(`inquiries/${id}`);
    expect(inquiry).toMatchObject({ status: 'waiting', firstReplyAt: null, lastOutsideReplyAt: null, assignee: null });
    expect(history.filter(({ kind }) => kind === 'auto-replied')).toHaveLength(1);
    await scene.marked(talk, scene.agentWrites(talk, 'Forty-two.'), world.desk.marks.sent);
    expect(scene.received(talk)).toEqual([words, 'Forty-two.']);
  });

  it('calls a supervisor once, with a link to the thread', async () => {
    const quiet = await scene.opens('Just a question');
    const talk = await scene.opens('I have a complaint');
    const [call] = await scene.eventually(() => calls(talk).length > 0 && calls(talk));
    expect(call).toContain('rule complaints');
    scene.buyerWrites(talk, 'Another complaint of mine');
    await scene.shown(talk, 'Another complaint of mine');
    await world.service.kill();
    await world.service.start();
    scene.buyerWrites(talk, 'Is anybody there?');
    await scene.shown(talk, 'Is anybody there?');
    expect(calls(talk)).toHaveLength(1);
    expect(calls(quiet)).toEqual([]);
  });
});
