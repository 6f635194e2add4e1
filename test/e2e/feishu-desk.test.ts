import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { text } from '../../src/core/texts/index.ts';
import type { FarPost } from '../kits/feishu/far-end.ts';
import { onePixelPng } from '../kits/pictures.ts';
import { eventually } from './eventually.ts';
import { createWorld, type World } from './world.ts';

interface Talk {
  readonly shopId: string;
  readonly conversationId: string;
  readonly rootId: string;
}

/** Over the long connection, so that no address of the service is known to anybody. */
describe('a desk in Feishu', () => {
  let world: World;
  let agent: string;
  let other: string;
  let chatId: string;
  beforeAll(async () => {
    world = await createWorld({ shops: 1, channels: 1, timeScale: 50, random: Math.random, chat: 'feishu', socketMode: true });
    [agent = '', other = ''] = world.agents;
    [chatId = ''] = world.channelIds;
    await world.service.start();
  });
  afterAll(() => world.close());

  const wait = <T>(look: () => T | undefined | null | false): Promise<T> => eventually(look, world.service.output);
  const posts = (): FarPost[] => world.feishu.posts(chatId).filter(({ recalled }) => !recalled);
  const inTopic = ({ rootId }: Talk) => posts().filter((post) => post.rootId === rootId && post.threadId !== null);
  const root = ({ rootId }: Talk) => posts().find(({ id }) => id === rootId)?.text ?? '';
  const writes = ({ rootId }: Talk, words: string, by = agent) => world.feishu.personPosts(by, chatId, rootId, words).id;
  const shown = (talk: Talk, words: string) => wait(() => inTopic(talk).find((post) => post.fromBot && post.text.includes(words)));
  const received = ({ conversationId }: Talk) =>
    world.tiktok.received.filter((one) => one.conversationId === conversationId && one.by === 'api').map((one) => one.text);
  const marked = (id: string, emoji: string) =>
    wait(() =>
      posts()
        .find((post) => post.id === id)
        ?.reactions.some((one) => one.emoji === emoji && one.by === world.chat.self),
    );

  async function opens(words: string): Promise<Talk> {
    const [shopId = ''] = world.shopIds;
    const conversationId = world.tiktok.openConversation(shopId, { nickname: 'Somchai' });
    world.tiktok.buyerWrites(shopId, conversationId, words);
    const card = await wait(() => posts().find((post) => post.fromBot && post.rootId === null && post.text.includes(words)));
    return { shopId, conversationId, rootId: card.id };
  }

  it('mirrors both ways: words, pictures, a rich text with a mention flattened, each with its receipt', async () => {
    const talk = await opens('Do you have it in red?');
    const first = writes(talk, 'We **do**.');
    await marked(first, 'DONE');
    const bytes = Uint8Array.of(...onePixelPng, 7);
    world.tiktok.buyerSendsImage(talk.shopId, talk.conversationId, bytes);
    const picture = await wait(() => inTopic(talk).find(({ images }) => images.length > 0));
    expect(picture.images[0]?.equals(bytes)).toBe(true);
    const files = [{ name: 'lamp.png', mimeType: 'image/png', bytes: Uint8Array.of(...onePixelPng, 8) }];
    const { id } = world.feishu.personPosts(agent, chatId, talk.rootId, 'Like this:', { files });
    await marked(id, 'DONE');
    const arrived = world.tiktok.received.filter(({ conversationId }) => conversationId === talk.conversationId);
    expect(arrived.map(({ type }) => type)).toEqual(['TEXT', 'TEXT', 'IMAGE']);
    expect(received(talk).slice(0, 2)).toEqual(['We do.', 'Like this:']);
    const note = writes(talk, `<@${other}> can you look?`);
    await marked(note, 'Pin');
    expect(received(talk)).toHaveLength(3);
  });

  it('holds, asks and does what is pressed, once for two clicks', async () => {
    await world.apply('screening: { release: anyone }');
    const talk = await opens('Where can I pay?');
    const blocked = writes(talk, 'Mail me at lamp@example.com');
    const held = await shown(talk, text('en', 'reply.held'));
    expect(held.pings).toEqual([agent]);
    const release = text('en', 'action.release');
    await Promise.all([world.feishu.pressButton(other, held.id, release), world.feishu.pressButton(other, held.id, release)]);
    await marked(blocked, 'DONE');
    expect(received(talk)).toEqual(['Mail me at lamp@example.com']);
  });

  it('shows on the card who has it and how it stands, by buttons, words and commands to the bot', async () => {
    const talk = await opens('Is it heavy?');
    await world.feishu.pressButton(agent, talk.rootId, text('en', 'action.claim'));
    await wait(() => root(talk).includes(text('en', 'card.assignee', { name: 'agent-1' })));
    const [, number = ''] = /Inquiry ([0-9a-f]{6})/.exec(root(talk)) ?? [];
    const asks = async (words: string) => {
      const { id } = world.feishu.personPosts(agent, chatId, null, `<@${world.feishu.world.app.openId}> ${words}`);
      return wait(() => posts().find((post) => post.fromBot && post.rootId === id));
    };
    expect((await asks('help')).text).toContain(text('en', 'help.in-thread'));
    expect((await asks(`assign ${number} <@${other}>`)).text).not.toContain(text('en', 'answer.failed'));
    await wait(() => root(talk).includes(text('en', 'card.assignee', { name: 'agent-2' })));
    writes(talk, '!tag fragile');
    await wait(() => root(talk).includes('fragile'));
    await world.feishu.pressButton(other, talk.rootId, text('en', 'action.resolve'));
    await wait(() => root(talk).includes(text('en', 'card.status.resolved')));
    expect(received(talk)).toEqual([]);
  });

  it('takes a recall in time for what it is, and says when it came too late', async () => {
    await world.apply('reply: { undoSeconds: 100 }');
    const talk = await opens('When does it ship?');
    const early = writes(talk, 'It ships never.');
    world.feishu.personRecalls(early);
    await shown(talk, text('en', 'reply.cancelled'));
    await world.apply('reply: { undoSeconds: 0 }');
    const late = writes(talk, 'It ships today.');
    await marked(late, 'DONE');
    world.feishu.personRecalls(late);
    await shown(talk, text('en', 'reply.deleted-too-late'));
    expect(received(talk)).toEqual(['It ships today.']);
  });

  it('finds what the long connection has lost, and takes what came while it was dead', async () => {
    const talk = await opens('Do you ship to Laos?');
    world.feishu.disturb({ drop: 1 });
    writes(talk, 'We do.');
    world.feishu.disturb({});
    await wait(() => received(talk).includes('We do.'));
    await world.service.kill();
    writes(talk, 'It takes a week.');
    await world.service.start();
    await wait(() => received(talk).length === 2);
    expect(received(talk)).toEqual(['We do.', 'It takes a week.']);
  });
});
