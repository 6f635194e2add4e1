import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { platforms } from './desk.ts';
import { createScene, type Scene, type Talk } from './scene.ts';
import { createWorld, type World } from './world.ts';

describe.each(platforms)('shifts in %s', (chat) => {
  let world: World;
  let scene: Scene;
  beforeAll(async () => {
    world = await createWorld({
      shops: 1,
      channels: 1,
      timeScale: 20,
      random: Math.random,
      chat,
      yaml: 'sla: { policies: [{ name: team, within: 10h }] }',
    });
    await world.service.start();
    scene = createScene(world);
  });
  afterAll(() => world.close());

  /** What stands in the channel itself and leads to this talk's thread. */
  const digests = ({ channelId, rootTs }: Talk) =>
    world.desk.announced(channelId).filter((raw) => world.desk.leadsTo(raw, channelId, rootTs));

  it('a shift that began while nothing ran gets a digest of what waits, which calls whose it is', async () => {
    const talks = [await scene.opens('Is it still in stock?'), await scene.opens('Do you ship to Laos?')];
    const time = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16);
    const [agent = ''] = world.agents;
    await world.apply(`agents: [{ name: Ann, accounts: [${chat}/${agent}], zone: UTC, hours: { daily: "${time(-2)}-${time(2)}" } }]`);
    await world.service.kill();
    await world.service.start();
    const found = await scene.eventually(() => {
      const [first, second] = talks.map(digests);
      return first?.length === 1 && second?.length === 1 && first[0] === second[0] && first[0];
    });
    expect(found).toContain('Your shift begins');
    expect(world.desk.posts(world.channelIds[0]).find(({ text }) => text.includes('Your shift begins'))?.pings).toContain(agent);
  });
});
