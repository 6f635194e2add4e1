import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkStore } from '../../src/embedded/offline.ts';
import { runTool } from '../cli/run-tool.ts';
import type { FakeRequest } from '../kits/fake-server.ts';
import { namesServer } from '../store-helper.ts';
import { createScene, type Scene } from './scene.ts';
import { createWorld, type World } from './world.ts';

/** A MongoDB is backed up by its own means. */
describe.skipIf(namesServer(process.env))('a backup of the running service', () => {
  let world: World;
  let scene: Scene;
  beforeAll(async () => {
    world = await createWorld({ shops: 1, channels: 1, timeScale: 20, random: Math.random });
    scene = createScene(world);
    await world.service.start();
  });
  afterAll(() => world.close());

  const tool = (...args: string[]) => runTool(args, world.service.environment);

  it('is restored after a loss: no reply is sent twice, and the service goes on', async () => {
    const talk = await scene.opens('Is it in stock?');
    // The backup is made while a reply waits; after it the reply is sent.
    let refused = true;
    const isSend = ({ method, path }: FakeRequest) => method === 'POST' && /\/conversations\/\d+\/messages$/.test(path);
    world.tiktok.server.planFaults((request) => (refused && isSend(request) ? { kind: 'status', status: 429 } : null));
    const ts = scene.agentWrites(talk, 'Yes, it is.');
    const replies = async () =>
      (await world.api<{ items: { content: { kind: string } }[] }>('outbox')).items.filter(({ content }) => content.kind === 'reply');
    while ((await replies()).length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    const made = await tool('backup', '--json');
    expect(made.exitCode).toBe(0);
    const { path } = JSON.parse(made.out.join('')).made as { path: string };
    expect(checkStore(path).problems).toEqual([]);
    expect(scene.received(talk)).toEqual([]);
    refused = false;
    await scene.reaches(talk, 'Yes, it is.');
    await scene.marked(talk, ts, 'white_check_mark');
    // This one the backup knows nothing of.
    scene.agentWrites(talk, 'Anything else?');
    await scene.reaches(talk, 'Anything else?');

    expect(await tool('restore', path)).toMatchObject({ exitCode: 1, err: [expect.stringMatching(/^A service has the data/)] });
    await world.service.kill();
    const restored = await tool('restore', path, '--json');
    expect([restored.exitCode, JSON.parse(restored.out.join(''))]).toMatchObject([0, { lookedUpFirst: expect.any(Number) }]);
    await world.service.start();

    // The reply of the backup is found at the marketplace: sent, without being sent again.
    await scene.eventually(() => world.slack.posts(talk.channelId).some((post) => post.ts === ts && post.reactions.length > 0));
    // The other is found in the thread, and nobody but a person can tell.
    const held = await scene.shown(talk, 'it may have reached the buyer already');
    await scene.press(talk, held, 'Discard');
    while ((await replies()).length > 0) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(scene.received(talk)).toEqual(['Yes, it is.', 'Anything else?']);
    scene.buyerWrites(talk, 'Then I take two.');
    await scene.shown(talk, 'Then I take two.');
    scene.agentWrites(talk, 'They are on their way.');
    await scene.reaches(talk, 'They are on their way.');
    expect(scene.received(talk)).toEqual(['Yes, it is.', 'Anything else?', 'They are on their way.']);
    expect(await world.service.stop()).toBe(0);
    const dataDir = world.service.environment['DATA_DIR'] ?? '';
    expect((await readdir(join(dataDir, 'backups'))).length).toBe(1);
    expect(await tool('db', 'check')).toMatchObject({ exitCode: 0 });
  });
});
