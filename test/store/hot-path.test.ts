import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type CommandStartedEvent, MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { marketplaces } from '../../adapters/index.ts';
import { bots } from '../../bots/index.ts';
import { loadConfig } from '../../src/config.ts';
import { createLog } from '../../src/log.ts';
import { createService, type Service } from '../../src/service.ts';
import { createScene, type Scene, type Talk } from '../e2e/scene.ts';
import { createWorld, type World } from '../e2e/world.ts';
import { startTestServer, type TestServer } from '../store-helper.ts';
import { fillUp } from './filler.ts';
import { type Asked, explain, toAsked } from './replay.ts';

const timeScale = 50;
const mostOfAShape = 50;
const doneEntries = 5_000;
/** Read beyond what is answered, so that small numbers do not count. */
const tolerated = 20;
const clock = { now: () => new Date(), monotonicMs: () => performance.now() };
const timers = {
  after(afterMs: number, task: () => void) {
    const timer = setTimeout(task, afterMs);
    return () => clearTimeout(timer);
  },
};

/** Small collections that are read whole, by design. */
const scanned: Readonly<Record<string, string>> = {
  'find shops {"$or":[{"extra":{"$lt":"?"}},{"extra":{"$gte":"?"}}]} {}': 'keys are rotated at the start: all shops, once',
  'find grants {"$or":[{"secrets":{"$lt":"?"}},{"secrets":{"$gte":"?"}}]} {}': 'keys are rotated at the start: all sets of tokens, once',
  'find gates {"quotas.0":{"$exists":"?"}} {}': 'one lease for each shop and chat connection; once a minute',
  'find templates {} {"_id":"?"}': 'quick replies are a few dozen; all of them, when a file is applied or somebody asks for them',
};

describe('the hot path', () => {
  /** By shape, the latest of each. */
  const asked = new Map<string, Asked[]>();
  const writes: CommandStartedEvent[] = [];
  let server: TestServer;
  let client: MongoClient;
  let world: World;
  let service: Service;
  let scene: Scene;

  function onCommand(event: CommandStartedEvent): void {
    if (event.command['writeConcern']) writes.push(event);
    for (const one of toAsked(event)) asked.set(one.shape, [...(asked.get(one.shape) ?? []), one].slice(-mostOfAShape));
  }
  const wasAsked = (start: string) => [...asked.keys()].some((shape) => shape.startsWith(start));

  beforeAll(async () => {
    server = await startTestServer();
    client = await MongoClient.connect(server.uri);
    world = await createWorld({ shops: 2, channels: 1, unrouted: 1, ops: true, timeScale, random: Math.random });
    scene = createScene(world);
    const { environment } = world.service;
    const config = loadConfig(environment, { marketplaces, bots });
    service = await createService({
      config,
      environment,
      configText: await readFile(config.configPath, 'utf8'),
      database: { uri: server.uri, soleOwner: true, onCommand },
      clock,
      timers,
      random: { bytes: (count) => new Uint8Array(randomBytes(count)), number: () => Math.random() },
      fetch: globalThis.fetch,
      log: createLog({ level: 'silent' }),
      probe: () => {},
      timeScale,
      insecureMediaOrigins: [world.tiktok.url],
    });
    await service.listen(config.host, config.port);
    await story();
  }, 120_000);
  afterAll(async () => {
    await service.close();
    await world.close();
    await client.db().dropDatabase();
    await client.close();
    await server.stop();
  });

  /** What a day brings: both directions, trouble, people's buttons, administration. */
  async function story(): Promise<void> {
    const { tiktok, slack: chat, apply, shopIds, channelIds } = world;
    const talk = await scene.opens('Is it in stock?');
    await fillUp(client.db(), doneEntries);
    const answer = scene.agentWrites(talk, 'Yes, it is.');
    await scene.marked(talk, answer, 'white_check_mark');
    await scene.marked(talk, scene.agentWrites(talk, '// a note'), 'memo');
    await trouble(talk);
    await undone(talk);
    tiktok.sellerReplies(talk.shopId, talk.conversationId, 'Written in Seller Center.');
    await scene.shown(talk, 'Written in Seller Center.');

    // No event tells of it: it is found by reading back.
    tiktok.webhooks.behave({ dropped: 1 });
    scene.buyerWrites(talk, 'Did you get this?');
    await scene.shown(talk, 'Did you get this?');
    tiktok.webhooks.behave({ dropped: 0 });

    await scene.press(talk, { ts: talk.rootTs }, 'Resolve');
    await scene.shown(talk, 'Resolved by');
    scene.buyerWrites(talk, 'One thing more.');
    await scene.shown(talk, 'One thing more.');

    // A shop without a route waits for one.
    const [, unrouted = ''] = shopIds;
    const waits = tiktok.openConversation(unrouted, { nickname: 'Ana' });
    tiktok.buyerWrites(unrouted, waits, 'Anybody there?');
    await scene.eventually(() => wasAsked('aggregate outbox [{"$match":{"gate":"?","state":"?"}}'));
    await apply(`routes: [{ when: {}, channel: slack/${channelIds[0]} }]`);
    await scene.eventually(() => chat.posts().some(({ text }) => text.includes('Anybody there?')));

    await deadLetters();
    await administration(talk);
    await scene.eventually(() =>
      ['find settings', 'update gates', 'findAndModify agendaJobs', 'delete inbox', 'delete figuresDue'].every(wasAsked),
    );
  }

  async function trouble(talk: Talk): Promise<void> {
    const cut = { kind: 'cut-after' } as const;
    world.tiktok.server.failNext(({ method, path }) => method === 'POST' && path.endsWith('/messages'), cut);
    const doubtful = scene.agentWrites(talk, 'It may have arrived.');
    await scene.marked(talk, doubtful, 'white_check_mark');
    world.slack.server.failNext(({ path }) => path === '/api/chat.postMessage', cut);
    scene.buyerWrites(talk, 'Thank you!');
    await scene.shown(talk, 'Thank you!');
  }

  async function undone(talk: Talk): Promise<void> {
    await world.apply('reply: { undoSeconds: 300 }');
    scene.agentWrites(talk, 'Never.');
    scene.agentWrites(talk, '!undo');
    await scene.shown(talk, 'Cancelled in time');
    await world.apply('reply: { undoSeconds: 0 }');
  }

  /** What comes for a shop that is not connected waits for a person. */
  async function deadLetters(): Promise<void> {
    const { tiktok, api } = world;
    const { id } = tiktok.addShop();
    tiktok.buyerWrites(id, tiktok.openConversation(id), 'Who are you?');
    await tiktok.webhooks.settled();
    const [letter] = (await api<{ items: { _id: string }[] }>('dead-letters')).items;
    const path = `dead-letters/${encodeURIComponent(letter?._id ?? '')}`;
    await api(path);
    await api(`${path}/replay`, {});
    await api(`${path}/discard`, {});
  }

  async function administration(talk: Talk): Promise<void> {
    const { api } = world;
    const { items } = await api<{ items: { _id: string }[] }>('inquiries?open=1');
    const [inquiry] = items;
    const lists = [
      'shops',
      'inquiries',
      'outbox',
      'dead-letters?box=outbox',
      `inquiries/${inquiry?._id}`,
      `inquiries/${inquiry?._id}/messages`,
    ];
    const traces = [`trace/${inquiry?._id}`, `trace/${encodeURIComponent(`slack/default|${talk.channelId}|${talk.rootTs}`)}`];
    const figures = ['stats?range=30d&by=shop', 'stats?drill=answered', 'stats?drill=keyword&name=x', 'stats/rebuild'];
    const desk = ['stats/queue', 'stats/agents', `stats/mine?user=${world.agents[0]}`];
    for (const path of [...lists, ...traces, ...figures, ...desk, 'doctor']) await api(path);
    await api('stats/rebuild', {});
    for (const words of ['find Somchai', 'find 576653688135250001'])
      await world.slack.useCommand(world.agents[0] ?? '', talk.channelId, '/tm', words);
    await api('connect', { marketplace: 'tiktok-shop' });
    await fetch(`${world.service.url}/metrics`, { headers: { authorization: `Bearer ${world.adminToken}` } });
  }

  it('reads by index, and little more than it answers', async () => {
    expect(asked.size).toBeGreaterThan(60);
    const scans = new Set<string>();
    const wasteful = new Set<string>();
    for (const one of [...asked.values()].flat()) {
      const { stages, returned, documents, keys } = await explain(client.db(), one);
      if (stages.includes('COLLSCAN')) scans.add(one.shape);
      else if (Math.max(documents, keys) > 10 * returned + tolerated)
        wasteful.add(`${one.shape}: ${documents} documents, ${keys} keys for ${returned}`);
    }
    expect([...wasteful]).toEqual([]);
    expect([...scans].toSorted()).toEqual(Object.keys(scanned).toSorted());
  }, 120_000);

  it('tells the outside nothing before the disk has it: what is acknowledged, what is about to be sent, tokens, settings', () => {
    const leftToTheNext = new Set<string>();
    const waitedFor = new Set<string>();
    for (const { commandName, command } of writes) {
      const updates: readonly { readonly u: { readonly $set?: { readonly state?: string } } }[] = command['updates'] ?? [];
      const states = commandName === 'update' && command['update'] === 'outbox' ? updates.map(({ u }) => u.$set?.state ?? 'other') : [''];
      for (const state of states) {
        const what = `${commandName} ${command[commandName]} ${state === 'sending' ? 'claim' : ''}`.trimEnd();
        (command['writeConcern']['j'] === false ? leftToTheNext : waitedFor).add(what);
      }
    }
    expect([...leftToTheNext].toSorted()).toEqual([
      'insert events',
      'insert figuresDue',
      'insert inquiries',
      'insert links',
      'insert messages',
      'insert outbox',
      'update inbox',
      'update inquiries',
      'update outbox',
    ]);
    for (const what of ['insert inbox', 'update outbox claim', 'update shops', 'insert settings']) expect([...waitedFor]).toContain(what);
  });
});
