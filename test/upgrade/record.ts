import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gzipSync } from 'node:zlib';
import { createScene } from '../e2e/scene.ts';
import { createWorld } from '../e2e/world.ts';

/**
 * Records what a version leaves behind, for the test of upgrading from it. When the schema changes, this runs in a checkout of the commit before
 * (`node test/upgrade/record.ts FOLDER`, FOLDER is committed): talks in every state, and work under way when the service is killed.
 */
const [folder = ''] = process.argv.slice(2);
const data = await mkdtemp(join(tmpdir(), 'record-'));
const world = await createWorld({
  ...{ shops: 1, channels: 1, timeScale: 20, random: () => 0.5, folder: data, yaml: '' },
  environment: { SECRET_KEY: Buffer.alloc(32, 7).toString('base64') },
});
const { tiktok, slack, service, shopIds, channelIds } = world;
const scene = createScene(world);
await service.start();

const answered = await scene.opens('Is it in stock?');
const held = await scene.opens('Can I call you?');
const queued = await scene.opens('When does it ship?');
const waiting = await scene.opens('Do you wrap gifts?');
const reply = scene.agentWrites(answered, 'Yes, it ships today.');
await scene.reaches(answered, 'Yes, it ships today.');
await scene.marked(answered, reply, 'white_check_mark');
const note = scene.agentWrites(answered, '// a regular customer');
await scene.marked(answered, note, 'memo');
scene.agentWrites(held, 'Sure: +66 81 234 5678');
await scene.shown(held, 'phone');
// A reply that waits, and a message that Slack would not take: work under way.
await world.apply('reply: { undoSeconds: 300, staleAfterMinutes: 1 }');
scene.agentWrites(queued, 'It ships on Monday.');
const carries = (body: Buffer) => decodeURIComponent(body.toString().replaceAll('+', ' ')).includes('With a ribbon, please.');
slack.server.failNext(
  ({ path, body }) => path === '/api/chat.postMessage' && carries(Buffer.from(body)),
  { kind: 'status', status: 503 },
  1_000,
);
scene.buyerWrites(waiting, 'With a ribbon, please.');
const outbox = async () => (await world.api<{ items: { state: string; content: { kind: string } }[] }>('outbox')).items;
const isThere = (kind: string, state: RegExp) => async () =>
  (await outbox()).some((one) => one.content.kind === kind && state.test(one.state));
for (const there of [isThere('reply', /queued/), isThere('reply', /held/), isThere('message', /queued|sending|uncertain/)]) {
  while (!(await there())) await new Promise((resolve) => setTimeout(resolve, 50));
}
await service.kill();

const talks = { answered, held, queued, waiting };
const conversationIds = Object.values(talks).map(({ conversationId }) => conversationId);
const messages = conversationIds.flatMap((id) =>
  tiktok.messages(id).map(({ role, content, ...message }) => ({ ...message, role, content })),
);
const state = { shopIds, channelIds, talks, messages, posts: slack.world.channels.get(channelIds[0] ?? '')?.messages };
const text = JSON.stringify(state, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value), 1);
await writeFile(join(folder, 'far-ends.json'), `${text}\n`);
const database = new DatabaseSync(join(data, 'data', 'store.sqlite'));
database.prepare('vacuum into ?').run(join(data, 'copy.sqlite'));
database.close();
await writeFile(join(folder, 'store.sqlite.gz'), gzipSync(await readFile(join(data, 'copy.sqlite')), { level: 9 }));
await world.close();
await rm(data, { recursive: true, force: true });
