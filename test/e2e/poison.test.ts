import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FakeRequest } from '../kits/fake-server.ts';
import { createScene, type Scene } from './scene.ts';
import { createWorld, type World } from './world.ts';

const json = { 'content-type': 'application/json' };

/** What fails each time it is touched. An event that cannot even be read: `trouble.test.ts`. */
describe('poison', () => {
  let world: World;
  let scene: Scene;
  beforeAll(async () => {
    world = await createWorld({
      shops: 3,
      channels: 3,
      timeScale: 200,
      random: Math.random,
      ops: true,
      environment: { MUTATION: 'decide-throws' },
    });
    scene = createScene(world);
    await world.service.start();
  });
  afterAll(() => world.close());

  const deadLetters = async (box: 'inbox' | 'outbox') => (await world.api<{ items: unknown[] }>(`dead-letters?box=${box}`)).items;
  const postsTo = (channelId: string) => (request: FakeRequest) =>
    request.path.startsWith('/api/chat.') && request.body.includes(channelId);
  const isReply = (words: string) => (request: FakeRequest) =>
    request.method === 'POST' && /\/conversations\/\d+\/messages$/.test(request.path) && request.body.includes(words);

  it('in an event stops its own lane for as long as its attempts, and no other of the shop', async () => {
    const [sick, well] = [await scene.opens('Is it here?'), await scene.opens('Is it there?')];
    scene.buyerWrites(sick, 'I come before it.');
    scene.buyerWrites(sick, 'This is undecidable.');
    scene.buyerWrites(sick, 'I stand behind it.');
    for (const words of ['One.', 'Two.', 'Three.']) {
      scene.buyerWrites(well, words);
      await scene.shown(well, words);
    }
    await scene.shown(sick, 'I stand behind it.');
    expect(scene.thread(sick).posts.some(({ text }) => text.includes('I come before it.'))).toBe(true);
    expect(await deadLetters('inbox')).toHaveLength(1);
    await scene.told('the event could not be worked on');
    expect(scene.received(sick)).toEqual([]);
  });

  it('in a reply that the marketplace always refuses is told in its thread, and lets the next one go', async () => {
    const [sick, well] = [await scene.opens('Is it round?'), await scene.opens('Is it square?')];
    world.tiktok.server.failNext(
      isReply('poison'),
      { kind: 'status', status: 400, headers: json, body: '{"code":45101001,"message":"no"}' },
      99,
    );
    scene.agentWrites(sick, 'It is poison.');
    await scene.shown(sick, 'did not reach the buyer');
    await scene.marked(sick, scene.agentWrites(sick, 'It is round.'), 'white_check_mark');
    await scene.marked(well, scene.agentWrites(well, 'It is square.'), 'white_check_mark');
    expect([scene.received(sick), scene.received(well)]).toEqual([['It is round.'], ['It is square.']]);
  });

  it('in a reply at which the marketplace always stumbles waits by itself, is given up, and harms no other', async () => {
    const [sick, well] = [await scene.opens('Is it old?'), await scene.opens('Is it new?')];
    const before = (await deadLetters('outbox')).length;
    const stumbles = { kind: 'status', status: 503, body: 'upstream connect error' } as const;
    world.tiktok.server.failNext(isReply('stumble'), stumbles, 999);
    const ts = scene.agentWrites(sick, 'We stumble.');
    const answers: string[] = [];
    while (!scene.thread(sick).posts.some(({ text }) => text.includes('did not reach the buyer'))) {
      answers.push(`It is, ${answers.length}.`);
      await scene.marked(well, scene.agentWrites(well, answers.at(-1) ?? ''), 'white_check_mark');
    }
    expect(scene.received(well)).toEqual(answers);
    expect(scene.received(sick)).toEqual([]);
    expect(scene.post(sick, ts).reactions.map(({ name }) => name)).not.toContain('white_check_mark');
    expect(await deadLetters('outbox')).toHaveLength(before + 1);
  });

  it('in a channel where every post fails stops that channel alone', async () => {
    const [sick, alsoSick, well] = [
      await scene.opens('Is it wide?', 1),
      await scene.opens('Is it narrow?', 1),
      await scene.opens('Is it tall?', 2),
    ];
    world.slack.server.planFaults((request) =>
      postsTo(sick.channelId)(request)
        ? { kind: 'status', status: 500, headers: json, body: '{"ok":false,"error":"internal_error"}' }
        : null,
    );
    const unheard: string[] = [];
    for (const words of ['First.', 'Second.', 'Third.', 'Fourth.', 'Fifth.']) {
      scene.buyerWrites(sick, words);
      scene.buyerWrites(alsoSick, words);
      unheard.push(words);
      scene.buyerWrites(well, words);
      await scene.shown(well, words);
      const ts = scene.agentWrites(well, `Heard: ${words}`);
      await scene.marked(well, ts, 'white_check_mark');
    }
    world.slack.server.planFaults(null);
    for (const talk of [sick, alsoSick]) {
      for (const words of unheard) await scene.shown(talk, words);
      const shown = scene.thread(talk).posts.flatMap(({ text }) => unheard.filter((words) => text.includes(words)));
      expect(shown).toEqual(unheard);
    }
  });
});
