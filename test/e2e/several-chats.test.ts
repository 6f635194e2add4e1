import { afterAll, beforeAll, expect, it } from 'vitest';
import type { StatsAnswer } from '../../src/core/figures/answer.ts';
import type { AgentLoad, QueueAnswer } from '../../src/core/figures/desk.ts';
import { startFeishuFake } from '../kits/feishu/fake.ts';
import { startSlackFake } from '../kits/slack/fake.ts';
import { type Chat, type ChatThread, threadsIn } from './chat.ts';
import { feishuChat } from './chat-feishu.ts';
import { slackChat } from './chat-slack.ts';
import { eventually } from './eventually.ts';
import { createWorld, type World } from './world.ts';

const timeScale = 20;
const ending = '__EU';

/** One team: a workspace, a second one on the same platform, and another platform's. Its shops, the ones of the world, by their order. */
let world: World;
let chats: readonly Chat[];
let close = async (): Promise<void> => {};

beforeAll(async () => {
  const options = { timeScale, random: Math.random };
  const second = await startSlackFake({ ...options, botToken: 'xoxb-fake-second-token' });
  const eu = slackChat(second, false);
  const feishu = feishuChat(await startFeishuFake(options));
  const channels = [eu, feishu].map((chat) => {
    chat.addChannel(chat.channelIdOf(1), 'channel');
    chat.addPerson(1, 'agent-1');
    return chat.channelIdOf(1);
  });
  world = await createWorld({
    ...{ ...options, channels: 1, ops: true, unrouted: 2 },
    shops: [{ id: '7494049642642440001' }, { id: '7494049642642440002' }, { id: '7494049642642440003' }],
    environment: {
      ...feishu.environment,
      ...Object.fromEntries(Object.entries(eu.environment).map(([name, value]) => [`${name}${ending}`, value])),
    },
  });
  await world.service.start();
  const { api, service, shopIds, channelIds, opsId } = world;
  second.sendEventsTo(`${service.url}/bots/slack/eu/events`);
  feishu.sendEventsTo(service.url);
  await api(
    'apply',
    [
      'channels:',
      `  - { platform: slack, id: ${channelIds[0]} }`,
      `  - { platform: slack, id: ${opsId}, mode: alerts }`,
      `  - { platform: slack, connection: eu, id: ${channels[0]} }`,
      `  - { platform: feishu, id: ${channels[1]} }`,
      'routes:',
      `  - { when: { shop: "${shopIds[0]}" }, channel: slack/${channelIds[0]} }`,
      `  - { when: { shop: "${shopIds[1]}" }, channel: slack/eu/${channels[0]} }`,
      `  - { when: { shop: "${shopIds[2]}" }, channel: feishu/${channels[1]} }`,
    ].join('\n'),
  );
  chats = [world.chat, eu, feishu];
  close = async () => {
    await world.close();
    await Promise.all([eu.close(), feishu.close()]);
  };
});
afterAll(() => close());

const wait = <T>(look: () => T | undefined | null | false): Promise<T> => eventually(look, world.service.output);
const threadsOf = (chat: Chat): ChatThread[] => threadsIn(chat.posts()).filter(({ posts }) => posts[0]?.fromBot);
const opened = (chat: Chat, words: string) => wait(() => threadsOf(chat).find(({ posts }) => posts[0]?.text.includes(words)));
const received = () => world.tiktok.received.filter(({ by }) => by === 'api').map(({ text }) => text);

/** A buyer of each shop writes; resolves to the threads, in the order of the chats. */
async function buyersWrite(words: string, whom = [0, 1, 2]): Promise<void> {
  for (const index of whom) {
    const shop = world.shopIds[index] ?? '';
    world.tiktok.buyerWrites(shop, world.tiktok.openConversation(shop, { nickname: `Buyer ${index}` }), `${words} ${index}`);
  }
}

it('mirrors each shop into its own chat, and brings each answer back with its receipt there', async () => {
  await buyersWrite('Hello');
  const threads = await Promise.all(chats.map((chat, index) => opened(chat, `Hello ${index}`)));
  const written = threads.map(({ channel, rootTs }, index) => {
    const [chat, agent] = [chats[index], `${index === 2 ? 'ou_agent1' : 'U0000AGENT1'}`];
    return chat?.write(agent, channel, rootTs, `Answer ${index}`);
  });
  await wait(() => [0, 1, 2].every((index) => received().includes(`Answer ${index}`)));
  await wait(() =>
    chats.every((chat, index) =>
      chat.posts().some(({ ts, reactions }) => ts === written[index] && reactions.some(({ name }) => name === chat.marks.sent)),
    ),
  );
  for (const [index, chat] of chats.entries()) {
    expect(threadsOf(chat).filter(({ channel }) => channel !== world.opsId)).toHaveLength(1);
    expect(chat.posts().some(({ text }) => text.includes(`Hello ${(index + 1) % 3}`))).toBe(false);
  }
});

it('pauses only the one whose credentials are refused, tells of it in another one, and loses nothing', async () => {
  const eu = chats[1];
  if (!eu) throw new Error('there is no second workspace');
  let revoked = true;
  const body = '{"ok":false,"error":"token_revoked"}';
  const headers = { 'content-type': 'application/json' };
  eu.server.planFaults((request) => (revoked && eu.isCall(request) ? { kind: 'status', status: 200, headers, body } : null));
  await buyersWrite('Meanwhile');
  await Promise.all([0, 2].map((index) => opened(chats[index] as Chat, `Meanwhile ${index}`)));
  await wait(() => world.chat.posts(world.opsId).find(({ text }) => text.includes('slack/eu')));
  const ready = await fetch(`${world.service.url}/readyz`, { headers: { authorization: `Bearer ${world.adminToken}` } });
  expect(ready.status).toBe(200);
  expect(await ready.text()).toContain('slack/eu');
  expect(threadsOf(eu)).toHaveLength(1);
  revoked = false;
  await opened(eu, 'Meanwhile 1');
  await buyersWrite('Afterwards', [1]);
  await opened(eu, 'Afterwards 1');
  expect(threadsOf(eu)).toHaveLength(3);
});

it('takes somebody of whom all three tell the same address for one person, also for what was answered before', async () => {
  await world.apply('agents:\n  - { name: Nok, email: Agent-1@example.com }');
  await buyersWrite('Who is there?');
  const threads = await Promise.all(chats.map((chat, index) => opened(chat, `Who is there? ${index}`)));
  for (const [index, { channel, rootTs }] of threads.entries())
    chats[index]?.write(index === 2 ? 'ou_agent1' : 'U0000AGENT1', channel, rootTs, `It is me ${index}`);
  await wait(() => [0, 1, 2].every((index) => received().includes(`It is me ${index}`)));
  const { agents } = await eventually<StatsAnswer>(async () => {
    const made = await world.api<StatsAnswer>('stats?range=30d');
    return made.total.replies === 6 ? made : null;
  }, world.service.output);
  expect(agents.map(({ agent, replies, handled }) => [agent, replies, handled])).toEqual([['Nok', 6, 6]]);
  const { items } = await world.api<{ items: AgentLoad[] }>('stats/agents');
  expect(items.map(({ agent, open }) => [agent, open])).toEqual([['Nok', 6]]);
  const mine = await world.api<QueueAnswer>('stats/mine?user=ou_agent1');
  expect(new Set(mine.items.map(({ thread }) => thread?.bot))).toEqual(new Set(['slack/default', 'slack/eu', 'feishu/default']));
});
