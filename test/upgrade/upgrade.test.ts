import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEmbedded } from '../../src/embedded/index.ts';
import { openDatabase } from '../../src/store/open-database.ts';
import { runTool } from '../cli/run-tool.ts';
import { createScene, type Scene, type Talk } from '../e2e/scene.ts';
import { createWorld, type World } from '../e2e/world.ts';
import type { SlackMessage } from '../kits/slack/world.ts';
import type { StoredMessage } from '../kits/tiktok-shop/world.ts';
import { namesServer } from '../store-helper.ts';

/** What the last version before the schema changed has left behind, recorded by `record.ts`: commit 9abf067, whose index on `links` was another one. */
const recorded = new URL('./before-links-index/', import.meta.url);

interface FarEnds {
  readonly talks: Readonly<Record<'answered' | 'held' | 'queued' | 'waiting', Talk>>;
  readonly messages: readonly (Omit<StoredMessage, 'index'> & { readonly index: string })[];
  readonly posts: readonly SlackMessage[];
}

/** The recording is a file of the built-in store. */
describe.skipIf(namesServer(process.env))('data of the version before', () => {
  let world: World;
  let scene: Scene;
  let folder: string;
  let far: FarEnds;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'upgrade-'));
    await mkdir(join(folder, 'data'), { mode: 0o700 });
    await writeFile(join(folder, 'data', 'store.sqlite'), gunzipSync(await readFile(new URL('store.sqlite.gz', recorded))), {
      mode: 0o600,
    });
    far = JSON.parse(await readFile(new URL('far-ends.json', recorded), 'utf8')) as FarEnds;
    world = await createWorld({
      ...{ shops: 1, channels: 1, timeScale: 20, random: () => 0.5, folder },
      environment: { SECRET_KEY: Buffer.alloc(32, 7).toString('base64') },
    });
    scene = createScene(world);
    recall(world, far);
  });
  afterAll(() => world.close());

  const tool = (...args: string[]) => runTool(args, world.service.environment);

  /** The documents of a collection, each as a line of an export. */
  async function linesOf(name: string, collection: string): Promise<string[]> {
    const target = join(folder, name);
    await tool('db', 'export', target);
    return (await readFile(join(target, `${collection}.jsonl`), 'utf8')).split('\n').filter(Boolean);
  }

  it('is of that version, and whole', async () => {
    const { exitCode, out } = await tool('db', 'check', '--json');
    expect([exitCode, JSON.parse(out.join(''))]).toMatchObject([0, { schemaVersion: 1 }]);
    expect((await linesOf('before', 'inquiries')).length).toBe(4);
  });

  it('is taken over: what was under way is finished, once, and every talk goes on', async () => {
    const { answered, held, queued, waiting } = far.talks;
    await world.service.start();
    await scene.shown(waiting, 'With a ribbon, please.');
    const asked = await scene.eventually(() =>
      scene.thread(queued).posts.find(({ buttons }) => buttons.some(({ label }) => label === 'Send')),
    );
    await scene.press(queued, asked, 'Send');
    await scene.reaches(queued, 'It ships on Monday.');
    scene.buyerWrites(answered, 'Thank you!');
    await scene.shown(answered, 'Thank you!');
    scene.agentWrites(answered, 'With pleasure.');
    await scene.reaches(answered, 'With pleasure.');
    const fresh = await scene.opens('Is it new?');
    scene.agentWrites(fresh, 'Brand new.');
    await scene.reaches(fresh, 'Brand new.');
    expect((await world.api<{ items: object[] }>('outbox?state=held')).items).toMatchObject([{ content: { kind: 'reply' } }]);
    expect(
      scene
        .thread(held)
        .posts.at(-1)
        ?.buttons.map(({ label }) => label),
    ).toContain('Discard');
    expect(scene.thread(waiting).posts.filter(({ text }) => text.includes('With a ribbon, please.'))).toHaveLength(1);
    // Of what was done before nothing is done again.
    expect(world.tiktok.received.map(({ text }) => text)).toEqual(['It ships on Monday.', 'With pleasure.', 'Brand new.']);
    expect(await world.service.stop()).toBe(0);
  });

  it('is all there afterwards, in the schema of today', async () => {
    expect(await tool('db', 'check')).toMatchObject({ exitCode: 0 });
    await linesOf('after', 'messages');
    for (const collection of ['messages', 'events', 'links']) {
      const [before, after] = await Promise.all(
        ['before', 'after'].map(async (name) =>
          (await readFile(join(folder, name, `${collection}.jsonl`), 'utf8')).split('\n').filter(Boolean),
        ),
      );
      expect(before?.length).toBeGreaterThan(0);
      expect(after).toEqual(expect.arrayContaining(before ?? []));
    }
  });

  it('of a version to come is refused in a sentence, and is left as it is', async () => {
    const dataDir = join(folder, 'data');
    const store = await startEmbedded(dataDir);
    const connection = await openDatabase(store.uri);
    await connection.collection<{ _id: string }>('meta').updateOne({ _id: 'schema' }, { $set: { version: 99 } });
    await connection.close();
    await store.close();
    await expect(world.service.start()).rejects.toThrow('The database is of version 99, this program knows up to version 2.');
    expect((await tool('db', 'check')).out.join('\n')).toContain('The database is of version 99');
  });
});

/** Both platforms remember what happened with them: messages, posts, and ids that are spoken for. */
function recall({ tiktok, slack, channelIds }: World, { talks, messages, posts }: FarEnds): void {
  for (const { conversationId, shopId } of Object.values(talks)) {
    const own = messages.filter((message) => message.conversationId === conversationId);
    const buyer = own.find(({ role }) => role === 'BUYER');
    tiktok.world.conversations.set(conversationId, {
      ...{
        id: conversationId,
        shopId,
        createTime: buyer?.createTime ?? 0,
        unread: 0,
        agentJoined: false,
        lastOrderAt: null,
        canSend: true,
      },
      buyer: { imUserId: buyer?.imUserId ?? '', userId: '1', nickname: buyer?.nickname ?? '', platform: null },
      messages: own.map((message) => ({ ...message, index: BigInt(message.index) })),
      nextIndex: own.reduce((highest, { index }) => (BigInt(index) > highest ? BigInt(index) : highest), 0n) + 1n,
    });
  }
  const lastId = messages.reduce((highest, { id }) => (BigInt(id) > highest ? BigInt(id) : highest), 0n);
  while (BigInt(tiktok.world.nextId()) < lastId);
  const channel = slack.world.channels.get(channelIds[0] ?? '');
  channel?.messages.push(...posts);
  if (channel) channel.lastMicros = Number(posts.at(-1)?.ts.replace('.', ''));
}
