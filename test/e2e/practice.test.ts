import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StatsAnswer } from '../../src/core/figures/answer.ts';
import { practiceBuyers } from '../../src/core/practice/buyers.ts';
import { practiceShopName } from '../../src/core/practice/marks.ts';
import { text } from '../../src/core/texts/index.ts';
import { runTool } from '../cli/run-tool.ts';
import type { FarPost } from '../kits/slack/far-end.ts';
import { eventually } from './eventually.ts';
import { createScene, type Scene, type Talk } from './scene.ts';
import { createWorld, type World } from './world.ts';

const sentMark = 'white_check_mark';
/** What a buyer says in words. */
const words = (buyer: number, line: number): string =>
  practiceBuyers[buyer]?.lines[line]?.flatMap((part) => (part.kind === 'text' ? part.text : [])).join() ?? '';
/** The first buyer whose first words hold these. */
const whoSays = (what: string): number => practiceBuyers.findIndex(({ lines }) => JSON.stringify(lines[0]).includes(what));
const closing = practiceBuyers.findIndex(({ closed }) => closed === true);

/** The clock of practice, short enough to be waited for; a rule that takes all there is, and not to the channel of practice. */
const yaml = `
sla:
  policies:
    - { name: practice/three-minutes, within: 20s, reminders: [{ after: 6s, to: group }, { after: 20s, to: supervisor }] }`;

interface PracticeAnswer {
  readonly practice: {
    readonly shop: { readonly _id: string; readonly externalId: string };
    readonly channel: string;
    readonly removing: boolean;
  } | null;
}
interface QueueAnswer {
  readonly waiting: number;
  readonly missed: number;
  readonly items: readonly { readonly shopName: string; readonly marketplace: string }[];
}

describe('practice', () => {
  let world: World;
  let scene: Scene;
  let real: Talk;
  let channelId: string;
  /** Counted before anybody practised. */
  let before: StatsAnswer['total'];
  beforeAll(async () => {
    world = await createWorld({ shops: 1, channels: 2, timeScale: 40, random: Math.random, yaml });
    scene = createScene(world);
    channelId = world.channelIds[1] ?? '';
    await world.service.start();
    await world.apply(`routes: [{ when: {}, channel: slack/${world.channelIds[0]} }]`);
    real = await scene.opens('A real question');
    await scene.marked(real, scene.agentWrites(real, 'A real answer'), sentMark);
    before = await counted(({ total }) => total.opened === 1 && total.replies === 1);
  });
  afterAll(() => world.close());

  const cli = (...args: string[]) => runTool([...args, '--url', world.service.url], { ADMIN_TOKEN: world.adminToken, LANG: 'en' });
  const stats = () => world.api<StatsAnswer>('stats?range=7d');
  const counted = async (is: (answer: StatsAnswer) => boolean): Promise<StatsAnswer['total']> =>
    (
      await eventually(
        async () => {
          const answer = await stats();
          return is(answer) && answer;
        },
        () => 'it was not counted',
      )
    ).total;
  /** In the channel of practice. */
  const posts = (): FarPost[] => world.slack.posts(channelId);
  const saying = (said: string): FarPost[] => posts().filter((post) => post.fromBot && post.text.includes(said));
  const rootOf = (buyer: number) =>
    posts().find((post) => post.fromBot && post.threadTs === null && post.text.includes(words(buyer, 0)) && post.text.includes('PRACTICE'));
  /** The thread of the first buyer of this kind. */
  const talkOf = async (buyer: number): Promise<Talk> => {
    const root = await scene.eventually(() => rootOf(buyer));
    return { shopId: '', channelId, conversationId: '', rootTs: root.ts };
  };
  const answerAll = async (buyer: number, answer: string): Promise<void> => {
    const talk = await talkOf(buyer);
    await scene.marked(talk, scene.agentWrites(talk, answer), sentMark);
  };

  it('says why it cannot be opened, and what to do', async () => {
    expect(await cli('practice')).toMatchObject({ exitCode: 0, out: [text('en', 'cli.practice.none')] });
    expect(await cli('practice', '--remove')).toMatchObject({ exitCode: 0, out: [text('en', 'cli.practice.none')] });
    const refused = text('en', 'cli.refused.practice-refused');
    for (const [channel, why] of [
      ['C000000002', text('en', 'practice.channel-unreadable', { channel: 'C000000002' })],
      ['feishu/oc_1', text('en', 'practice.no-bot', { bot: 'feishu' })],
      ['slack/C0000NOWHERE', 'slack/C0000NOWHERE'],
    ] as const) {
      const { exitCode, err } = await cli('practice', '--channel', channel);
      expect([exitCode, err[0]]).toEqual([2, refused]);
      expect(err[1]).toContain(why);
    }
    expect((await world.api<PracticeAnswer>('practice')).practice).toBeNull();
  });

  it('opens in one channel, says what it is, and opens once', async () => {
    const opened = await cli('practice', '--channel', `slack/${channelId}`);
    expect(opened).toMatchObject({ exitCode: 0, out: [text('en', 'cli.practice.opened', { channel: `slack/${channelId}` })] });
    const again = await cli('practice', '--channel', `slack/${world.channelIds[0]}`);
    expect([again.exitCode, again.err[0]]).toEqual([1, text('en', 'cli.refused.practice-exists')]);
    expect(again.err[1]).toContain(`slack/${channelId}`);
    expect(await cli('practice', '--channel', 'slack/C1', '--remove')).toMatchObject({
      exitCode: 2,
      err: [text('en', 'cli.practice.both')],
    });
    await scene.eventually(() => saying(text('en', 'practice.opened'))[0]);
    expect((await cli('shops', 'list')).out.find((line) => line.startsWith('practice:'))).toContain(practiceShopName);
    const doctor = await cli('doctor');
    expect(doctor.out.find((line) => line.includes('practice:'))).toContain(text('en', 'practice.found'));
  });

  it('shows buyers in threads that are marked, and answers as a shop would', async () => {
    const talk = await talkOf(0);
    const root = scene.post(talk, talk.rootTs);
    expect(root.text).toContain(text('en', 'card.title-practice', { shop: practiceShopName }));
    await scene.press(talk, root, 'Claim');
    await scene.eventually(() => scene.post(talk, talk.rootTs).buttons.some(({ label }) => label === 'Hand back'));
    scene.agentWrites(talk, '!order');
    await scene.eventually(() => world.slack.ephemerals.find((one) => JSON.stringify(one).includes('Paper lamp')));
    await scene.marked(talk, scene.agentWrites(talk, '// she asked last week, too'), 'memo');
    await scene.marked(talk, scene.agentWrites(talk, 'It is at the sorting centre.'), sentMark);
    await scene.shown(talk, words(0, 1));
    await scene.marked(talk, scene.agentWrites(talk, 'On Thursday.'), sentMark);
    await scene.shown(talk, words(0, 2));
    expect(scene.post(talk, talk.rootTs).text).toContain('PRACTICE');
  });

  it('shows a picture, a reply that is held, and one that is refused', async () => {
    const picturer = whoSays('"picture"');
    const seen = await talkOf(picturer);
    const files = await scene.eventually(() => {
      const found = scene.thread(seen).posts.flatMap((post) => post.files);
      return found.length > 0 && found;
    });
    expect(files[0]?.bytes.subarray(1, 4).toString()).toBe('PNG');
    await answerAll(picturer, '可以，请稍等，我们马上处理换货。');

    const caller = await talkOf(whoSays('WhatsApp'));
    scene.agentWrites(caller, 'Sure, write to me on WhatsApp: +66 81 234 5678');
    const held = await scene.shown(caller, text('en', 'reply.held'));
    await scene.press(caller, held, 'Discard');
    await scene.marked(caller, scene.agentWrites(caller, 'I am glad to help you here.'), sentMark);

    const closed = await talkOf(closing);
    scene.agentWrites(closed, 'We ship it today.');
    await scene.shown(closed, text('en', 'practice.chat-closed'));
  });

  it('reminds in its channel of who waits, marked as practice', async () => {
    const reminders = () =>
      posts().filter(
        ({ fromBot, threadTs, text: said }) =>
          fromBot && threadTs === null && said.includes(practiceShopName) && !said.includes(text('en', 'card.hint')),
      );
    await scene.eventually(() => reminders().find((post) => post.text.includes(practiceBuyers[closing]?.name ?? '?')));
  });

  it('doubles no words of a buyer when the service is killed', async () => {
    // Who does not wait any more makes room for the next one.
    await scene.press(await talkOf(closing), { ts: (await talkOf(closing)).rootTs }, 'Resolve');
    const number = whoSays('refund');
    const talk = await talkOf(number);
    await world.service.stop();
    // Once when their next words are to be decided, after the answer to the first; then while they are applied.
    await world.service.start({ KILL_AT: 'before-decide:2' });
    const answer = scene.agentWrites(talk, 'Maaf ya kak, refund kami proses.');
    await world.service.died();
    await world.service.start({ KILL_AT: 'inquiry-replaced:1' });
    await world.service.died();
    await world.service.start();
    await scene.marked(talk, answer, sentMark);
    await scene.shown(talk, words(number, 1));
    await scene.marked(talk, scene.agentWrites(talk, 'Tiga hari kerja.'), sentMark);
    await scene.shown(talk, words(number, 2));
    for (const line of [0, 1, 2]) expect(saying(words(number, line))).toHaveLength(1);
    for (const line of [0, 1, 2]) expect(saying(words(0, line))).toHaveLength(1);
  });

  it('is counted nowhere, and shown last and marked where it is shown', async () => {
    const another = await scene.opens('Another real question');
    const after = await counted(({ total }) => total.opened === 2);
    expect(after).toMatchObject({ opened: before.opened + 1, replies: before.replies, held: 0, failed: 0, resolved: before.resolved });
    await world.api('stats/rebuild', {});
    await eventually(
      async () => (await world.api<{ finishedAt: string | null }>('stats/rebuild')).finishedAt !== null,
      () => 'figures were not counted anew',
    );
    expect((await stats()).total).toEqual(after);
    const [agent = ''] = world.agents;
    const queue = await world.api<QueueAnswer>('stats/queue');
    expect(queue).toMatchObject({ waiting: 1, missed: 0 });
    expect(queue.items.slice(1).every(({ shopName }) => shopName === practiceShopName)).toBe(true);
    expect(queue.items.length).toBeGreaterThan(1);
    const mine = await world.api<QueueAnswer>(`stats/mine?user=${agent}`);
    expect(mine.items.some(({ shopName }) => shopName === practiceShopName)).toBe(true);
    const { items: loads } = await world.api<{ items: { userId: string | null; open: number }[] }>('stats/agents');
    expect(loads.find(({ userId }) => userId === agent)?.open).toBe(1);
    const metrics = await (
      await fetch(`${world.service.url}/metrics`, { headers: { authorization: `Bearer ${world.adminToken}` } })
    ).text();
    expect(metrics).not.toMatch(/^threadmart_deliveries_total\{kind="reply"/m);
    // Nor did any of it come to where the rules lead.
    expect(world.slack.posts(world.channelIds[0]).filter((post) => post.text.includes('PRACTICE'))).toEqual([]);
    await scene.press(another, { ts: another.rootTs }, 'Resolve');
  });

  it('is removed by one command, goes on with it when it is cut off, and leaves nothing behind', async () => {
    const { practice } = await world.api<PracticeAnswer>('practice');
    const realBefore = await documentsOf(world.shopIds[0] ?? '');
    const removing = cli('practice', '--remove').catch(() => null);
    await eventually(
      async () => (await world.api<PracticeAnswer>('practice')).practice?.removing !== false,
      () => 'its removal did not begin',
    );
    await world.service.kill();
    await removing;
    await world.service.start();
    await eventually(
      async () => (await world.api<PracticeAnswer>('practice')).practice === null,
      () => 'its removal did not go on',
    );
    expect(await cli('practice', '--remove')).toMatchObject({ exitCode: 0, out: [text('en', 'cli.practice.none')] });
    await scene.eventually(() => saying(text('en', 'practice.over'))[0]);
    const over = posts().filter(({ text: said }) => said.includes(text('en', 'card.title-practice-over', { shop: practiceShopName })));
    expect(over.length).toBeGreaterThan(2);
    expect(over.flatMap(({ buttons }) => buttons)).toEqual([]);
    const all = await dumped();
    const left = all.filter(
      (line) =>
        line.includes(`practice:${practice?.shop.externalId}`) ||
        line.includes(practice?.shop.externalId ?? '?') ||
        /"p[0-9a-f]{24}/.test(line),
    );
    expect(left).toEqual([]);
    expect(await documentsOf(world.shopIds[0] ?? '')).toEqual(realBefore);
    // Somebody may practise again.
    expect(await cli('practice', '--channel', `slack/${channelId}`)).toMatchObject({ exitCode: 0 });
    await scene.eventually(() => saying(words(0, 0))[1]);
    expect(await cli('practice', '--remove')).toMatchObject({ exitCode: 0, out: [text('en', 'cli.practice.removed')] });
  });

  let dumps = 0;
  /** Every document of every collection, one a line. The service is stopped for it. */
  async function dumped(): Promise<string[]> {
    if (world.service.alive()) await world.service.stop();
    dumps += 1;
    const folder = join(world.folder, `dump-${dumps}`);
    expect((await runTool(['db', 'export', folder], world.service.environment)).exitCode).toBe(0);
    const files = (await readdir(folder)).filter((name) => name.endsWith('.jsonl'));
    const texts = await Promise.all(
      files.map(async (name) => (await readFile(join(folder, name), 'utf8')).split('\n').map((line) => `${name} ${line}`)),
    );
    return texts.flat();
  }

  /** What a shop has said and done; of what changes by itself, that it is there. */
  async function documentsOf(shopId: string): Promise<readonly string[]> {
    const lines = (await dumped()).filter((line) => line.includes(shopId));
    await world.service.start();
    const whole = lines.filter((line) => /^(messages|links|shops)\.jsonl /.test(line));
    const there = lines.filter((line) => /^(inquiries|events|conversations|gates)\.jsonl /.test(line));
    return [...whole, ...there.map((line) => /^\S+ .*?"_id":"[^"]+"/.exec(line)?.[0] ?? line)].sort();
  }
});
