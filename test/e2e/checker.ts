import type { FarPost } from '../kits/slack/far-end.ts';
import { type Sent, type Talk, threadsOf } from './traffic.ts';
import type { World } from './world.ts';

export interface Verdict {
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly outOfOrder: readonly string[];
  /** Agent messages that nobody can tell the fate of. */
  readonly withoutReceipt: readonly string[];
  /** What should have stayed inside. */
  readonly leaked: readonly string[];
}

/** Counts at the far ends, from the fakes' own logs alone. */
export function check(world: World, talks: readonly Talk[]): Verdict {
  const lost: string[] = [];
  const doubled: string[] = [];
  const outOfOrder: string[] = [];
  const withoutReceipt: string[] = [];

  function compare(sent: readonly Sent[], arrived: readonly string[]): void {
    const places = new Map<string, number[]>();
    arrived.forEach((text, place) => {
      for (const one of sent) if (mentions(text, one.text)) places.set(one.text, [...(places.get(one.text) ?? []), place]);
    });
    for (const { text, after } of sent) {
      const [place, another] = places.get(text) ?? [];
      if (place === undefined) lost.push(text);
      else if (another !== undefined) doubled.push(text);
      else
        outOfOrder.push(
          ...after
            .filter((earlier) => overtook(places.get(earlier)?.[0], place, arrived[place], earlier, text))
            .map((earlier) => `${text} before ${earlier}`),
        );
    }
  }

  for (const talk of talks) {
    const threads = threadsOf(world, talk);
    if (threads.length > 1) doubled.push(`thread of ${talk.conversationId}`);
    const posts = threads.flatMap((thread) => thread.posts);
    compare(
      talk.buyer,
      posts.filter(({ fromBot }) => fromBot).map(({ text }) => text),
    );
    compare(
      talk.replies,
      world.tiktok.received.filter(({ conversationId }) => conversationId === talk.conversationId).map(({ text }) => text),
    );
    withoutReceipt.push(...unreceipted(talk, posts));
  }
  const internal = new Set(talks.flatMap(({ notes }) => notes));
  const known = new Set(talks.flatMap(({ replies }) => replies.map(({ text }) => text)));
  const leaked = world.tiktok.received.map(({ text }) => text).filter((text) => internal.has(text) || !known.has(text));
  return { lost, doubled, outOfOrder, withoutReceipt, leaked };
}

/** Several messages may share one post: then their places in its text count. */
function overtook(earlier: number | undefined, place: number, post: string | undefined, earlierText: string, text: string): boolean {
  if (earlier === undefined) return false;
  return earlier === place ? (post ?? '').indexOf(earlierText) > (post ?? '').indexOf(text) : earlier > place;
}

/** `question 1` is not found in `question 12`. */
const mentions = (post: string, text: string): boolean => post.includes(text);

/** A reply is receipted by its own mark, or by that of a later reply in its thread, which vouches for it. */
function unreceipted({ replies, notes }: Talk, posts: readonly FarPost[]): string[] {
  const written = posts.filter(({ fromBot }) => !fromBot);
  const marked = (post: FarPost) => post.reactions.length > 0;
  const missing: string[] = [];
  written.forEach((post, index) => {
    if (notes.includes(post.text)) {
      if (!marked(post)) missing.push(post.text);
    } else if (replies.some(({ text }) => text === post.text) && !written.slice(index).some(marked)) missing.push(post.text);
  });
  return missing;
}
