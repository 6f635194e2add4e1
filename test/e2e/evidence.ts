import { inOrder } from '../kits/tiktok-shop/world.ts';
import type { Chat, ChatPost } from './chat.ts';
import { questionsIn, tagOf } from './words.ts';
import type { World } from './world.ts';

/** Something that one side told the service, by the log of the fake that told it. Times are milliseconds since 1970. */
export interface Told {
  readonly text: string;
  readonly at: number;
  /** When the service said that it has it; null: never. */
  readonly acknowledgedAt: number | null;
}

export interface ConversationLog {
  readonly id: string;
  /** Where its shop is routed to. */
  readonly channelId: string;
  /** What the buyer wrote, in the marketplace's order. */
  readonly written: readonly Told[];
  /** What reached the buyer through the service, in order of arrival. */
  readonly received: readonly { readonly text: string; readonly at: number }[];
}

/** What an agent wrote in a thread, and what it was changed into. */
export interface AgentPost {
  readonly channelId: string;
  readonly rootTs: string;
  readonly ts: string;
  /** As it was posted, then as it was edited. */
  readonly versions: readonly [Told, ...Told[]];
  readonly deletion: Omit<Told, 'text'> | null;
  /** Names of reactions that the service set. */
  readonly marks: readonly string[];
  /** The service had to hear of it. False where a platform tells once, and nobody took it. */
  readonly owed: boolean;
}

/** The logs of both fakes, and nothing else: what a verdict stands on. */
export interface Evidence {
  /** How long a reply can be taken back, as the service is told. */
  readonly undoMs: number;
  readonly conversations: readonly ConversationLog[];
  /** What the service posted, in the order of each channel. */
  readonly shown: readonly Pick<ChatPost, 'channel' | 'ts' | 'threadTs' | 'text'>[];
  /** What it showed to one person alone: nobody finds such a thing again, so after a crash it may be shown twice. */
  readonly whispered: readonly { readonly channel: string; readonly threadTs: string | null; readonly text: string }[];
  /** In the order of each channel. */
  readonly agents: readonly AgentPost[];
  /** How the service marks what was sent, and what stays inside. */
  readonly marks: Chat['marks'];
}

type Place = { readonly conversationId: string; readonly channelId: string };

/** @param places conversations to be counted; what belongs to others is left out */
export function evidenceOf({ tiktok, chat, pushes, undoMs }: World, places: readonly Place[]): Evidence {
  const takenAt = new Map<string, number>();
  for (const { notificationId, outcome, at } of tiktok.webhooks.log)
    if (outcome === 200 && !takenAt.has(notificationId)) takenAt.set(notificationId, at);
  const received = Map.groupBy(
    tiktok.received.filter(({ by }) => by === 'api'),
    ({ conversationId }) => conversationId,
  );
  const conversations = places.map(({ conversationId, channelId }): ConversationLog => {
    const buyers = inOrder(tiktok.messages(conversationId).filter(({ role }) => role === 'BUYER'));
    const written = buyers.map(({ id, content }): Told => {
      const pushed = pushes.get(id);
      const { content: text } = JSON.parse(content) as { content: string };
      return { text, at: pushed?.at ?? 0, acknowledgedAt: takenAt.get(pushed?.notificationId ?? '') ?? null };
    });
    return { id: conversationId, channelId, written, received: received.get(conversationId) ?? [] };
  });
  const posts = chat.posts();
  const shown = posts.filter(({ fromBot }) => fromBot);
  return { undoMs, conversations, shown, whispered: chat.whispered(), agents: agentPosts(chat, posts), marks: chat.marks };
}

function agentPosts(chat: Chat, posts: readonly ChatPost[]): AgentPost[] {
  const told = new Map(chat.told().map((one) => [`${one.channel} ${one.ts}`, one]));
  return posts.flatMap(({ channel, ts, threadTs, reactions }): AgentPost[] => {
    const said = told.get(`${channel} ${ts}`);
    if (!said || threadTs === null) return [];
    const marks = reactions.filter(({ users }) => users.includes(chat.self)).map(({ name }) => name);
    const owed = chat.tellsAgain || said.versions[0].acknowledgedAt !== null;
    return [{ channelId: channel, rootTs: threadTs, ts, versions: said.versions, deletion: said.deletion, marks, owed }];
  });
}

/** `C01 1700.1` -> the conversation whose first words opened it. */
export type Threads = ReadonlyMap<string, ConversationLog>;
export const threadId = (channelId: string, rootTs: string): string => `${channelId} ${rootTs}`;

export function threadsIn({ conversations, shown }: Evidence): Threads {
  const byTag = new Map(conversations.map((conversation) => [tagOf(conversation.id), conversation]));
  const threads = new Map<string, ConversationLog>();
  for (const { channel, ts, threadTs, text } of shown) {
    const conversation = byTag.get(questionsIn(text)[0]?.split(' ').at(-1) ?? '');
    if (threadTs === null && conversation) threads.set(threadId(channel, ts), conversation);
  }
  return threads;
}
