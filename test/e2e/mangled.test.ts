import fc from 'fast-check';
import type { Connection } from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/store/open-database.ts';
import { genuineWebhooks } from '../input/genuine.ts';
import { mangled } from '../input/mangle.ts';
import { webhookSign } from '../kits/tiktok-shop/signing.ts';
import { startTestServer, type TestServer } from '../store-helper.ts';
import { createScene, type Scene, type Talk } from './scene.ts';
import { createWorld, type World } from './world.ts';

const shopId = '7494049642642441621';
const each = 200;
/** Another one makes other events. */
const seed = Number(process.env['INPUT_SEED'] ?? '7');
const atOnce = 8;
/** All that events and decisions leave behind. */
const collections = ['inbox', 'inquiries', 'messages', 'events', 'links', 'outbox', 'shops', 'grants', 'settings', 'tickets'];

interface Request {
  readonly path: string;
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

describe('the whole service under events that are rightly signed and wrong in anything else', () => {
  let server: TestServer;
  let database: Connection;
  let world: World;
  let scene: Scene;
  let talk: Talk;
  const sent: Request[] = [];
  beforeAll(async () => {
    server = await startTestServer();
    database = await openDatabase(server.uri);
    world = await createWorld({
      ...{ shops: [{ id: shopId }], channels: 1, timeScale: 50, random: Math.random, mongodbUri: server.uri },
      environment: { LOG_LEVEL: 'debug' },
    });
    scene = createScene(world);
    await world.service.start();
    talk = await scene.opens('Is it bright?');
    const ts = scene.agentWrites(talk, 'Very.');
    await scene.marked(talk, ts, 'white_check_mark');
    scene.agentWrites(talk, '// a note');
  });
  afterAll(async () => {
    await database.close();
    await world.close();
    await server.stop();
  });

  async function send(requests: readonly Request[]): Promise<void> {
    const left = [...requests];
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        for (let one = left.pop(); one; one = left.pop()) {
          const { path, body, headers } = one;
          const { status } = await fetch(`${world.service.url}${path}`, { method: 'POST', body, headers });
          // Bytes that are no text are not signed by Slack.
          expect(path.startsWith('/bots/') ? [200, 401] : [200]).toContain(status);
        }
      }),
    );
  }

  /** Resolves once nothing waits any more: all is done, buried or held. */
  async function settled(): Promise<string> {
    await world.slack.settled();
    let last = '';
    for (;;) {
      const waiting =
        (await database.collection('inbox').countDocuments({ state: { $in: ['received', 'decided'] } })) +
        (await database.collection('outbox').countDocuments({ state: { $in: ['queued', 'sending', 'settling', 'uncertain'] } }));
      const now = waiting === 0 ? await dump() : '';
      if (now !== '' && now === last) return now;
      last = now;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }

  async function dump(): Promise<string> {
    const all = await Promise.all(collections.map((name) => database.collection(name).find({}).sort({ _id: 1 }).toArray()));
    return JSON.stringify([all, world.slack.posts().map(({ ts, text }) => [ts, text]), world.tiktok.received]);
  }

  it('takes them all, and settles', async () => {
    const { appKey, appSecret, bodies } = await genuineWebhooks();
    // A seller who takes the authorisation back is believed: the shop would rightly send nothing any more.
    const kept = bodies.filter((body) => !('type' in body && body.type === 6));
    // Ids of another fake, which counts like this one's: taken as they are, they would be those of messages to come.
    const own = kept.map((body): object =>
      JSON.parse(
        JSON.stringify(body)
          .replace(/"conversation_id":"\d+"/g, `"conversation_id":"${talk.conversationId}"`)
          .replace(/"(message_id|tts_notification_id)":"7494/g, '"$1":"1111'),
      ),
    );
    for (const body of fc.sample(mangled(own), { numRuns: each, seed })) {
      sent.push({
        path: '/hooks/tiktok-shop',
        body,
        headers: { 'content-type': 'application/json', authorization: webhookSign(appKey, appSecret, body) },
      });
    }
    for (const body of fc.sample(mangled(world.slack.events.map(({ payload }) => payload)), { numRuns: each, seed })) {
      sent.push({ path: '/bots/slack/events', body, headers: world.slack.sign(Buffer.from(body).toString()).headers });
    }
    await send(sent);
    await settled();
  });

  it('is changed by none of them when they come again', async () => {
    const before = await settled();
    await send(sent);
    expect(await settled()).toBe(before);
  });

  it('still hears buyers and sends answers, and kept no name of the database’s own for a value', async () => {
    const next = await scene.opens('And is it quiet?');
    scene.agentWrites(next, 'As a lamp.');
    await scene.reaches(next, 'As a lamp.');
    const strange = await database
      .collection('inbox')
      .countDocuments({ $or: [{ _id: { $not: { $type: 'string' } } }, { lane: { $not: { $type: 'string' } } }] } as never);
    expect(strange).toBe(0);
    expect(world.service.output()).not.toMatch(/"level":"fatal"|unhandled|uncaught/i);
  });
});
