import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Finding } from '../../src/core/connector.ts';
import { type ChatThread, threadsIn } from './chat.ts';
import { eventually } from './eventually.ts';
import { createWorld, type World } from './world.ts';

const plan = 60;
let world: World;
beforeAll(async () => {
  world = await createWorld({
    ...{ shops: 1, channels: 1, timeScale: 20, random: Math.random, chat: 'feishu' },
    environment: { FEISHU_MONTHLY_CALLS: String(plan) },
  });
  await world.service.start();
});
afterAll(() => world.close());

interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly problem?: string;
}

const wait = <T>(look: () => T | undefined | null | false | Promise<T | undefined | null | false>): Promise<T> =>
  eventually(look, world.service.output);
const threads = (): ChatThread[] => threadsIn(world.chat.posts(world.channelIds[0]));

/** What is told of the month. */
async function month(): Promise<Check & { readonly spent: number }> {
  const { checks } = (await (await fetch(`${world.service.url}/readyz`)).json()) as { readonly checks: readonly Check[] };
  const found = checks.find(({ name }) => name.startsWith('feishu/default calls of the month'));
  const spent = /: (\d+) of 60$/.exec(found?.name ?? '')?.[1];
  if (!found || spent === undefined) throw new Error('nothing is told of the month');
  return { ...found, spent: Number(spent) };
}

it('counts the calls of a plan, and saves them once most are spent: words share a post, and replies still get their mark', async () => {
  const [shop = ''] = world.shopIds;
  const conversation = world.tiktok.openConversation(shop, { nickname: 'Mali' });
  const writes = (words: string) => void world.tiktok.buyerWrites(shop, conversation, words);
  const [agent = ''] = world.agents;
  writes('Are you there?');
  const { channel, rootTs } = await wait(() => threads()[0]);
  const posts = () => threads()[0]?.posts ?? [];
  const shown = (words: string) => wait(() => posts().find(({ fromBot, text }) => fromBot && text.includes(words)));
  async function answers(words: string): Promise<void> {
    const ts = world.chat.write(agent, channel, rootTs, words);
    await wait(() => posts().some((post) => post.ts === ts && post.reactions.some(({ name }) => name === world.chat.marks.sent)));
  }
  let before = (await month()).spent;
  expect(before).toBeGreaterThan(0);
  for (let turn = 1; (await month()).ok; turn += 1) {
    writes(`Question ${turn}`);
    await shown(`Question ${turn}`);
    await answers(`Answer ${turn}`);
    const { spent } = await month();
    expect(spent).toBeGreaterThan(before);
    before = spent;
  }
  expect(await month()).toMatchObject({ problem: 'calls are saved' });
  expect(before).toBeGreaterThanOrEqual(0.8 * plan);

  const together = Array.from({ length: 8 }, (_, index) => `One more thing, number ${index + 1}.`);
  for (const words of together) writes(words);
  await Promise.all(together.map(shown));
  // How many come in while others wait depends on the machine; that some do does not.
  expect(posts().filter(({ fromBot, text }) => fromBot && together.some((words) => text.includes(words))).length).toBeLessThan(
    together.length,
  );
  await answers('Thank you');

  const { findings } = await world.api<{ findings: readonly Finding[] }>('doctor');
  expect(findings.filter(({ check }) => check.startsWith('feishu/default calls of the month'))).toHaveLength(1);

  // A restart forgets nothing.
  const { spent } = await month();
  await world.service.stop();
  await world.service.start();
  expect((await wait(() => month().catch(() => null))).spent).toBeGreaterThanOrEqual(spent);
});
