import type { World } from '../e2e/world.ts';
import type { SlackFake } from '../kits/slack/fake.ts';
import type { FarPost, FarThread } from '../kits/slack/far-end.ts';
import type { TikTokShopFake } from '../kits/tiktok-shop/fake.ts';
import type { Story } from './story.ts';

/** What both platforms have, for the count. */
export interface FarEnds {
  readonly slack: Pick<SlackFake, 'threads'>;
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
  { slack }: World,
  { agentId, channelId }: Talk,
  thread: FarThread,
  text: string,
): Sent & { readonly ts: string } {
  const { ts } = slack.personPosts(agentId, channelId, thread.rootTs, text);
  const acknowledged = () =>
    slack.events.some(({ payload, state }) => state === 'acknowledged' && (payload['event'] as { readonly ts?: string }).ts === ts);
  return { text, ts, acknowledged };
}

/** Threads that hold anything the buyer wrote. One is right. */
export const threadsOf = ({ slack }: FarEnds, { channelId, questions }: Talk): FarThread[] =>
  slack
    .threads(channelId)
    .filter(({ posts }) => posts.some(({ fromBot, text }) => fromBot && questions.some((question) => text.includes(question.text))));

/** What we posted in the thread after this message that calls its author: a held or failed reply is told so. */
export const toldAfter = (world: World, talk: Talk, ts: string): FarPost | undefined =>
  threadsOf(world, talk)
    .flatMap(({ posts }) => posts)
    .find((post) => post.fromBot && post.ts > ts && post.pings.includes(talk.agentId));

export const marksOn = ({ slack }: World, { channelId }: Talk, ts: string): string[] =>
  slack
    .posts(channelId)
    .filter((post) => post.ts === ts)
    .flatMap(({ reactions }) => reactions.map(({ name }) => name));
