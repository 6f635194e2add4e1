import { type Chat, type ChatThread, threadsIn } from './chat.ts';
import { answer, blocked, note, question, questionsIn, tagOf, undo, unknownCommand } from './words.ts';
import type { World } from './world.ts';

/** A message that one side wrote. */
export interface Sent {
  readonly text: string;
}

export interface Talk {
  readonly shopId: string;
  /** Who answers: another person's words right after a note would be held, and rightly. */
  readonly agent: string;
  readonly channelId: string;
  readonly conversationId: string;
  /** The buyer's. */
  readonly nickname: string;
  readonly buyer: Sent[];
  readonly replies: Sent[];
  /** Written in the thread, and never for the buyer. */
  readonly notes: string[];
}

export interface Traffic {
  readonly talks: readonly Talk[];
  /** Writes at a steady rate until the time is up, or until something has happened. `answers`: another share of agents meanwhile. */
  run(
    options: { readonly everyMs: number; readonly answers?: number } & ({ readonly forMs: number } | { readonly until: Promise<unknown> }),
  ): Promise<void>;
  everyBuyerWrites(): void;
}

/** What agents do. */
export type Ways =
  | 'replies'
  /** Replies and notes. */
  | 'plain'
  /** They edit, delete and undo, write commands, and texts that screening holds; buyers write in bursts. */
  | 'all';

interface State {
  readonly talk: Talk;
  rootTs: string | null;
  /** An agent who takes a reply back waits for that before writing on: else nobody could tell which reply was meant. */
  undoing: { readonly told: ReturnType<Chat['telling']>; state: 'to come' | 'asked' } | null;
  /** In some talks replies are held, in the others they are undone: an undo would take back a held one. */
  readonly undoes: boolean;
}

/** A change comes within this, so that some are in time and some are not. */
const changeWithinMs = 3_000;

/**
 * Buyers and agents who write by turns of chance. Every text is unique, so that the far end can be counted.
 * @param answers share of what is written by agents, once there are threads
 */
export function createTraffic(world: World, perShop: number, random: () => number, answers = 0.45, ways: Ways = 'plain'): Traffic {
  const { tiktok, chat, shopIds, channelIds, agents } = world;
  const states = shopIds.flatMap((shopId, index) =>
    Array.from({ length: perShop }, (_, position): State => {
      const nickname = `Buyer ${index}-${position}`;
      const talk: Talk = {
        shopId,
        agent: agents[(index + position) % agents.length] ?? '',
        channelId: channelIds[index % channelIds.length] ?? '',
        conversationId: tiktok.openConversation(shopId, { nickname }),
        nickname,
        buyer: [],
        replies: [],
        notes: [],
      };
      return { talk, rootTs: null, undoing: null, undoes: (index + position) % 2 === 0 };
    }),
  );
  const talks = states.map(({ talk }) => talk);
  const byTag = new Map(states.map((state) => [tagOf(state.talk.conversationId), state]));
  const seen = new Map<string, number>();
  const laterActs: { readonly atMs: number; readonly act: () => void }[] = [];
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

  /** What people see in the channels since the last look: threads that were opened, undos that were answered. */
  function look(): void {
    for (const { ts, threadTs, fromBot, text } of chat.fresh(seen)) {
      if (!fromBot) continue;
      const state = byTag.get(questionsIn(text)[0]?.split(' ').at(-1) ?? '');
      if (threadTs === null && state) state.rootTs ??= ts;
      const undoing = states.find(({ rootTs, undoing: one }) => rootTs === threadTs && one?.state === 'asked');
      if (undoing && /Cancelled in time|no reply left to undo/.test(text)) undoing.undoing = null;
    }
  }

  function buyerWrites({ talk }: State): void {
    const text = question(next(), talk.conversationId);
    tiktok.buyerWrites(talk.shopId, talk.conversationId, text);
    talk.buyer.push({ text });
  }

  const write = ({ talk, rootTs }: State, text: string): string => chat.write(talk.agent, talk.channelId, rootTs, text);
  const later = (act: () => void) => laterActs.push({ atMs: performance.now() + random() * changeWithinMs, act });
  const edit = ({ talk }: State, ts: string, text: string) => later(() => chat.edit?.(talk.channelId, ts, text));

  function agentWrites(state: State): void {
    const { talk } = state;
    const { conversationId } = talk;
    const [count, chance] = [next(), random()];
    const reply = (): string => {
      talk.replies.push({ text: answer(count, conversationId) });
      return write(state, answer(count, conversationId));
    };
    if (chance < 0.15 || ways !== 'all') {
      if (chance >= 0.15 || ways === 'replies') return void reply();
      talk.notes.push(note(count, conversationId));
      const ts = write(state, note(count, conversationId));
      if (ways === 'all' && chance < 0.02) edit(state, ts, answer(count, conversationId, 1));
    } else if (chance < 0.19) write(state, unknownCommand(count, conversationId));
    else if (chance < 0.25 && !state.undoes) {
      const ts = write(state, blocked(count, conversationId));
      if (chance < 0.21) edit(state, ts, answer(count, conversationId, 1));
    } else if (chance < 0.25) {
      const ts = reply();
      state.undoing = { told: chat.telling(ts), state: 'to come' };
    } else if (chance < 0.33) edit(state, reply(), answer(count, conversationId, 1));
    else if (chance < 0.35) edit(state, reply(), note(count, conversationId));
    else if (chance < 0.4) {
      const ts = reply();
      later(() => chat.remove(talk.channelId, ts));
    } else reply();
  }

  /** Edits and deletions whose time has come, and undos of what the service has heard of. */
  function change(): void {
    const nowMs = performance.now();
    for (const due of laterActs.filter(({ atMs }) => atMs <= nowMs)) {
      laterActs.splice(laterActs.indexOf(due), 1);
      due.act();
    }
    for (const state of states) {
      const { undoing } = state;
      if (undoing?.state !== 'to come' || undoing.told?.state === 'under way') continue;
      // One that the service never heard of cannot be undone; it is found later.
      if (undoing.told?.state !== 'acknowledged') state.undoing = null;
      else {
        undoing.state = 'asked';
        write(state, undo);
      }
    }
  }

  return {
    talks,
    async run({ everyMs, answers: share = answers, ...end }) {
      let ended = false;
      const over = () => {
        ended = true;
      };
      // A failure is the caller's, who waits for the same.
      void ('until' in end ? end.until : pause(end.forMs)).then(over, over);
      for (let nextAtMs = performance.now(); !ended; nextAtMs += everyMs) {
        look();
        change();
        const state = pick(states);
        if (random() < share && state.rootTs !== null && state.undoing === null) agentWrites(state);
        else for (let left = ways === 'all' && random() < 0.1 ? 3 : 1; left > 0; left -= 1) buyerWrites(state);
        await pause(Math.max(0, nextAtMs + everyMs - performance.now()));
      }
    },
    everyBuyerWrites: () => states.forEach(buyerWrites),
  };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The threads that hold anything of this conversation. One is right. */
export function threadsOf({ chat }: World, { channelId, conversationId }: Talk): ChatThread[] {
  return threadsIn(chat.posts(channelId)).filter(({ posts }) =>
    posts.some(({ fromBot, text }) => fromBot && text.includes(`of ${tagOf(conversationId)}`)),
  );
}
