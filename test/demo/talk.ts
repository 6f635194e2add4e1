import { type Chat, type ChatPost, type ChatThread, threadsIn } from '../e2e/chat.ts';
import type { World } from '../e2e/world.ts';
import type { TikTokShopFake } from '../kits/tiktok-shop/fake.ts';
import type { Story } from './story.ts';

/** What both platforms have, for the count. */
export interface FarEnds {
  readonly chat: Pick<Chat, 'posts'>;
  readonly tiktok: Pick<TikTokShopFake, 'received'>;
}

/** Something that must arrive at the other end, once and in order. */
interface Sent {
  readonly text: string;
  readonly acknowledged: () => boolean;
}

/** One buyer's conversation, as it goes. */
export interface Talk {
  readonly buyer: string;
  readonly shopId: string;
  readonly shop: string;
  readonly channelId: string;
  readonly channel: string;
  readonly agentId: string;
  readonly agent: string;
  readonly conversationId: string;
  readonly lines: Story['talks'][number]['lines'];
  readonly questions: Sent[];
  readonly replies: Sent[];
}

export function createTalks({ tiktok, shopIds, channelIds, agents }: World, story: Story): Talk[] {
  return story.talks.map(({ buyer, shop, agent, lines }) => {
    const shopId = shopIds[shop] ?? '';
    const channel = shop % channelIds.length;
    return {
      buyer,
      shopId,
      shop: story.shops[shop]?.name ?? '',
      channelId: channelIds[channel] ?? '',
      channel: story.channels[channel] ?? '',
      agentId: agents[agent] ?? '',
      agent: story.agents[agent] ?? '',
      conversationId: tiktok.openConversation(shopId, { nickname: buyer }),
      lines,
      questions: [],
      replies: [],
    };
  });
}

export function buyerWrites({ tiktok }: World, talk: Talk, text: string): Sent {
  const { webhook } = tiktok.buyerWrites(talk.shopId, talk.conversationId, text);
  const acknowledged = () =>
    tiktok.webhooks.log.some(({ notificationId, outcome }) => notificationId === webhook.notificationId && outcome === 200);
  return { text, acknowledged };
}

/** In the buyer's thread, which must be there. */
export function agentWrites(
  { chat }: World,
  { agentId, channelId }: Talk,
  thread: ChatThread,
  text: string,
): Sent & { readonly ts: string } {
  const ts = chat.write(agentId, channelId, thread.rootTs, text);
  return { text, ts, acknowledged: () => chat.telling(ts)?.state === 'acknowledged' };
}

/** Threads that hold anything the buyer wrote. One is right. */
export const threadsOf = ({ chat }: FarEnds, { channelId, questions }: Talk): ChatThread[] =>
  threadsIn(chat.posts(channelId)).filter(({ posts }) =>
    posts.some(({ fromBot, text }) => fromBot && questions.some((question) => text.includes(question.text))),
  );

/** What we posted in the thread that calls its author: a held or failed reply is told so. @param before posts that were there before it was written */
export const toldSince = (world: World, talk: Talk, before: ReadonlySet<string>): ChatPost | undefined =>
  threadsOf(world, talk)
    .flatMap(({ posts }) => posts)
    .find(({ ts, fromBot, text }) => fromBot && !before.has(ts) && calls(talk).some((call) => text.includes(call)));

/** As the platforms show a mention. */
export const calls = ({ agentId, agent }: Talk): readonly string[] => [`@${agentId}`, `@${agent}`];

export const marksOn = ({ chat }: World, { channelId }: Talk, ts: string): string[] =>
  chat
    .posts(channelId)
    .filter((post) => post.ts === ts)
    .flatMap(({ reactions }) => reactions.map(({ name }) => name));
