import type { ChatEvent } from '../../bots/bot.ts';
import type { RawRequest } from '../../src/core/connector.ts';
import { deliveryId, inquiryId } from '../../src/core/ids.ts';
import type { MessagePart } from '../../src/core/message.ts';
import type { InquiryCard, Notice, Showing, ShownMessage, ThreadContent, ThreadState } from '../../src/core/thread.ts';
import { PlatformError } from '../../src/errors.ts';
import type { BotKit, SeenPost } from './bot-kit.ts';

/** An event as it came through the front door. */
export interface Taken {
  readonly key: string;
  readonly lane: string;
  readonly events: readonly ChatEvent[];
}

/** Receives what was pushed, once per key as the inbox does, and reads it. */
export async function take(kit: BotKit, pushed?: readonly RawRequest[]): Promise<Taken[]> {
  const taken = new Map<string, Taken>();
  for (const request of pushed ?? (await kit.pushed())) {
    const received = kit.received(request);
    if (received.kind !== 'event') throw new Error(`expected an event, got ${received.kind}`);
    const { key, lane, own = false, stored } = received;
    const { body, contentType } = stored ?? { body: request.body, contentType: request.headers['content-type'] ?? '' };
    const events = kit.bot.toEvents({ key, body, contentType, receivedAt: request.receivedAt });
    // Nothing of ours is stored, and nothing of others is left out.
    const ours = events.filter((event) => 'fromSelf' in event && event.fromSelf).length;
    const ofOthers = events.filter((event) => event.kind !== 'unknown').length - ours;
    if (own ? ofOthers > 0 : ours > 0) throw new Error(`own is ${own} for ${ours} events of ours, ${ofOthers} of others`);
    if (!taken.has(key)) taken.set(key, { key, lane, events });
  }
  return [...taken.values()];
}

export const eventsOf = (taken: readonly Taken[]): ChatEvent[] => taken.flatMap(({ events }) => events);

export function only<Kind extends ChatEvent['kind']>(events: readonly ChatEvent[], kind: Kind): Extract<ChatEvent, { kind: Kind }>[] {
  return events.filter((event): event is Extract<ChatEvent, { kind: Kind }> => event.kind === kind);
}

/** The one thing in a list. */
export function single<Item>(items: readonly Item[]): Item {
  const [item] = items;
  if (item === undefined || items.length !== 1) throw new Error(`expected one, got ${items.length}`);
  return item;
}

/** The fields of these names alone. */
export const pick = <Fields extends object>(fields: Fields, names: readonly (keyof Fields)[]): Partial<Fields> =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name as keyof Fields))) as Partial<Fields>;

/** The error that a promise ends with. */
export async function failureOf(promise: Promise<unknown>): Promise<PlatformError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof PlatformError) return error;
  throw new Error('expected a PlatformError', { cause: error });
}

let deliveries = 0;
export function showing(content: ThreadContent): Showing {
  deliveries += 1;
  return { deliveryId: deliveryId(`d-${deliveries}`), content };
}

export const thread = (kit: BotKit, rootId: string | null = null): ThreadState => ({
  inquiryId: inquiryId('q-1'),
  channelId: kit.channelId,
  rootId,
  locale: 'en',
});

export const message = (text: string, options: Partial<ShownMessage> = {}): ShownMessage => ({
  author: 'buyer',
  parts: [{ kind: 'text', text }],
  sentAt: new Date('2026-11-20T08:30:00Z'),
  late: false,
  ...options,
});

export const messages = (...texts: string[]): ThreadContent => ({
  kind: 'messages',
  messages: texts.map((text) => message(text)),
  surface: false,
});
export const partsShown = (...parts: MessagePart[]): ThreadContent => ({
  kind: 'messages',
  messages: [message('', { parts })],
  surface: false,
});
export const notice = (key: Notice['key'], params: Notice['params'] = {}): Notice => ({ key, params, reasons: [] });

export const card = (options: Partial<InquiryCard> = {}): InquiryCard => ({
  inquiryId: inquiryId('q-1'),
  marketplace: 'TikTok Shop',
  shopName: 'Lamp House TH',
  shopTimezone: 'Asia/Bangkok',
  buyerName: 'Somchai',
  status: 'waiting',
  assignee: null,
  source: null,
  previous: null,
  openedAt: new Date('2026-11-20T08:30:00Z'),
  excerpt: 'is the lamp in stock',
  ...options,
});

export const opening = (text = 'is the lamp in stock', options: Partial<InquiryCard> = {}): ThreadContent => ({
  kind: 'opening',
  card: card({ excerpt: text, ...options }),
  messages: [message(text)],
});

/** Opens a thread and forgets what that pushed; the root's id. */
export async function opened(kit: BotKit): Promise<string> {
  const { posts } = await kit.bot.show(thread(kit), showing(opening()), kit.access);
  await kit.pushed();
  const [root] = posts;
  if (!root) throw new Error('an opening has a root');
  return root.messageId;
}

/** A thread is one card, and what is said in it stands on that. */
export const isCard = (kit: BotKit): boolean => kit.bot.capabilities.threads === 'card';
/** What can be read in a thread, below its root. */
export const inThread = (kit: BotKit, rootId: string): SeenPost[] => kit.posts().filter((post) => post.rootId === rootId);
/** Where a thread's messages can be read: below its root, or last of all on the card that it is. */
export const talkOf = (kit: BotKit, rootId: string, from = 0): SeenPost[] => [
  ...kit
    .posts()
    .slice(from)
    .filter((post) => post.rootId === rootId),
  ...(isCard(kit) ? kit.posts().filter(({ ref }) => ref.messageId === rootId) : []),
];
/** Without signs that cannot be seen; a bot may use them to keep text from being formatted. */
export const legible = (text: string): string => text.replace(/[\u200b\u200c\u2060\ufeff\u00ad]/g, '').replaceAll('\u00a0', ' ');
export const readable = (posts: readonly SeenPost[]): string => legible(posts.map(({ text }) => text).join('\n'));
