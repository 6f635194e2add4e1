import { afterEach, describe, expect, it } from 'vitest';
import { dingtalk } from '../../../bots/dingtalk/index.ts';
import { text } from '../../../src/core/texts/index.ts';
import type { ThreadContent } from '../../../src/core/thread.ts';
import type { WebhookRobot } from '../../kits/dingtalk/webhook-robot.ts';
import { board, group, lineOf, message, messages, type Organisation, opening, showing, startOrganisation, thread } from './organisation.ts';

const reminder: ThreadContent = {
  ...{ kind: 'answer', parts: [{ kind: 'lines', lines: ['#4f2a1c *late*'] }], actions: [], visibleTo: null },
  calls: { userIds: ['mai', 'boss'], here: false },
};

describe('what goes beside the cards', () => {
  let org: Organisation;
  afterEach(() => org.close());
  const direct = (user: string) =>
    (org.fake.world.direct.get(user) ?? []).map((one) => (one.kind === 'robot' ? one.param['text'] : one.kind));

  it('people are called in the group alone, unless it is said otherwise', async () => {
    org = await startOrganisation();
    await org.bot.show(thread(null), showing(reminder), org.access);
    expect([direct('mai'), org.fake.world.dings]).toEqual([[], []]);
    expect(org.bot.capabilities.costs(reminder)).not.toContain('direct.send');
  });

  it('each is told in their own talk with the robot', async () => {
    org = await startOrganisation({}, () => ({ DINGTALK_CALLS: 'direct' }));
    await org.bot.show(thread(null), showing(reminder), org.access);
    expect(direct('mai')).toEqual([`**${text('en', 'board.called')}**\n\n#4f2a1c \\*late\\*`.replace('#4', '\\#4')]);
    expect(direct('boss')).toHaveLength(1);
    expect(org.bot.capabilities.costs(reminder)).toContain('direct.send');
  });

  it('or by a DING', async () => {
    org = await startOrganisation({}, () => ({ DINGTALK_CALLS: 'ding' }));
    await org.bot.show(thread(null), showing(reminder), org.access);
    expect(org.fake.world.dings).toMatchObject([{ remindType: 1, users: ['mai', 'boss'], content: expect.stringContaining('*late*') }]);
  });

  it('that this fails takes nothing from the group', async () => {
    org = await startOrganisation({}, () => ({ DINGTALK_CALLS: 'ding' }));
    org.fake.context.scopes.delete('Premium.Ding.Write');
    await org.bot.show(thread(null), showing(reminder), org.access);
    expect(org.fake.posts(group)).toHaveLength(1);
    expect(org.logged.join()).toContain('could not be called beside the group');
  });

  const file = { kind: 'file', media: { url: 'https://files.example/a.pdf', name: 'invoice.pdf' } } as const;

  it('a buyer’s file stands below the card, once; what cannot be shown is named on it', async () => {
    org = await startOrganisation();
    const access = {
      ...org.access,
      loadMedia: async () => ({ bytes: Buffer.from('pdf'), mimeType: 'application/pdf', name: 'invoice.pdf' }),
    };
    const shown = message('', { parts: [file] });
    const { posts } = await org.bot.show(thread(null, board([lineOf(shown)])), showing(opening(shown)), access);
    const [card, below] = org.fake.posts(group);
    expect(card?.text).toContain('invoice.pdf');
    expect(below?.files.map(({ name }) => name)).toEqual(['invoice.pdf']);
    const root = posts[0]?.messageId ?? '';
    org.fake.api.failNext(({ path }) => path.endsWith('/groupMessages/send'), { kind: 'cut-after' });
    await org.bot.show(thread(root, board([lineOf(shown)])), showing(messages(shown)), access);
    expect(org.fake.posts(group).flatMap(({ files }) => files)).toHaveLength(2);
    expect(org.logged.join()).toContain('could not be shown');
    const other = message('', { parts: [{ ...file, media: { ...file.media, name: 'a.exe' } }] });
    const exe = { ...org.access, loadMedia: async () => ({ bytes: Buffer.from('x'), mimeType: '', name: 'a.exe' }) };
    await org.bot.show(thread(root, board([lineOf(other)])), showing(messages(other)), exe);
    expect(org.fake.posts(group).flatMap(({ files }) => files)).toHaveLength(2);
  });

  describe('custom robots', () => {
    let robot: WebhookRobot;
    const night = { ...thread(null), channelId: 'webhook:night' };
    async function start(): Promise<void> {
      org = await startOrganisation({}, (fake) => {
        robot = fake.addWebhookRobot(group);
        return { DINGTALK_WEBHOOKS: `night=${new URL(robot.url).searchParams.get('access_token')}:${robot.secret}` };
      });
    }

    it('say reminders and trouble, and call people', async () => {
      await start();
      await org.bot.show(night, showing(reminder), org.access);
      await org.bot.show(night, showing({ kind: 'announcement', notice: { key: 'reply.held', params: {}, reasons: [] } }), org.access);
      expect(robot.said.map(({ pings }) => pings)).toEqual([['mai', 'boss'], []]);
      expect(robot.said[0]?.text).toMatch(/^@mai @boss\n\n\\#4f2a1c/);
      expect(robot.said[1]?.text).toContain(text('en', 'reply.held'));
      expect(org.fake.posts(group)).toEqual([]);
    });

    it('show no inquiries', async () => {
      await start();
      const hello = message('hello');
      await expect(org.bot.show({ ...night, board: board([lineOf(hello)]) }, showing(opening(hello)), org.access)).rejects.toMatchObject({
        kind: 'rejected',
        code: 'ping_only',
      });
    });

    it('are known, or not, and told of', async () => {
      await start();
      const wrong = (await org.bot.check(['webhook:night', 'webhook:day'], 'en')).filter(({ ok }) => !ok);
      expect(wrong.map(({ check, vital }) => [check, vital])).toEqual([['dingtalk/webhook:day', true]]);
      await expect(org.bot.show({ ...night, channelId: 'webhook:day' }, showing(reminder), org.access)).rejects.toMatchObject({
        localToChannel: true,
      });
    });

    it('fall silent after twenty in a minute, and that channel alone', async () => {
      await start();
      for (let count = 0; count < 20; count += 1) await org.bot.show(night, showing(reminder), org.access);
      await expect(org.bot.show(night, showing(reminder), org.access)).rejects.toMatchObject({
        kind: 'rate-limited',
        limit: 'channel',
        retryAfterMs: 600_000,
      });
    });

    it('are set by name, token and secret', () => {
      const base = { DINGTALK_CLIENT_ID: 'a', DINGTALK_CLIENT_SECRET: 'b', DINGTALK_CARD_TEMPLATE_ID: 'c' };
      for (const given of ['night', 'night=token', '=t:s', 'night=t:s;day=t:s']) {
        expect(dingtalk.environment.safeParse({ ...base, DINGTALK_WEBHOOKS: given }).success).toBe(false);
      }
      for (const given of ['', 'night=t:SECs', 'night=t:s, day=u:v']) {
        expect(dingtalk.environment.safeParse({ ...base, DINGTALK_WEBHOOKS: given }).success).toBe(true);
      }
    });
  });
});
