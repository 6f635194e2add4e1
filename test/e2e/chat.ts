import type { FakeRequest, FakeServer, Fault } from '../kits/fake-server.ts';
import type { Told } from './evidence.ts';

/** A message as a person finds it in chat. */
export interface ChatPost {
  readonly channel: string;
  /** The platform's id of it. */
  readonly ts: string;
  /** Its root; null: it stands in the channel itself. */
  readonly threadTs: string | null;
  readonly user: string;
  readonly fromBot: boolean;
  /** Flattened: what can be read. */
  readonly text: string;
  readonly reactions: readonly { readonly name: string; readonly users: readonly string[] }[];
}

/** What an agent wrote in a thread, and what was told of it. */
export interface ToldPost {
  readonly channel: string;
  readonly ts: string;
  /** As it was posted, then as it was edited. */
  readonly versions: readonly [Told, ...Told[]];
  readonly deletion: Omit<Told, 'text'> | null;
}

/** One chat platform's fake, as far as people write there, the service is troubled there, and its far end is counted. Names are those of the first platform. */
export interface Chat {
  /** As `threadmart.yaml` has it. */
  readonly platform: 'slack' | 'feishu' | 'dingtalk';
  readonly server: FakeServer;
  /** Calls of its API that may be troubled, and how it says that there are too many. */
  isCall(request: FakeRequest): boolean;
  readonly rateLimited: Extract<Fault, { kind: 'status' }>;
  /** More for the service's environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Whether an event comes again that nobody took. */
  readonly tellsAgain: boolean;
  /** What events look like that the service never sees again, and in which order they come. */
  disturb(disturbance: { readonly duplicate?: number; readonly shuffleMs?: number }): void;
  /** The service's address, without a slash at the end. */
  sendEventsTo(serviceUrl: string): void;
  settled(): Promise<void>;
  close(): Promise<void>;

  addChannel(id: string, name: string): void;
  /** A full member of the organisation, by number. */
  addPerson(number: number, name: string): string;
  channelIdOf(number: number): string;
  readonly opsId: string;

  /** Every post of a channel, or of all, in the channel's order. */
  posts(channelId?: string): readonly ChatPost[];
  /** What was posted since the last look, counted by the same `seen`. */
  fresh(seen: Map<string, number>): readonly ChatPost[];
  /** Resolves to the message's `ts`. */
  write(user: string, channelId: string, rootTs: string | null, words: string): string;
  /** Null where no platform event tells of it. */
  readonly edit: ((channelId: string, ts: string, words: string) => void) | null;
  remove(channelId: string, ts: string): void;
  /** The status of the service's answer. */
  press(user: string, channelId: string, ts: string, label: string): Promise<number | null>;
  /** What became of the event that told of this message. */
  telling(ts: string): { readonly state: 'under way' | 'acknowledged' | 'given up' | 'dropped' } | undefined;
  /** What people wrote in threads, from the events that tell of it. */
  told(): readonly ToldPost[];
  /** What was shown to one person alone. */
  whispered(): readonly { readonly channel: string; readonly threadTs: string | null; readonly text: string }[];
  /** Deliveries that posts name. */
  deliveryIds(posts: readonly ChatPost[]): string[];
  /** The service's own account, and the marks that it sets. */
  readonly self: string;
  readonly marks: { readonly sent: string; readonly noted: string };
}

export interface ChatThread {
  readonly channel: string;
  readonly rootTs: string;
  /** In the order of the thread, the root first. */
  readonly posts: readonly ChatPost[];
}

/** Threads in the order of their roots. */
export function threadsIn(posts: readonly ChatPost[]): ChatThread[] {
  const replies = Map.groupBy(posts, ({ channel, threadTs }) => (threadTs === null ? '' : `${channel} ${threadTs}`));
  return posts
    .filter(({ threadTs }) => threadTs === null)
    .map((root) => ({ channel: root.channel, rootTs: root.ts, posts: [root, ...(replies.get(`${root.channel} ${root.ts}`) ?? [])] }));
}
