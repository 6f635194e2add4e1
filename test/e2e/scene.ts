import type { FarPost, FarThread } from '../kits/slack/far-end.ts';
import { eventually } from './eventually.ts';
import type { World } from './world.ts';

/** One buyer's talk with a shop, and its thread. */
export interface Talk {
  readonly shopId: string;
  readonly channelId: string;
  readonly conversationId: string;
  readonly rootTs: string;
}

/** What tests do at both far ends, and wait for there. */
export interface Scene {
  eventually<T>(look: () => T | undefined | null | false): Promise<T>;
  /** A buyer writes for the first time; resolves once the thread is there. */
  opens(words: string, shop?: number): Promise<Talk>;
  buyerWrites(talk: Talk, words: string): void;
  /** Resolves to the message's `ts`. */
  agentWrites(talk: Talk, words: string, by?: string): string;
  press(talk: Talk, post: Pick<FarPost, 'ts'>, label: string, by?: string): Promise<void>;
  thread(talk: Talk): FarThread;
  post(talk: Talk, ts: string): FarPost;
  /** A post of ours in the thread that holds these words. */
  shown(talk: Talk, words: string): Promise<FarPost>;
  marked(talk: Talk, ts: string, reaction: string): Promise<FarPost>;
  /** What reached the buyer through us, in order. */
  received(talk: Talk): string[];
  reaches(talk: Talk, words: string): Promise<void>;
  told(words: string): Promise<FarPost>;
}

export function createScene(world: World): Scene {
  const { tiktok, slack, shopIds, channelIds, agents, opsId } = world;
  const [agent = ''] = agents;
  const wait: Scene['eventually'] = (look) => eventually(look, world.service.output);

  function thread(talk: Talk): FarThread {
    const found = slack.threads(talk.channelId).find(({ rootTs }) => rootTs === talk.rootTs);
    if (!found) throw new Error('the thread is gone');
    return found;
  }
  function post(talk: Talk, ts: string): FarPost {
    const found = slack.posts(talk.channelId).find((one) => one.ts === ts);
    if (!found) throw new Error('the post is gone');
    return found;
  }
  const received = ({ conversationId }: Talk): string[] =>
    tiktok.received.filter((one) => one.conversationId === conversationId && one.by === 'api').map(({ text }) => text);

  return {
    eventually: wait,
    async opens(words, shop = 0) {
      const shopId = shopIds[shop] ?? '';
      const conversationId = tiktok.openConversation(shopId, { nickname: 'Somchai' });
      tiktok.buyerWrites(shopId, conversationId, words);
      const found = await wait(() => slack.threads().find(({ posts }) => posts[0]?.fromBot && posts[0].text.includes(words)));
      return { shopId, channelId: found.channel || (channelIds[0] ?? ''), conversationId, rootTs: found.rootTs };
    },
    buyerWrites: (talk, words) => void tiktok.buyerWrites(talk.shopId, talk.conversationId, words),
    agentWrites: (talk, words, by = agent) => slack.personPosts(by, talk.channelId, talk.rootTs, words).ts,
    async press(talk, { ts }, label, by = agent) {
      const answer = await slack.pressButton(by, talk.channelId, ts, label);
      if (answer?.status !== 200) throw new Error(`the press was answered ${answer?.status}`);
    },
    thread,
    post,
    shown: (talk, words) => wait(() => thread(talk).posts.find(({ fromBot, text }) => fromBot && text.includes(words))),
    marked: (talk, ts, reaction) =>
      wait(() => {
        const found = post(talk, ts);
        return found.reactions.some(({ name }) => name === reaction) && found;
      }),
    received,
    reaches: async (talk, words) => {
      await wait(() => received(talk).includes(words));
    },
    told: (words) => wait(() => slack.posts(opsId).find(({ fromBot, text }) => fromBot && text.includes(words))),
  };
}
