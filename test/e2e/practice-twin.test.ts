import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { practiceBuyers } from '../../src/core/practice/buyers.ts';
import { startTestServer, type TestServer } from '../store-helper.ts';
import { createScene, type Scene } from './scene.ts';
import { createWorld, type World } from './world.ts';

const words = (line: number): string =>
  practiceBuyers[0]?.lines[line]?.flatMap((part) => (part.kind === 'text' ? part.text : [])).join() ?? '';

describe('practice where two processes share a store', () => {
  let server: TestServer;
  let world: World;
  let scene: Scene;
  beforeAll(async () => {
    server = await startTestServer();
    world = await createWorld({ shops: 1, channels: 1, timeScale: 20, random: Math.random, mongodbUri: server.uri });
    scene = createScene(world);
  });
  afterAll(async () => {
    await world.close();
    await server.stop();
  });

  it('is played by one of them, and removed by the other', async () => {
    const twin = await world.twin();
    await world.service.start();
    await twin.start();
    const [channelId = ''] = world.channelIds;
    const headers = { authorization: `Bearer ${world.adminToken}` };
    const removeBy = async (url: string) => (await fetch(`${url}/api/practice/remove`, { method: 'POST', headers })).json();
    const answer = await fetch(`${world.service.url}/api/practice`, {
      ...{ method: 'POST', headers },
      body: JSON.stringify({ channel: `slack/${channelId}` }),
    });
    const { practice } = (await answer.json()) as { practice: { shop: { _id: string } } };
    const roots = () => world.slack.threads(channelId).filter(({ posts }) => posts[0]?.text.includes(words(0)));
    const { rootTs } = await scene.eventually(() => roots()[0]);
    const talk = { shopId: '', channelId, conversationId: '', rootTs };
    await scene.marked(talk, scene.agentWrites(talk, 'It is at the sorting centre.'), 'white_check_mark');
    await scene.shown(talk, words(1));
    // Whoever opens it takes its gate.
    expect(await removeBy(twin.url)).toEqual({ removed: true });
    expect(roots()).toHaveLength(1);
    expect(scene.thread(talk).posts.filter(({ text }) => text.includes(words(1)))).toHaveLength(1);
    expect(await removeBy(world.service.url)).toEqual({ removed: false });
    expect(await leftOf(practice.shop._id)).toEqual([]);
    expect((await world.api<{ items: unknown[] }>('shops')).items).toHaveLength(1);
  });

  /** Documents that are the shop's, or hang on an inquiry of practice. */
  async function leftOf(shopId: string): Promise<readonly string[]> {
    const client = await MongoClient.connect(server.uri);
    try {
      const found: string[] = [];
      for (const { name } of await client.db().listCollections().toArray()) {
        for await (const document of client.db().collection(name).find()) {
          const all = JSON.stringify(document);
          if (all.includes(shopId) || /"p[0-9a-f]{24}/.test(all)) found.push(`${name} ${String(document._id)}`);
        }
      }
      return found;
    } finally {
      await client.close();
    }
  }
});
