import type { FeishuFake } from '../kits/feishu/fake.ts';
import type { FarPost } from '../kits/feishu/far-end.ts';
import { farPost } from '../kits/feishu/far-end.ts';
import type { Chat, ChatPost, ToldPost } from './chat.ts';

const api = '/open-apis/im/';

/** @param socketMode its events come over the long connection */
export function feishuChat(feishu: FeishuFake, socketMode = false): Chat {
  const { world } = feishu;
  return {
    platform: 'feishu',
    server: feishu.server,
    isCall: ({ path }) => path.startsWith(api),
    rateLimited: {
      kind: 'status',
      status: 429,
      headers: { 'content-type': 'application/json', 'x-ogw-ratelimit-limit': '50', 'x-ogw-ratelimit-reset': '1' },
      body: JSON.stringify({ code: 99991400, msg: 'request trigger frequency limit' }),
    },
    environment: {
      FEISHU_APP_ID: feishu.appId,
      FEISHU_APP_SECRET: feishu.appSecret,
      FEISHU_ENCRYPT_KEY: feishu.encryptKey,
      FEISHU_VERIFICATION_TOKEN: feishu.verificationToken,
      FEISHU_BASE_URL: feishu.url,
      FEISHU_MODE: socketMode ? 'socket' : 'webhook',
    },
    tellsAgain: true,
    disturb: feishu.disturb,
    sendEventsTo: (serviceUrl) => {
      if (!socketMode) feishu.sendEventsTo(`${serviceUrl}/bots/feishu/events`);
    },
    settled: feishu.settled,
    close: feishu.close,
    addChannel: (id, name) => void world.addChat(id, { name }),
    addPerson: (number, name) => world.addUser({ openId: `ou_agent${number}`, name }).openId,
    channelIdOf: (number) => `oc_${String(number).padStart(9, '0')}`,
    opsId: 'oc_ops',
    posts: (channelId) => feishu.posts(channelId).map(toPost),
    fresh: (seen) =>
      [...world.chats.values()].flatMap(({ id, messages }) => {
        const from = seen.get(id) ?? 0;
        seen.set(id, messages.length);
        return messages.slice(from).map((message) => toPost(farPost(world, message)));
      }),
    write: (user, channelId, rootTs, words) => feishu.personPosts(user, channelId, rootTs, words).id,
    edit: null,
    remove: (_channelId, ts) => feishu.personRecalls(ts),
    press: async (user, _channelId, ts, label) => (await feishu.pressButton(user, ts, label))?.status ?? null,
    telling: (ts) => feishu.events.find(({ payload }) => messageOf(payload)?.message_id === ts),
    told: () => toldBy(feishu),
    whispered: () => [],
    deliveryIds: () => [],
    self: world.app.openId,
    marks: { sent: 'DONE', noted: 'Pin' },
  };
}

const toPost = ({ chatId, id, threadId, rootId, sender, fromBot, text, reactions }: FarPost): ChatPost => ({
  ...{ channel: chatId, ts: id, user: sender, fromBot, text },
  threadTs: threadId === null ? null : rootId,
  reactions: reactions.map(({ emoji, by }) => ({ name: emoji, users: [by] })),
});

interface MessageJson {
  readonly message_id: string;
  readonly chat_id: string;
  readonly thread_id?: string;
  readonly create_time: string;
  readonly content: string;
}

const messageOf = (payload: Readonly<Record<string, unknown>>): MessageJson | undefined =>
  (payload['event'] as { readonly message?: MessageJson } | undefined)?.message;

/** There is no event for an edit. */
function toldBy(feishu: FeishuFake): ToldPost[] {
  const recalls = new Map<string, ToldPost['deletion']>();
  for (const { payload, acknowledgedAt } of feishu.events) {
    const { header, event } = payload as { header?: { event_type?: string }; event: { message_id?: string; recall_time?: string } };
    if (header?.event_type !== 'im.message.recalled_v1') continue;
    recalls.set(event.message_id ?? '', { at: Number(event.recall_time), acknowledgedAt });
  }
  return feishu.events.flatMap(({ payload, acknowledgedAt }): ToldPost[] => {
    const message = messageOf(payload);
    if (!message?.thread_id) return [];
    const { text } = JSON.parse(message.content) as { readonly text: string };
    const version = { text, at: Number(message.create_time), acknowledgedAt };
    return [{ channel: message.chat_id, ts: message.message_id, versions: [version], deletion: recalls.get(message.message_id) ?? null }];
  });
}
