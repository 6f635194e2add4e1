import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { text } from '../../src/core/texts/index.ts';
import { createScene, type Scene, type Talk } from './scene.ts';
import { createWorld, type World } from './world.ts';

describe('commands that look something up, or send', () => {
  let world: World;
  let scene: Scene;
  let talk: Talk;
  beforeAll(async () => {
    world = await createWorld({ shops: 1, channels: 1, timeScale: 20, random: Math.random });
    scene = createScene(world);
    await world.service.start();
    talk = await scene.opens('Where is my lamp?');
    for (const agent of world.agents) world.slack.world.channels.get(talk.channelId)?.members.add(agent);
  });
  afterAll(() => world.close());

  /** What only one person sees. */
  const whispered = (words: string) =>
    scene.eventually(() => world.slack.ephemerals.find((one) => JSON.stringify(one).includes(JSON.stringify(words).slice(1, -1))));

  it('a template is made in the thread, shown, and sent by a press', async () => {
    scene.agentWrites(talk, '!template new shipped\nHi {{buyer.name}},\nit left today.');
    await whispered(text('en', 'template.saved', { id: 'shipped/*/*' }));
    const asked = scene.agentWrites(talk, '!template shipped');
    const post = await scene.shown(talk, 'Hi Somchai,\nit left today.');
    expect(post.text).toContain(text('en', 'template.shown', { name: 'shipped' }));
    expect(scene.received(talk)).toEqual([]);
    await scene.press(talk, post, text('en', 'action.send'));
    await scene.reaches(talk, 'Hi Somchai,\nit left today.');
    await scene.marked(talk, asked, 'white_check_mark');
    expect(scene.received(talk)).toHaveLength(1);
  });

  it('a template is chosen from a form, too; its mark is where it was sent from', async () => {
    const { slack, agents } = world;
    const [agent = ''] = agents;
    await scene.press(talk, { ts: talk.rootTs }, text('en', 'action.template'));
    const form = await scene.eventually(() => slack.formsOf(agent)[0]);
    expect(form).toMatchObject({ title: text('en', 'form.template'), fields: [{ options: ['shipped'] }] });
    const before = scene.thread(talk).posts.map(({ ts }) => ts);
    await slack.submitForm(agent, { [text('en', 'form.template-name')]: 'shipped' });
    const post = await scene.eventually(() =>
      scene.thread(talk).posts.find(({ ts, text: words }) => !before.includes(ts) && words.includes('it left today.')),
    );
    await scene.press(talk, post, text('en', 'action.send'));
    await scene.eventually(() => scene.received(talk).length === 2);
    await scene.marked(talk, post.ts, 'white_check_mark');
  });

  it('a note may be filled in, from any message of the thread, and is shown to all', async () => {
    const { slack, agents } = world;
    const [agent = '', other = ''] = agents;
    await slack.useShortcut(agent, talk.channelId, talk.rootTs, 'threadmart.note');
    await scene.eventually(() => slack.formsOf(agent)[0]);
    await slack.submitForm(agent, { [text('en', 'form.note-words')]: 'Ask the\nwarehouse' });
    const shown = await scene.shown(talk, 'Ask the\nwarehouse');
    expect(shown.text).toContain(text('en', 'desk.noted', { name: 'agent-1' }));
    const aside = slack.personPosts(other, talk.channelId, null, 'Lunch?').ts;
    await slack.useShortcut(other, talk.channelId, aside, 'threadmart.note');
    await whispered(text('en', 'form.no-inquiry'));
    expect(scene.received(talk)).toHaveLength(2);
  });

  it('an inquiry is worked on from any channel, by the number on its card', async () => {
    const { slack, agents, channelIds } = world;
    const [agent = '', other = ''] = agents;
    const [channel = ''] = channelIds;
    const [, number = ''] = /Inquiry ([0-9a-f]{6})/.exec(scene.post(talk, talk.rootTs).text) ?? [];
    const types = async (by: string, words: string) => {
      expect(await slack.useCommand(by, channel, '/tm', words)).toMatchObject({ status: 200 });
      return JSON.stringify(slack.ephemerals.at(-1));
    };
    expect(await types(agent, `tag ${number} late delivery`)).toContain('Taken');
    await scene.eventually(() => scene.post(talk, talk.rootTs).text.includes('late-delivery'));
    expect(await types(agent, `assign ${number} <@${other}>`)).toContain('Taken');
    await scene.eventually(() => scene.post(talk, talk.rootTs).text.includes(text('en', 'card.assignee', { name: 'agent-2' })));
    expect(await types(agent, 'claim')).toContain(`/tm claim 4f2a1c`);
    expect(await types(agent, 'claim 000000')).toContain(JSON.stringify(text('en', 'answer.no-inquiry', { id: '000000' })).slice(1, -1));
    expect(await types(agent, 'away soon')).toContain(JSON.stringify(text('en', 'command.away-when')).slice(1, -1).slice(0, 20));
    expect(await types(agent, 'away 2h')).toContain('You are away until');
    expect(await types(agent, 'back')).toContain(text('en', 'command.back'));
    const guest = slack.world.addUser({ id: 'U000000GUEST', name: 'guest', kind: 'guest' }).id;
    expect(await types(guest, `resolve ${number}`)).toContain('agents');
    expect(scene.post(talk, talk.rootTs).text).not.toContain(text('en', 'card.status.resolved'));
  });

  it('what one person alone is told, is told in their language', async () => {
    const { slack } = world;
    const li = slack.world.addUser({ id: 'U0000000LI', name: 'li', locale: 'zh-CN' }).id;
    slack.world.channels.get(talk.channelId)?.members.add(li);
    scene.agentWrites(talk, '!clam', li);
    await whispered(text('zh-CN', 'command.meant', { word: 'clam', meant: 'claim' }));
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
    const shown = JSON.stringify(await whispered(text('en', 'order.line', { id: '576653688135250001', status: 'on its way' })));
    expect(shown).toContain('1 × Paper lamp');
  });

  it('inquiries are found by their order in a thread and by a name in any channel, for the eyes of whoever asks', async () => {
    const { slack, agents, channelIds } = world;
    const [agent = ''] = agents;
    const [channel = ''] = channelIds;
    const leadsThere = (shown: unknown) => JSON.stringify(shown).includes(`/archives/${talk.channelId}/p${talk.rootTs.replace('.', '')}`);
    const types = async (words: string, by = agent) => {
      const before = slack.ephemerals.length;
      expect(await slack.useCommand(by, channel, '/tm', words)).toMatchObject({ status: 200 });
      // On a slow machine the answer follows its acknowledgement.
      const isAnswer = (shown: { readonly user: string; readonly text: string }) =>
        shown.user === by && shown.text !== text('en', 'answer.coming');
      return scene.eventually(() => slack.ephemerals.slice(before).find(isAnswer));
    };
    // The buyer came from it while the inquiry was open.
    expect(leadsThere(await types('find 576653688135250001'))).toBe(true);
    scene.buyerWrites(talk, 'The number is 576653688135250001');
    await scene.shown(talk, 'The number is');
    const posts = scene.thread(talk).posts.length;
    scene.agentWrites(talk, '!find 576653688135250001');
    await scene.eventually(() => slack.ephemerals.find((one) => one.user === agent && one.threadTs === talk.rootTs && leadsThere(one)));
    expect(leadsThere(await types('find SOM'))).toBe(true);
    expect(JSON.stringify(await types('查找 som'))).toContain('Somchai');
    await world.apply('desk: { maskBuyers: true }');
    expect(JSON.stringify(await types('find som'))).toContain('Names are hidden here');
    const masked = await types('find somchai');
    expect([leadsThere(masked), JSON.stringify(masked).includes('S***'), JSON.stringify(masked).includes('Somchai')]).toEqual([
      true,
      true,
      false,
    ]);
    await world.apply('desk: { maskBuyers: false }');
    expect(leadsThere(await types('find 576653688135250002'))).toBe(false);
    const guest = slack.world.addUser({ id: 'U00000GUEST2', name: 'guest-2', kind: 'guest' }).id;
    expect(JSON.stringify(await types('find som', guest))).not.toContain('Somchai');
    expect(scene.thread(talk).posts).toHaveLength(posts + 1);
  });

  it('an inquiry is given to a group: to whose turn it is, or to whoever of it claims it', async () => {
    const { agents, apply } = world;
    const [agent = '', other = ''] = agents;
    const card = () => scene.post(talk, talk.rootTs).text;
    const entry = (name: string, userId: string, groups: string) => `{ name: ${name}, accounts: [slack/${userId}], groups: [${groups}] }`;
    await apply(`agents: [${entry('Ann', agent, 'first')}, ${entry('Bo', other, 'refunds')}]`);
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
    await whispered(text('en', 'command.group-waits', { group: 'first' }));
    await scene.eventually(() => card().includes(text('en', 'card.unassigned')));
    scene.agentWrites(talk, '!assign group:none');
    await whispered(text('en', 'command.assign-whom', { names: 'Ann, Bo, group:first, group:refunds' }));
  });
});
