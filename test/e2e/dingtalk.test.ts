import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { text as words } from '../../src/core/texts/index.ts';
import { cardLook, type FarPost } from '../kits/dingtalk/far-end.ts';
import type { PushRecord } from '../kits/dingtalk/stream.ts';
import { eventually } from './eventually.ts';
import { createWorld, type World } from './world.ts';

describe('a team in DingTalk', () => {
  let world: World;
  let conversation: string;
  beforeAll(async () => {
    world = await createWorld({ shops: 1, channels: 1, timeScale: 20, random: Math.random, chat: 'dingtalk' });
    await world.service.start();
    await listens();
    conversation = world.tiktok.openConversation(world.shopIds[0] ?? '');
    world.tiktok.buyerWrites(world.shopIds[0] ?? '', conversation, 'Do you ship to Laos?');
    await card('Do you ship to Laos?');
  });
  afterAll(() => world.close());

  const listens = () => eventually(() => world.dingtalk.stream.connections > 0, world.service.output);
  const group = (): string => world.channelIds[0] ?? '';
  const agent = (): string => world.agents[0] ?? '';
  const posts = (): FarPost[] => world.dingtalk.posts(group());
  const cardNow = (): FarPost | undefined => posts().find(({ form }) => form !== null);
  const card = (shows: string): Promise<FarPost> =>
    eventually(() => {
      const found = cardNow();
      return found?.text.includes(shows) && found;
    }, world.service.output);
  function answers(text: string): PushRecord {
    const { outTrackId, form } = cardNow() ?? {};
    const label = form?.fields.find(({ hidden = false }) => !hidden)?.label ?? '';
    const record = world.dingtalk.submits(agent(), outTrackId ?? '', { [label]: text });
    if (!record) throw new Error('what is written on the card goes nowhere');
    return record;
  }
  const received = (): string[] => world.tiktok.received.filter(({ by }) => by === 'api').map(({ text }) => text);
  const reached = (text: string) => eventually(() => received().includes(text), world.service.output);
  const shownAlone = () =>
    world.dingtalk.privateCards(agent()).map(({ outTrackId }) => cardLook(world.dingtalk.world, outTrackId, [], agent()));
  /** What stands below these words on the card. */
  const below = (text: string): string => {
    const lines = cardNow()?.text.split('\n') ?? [];
    const at = lines.indexOf(text);
    return at < 0 ? '' : (lines[at + 1] ?? '');
  };

  it('answers on the card, which says that it went', async () => {
    answers('We do.');
    await reached('We do.');
    await eventually(() => below('We do.') === words('en', 'board.sent'), world.service.output);
  });

  it('is told of nothing that was written while nobody listened; whoever sees no receipt writes it again, and it goes once', async () => {
    await world.service.kill();
    await eventually(() => world.dingtalk.stream.connections === 0, world.service.output);
    expect(answers('It takes a week.').state).toBe('lost');
    await world.service.start();
    await listens();
    world.tiktok.buyerWrites(world.shopIds[0] ?? '', conversation, 'And how long?');
    const shown = await card('And how long?');
    expect(shown.text).not.toContain('It takes a week.');
    answers('It takes a week.');
    answers('It takes a week.');
    await reached('It takes a week.');
    await eventually(() => below('It takes a week.') === words('en', 'board.sent'), world.service.output);
    expect(received()).toEqual(['We do.', 'It takes a week.']);
  });

  it('answers by a quote of the card, and by its number; words about nothing go to no buyer', async () => {
    const { dingtalk, service } = world;
    const { msgId, text } = await card('And how long?');
    dingtalk.writes(agent(), group(), 'By boat.', { quotes: { msgId, shape: 'card-tree' } });
    await reached('By boat.');
    const number = /#[0-9a-f]{6}/.exec(text)?.[0] ?? '';
    dingtalk.writes(agent(), group(), `${number} By train, too.`);
    await reached('By train, too.');
    const before = posts().length + dingtalk.privateCards(agent()).length;
    dingtalk.writes(agent(), group(), 'Never on Sundays.');
    await eventually(() => posts().length + dingtalk.privateCards(agent()).length > before + 1, service.output);
    expect(received().slice(2)).toEqual(['By boat.', 'By train, too.']);
  });

  it('presses a button, and asks by a command', async () => {
    const { dingtalk, service } = world;
    const { outTrackId } = await card('And how long?');
    dingtalk.presses(agent(), outTrackId ?? '', words('en', 'action.release-claim'));
    await card(words('en', 'card.unassigned'));
    dingtalk.writes(agent(), group(), 'help');
    const seen = () => [...posts(), ...shownAlone()];
    await eventually(() => seen().some((post) => post.text.includes(words('en', 'help.note'))), service.output);
  });

  it('goes on answering while connections are renewed, and after the line was cut', async () => {
    const { dingtalk } = world;
    dingtalk.stream.disconnect();
    answers('Still here.');
    await reached('Still here.');
    const { opens } = dingtalk.stream;
    dingtalk.stream.cut();
    await eventually(() => dingtalk.stream.opens > opens && dingtalk.stream.connections > 0, world.service.output);
    answers('And here.');
    await reached('And here.');
  });
});
