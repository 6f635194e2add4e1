import { createHash } from 'node:crypto';
import type { DingTalkFake } from '../kits/dingtalk/fake.ts';
import { cardLook } from '../kits/dingtalk/far-end.ts';
import { composerOf, rootOf } from '../kits/dingtalk/seen.ts';
import type { PushRecord } from '../kits/dingtalk/stream.ts';
import type { DingMessage } from '../kits/dingtalk/world.ts';
import { type CardThread, createCardThreads, type KnownWords, trafficWords } from './card-threads.ts';
import type { Chat, ChatPost, ToldPost } from './chat.ts';

const marks = { sent: '✅', noted: '📝' };
const self = 'the robot';
/** Where connections are disturbed: so long each of them lasts. */
const renewedEveryMs = 1_500;

/** What an agent gave in on a card. */
interface Submission {
  readonly id: string;
  readonly channelId: string;
  readonly rootId: string;
  readonly user: string;
  readonly text: string;
  readonly at: number;
  readonly record: PushRecord;
}

/** Threads are cards: each line of a card is counted as a post of the thread, and each reply on it as one of the agent, which bears the marks beside its line. */
export function dingtalkChat(fake: DingTalkFake, known: KnownWords = trafficWords): Chat {
  const { world } = fake;
  const threads = createCardThreads(fake, known);
  const submissions: Submission[] = [];
  const roots = new Map<string, string | null>();
  const shownOnce = new Set<string>();
  const news: ChatPost[] = [];
  let renewing: NodeJS.Timeout | undefined;

  /** Of a card that is no thread's own. */
  function threadOf(outTrackId: string, all: readonly CardThread[]): string | null {
    if (!roots.has(outTrackId)) roots.set(outTrackId, rootOf(fake, outTrackId));
    const root = roots.get(outTrackId) ?? null;
    const inquiry = root?.slice(0, root.lastIndexOf('-'));
    return root === null ? null : (all.find(({ rootId }) => rootId === root || rootId.startsWith(`${inquiry}-`))?.rootId ?? root);
  }

  const cardsIn = (messages: readonly DingMessage[]) => messages.flatMap((message) => (message.kind === 'card' ? [message] : []));

  function posts(channelId?: string): ChatPost[] {
    const all = threads();
    const groups = [...world.groups.values()].filter(({ id }) => channelId === undefined || id === channelId);
    return groups.flatMap(({ id, messages }) => {
      const here = all.filter((thread) => thread.channelId === id);
      const ours = new Set(here.flatMap(({ cards }) => cards));
      const others = cardsIn(messages).filter(({ outTrackId, recipients }) => recipients === null && !ours.has(outTrackId));
      return [
        ...here.flatMap(postsOf),
        ...others.map(({ outTrackId, msgId, atUserIds }): ChatPost => {
          const { text } = cardLook(world, outTrackId, atUserIds, null);
          return { ...{ channel: id, ts: msgId, threadTs: threadOf(outTrackId, all), user: self, fromBot: true, text, reactions: [] } };
        }),
        ...submissions.filter((one) => one.channelId === id).map((one) => submitted(one, here)),
      ];
    });
  }

  /** Ours alone are the words of buyers; those of agents are of interest where they stand twice. */
  function postsOf({ channelId, rootId, lines }: CardThread): ChatPost[] {
    const shown = lines.flatMap(({ words, text, times }) => Array<string>(known.isBuyers(words) ? times : times - 1).fill(text));
    return (shown.length === 0 ? [''] : shown).map((text, index) => ({
      ...{ channel: channelId, ts: index === 0 ? rootId : `${rootId}/${index}`, threadTs: index === 0 ? null : rootId },
      ...{ user: self, fromBot: true, text, reactions: [] },
    }));
  }

  function submitted({ channelId, rootId, id, user, text }: Submission, here: readonly CardThread[]): ChatPost {
    const lines = here.find((thread) => thread.rootId === rootId)?.lines ?? [];
    const beside = lines.find(({ words }) => !known.isBuyers(words) && known.isOf(words, text))?.text ?? '';
    const reactions = Object.values(marks).flatMap((name) => (beside.includes(name) ? [{ name, users: [self] }] : []));
    return { channel: channelId, ts: id, threadTs: rootId, user, fromBot: false, text, reactions };
  }

  /** What was taken of it, if only the second time. */
  const acknowledgedAt = ({ record }: Submission): number | null =>
    fake.stream.records.find(({ push, acknowledgedAt: at }) => push.messageId === record.push.messageId && at !== null)?.acknowledgedAt ??
    null;

  return {
    platform: 'dingtalk',
    server: fake.api,
    isCall: ({ path }) => path.startsWith('/v1.0/card/') || path.startsWith('/v1.0/robot/'),
    rateLimited: {
      kind: 'status',
      status: 403,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code: 'Forbidden.AccessDenied.QpsLimitForAppkeyAndApi', message: 'too many', requestid: 'R' }),
    },
    environment: {
      DINGTALK_CLIENT_ID: world.app.clientId,
      DINGTALK_CLIENT_SECRET: fake.clientSecret,
      DINGTALK_ROBOT_CODE: world.app.robotCode,
      DINGTALK_CARD_TEMPLATE_ID: fake.cardTemplateId,
      DINGTALK_BASE_URL: fake.apiUrl,
      DINGTALK_OAPI_BASE_URL: fake.oapiUrl,
    },
    tellsAgain: false,
    disturb({ duplicate = 0 }) {
      fake.stream.duplicate(duplicate);
      clearInterval(renewing);
      renewing = setInterval(fake.stream.disconnect, renewedEveryMs).unref();
    },
    // The service asks for them.
    sendEventsTo: () => undefined,
    settled: fake.stream.settled,
    close() {
      clearInterval(renewing);
      return fake.close();
    },
    addChannel: (id, title) => void world.addGroup(id, { title }),
    addPerson(number, name) {
      const { id } = world.addUser({ id: `agent${number}`, name });
      for (const { members } of world.groups.values()) members.add(id);
      return id;
    },
    channelIdOf: (number) => `cid${String(number).padStart(9, '0')}==`,
    opsId: 'cidOPS==',
    posts,
    fresh(seen) {
      for (const thread of threads())
        for (const post of postsOf(thread)) {
          const once = `${post.channel} ${post.threadTs ?? ''} ${post.text.split('\n').slice(0, 2).join(' ')}`;
          if (post.text !== '' && !shownOnce.has(once)) news.push(post);
          shownOnce.add(once);
        }
      const from = seen.get('') ?? 0;
      seen.set('', news.length);
      return news.slice(from);
    },
    write(user, channelId, rootTs, words) {
      const card = threads().find(({ rootId }) => rootId === rootTs)?.lastId;
      if (rootTs === null || card === undefined) return fake.writes(user, channelId, words).msgId;
      const { label, name } = composerOf(fake, card, user);
      const record = fake.submits(user, card, { [label]: words });
      if (!record) throw new Error(`what is given in on ${card} goes nowhere`);
      const id = `reply-${digest([card, user, name, words])}`;
      submissions.push({ id, channelId, rootId: rootTs, user, text: words, at: Date.now(), record });
      return id;
    },
    edit: null,
    remove() {
      throw new Error('nobody takes back what was given in on a card');
    },
    async press(user, _channelId, ts, label) {
      const record = fake.presses(user, ts, label);
      await fake.stream.settled();
      return record?.code ?? null;
    },
    telling(ts) {
      const one = submissions.findLast(({ id }) => id === ts);
      return one && { state: one.record.state === 'under way' || one.record.state === 'acknowledged' ? one.record.state : 'dropped' };
    },
    told: () =>
      submissions.map((one): ToldPost => {
        const { channelId, id, text, at } = one;
        return { channel: channelId, ts: id, versions: [{ text, at, acknowledgedAt: acknowledgedAt(one) }], deletion: null };
      }),
    whispered() {
      const all = threads();
      return [...world.groups.values()].flatMap(({ id, messages }) =>
        cardsIn(messages).flatMap(({ outTrackId, recipients, atUserIds }) =>
          recipients === null
            ? []
            : [{ channel: id, threadTs: threadOf(outTrackId, all), text: cardLook(world, outTrackId, atUserIds, null).text }],
        ),
      );
    },
    deliveryIds: () => [],
    self,
    marks,
  };
}

const digest = (of: readonly string[]): string => createHash('sha256').update(JSON.stringify(of)).digest('hex').slice(0, 32);
