import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { text } from '../../src/core/texts/index.ts';
import { directChannel } from '../kits/slack/world.ts';
import { createScene, type Scene } from './scene.ts';
import { createWorld, type World } from './world.ts';

describe('what is for one person alone', () => {
  let world: World;
  let scene: Scene;
  beforeAll(async () => {
    world = await createWorld({ shops: 1, channels: 1, timeScale: 20, random: Math.random });
    scene = createScene(world);
    await world.service.start();
  });
  afterAll(() => world.close());

  it('is answered with the acknowledgement of a command, in the language of whoever gave it', async () => {
    const { slack, channelIds, agents } = world;
    const [channel = '', agent = ''] = [channelIds[0], agents[0]];
    const li = slack.world.addUser({ id: 'U0000000LI', name: 'li', locale: 'zh-CN' }).id;
    for (const by of [agent, li]) expect(await slack.useCommand(by, channel, '/tm', 'help')).toMatchObject({ status: 200 });
    const shown = (user: string) => JSON.stringify(slack.ephemerals.filter((one) => one.user === user));
    expect(shown(agent)).toContain(text('en', 'help.note'));
    expect(shown(li)).toContain(text('zh-CN', 'help.note'));
    const guest = slack.world.addUser({ id: 'U0000GUEST', name: 'guest', kind: 'guest' }).id;
    await slack.useCommand(guest, channel, '/tm', 'help');
    expect(slack.ephemerals.findLast(({ user }) => user === guest)?.text).toBe(text('en', 'answer.not-allowed'));
    await slack.useCommand(agent, channel, '/tm', 'frobnicate');
    expect(shown(agent)).toContain(JSON.stringify(text('en', 'answer.command-unknown', { command: 'frobnicate' })).slice(1, -1));
    expect(slack.posts(channel)).toEqual([]);
  });

  it('is what works, and what does not', async () => {
    const { slack, agents, channelIds } = world;
    const [agent = '', channel = ''] = [agents[0], channelIds[0]];
    await slack.useCommand(agent, channel, '/tm', 'health');
    expect(JSON.stringify(slack.ephemerals.findLast(({ user }) => user === agent))).toContain('✅ store');
  });

  it('is a file in the direct messages of whoever asks for one', async () => {
    const { slack, agents, channelIds } = world;
    const [agent = '', channel = ''] = [agents[0], channelIds[0]];
    const filesOf = (user: string) => slack.posts(directChannel(slack.world, user)?.id ?? 'none').flatMap(({ files }) => files);
    expect(await slack.useCommand(agent, channel, '/tm', 'export today csv')).toMatchObject({ status: 200 });
    const [file] = await scene.eventually(() => filesOf(agent).length > 0 && filesOf(agent));
    expect(file?.name).toMatch(/^threadmart-days-.+\.csv$/);
    expect(file?.bytes.toString()).toContain('day,opened,returning,');
    await scene.eventually(() => slack.ephemerals.some(({ user, text: words }) => user === agent && words.includes(file?.name ?? '?')));
    const guest = slack.world.addUser({ id: 'U000GUEST2', name: 'guest-2', kind: 'guest' }).id;
    await slack.useCommand(guest, channel, '/tm', 'export today csv');
    expect(slack.ephemerals.findLast(({ user }) => user === guest)?.text).toBe(text('en', 'answer.not-allowed'));
    expect(filesOf(guest)).toEqual([]);
    expect(slack.posts(channel)).toEqual([]);
  });

  it('is told in the thread to the one who gives back what nobody has', async () => {
    const { slack, service, agents } = world;
    const [agent = ''] = agents;
    const talk = await scene.opens('Is it bright?');
    slack.world.channels.get(talk.channelId)?.members.add(agent);
    const payload = JSON.stringify({
      ...{ type: 'block_actions', user: { id: agent }, trigger_id: '1.T', channel: { id: talk.channelId } },
      container: { type: 'message', message_ts: talk.rootTs, channel_id: talk.channelId },
      actions: [{ action_id: 'threadmart.release-claim', value: '', action_ts: '1700000000.000100' }],
    });
    const { headers, body } = slack.sign(new URLSearchParams({ payload }).toString(), 'application/x-www-form-urlencoded');
    expect((await fetch(`${service.url}/bots/slack/events`, { method: 'POST', headers, body })).status).toBe(200);
    const shown = await scene.eventually(() => slack.ephemerals.find(({ threadTs }) => threadTs === talk.rootTs));
    expect(shown).toMatchObject({ user: agent, channel: talk.channelId, text: text('en', 'command.not-claimed') });
    await slack.useShortcut(agent, talk.channelId, talk.rootTs, 'threadmart.template');
    await scene.eventually(() => slack.ephemerals.find(({ text: words }) => words === text('en', 'template.none')));
    expect(scene.thread(talk).posts).toHaveLength(1);
  });

  it('is asked in a form, and what is filled in is done', async () => {
    const { slack, service, agents } = world;
    const [agent = ''] = agents;
    const talk = await scene.opens('May I have two?');
    const [claim] = slack.posts(talk.channelId).find(({ ts }) => ts === talk.rootTs)?.buttons ?? [];
    slack.context.triggers.set('1.form', { user: agent, until: Date.now() + 60_000, used: false });
    const payload = JSON.stringify({
      ...{ type: 'block_actions', user: { id: agent }, trigger_id: '1.form', channel: { id: talk.channelId } },
      container: { type: 'message', message_ts: talk.rootTs, channel_id: talk.channelId },
      actions: [{ action_id: 'threadmart.snooze', value: claim?.value, action_ts: '1700000001.000100' }],
    });
    const { headers, body } = slack.sign(new URLSearchParams({ payload }).toString(), 'application/x-www-form-urlencoded');
    expect((await fetch(`${service.url}/bots/slack/events`, { method: 'POST', headers, body })).status).toBe(200);
    const form = await scene.eventually(() => slack.formsOf(agent)[0]);
    expect(form).toMatchObject({ title: text('en', 'form.snooze') });
    expect(await slack.submitForm(agent, { [text('en', 'form.snooze-until')]: '3h' })).toEqual({ status: 200, body: '' });
    expect(slack.formsOf(agent)).toEqual([]);
    await scene.eventually(async () => {
      const { inquiry } = await world.api<{ readonly inquiry: { readonly snoozedUntil: string | null } }>(`inquiries/${claim?.value}`);
      return inquiry.snoozedUntil !== null && new Date(inquiry.snoozedUntil).getTime() - Date.now() > 2 * 3_600_000;
    });
    expect(scene.thread(talk).posts).toHaveLength(1);
  });

  it('may be done with an emoji on the root card, where the team wants that', async () => {
    const { slack, agents } = world;
    const [agent = ''] = agents;
    const talk = await scene.opens('Is it heavy?');
    const root = () => scene.post(talk, talk.rootTs).text;
    slack.personReacts(agent, talk.channelId, talk.rootTs, 'wave');
    await world.apply('desk: { reactions: { wave: claim, "+1": no-answer-needed } }');
    await expect(world.apply('desk: { reactions: { white_check_mark: resolve } }')).rejects.toThrow(/desk\.reactions/);
    const reply = scene.agentWrites(talk, '// a note of mine');
    await scene.marked(talk, reply, 'memo');
    slack.personReacts(agent, talk.channelId, reply, 'wave');
    slack.personReacts(agent, talk.channelId, talk.rootTs, 'white_check_mark');
    slack.personReacts(agent, talk.channelId, talk.rootTs, '+1::skin-tone-4');
    const told = text('en', 'command.no-answer-needed');
    await scene.eventually(() => slack.ephemerals.find(({ threadTs, text: words }) => threadTs === talk.rootTs && words === told));
    expect(root()).toContain(text('en', 'card.unassigned'));
    expect(root()).not.toContain(text('en', 'card.status.resolved'));
    slack.personUnreacts(agent, talk.channelId, talk.rootTs, 'wave');
    slack.personReacts(agent, talk.channelId, talk.rootTs, 'wave');
    await scene.eventually(() => root().includes(text('en', 'card.assignee', { name: 'agent-1' })));
    expect(scene.thread(talk).posts).toHaveLength(2);
  });
});
