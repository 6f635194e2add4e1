import { type FarEnds, type Talk, threadsOf } from './talk.ts';

export interface Tally {
  /** Messages of buyers, and replies for buyers, that the service acknowledged, or read by itself after it had been away: then they have arrived. */
  readonly received: number;
  /** Those of them that are at the other end. */
  readonly delivered: number;
  readonly lost: number;
  readonly doubled: number;
  readonly outOfOrder: number;
  /** Written, and nothing is known of them. */
  readonly unreceived: number;
  /** What reached a buyer and was not for one. */
  readonly leaked: number;
}

/** Counts at both far ends, from what the platforms themselves have. */
export function tally(world: FarEnds, talks: readonly Talk[]): Tally {
  const ways = talks.flatMap((talk) => {
    const threads = threadsOf(world, talk);
    const shown = threads.flatMap(({ posts }) => posts.filter(({ fromBot }) => fromBot).map(({ text }) => text));
    const got = buyerGot(world, talk);
    return [way(talk.questions, shown, threads.length - 1), way(talk.replies, got, 0)];
  });
  const sum = (figure: (one: Way) => number) => ways.reduce((total, one) => total + figure(one), 0);
  return {
    received: sum(({ received }) => received),
    delivered: sum(({ arrived }) => arrived),
    lost: sum(({ received, arrived }) => received - arrived),
    doubled: sum(({ again }) => again),
    outOfOrder: sum(({ overtaken }) => overtaken),
    unreceived: sum(({ written, received }) => written - received),
    leaked: talks.flatMap((talk) => buyerGot(world, talk).filter((text) => !talk.replies.some((reply) => reply.text === text))).length,
  };
}

type Way = ReturnType<typeof way>;

/** One conversation in one direction. */
function way(sent: Talk['replies'], arrivals: readonly string[], extraThreads: number) {
  // Several messages may share one post, so a place is a post and a place in its words.
  const places = sent.map(({ text }) => arrivals.flatMap((words, index) => placesIn(words, text).map((at) => index * 100_000 + at)));
  const first = places.flatMap(([place]) => place ?? []);
  return {
    written: sent.length,
    received: sent.filter(({ acknowledged }, index) => acknowledged() || places[index]?.length).length,
    arrived: first.length,
    again: places.reduce((total, { length }) => total + Math.max(0, length - 1), Math.max(0, extraThreads)),
    overtaken: first.filter((place, index) => first.slice(0, index).some((before) => before > place)).length,
  };
}

const placesIn = (words: string, text: string): number[] => {
  const at = words.indexOf(text);
  return at < 0 ? [] : [at, ...placesIn(words.slice(at + text.length), text)];
};

const buyerGot = ({ tiktok }: FarEnds, { conversationId }: Talk): string[] =>
  tiktok.received.filter((message) => message.conversationId === conversationId).map(({ text }) => text);
