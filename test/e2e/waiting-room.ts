import type { SlackMessage } from '../kits/slack/world.ts';
import { answer, question, questionsIn, tagOf } from './words.ts';
import type { World } from './world.ts';

/** Buyers who wait, and agents who leave them waiting, claim, or answer. */
export interface WaitingRoom {
  /** So many more buyers write, one after the other; the courses are taken in turn. */
  open(count: number, options: { readonly everyMs: number; readonly courses: readonly Course[] }): void;
  /** Ids of the conversations so far. */
  conversations(): readonly string[];
  /** Everybody has written, and has a thread. */
  allShown(): boolean;
  /** Claims are shown, and answers are marked. */
  allDone(): boolean;
  close(): void;
}

export type Course = 'left alone' | 'claimed' | 'answered' | 'asks again';

interface Case {
  readonly course: Course;
  readonly shopId: string;
  readonly agent: string;
  readonly conversationId: string;
  readonly answerAt: number;
  step: 'asked' | 'claiming' | 'answering' | 'done';
  answerTs: string | null;
}

/** Marketplaces cut their times to the second: what is answered within it does not count as an answer to it. */
const soonestAnswerMs = 1_500;
const mostPatienceMs = 8_000;
const lookEveryMs = 100;
const sentMark = 'white_check_mark';

/** Every text is unique, as in `traffic.ts`. */
export function createWaitingRoom({ tiktok, slack, shopIds, agents }: World, random: () => number): WaitingRoom {
  const cases: Case[] = [];
  const timers = new Set<NodeJS.Timeout>();
  let texts = 0;
  let planned = 0;

  function asks(one: Case): void {
    texts += 1;
    tiktok.buyerWrites(one.shopId, one.conversationId, question(texts, one.conversationId));
  }

  function opens(course: Course): void {
    const index = cases.length;
    const shopId = shopIds[index % shopIds.length] ?? '';
    const one: Case = {
      course,
      shopId,
      agent: agents[index % agents.length] ?? '',
      conversationId: tiktok.openConversation(shopId, { nickname: `Buyer ${index}` }),
      answerAt: Date.now() + soonestAnswerMs + (course === 'answered' ? random() * mostPatienceMs : 0),
      step: 'asked',
      answerTs: null,
    };
    cases.push(one);
    asks(one);
  }

  /** By what `tagOf` makes of a conversation. */
  function roots(): ReadonlyMap<string, SlackMessage> {
    const ours = messages().filter(({ botId, threadTs }) => botId === slack.world.app.botId && threadTs === null);
    return new Map(ours.map((post) => [questionsIn(JSON.stringify(post.blocks))[0]?.split(' ').at(-1) ?? '', post]));
  }
  const messages = () => [...slack.world.channels.values()].flatMap((channel) => channel.messages);

  function look(): void {
    const shown = roots();
    for (const one of cases) {
      const root = shown.get(tagOf(one.conversationId));
      if (!root || one.step === 'done') continue;
      const write = (words: string): string => slack.personPosts(one.agent, root.channel, root.ts, words).ts;
      if (one.step === 'claiming' && JSON.stringify(root.blocks).includes('With agent-')) one.step = 'done';
      if (one.step === 'answering') {
        const { reactions = [] } = messages().find(({ channel, ts }) => channel === root.channel && ts === one.answerTs) ?? {};
        if (!reactions.some(({ name }) => name === sentMark)) continue;
        one.step = 'done';
        if (one.course === 'asks again') asks(one);
      }
      if (one.step !== 'asked') continue;
      if (one.course === 'left alone') one.step = 'done';
      else if (one.course === 'claimed') {
        one.step = 'claiming';
        write('!claim');
      } else if (Date.now() >= one.answerAt) {
        one.step = 'answering';
        texts += 1;
        one.answerTs = write(answer(texts, one.conversationId));
      }
    }
  }
  const looking = setInterval(look, lookEveryMs);

  return {
    open(count, { everyMs, courses }) {
      planned += count;
      for (let index = 0; index < count; index += 1)
        timers.add(setTimeout(() => opens(courses[index % courses.length] ?? 'left alone'), index * everyMs));
    },
    conversations: () => cases.map(({ conversationId }) => conversationId),
    allShown() {
      const shown = roots();
      return cases.length === planned && cases.every(({ conversationId }) => shown.has(tagOf(conversationId)));
    },
    allDone: () => cases.length === planned && cases.every(({ step }) => step === 'done'),
    close() {
      clearInterval(looking);
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
