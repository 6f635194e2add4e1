import type { SlackFake } from '../kits/slack/fake.ts';
import { render } from '../kits/slack/render.ts';
import type { Desk } from './desk.ts';

const refuse = (answer: { readonly status: number } | null): void => {
  if (answer?.status !== 200) throw new Error(`it was answered ${answer?.status}`);
};

export function slackDesk(slack: SlackFake): Desk {
  const { world } = slack;
  return {
    marks: { sent: 'white_check_mark', noted: 'memo' },
    marksOf: (channelId, _rootTs, ts) =>
      slack
        .posts(channelId)
        .find((post) => post.ts === ts)
        ?.reactions.map(({ name }) => name) ?? [],
    isHeard: () => true,
    posts: slack.posts,
    write: (by, channelId, rootTs, words, files = []) => slack.personPosts(by, channelId, rootTs, words, { files }).ts,
    press: async (by, channelId, ts, label) => (await slack.pressButton(by, channelId, ts, label))?.status ?? null,
    edit: slack.personEdits,
    remove: slack.personDeletes,
    command: async (by, channelId, words) => refuse(await slack.useCommand(by, channelId, '/tm', words)),
    toldTo: (by) =>
      slack.ephemerals
        .filter(({ user }) => user === by)
        .map((one) => ({ threadTs: one.threadTs, text: render({ ...one, mrkdwn: true, fileIds: [] }).text, raw: JSON.stringify(one) })),
    leadsTo: (raw, channelId, rootTs) => raw.includes(`/archives/${channelId}/p${rootTs.replace('.', '')}`),
    callsAll: (raw) => raw.includes('"range":"here"'),
    announced: (channelId) => rawIn(slack, channelId),
    formsOf: slack.formsOf,
    submitForm: async (by, filled) => refuse(await slack.submitForm(by, filled)),
    addGuest: () => world.addUser({ id: 'U00000GUEST', kind: 'guest' }).id,
    addStranger: () => world.addUser({ id: 'U0STRANGER0', kind: 'stranger', teamId: 'T0OTHER' }).id,
    addMember: (number, name) => world.addUser({ id: `U0000AGENT${number}`, name }).id,
    joins: (by, channelId) => void world.channels.get(channelId)?.members.add(by),
    settled: slack.settled,
  };
}

function rawIn({ world }: SlackFake, channelId: string): string[] {
  const { messages = [] } = world.channels.get(channelId) ?? {};
  const roots = new Set(messages.map(({ threadTs }) => threadTs));
  return messages
    .filter(({ ts, threadTs, botId }) => threadTs === null && botId !== null && !roots.has(ts))
    .map((one) => JSON.stringify(one));
}
