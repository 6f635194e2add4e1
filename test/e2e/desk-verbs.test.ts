import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { text } from '../../src/core/texts/index.ts';
import { abilities, itWhere, platforms } from './desk.ts';
import { createScene, type Scene, type Talk } from './scene.ts';
import { createWorld, type World } from './world.ts';

describe.each(platforms)('commands that look something up, or send, in %s', (chat) => {
  const can = abilities[chat];
  let world: World;
  let scene: Scene;
  let talk: Talk;
  let agent: string;
  let other: string;
  let channel: string;
  beforeAll(async () => {
    world = await createWorld({ shops: 1, channels: 1, timeScale: 20, random: Math.random, chat });
    scene = createScene(world);
    [agent = '', other = ''] = world.agents;
    [channel = ''] = world.channelIds;
    await world.service.start();
    talk = await scene.opens('Where is my lamp?');
    for (const person of world.agents) world.desk.joins(person, talk.channelId);
  });
  afterAll(() => world.close());

  const card = () => scene.post(talk, talk.rootTs).text;
  const asks = async (by: string, words: string) => (await scene.asks(by, channel, words)).text;

  it('a template is made in the thread, shown, and sent by a press', async () => {
    scene.agentWrites(talk, '!template new shipped\nHi {{buyer.name}},\nit left today.');
    await scene.toldTo(agent, text('en', 'template.saved', { id: 'shipped/*/*' }));
    const asked = scene.agentWrites(talk, '!template shipped');
    const post = await scene.shown(talk, 'Hi Somchai,\nit left today.');
    expect(post.text).toContain(text('en', 'template.shown', { name: 'shipped' }));
    expect(scene.received(talk)).toEqual([]);
    await scene.press(talk, post, text('en', 'action.send'));
    await scene.reaches(talk, 'Hi Somchai,\nit left today.');
    await scene.sent(talk, asked, 'Hi Somchai,\nit left today.');
    expect(scene.received(talk)).toHaveLength(1);
  });

  it('a template is chosen from a form, too; its mark is where it was sent from', async () => {
    const before = scene.thread(talk).posts.map(({ ts }) => ts);
    await scene.press(talk, { ts: talk.rootTs }, text('en', 'action.template'));
    const form = await scene.eventually(() => world.desk.formsOf(agent)[0]);
    expect(form).toMatchObject({ title: text('en', 'form.template'), fields: [{ options: ['shipped'] }] });
    expect(world.desk.formsOf(other)).toEqual([]);
    await world.desk.submitForm(agent, { [text('en', 'form.template-name')]: 'shipped' });
    expect(world.desk.formsOf(agent)).toEqual([]);
    const post = await scene.eventually(() => scene.said(talk, 'it left today.').find(({ ts }) => !before.includes(ts)));
    await scene.press(talk, post, text('en', 'action.send'));
    await scene.eventually(() => scene.received(talk).length === 2);
    await scene.sent(talk, post.ts, 'Hi Somchai,\nit left today.');
  });

  itWhere(can.shortcuts, 'a message has no menu')(
    'a note may be filled in, from any message of the thread, and is shown to all',
    async () => {
      const { slack } = world;
      await slack.useShortcut(agent, talk.channelId, talk.rootTs, 'threadmart.note');
      await scene.eventually(() => slack.formsOf(agent)[0]);
      await slack.submitForm(agent, { [text('en', 'form.note-words')]: 'Ask the\nwarehouse' });
      const shown = await scene.shown(talk, 'Ask the\nwarehouse');
      expect(shown.text).toContain(text('en', 'desk.noted', { name: 'agent-1' }));
      const aside = slack.personPosts(other, talk.channelId, null, 'Lunch?').ts;
      await slack.useShortcut(other, talk.channelId, aside, 'threadmart.note');
      await scene.toldTo(other, text('en', 'form.no-inquiry'));
      expect(scene.received(talk)).toHaveLength(2);
    },
  );

  it('an inquiry is worked on from any channel, by the number on its card', async () => {
    const number = scene.numberOf(talk);
    expect(await asks(agent, `tag ${number} late delivery`)).toContain('Taken');
    await scene.eventually(() => card().includes('late-delivery'));
    expect(await asks(agent, `assign ${number} <@${other}>`)).toContain('Taken');
    await scene.eventually(() => card().includes(text('en', 'card.assignee', { name: 'agent-2' })));
    expect(await asks(agent, 'claim')).toContain('claim 4f2a1c');
    expect(await asks(agent, 'claim 000000')).toContain(text('en', 'answer.no-inquiry', { id: '000000' }));
    expect(await asks(agent, 'away soon')).toContain(text('en', 'command.away-when').slice(0, 20));
    expect(await asks(agent, 'away 2h')).toContain('You are away until');
    expect(await asks(agent, 'back')).toContain(text('en', 'command.back'));
    const outsider = world.desk.addGuest() ?? world.desk.addStranger();
    if (outsider !== null) expect(await asks(outsider, `resolve ${number}`)).toContain('agents');
    expect(card()).not.toContain(text('en', 'card.status.resolved'));
  });

  itWhere(can.locales, 'nobody tells which language they read')('what one person alone is told, is told in their language', async () => {
    const li = world.slack.world.addUser({ id: 'U0000000LI', name: 'li', locale: 'zh-CN' }).id;
    world.desk.joins(li, talk.channelId);
    scene.agentWrites(talk, '!clam', li);
    await scene.toldTo(li, text('zh-CN', 'command.meant', { word: 'clam', meant: 'claim' }));
  });

  it('an order is shown to whoever asks', async () => {
    const [shopId = ''] = world.shopIds;
    const { userId } = world.tiktok.world.conversationOf(shopId, talk.conversationId).buyer;
    world.tiktok.addOrder({
      ...{ id: '576653688135250001', shopId, userId, status: 'IN_TRANSIT', createTime: 1_772_400_000, total: '129.00', currency: 'THB' },
      items: [{ name: 'Paper lamp', quantity: 1, price: '129.00' }],
    });
    world.tiktok.buyerEnters(shopId, talk.conversationId, { orderId: '576653688135250001' });
    scene.buyerWrites(talk, 'This one');
    await scene.shown(talk, 'This one');
    scene.agentWrites(talk, '!order');
    const shown = await scene.toldTo(agent, text('en', 'order.line', { id: '576653688135250001', status: 'on its way' }));
    expect(shown.text).toContain('1 × Paper lamp');
  });

  it('inquiries are found by their order in a thread and by a name in any channel, for the eyes of whoever asks', async () => {
    const finds = async (words: string, by = agent) => {
      const { text: said, raw } = await scene.asks(by, channel, words);
      return { said, leadsThere: world.desk.leadsTo(raw, talk.channelId, talk.rootTs) };
    };
    // The buyer came from it while the inquiry was open.
    expect((await finds('find 576653688135250001')).leadsThere).toBe(true);
    scene.buyerWrites(talk, 'The number is 576653688135250001');
    await scene.shown(talk, 'The number is');
    const posts = scene.thread(talk).posts.length;
    const before = world.desk.toldTo(agent).length;
    scene.agentWrites(talk, '!find 576653688135250001');
    const found = await scene.eventually(() =>
      world.desk
        .toldTo(agent)
        .slice(before)
        .find(({ raw }) => world.desk.leadsTo(raw, talk.channelId, talk.rootTs)),
    );
    expect(found.threadTs).toBe(talk.rootTs);
    expect((await finds('find SOM')).leadsThere).toBe(true);
    expect((await finds('查找 som')).said).toContain('Somchai');
    await world.apply('desk: { maskBuyers: true }');
    expect((await finds('find som')).said).toContain('Names are hidden here');
    const masked = await finds('find somchai');
    expect([masked.leadsThere, masked.said.includes('S***'), masked.said.includes('Somchai')]).toEqual([true, true, false]);
    await world.apply('desk: { maskBuyers: false }');
    expect((await finds('find 576653688135250002')).leadsThere).toBe(false);
    const outsider = world.desk.addGuest() ?? world.desk.addStranger();
    if (outsider !== null) expect((await finds('find som', outsider)).said).not.toContain('Somchai');
    // What is for one person's eyes is no post, where the platform has such a thing.
    const own = scene.thread(talk).posts.filter(({ fromBot }) => !fromBot).length;
    expect(own).toBeGreaterThan(0);
    if (can.whispers) expect(scene.thread(talk).posts).toHaveLength(posts + 1);
  });

  it('an inquiry is given to a group: to whose turn it is, or to whoever of it claims it', async () => {
    const entry = (name: string, userId: string, groups: string) => `{ name: ${name}, accounts: [${chat}/${userId}], groups: [${groups}] }`;
    await world.apply(`agents: [${entry('Ann', agent, 'first')}, ${entry('Bo', other, 'refunds')}]`);
    scene.agentWrites(talk, '!claim');
    await scene.eventually(() => card().includes(text('en', 'card.assignee', { name: 'Ann' })));
    scene.agentWrites(talk, '!assign @Refunds');
    await scene.eventually(() => card().includes(text('en', 'card.assignee', { name: 'Bo' })));
    expect(card()).toContain(text('en', 'card.group', { group: 'refunds' }));
    await scene.shown(talk, text('en', 'desk.assigned', { name: 'Ann' }));
    scene.agentWrites(talk, '!assign group:first', other);
    await scene.eventually(() => card().includes(text('en', 'card.group', { group: 'first' })));
    await scene.eventually(() => card().includes(text('en', 'card.assignee', { name: 'Ann' })));
    scene.agentWrites(talk, '!assign 组：first');
    await scene.toldTo(agent, text('en', 'command.group-waits', { group: 'first' }));
    await scene.eventually(() => card().includes(text('en', 'card.unassigned')));
    scene.agentWrites(talk, '!assign group:none');
    await scene.toldTo(agent, text('en', 'command.assign-whom', { names: 'Ann, Bo, group:first, group:refunds' }));
  });
});
