import { locales, text } from '../../src/core/texts/index.ts';
import type { DeskFile, DeskPost, ToldOne } from './desk.ts';
import { eventually } from './eventually.ts';
import type { World } from './world.ts';

/** One buyer's talk with a shop, and its thread. */
export interface Talk {
  readonly shopId: string;
  readonly channelId: string;
  readonly conversationId: string;
  readonly rootTs: string;
}

interface Thread {
  readonly channel: string;
  readonly rootTs: string;
  /** In the order of the thread, the root first. */
  readonly posts: readonly DeskPost[];
}

/** What tests do at both far ends, and wait for there, whichever the chat is. */
export interface Scene {
  eventually<T>(look: () => T | undefined | null | false): Promise<T>;
  /** A buyer writes for the first time; resolves once the thread is there. */
  opens(words: string, shop?: number): Promise<Talk>;
  /** The thread that began with these words. */
  threadOf(shopId: string, conversationId: string, words: string): Promise<Talk>;
  buyerWrites(talk: Talk, words: string): void;
  /** Resolves to the message's `ts`. */
  agentWrites(talk: Talk, words: string, by?: string, files?: readonly DeskFile[]): string;
  press(talk: Talk, post: Pick<DeskPost, 'ts'>, label: string, by?: string): Promise<void>;
  thread(talk: Talk): Thread;
  /** Of the inquiry, as its card has it. */
  numberOf(talk: Talk): string;
  post(talk: Talk, ts: string): DeskPost;
  /** Posts of ours in the thread that hold these words. */
  said(talk: Talk, words: string): DeskPost[];
  /** The first of them. */
  shown(talk: Talk, words: string): Promise<DeskPost>;
  /** A reply has its receipt. `ts`: what it was written in, or shown in to be sent. */
  sent(talk: Talk, ts: string, words: string): Promise<unknown>;
  marked(talk: Talk, ts: string, reaction: string): Promise<DeskPost>;
  /** Somebody was told this; for their eyes alone, where the platform has that. */
  toldTo(by: string, words: string): Promise<ToldOne>;
  /** Gives a command outside of threads; resolves to its answer. */
  asks(by: string, channelId: string, words: string): Promise<ToldOne>;
  /** What reached the buyer through us, in order. */
  received(talk: Talk): string[];
  reaches(talk: Talk, words: string): Promise<void>;
  told(words: string): Promise<DeskPost>;
}

/** What an acknowledgement says where the answer follows it. */
const coming = locales.map((locale) => text(locale, 'answer.coming'));

export function createScene(world: World): Scene {
  const { tiktok, desk, shopIds, agents, opsId } = world;
  const [agent = ''] = agents;
  const wait: Scene['eventually'] = (look) => eventually(look, world.service.output);

  function thread(talk: Talk): Thread {
    const posts = desk.posts(talk.channelId);
    const root = posts.find(({ ts }) => ts === talk.rootTs);
    if (!root) throw new Error('the thread is gone');
    return { channel: talk.channelId, rootTs: talk.rootTs, posts: [root, ...posts.filter(({ threadTs }) => threadTs === talk.rootTs)] };
  }
  function post(talk: Talk, ts: string): DeskPost {
    const found = desk.posts(talk.channelId).find((one) => one.ts === ts);
    if (!found) throw new Error('the post is gone');
    return found;
  }
  const said = (talk: Talk, words: string) => thread(talk).posts.filter((one) => one.fromBot && one.text.includes(words));
  const received = ({ conversationId }: Talk): string[] =>
    tiktok.received.filter((one) => one.conversationId === conversationId && one.by === 'api').map((one) => one.text);

  async function threadOf(shopId: string, conversationId: string, words: string): Promise<Talk> {
    const isIt = (post: DeskPost) => post.threadTs === null && post.fromBot && post.text.includes(words);
    const { channel, ts } = await wait(() => desk.isHeard() && desk.posts().find(isIt));
    return { shopId, channelId: channel, conversationId, rootTs: ts };
  }

  return {
    eventually: wait,
    opens(words, shop = 0) {
      const shopId = shopIds[shop] ?? '';
      const conversationId = tiktok.openConversation(shopId, { nickname: 'Somchai' });
      tiktok.buyerWrites(shopId, conversationId, words);
      return threadOf(shopId, conversationId, words);
    },
    threadOf,
    buyerWrites: (talk, words) => void tiktok.buyerWrites(talk.shopId, talk.conversationId, words),
    agentWrites: (talk, words, by = agent, files = []) => desk.write(by, talk.channelId, talk.rootTs, words, files),
    async press(talk, { ts }, label, by = agent) {
      const status = await desk.press(by, talk.channelId, ts, label);
      if (status !== null && status !== 200) throw new Error(`the press was answered ${status}`);
    },
    thread,
    numberOf: (talk) => /nquiry #?([0-9a-f]{6})/.exec(post(talk, talk.rootTs).text)?.[1] ?? '',
    post,
    said,
    shown: (talk, words) => wait(() => said(talk, words)[0]),
    sent: ({ channelId, rootTs }, ts, words) => wait(() => desk.marksOf(channelId, rootTs, ts, words).includes(desk.marks.sent)),
    marked: (talk, ts, reaction) =>
      wait(() => {
        const found = post(talk, ts);
        return found.reactions.some(({ name }) => name === reaction) && found;
      }),
    toldTo: (by, words) => wait(() => desk.toldTo(by).find((one) => one.text.includes(words))),
    async asks(by, channelId, words) {
      desk.joins(by, channelId);
      const before = desk.toldTo(by).length;
      await desk.command(by, channelId, words);
      return wait(() =>
        desk
          .toldTo(by)
          .slice(before)
          .find((one) => !coming.includes(one.text)),
      );
    },
    received,
    reaches: async (talk, words) => {
      await wait(() => received(talk).includes(words));
    },
    told: (words) => wait(() => desk.posts(opsId).find((one) => one.fromBot && one.text.includes(words))),
  };
}
