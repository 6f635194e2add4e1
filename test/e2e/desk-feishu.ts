import type { FeishuFake } from '../kits/feishu/fake.ts';
import type { FarPost } from '../kits/feishu/far-end.ts';
import type { Desk, DeskPost } from './desk.ts';

export function feishuDesk(feishu: FeishuFake): Desk {
  const { world } = feishu;
  const posts = (channelId?: string) => feishu.posts(channelId).filter(({ recalled }) => !recalled);
  const rawOf = (id: string) => world.message(id)?.content ?? '';

  return {
    marks: { sent: 'DONE', noted: 'Pin' },
    marksOf: (channelId, _rootTs, ts) =>
      posts(channelId)
        .find(({ id }) => id === ts)
        ?.reactions.map(({ emoji }) => emoji) ?? [],
    isHeard: () => true,
    posts: (channelId) => posts(channelId).map(toPost),
    write: (by, channelId, rootTs, words, files = []) => feishu.personPosts(by, channelId, rootTs, words, { files }).id,
    press: async (by, _channelId, ts, label) => (await feishu.pressButton(by, ts, label))?.status ?? null,
    edit() {
      throw new Error('nobody is told of an edit in Feishu');
    },
    remove: (_channelId, ts) => feishu.personRecalls(ts),
    command: async (by, channelId, words) => void feishu.personPosts(by, channelId, null, `<@${world.app.openId}> ${words}`),
    toldTo: (by) =>
      posts()
        .filter(({ id, fromBot, pings }) => {
          const answers = world.message(world.message(id)?.parentId ?? '')?.sender === by;
          return fromBot && (answers || pings.includes(by));
        })
        .map((post) => ({ threadTs: toPost(post).threadTs, text: post.text, raw: rawOf(post.id) })),
    leadsTo(raw, channelId, rootTs) {
      const { threadId = null } = world.message(rootTs) ?? {};
      // Before anybody has written in a topic, nothing leads to it but the number that its card has.
      const [, number = 'none'] = /Inquiry ([0-9a-f]{6})/.exec(posts(channelId).find(({ id }) => id === rootTs)?.text ?? '') ?? [];
      return raw.includes(`open_chat_id=${channelId}&open_thread_id=${threadId}`) || raw.includes(`#${number}`);
    },
    callsAll: (raw) => raw.includes('@all'),
    announced: (channelId) =>
      posts(channelId)
        .filter(({ fromBot, rootId, threadId }) => fromBot && rootId === null && threadId === null)
        .map(({ id, text }) => `${text}\n${rawOf(id)}`),
    formsOf: (by) =>
      feishu.formsOf(by).map(({ title, fields }) => ({
        title,
        fields: fields.map(({ label, options }) => ({ label, options: options?.map((option) => option.label) ?? null })),
      })),
    submitForm: async (by, filled) => void (await feishu.submitForm(by, filled)),
    addGuest: () => null,
    addStranger: () => world.addUser({ openId: 'ou_stranger', name: 'stranger', tenantKey: '736588c9260f175e' }).openId,
    addMember: (number, name) => world.addUser({ openId: `ou_agent${number}`, name }).openId,
    joins: (by, channelId) => void world.chats.get(channelId)?.members.add(by),
    settled: feishu.settled,
  };
}

const toPost = ({ chatId, id, threadId, rootId, fromBot, text, reactions, pings, buttons, images }: FarPost): DeskPost => ({
  ...{ channel: chatId, ts: id, threadTs: threadId === null ? null : rootId, fromBot, text, pings, buttons, broadcast: false },
  reactions: reactions.map(({ emoji, by }) => ({ name: emoji, users: [by] })),
  files: images.map((bytes) => ({ bytes })),
});
