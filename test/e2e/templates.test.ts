import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runTool } from '../cli/run-tool.ts';
import { createWorld, type World } from './world.ts';

const yaml = `
templates:
  - { name: shipped, language: th, text: "คุณ {{buyer.name}} {{order.tracking}}" }
  - { name: hello, text: "Hi {{buyer.name}}" }
`;

describe('templates', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld({ shops: 1, channels: 1, timeScale: 20, random: Math.random, yaml });
    await world.service.start();
  });
  afterAll(() => world.close());

  const tool = (...args: readonly string[]) =>
    runTool(['templates', ...args], { ADMIN_TOKEN: world.adminToken, PORT: new URL(world.service.url).port });
  const texts = async () => (await tool('list')).out.slice(1).map((line) => line.replace(/\s+/g, ' '));

  it('come from the file, and are set and removed by hand', async () => {
    expect(await texts()).toEqual(['hello - - Hi {{buyer.name}}', 'shipped - th คุณ {{buyer.name}} {{order.tracking}}']);
    expect(await tool('set', 'hello', 'Hello {{buyer.name}}!')).toMatchObject({ exitCode: 0, out: ['Template hello/*/* is saved.'] });
    expect(await tool('set', 'call', 'Call +66 81 234 5678', '--marketplace', 'tiktok-shop')).toMatchObject({
      exitCode: 0,
      out: ['Template call/tiktok-shop/* is saved.', '  On tiktok-shop it would be held:', expect.stringMatching(/phone/)],
    });
    expect(await tool('set', 'hello', 'Hi {{buyer.nmae}}')).toMatchObject({
      exitCode: 2,
      err: ['The template was not saved:', expect.stringContaining('Is {{buyer.name}} meant?')],
    });
    expect(await tool('remove', 'shipped', '--language', 'th')).toMatchObject({ exitCode: 0 });
    expect(await tool('show', 'shipped')).toMatchObject({ exitCode: 1, err: ['There is nothing of this name.'] });
    expect(await texts()).toEqual(['call tiktok-shop - Call +66 81 234 5678', 'hello - - Hello {{buyer.name}}!']);
  });

  it('are shown to whoever asks for them in chat, with their texts', async () => {
    const { slack, channelIds, agents } = world;
    const [channel = '', agent = ''] = [channelIds[0], agents[0]];
    for (const words of ['templates', 'templates hello'])
      expect(await slack.useCommand(agent, channel, '/tm', words)).toMatchObject({ status: 200 });
    const [list = '', one = ''] = slack.ephemerals.map((shown) => JSON.stringify(shown));
    expect(list).toContain('hello: *');
    expect(one).toContain('Hello {{buyer.name}}!');
    expect(slack.posts(channel)).toEqual([]);
  });

  it('are the same after a restart, though the file is read anew and says what it said', async () => {
    const before = await texts();
    await world.service.stop();
    await appendFile(join(world.folder, 'threadmart.yaml'), '# read me again\n');
    await world.service.start();
    expect(await texts()).toEqual(before);
    await world.apply(yaml.replace('Hi {{buyer.name}}', 'Good day'));
    expect(await texts()).toEqual(['call tiktok-shop - Call +66 81 234 5678', 'hello - - Good day']);
  });
});
