import { setTimeout as pause } from 'node:timers/promises';
import type { ChatThread } from '../e2e/chat.ts';
import type { World } from '../e2e/world.ts';
import type { End } from './story.ts';
import { agentWrites, buyerWrites, calls, marksOn, type Talk, threadsOf, toldSince } from './talk.ts';
import type { Teller } from './teller.ts';
import type { DemoText, Say } from './texts.ts';

export interface Stage {
  /** Plays one conversation, line by line, each as soon as the far end shows what the one before led to. */
  play(talk: Talk, afterMs: number): Promise<void>;
  readonly held: readonly string[];
  readonly failed: readonly string[];
  readonly notes: readonly string[];
}

export interface StageOptions {
  readonly world: World;
  readonly say: Say;
  readonly tell: Teller;
}

const longestMs = 25_000;
/** About how fast people are. */
const readingMs = 500;
const downMs = 900;

export function createStage({ world, say, tell }: StageOptions): Stage {
  const { tiktok, chat, service } = world;
  const held: string[] = [];
  const failed: string[] = [];
  const notes: string[] = [];
  let down = false;
  let gone = false;
  let refused = 0;
  watchForDeath();

  /** Nothing more can happen once the service has died by itself. */
  function watchForDeath(): void {
    void service.died().then(() => {
      gone = !down;
    });
  }

  async function until<Found>(talk: Talk, what: DemoText, text: string, look: () => Found | undefined | false): Promise<Found> {
    for (const end = performance.now() + longestMs; performance.now() < end; await pause(20)) {
      const found = look();
      if (found) return found;
      if (gone) break;
    }
    throw new Error(say('wrong.awaited', { buyer: talk.buyer, what: say(what, { text }) }));
  }

  async function asks(talk: Talk, text: string): Promise<void> {
    const first = talk.questions.length === 0;
    tell('inquiry', say('asks', { buyer: talk.buyer, shop: talk.shop, text }));
    if (down) refused += 1;
    talk.questions.push(buyerWrites(world, talk, text));
    const shown = () => threadsOf(world, talk).some(({ posts }) => posts.some((post) => post.fromBot && post.text.includes(text)));
    await until(talk, 'await.shown', text, shown);
    tell('thread', say(first ? 'opened' : 'shown', { channel: talk.channel, buyer: talk.buyer, text }));
  }

  async function answers(talk: Talk, text: string, end: End): Promise<void> {
    const thread = threadsOf(world, talk)[0];
    if (!thread) throw new Error(say('wrong.awaited', { buyer: talk.buyer, what: say('await.shown', { text }) }));
    tell(end === 'note' ? 'note' : 'reply', say('answers', { agent: talk.agent, buyer: talk.buyer, text }));
    if (end === 'killed') beSlowOnce(talk);
    const before = new Set(thread.posts.map(({ ts }) => ts));
    const written = await givesIn(talk, thread, text);
    if (end === 'held' || end === 'failed') {
      const told = await until(talk, 'await.told', text, () => toldSince(world, talk, before));
      (end === 'held' ? held : failed).push(text);
      tell(end, say('told', { agent: talk.agent, text: withoutCall(told.text, talk) }));
    } else {
      if (end === 'note') notes.push(text);
      else talk.replies.push(written);
      const reached = () => tiktok.received.some((got) => got.conversationId === talk.conversationId && got.text === text);
      if (end !== 'note') await until(talk, 'await.reached', text, reached);
      if (end === 'killed') await killAndRestart(talk);
      const wanted = end === 'note' ? chat.marks.noted : chat.marks.sent;
      await until(talk, 'await.marked', text, () => marksOn(world, talk, written.ts).includes(wanted));
      tell('receipt', say(end === 'note' ? 'kept' : 'reached', { buyer: talk.buyer, mark: end === 'note' ? '📝' : '✅' }));
    }
  }

  /** Where nothing is told again that nobody took, an agent who sees no receipt writes once more. */
  async function givesIn(talk: Talk, thread: ChatThread, text: string): Promise<ReturnType<typeof agentWrites>> {
    for (let again = false; ; again = true) {
      const written = agentWrites(world, talk, thread, text);
      if (chat.tellsAgain) return written;
      const taken = await until(talk, 'await.reached', text, () => {
        const { state = 'under way' } = chat.telling(written.ts) ?? {};
        return state !== 'under way' && { is: state === 'acknowledged' };
      });
      if (taken.is) return written;
      if (!again) tell('reply', say('again', { agent: talk.agent, text }));
      await pause(readingMs);
    }
  }

  /** The next reply to this buyer takes effect at once and is answered late: time enough to die in between. */
  function beSlowOnce({ conversationId }: Talk): void {
    tiktok.server.failNext(({ method, path }) => method === 'POST' && path.endsWith(`/conversations/${conversationId}/messages`), {
      kind: 'slow',
      ms: 10_000,
    });
  }

  async function killAndRestart(talk: Talk): Promise<void> {
    down = true;
    await service.kill();
    tell('kill', say('killed', { buyer: talk.buyer }));
    await pause(downMs);
    await service.start();
    watchForDeath();
    down = false;
    tell('service', say('restarted', { count: refused }));
  }

  return {
    async play(talk, afterMs) {
      await pause(afterMs);
      for (const line of talk.lines) {
        if ('buyer' in line) await asks(talk, line.buyer);
        else await answers(talk, line.agent, line.end);
        await pause(readingMs);
      }
    },
    held,
    failed,
    notes,
  };
}

const withoutCall = (text: string, talk: Talk): string =>
  calls(talk)
    .reduce((rest, call) => rest.replace(call, ''), text)
    .replace(/\s+/g, ' ')
    .trim();
