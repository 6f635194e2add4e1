import type { FarThread } from '../kits/slack/far-end.ts';
import type { World } from './world.ts';

/** A message that one side wrote, and what had been acknowledged of its conversation before it was written. */
export interface Sent {
  readonly text: string;
  /** Texts of the same conversation and side that the service had acknowledged when this one was written: they must come before it. */
  readonly after: readonly string[];
}

export interface Talk {
  readonly shopId: string;
  /** Who answers: another person's words right after a note would be held, and rightly. */
  readonly agent: string;
  readonly channelId: string;
  readonly conversationId: string;
  readonly buyer: Sent[];
  readonly replies: Sent[];
  /** Written in the thread, and never for the buyer. */
  readonly notes: string[];
}

export interface Traffic {
  readonly talks: readonly Talk[];
  /** Writes at a steady rate until the time is up, or until something has happened. */
  run(options: { readonly everyMs: number } & ({ readonly forMs: number } | { readonly until: Promise<unknown> })): Promise<void>;
  everyBuyerWrites(): void;
}

/**
 * Buyers and agents who write by turns of chance. Every text is unique, so that the far end can be counted.
 * @param answers share of what is written by agents, once there are threads
 */
export function createTraffic(world: World, perShop: number, random: () => number, answers = 0.45): Traffic {
  const { tiktok, slack, shopIds, channelIds, agents } = world;
  const talks: Talk[] = shopIds.flatMap((shopId, index) =>
    Array.from({ length: perShop }, (_, position) => ({
      shopId,
      agent: agents[position % agents.length] ?? '',
      channelId: channelIds[index % channelIds.length] ?? '',
      conversationId: tiktok.openConversation(shopId, { nickname: `Buyer ${index}-${position}` }),
      buyer: [],
      replies: [],
      notes: [],
    })),
  );
  const webhookOf = new Map<string, string>();
  const postOf = new Map<string, string>();
  const pick = <T>(from: readonly T[]): T => {
    const found = from[Math.floor(random() * from.length)];
    if (found === undefined) throw new Error('nothing to pick from');
    return found;
  };
  let counter = 0;
  const next = () => {
    counter += 1;
    return counter;
  };

  const acknowledgedWebhooks = () =>
    new Set(tiktok.webhooks.log.filter(({ outcome }) => outcome === 200).map(({ notificationId }) => notificationId));
  const acknowledgedPosts = () =>
    new Set(
      slack.events
        .filter(({ state }) => state === 'acknowledged')
        .map(({ payload }) => (payload['event'] as { ts?: string; type?: string; subtype?: string } | undefined)?.ts ?? ''),
    );

  function buyerWrites(talk: Talk): void {
    const done = acknowledgedWebhooks();
    const text = `question ${next()} of ${talk.conversationId.slice(-6)}`;
    const after = talk.buyer.map((sent) => sent.text).filter((earlier) => done.has(webhookOf.get(earlier) ?? ''));
    const { webhook } = tiktok.buyerWrites(talk.shopId, talk.conversationId, text);
    webhookOf.set(text, webhook.notificationId);
    talk.buyer.push({ text, after });
  }

  function agentWrites(talk: Talk, thread: FarThread): void {
    const isNote = random() < 0.15;
    const text = `${isNote ? '// note' : 'answer'} ${next()} for ${talk.conversationId.slice(-6)}`;
    const done = acknowledgedPosts();
    const after = talk.replies.map((sent) => sent.text).filter((earlier) => done.has(postOf.get(earlier) ?? ''));
    const { ts } = slack.personPosts(talk.agent, talk.channelId, thread.rootTs, text);
    postOf.set(text, ts);
    if (isNote) talk.notes.push(text);
    else talk.replies.push({ text, after });
  }

  const threadOf = (talk: Talk): FarThread | undefined => threadsOf(world, talk)[0];

  return {
    talks,
    async run({ everyMs, ...end }) {
      let ended = false;
      void ('until' in end ? end.until : pause(end.forMs)).then(() => {
        ended = true;
      });
      while (!ended) {
        const talk = pick(talks);
        const thread = random() < answers ? threadOf(talk) : undefined;
        if (thread) agentWrites(talk, thread);
        else buyerWrites(talk);
        await pause(everyMs);
      }
    },
    everyBuyerWrites: () => talks.forEach(buyerWrites),
  };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The threads that hold anything of this conversation. One is right. */
export function threadsOf({ slack }: World, { channelId, conversationId }: Talk): FarThread[] {
  return slack
    .threads(channelId)
    .filter(({ posts }) => posts.some(({ fromBot, text }) => fromBot && text.includes(`of ${conversationId.slice(-6)}`)));
}
