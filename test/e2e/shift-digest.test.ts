import { afterAll, beforeAll, expect, it } from 'vitest';
import { createScene, type Scene, type Talk } from './scene.ts';
import { createWorld, type World } from './world.ts';

let world: World;
let scene: Scene;
beforeAll(async () => {
  world = await createWorld({
    shops: 1,
    channels: 1,
    timeScale: 20,
    random: Math.random,
    yaml: 'sla: { policies: [{ name: team, within: 10h }] }',
  });
  await world.service.start();
  scene = createScene(world);
});
afterAll(() => world.close());

/** Posts in the channel itself that lead to this talk's thread. */
function digests({ channelId, rootTs }: Talk): string[] {
  const messages = world.slack.world.channels.get(channelId)?.messages ?? [];
  const raw = messages.filter(({ ts, threadTs }) => threadTs === null && ts !== rootTs).map((message) => JSON.stringify(message));
  return raw.filter((words) => words.includes(`/p${rootTs.replace('.', '')}"`));
}

it('a shift that began while nothing ran gets a digest of what waits, which calls whose it is', async () => {
  const talks = [await scene.opens('Is it still in stock?'), await scene.opens('Do you ship to Laos?')];
  const time = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16);
  const [agent = ''] = world.agents;
  await world.apply(`agents: [{ name: Ann, accounts: [slack/${agent}], zone: UTC, hours: { daily: "${time(-2)}-${time(2)}" } }]`);
  await world.service.kill();
  await world.service.start();
  const found = await scene.eventually(() => {
    const [first, second] = talks.map(digests);
    return first?.length === 1 && second?.length === 1 && first[0] === second[0] && first[0];
  });
  expect(found).toContain('Your shift begins');
  expect(found).toContain(agent);
});
