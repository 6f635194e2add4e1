import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FakeRequest } from '../kits/fake-server.ts';
import { createScene, type Scene } from './scene.ts';
import { createWorld, type World } from './world.ts';

const json = { 'content-type': 'application/json' };

describe('what cannot be delivered', () => {
  let world: World;
  let scene: Scene;
  beforeAll(async () => {
    world = await createWorld({ shops: 1, channels: 1, timeScale: 50, random: Math.random, ops: true });
    scene = createScene(world);
    await world.service.start();
  });
  afterAll(() => world.close());

  const carries = (words: string) => (request: FakeRequest) =>
    request.path === '/api/chat.postMessage' && decodeURIComponent(request.body.toString().replaceAll('+', ' ')).includes(words);

  it('leaves a line in the thread and in ops, and is shown when retried there', async () => {
    const talk = await scene.opens('Is the parcel on its way?');
    world.slack.server.failNext(carries('Where is it now?'), {
      kind: 'status',
      status: 200,
      headers: json,
      body: '{"ok":false,"error":"invalid_blocks"}',
    });
    scene.buyerWrites(talk, 'Where is it now?');
    scene.buyerWrites(talk, 'Hello?');
    const lost = await scene.shown(talk, 'A message could not be shown here');
    await scene.told('Something could not be delivered');
    await scene.shown(talk, 'Hello?');
    expect((await world.api<{ items: unknown[] }>('dead-letters?box=outbox')).items).toHaveLength(1);
    await scene.press(talk, lost, 'Retry');
    // Its successor is there already, so it carries its own time.
    expect((await scene.shown(talk, 'Where is it now?')).text).toContain('arrived late');
    expect((await world.api<{ items: unknown[] }>('dead-letters?box=outbox')).items).toEqual([]);
  });

  it('is a reply that nobody can tell the fate of: held, and never sent again by itself', async () => {
    const talk = await scene.opens('Can you call back?');
    const isSend = ({ method, path }: FakeRequest) => method === 'POST' && /\/conversations\/\d+\/messages$/.test(path);
    const isLook = ({ method, path }: FakeRequest) => method === 'GET' && /\/conversations\/\d+\/messages$/.test(path);
    world.tiktok.server.failNext(isSend, { kind: 'cut-after' });
    // Every look, for the history is also read back now and then.
    const gone = { kind: 'status', status: 400, headers: json, body: '{"code":45101003,"message":"gone"}' } as const;
    world.tiktok.server.planFaults((request) => (isLook(request) ? gone : null));
    scene.agentWrites(talk, 'We write here only.');
    const held = await scene.shown(talk, 'It is not known whether this reply arrived');
    world.tiktok.server.planFaults(null);
    expect(held.buttons.map(({ label }) => label)).toEqual(['Send', 'Discard']);
    expect(scene.received(talk)).toEqual(['We write here only.']);
    await scene.press(talk, held, 'Discard');
    await scene.shown(talk, 'Discarded');
    expect(scene.received(talk)).toEqual(['We write here only.']);
  });
});
