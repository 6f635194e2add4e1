import type { ChatBot } from '../../bots/bot.ts';
import { type Ask, type Form, sentence } from '../core/ask.ts';
import type { Answer } from '../core/connector.ts';
import type { Locale } from '../core/texts/index.ts';
import type { AnswerContent } from '../core/thread.ts';
import type { Timers } from '../core/time.ts';
import { PlatformError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Asker } from './askers.ts';

/** What was asked, by whom, in which language. */
export interface Question {
  /** `slack/default` */
  readonly bot: string;
  readonly ask: Ask;
  readonly locale: Locale;
  readonly asker: Asker;
  /** Nobody waits any longer. */
  readonly signal: AbortSignal;
}

/** Words for a command; a form, or words in its place, for who wants one; null: what follows comes through the inbox. Reads, and changes nothing. */
export type AnswerQuestion = (question: Question) => Promise<AnswerContent | Form | null>;

/**
 * The acknowledgement of an event that asks something; null: the usual one. Never fails, and never takes longer than the platform waits: an answer that takes
 * its time follows. `spentMs`: how long ago the event came.
 */
export type Answerer = (bot: string, ask: Ask, spentMs: number) => Promise<Answer | null>;

export interface AnswererDeps {
  readonly bots: ReadonlyMap<string, ChatBot>;
  readonly answer: AnswerQuestion;
  /** Throws what the platform said when it cannot be found out. */
  readonly askerOf: (bot: string, ask: Ask, signal: AbortSignal) => Promise<Asker>;
  /** The language of a channel, for those who have none. */
  readonly channelLocale: (bot: string, channelId: string) => Locale;
  readonly timers: Timers;
  readonly log: Log;
}

/** After a second people wonder whether anybody heard them. */
const patienceMs = 1_000;
/** Of the platform's deadline, for the network. */
const marginMs = 500;
/** An answer that takes longer is of no use any more. */
const longestMs = 60_000;

const late = Symbol('late');

export function createAnswerer({ bots, answer, askerOf, channelLocale, timers, log }: AnswererDeps): Answerer {
  /** The answer, or what is told in its place. */
  async function made(waiting: Waiting): Promise<AnswerContent | Form | null> {
    const { bot, ask, signal } = waiting;
    try {
      const asker = await askerOf(bot, ask, signal);
      waiting.locale = asker.locale ?? waiting.locale;
      return asker.mayAsk ? await answer({ bot, ask, locale: waiting.locale, asker, signal }) : sentence('answer.not-allowed');
    } catch (err) {
      log[err instanceof PlatformError ? 'warn' : 'error']({ bot, err }, 'a question could not be answered');
      return sentence('answer.failed');
    }
  }

  async function follow({ bot, ask, locale, signal }: Waiting, { answers }: ChatBot, content: AnswerContent | Form | null): Promise<void> {
    if (!answers || content?.kind !== 'answer' || ask.answerTo === null) return;
    try {
      await answers.follow(ask.answerTo, content, locale, { signal });
    } catch (err) {
      log.warn({ bot, err }, 'an answer could not be sent after its question was acknowledged');
    }
  }

  /** Forms are opened by a call of their own, side by side with the acknowledgement: their trigger lasts no longer than it may take. */
  async function openForm(waiting: Waiting, chat: ChatBot): Promise<void> {
    const { bot, ask, signal } = waiting;
    if (ask.kind !== 'form') return;
    const content = await made(waiting);
    if (content?.kind !== 'form' || !chat.openForm) return follow(waiting, chat, content);
    try {
      await chat.openForm(ask.trigger, content, { signal });
    } catch (err) {
      if (!(err instanceof PlatformError)) throw err;
      log.warn({ bot, err }, 'a form could not be opened');
      await follow(waiting, chat, sentence('answer.form-late'));
    }
  }

  /** `done`: when nothing more will follow. */
  async function command(waiting: Waiting, chat: ChatBot, spentMs: number): Promise<Acknowledged> {
    const { answers } = chat;
    if (!answers) return nothing;
    const { signal } = waiting;
    const content = made(waiting);
    const { acknowledge } = answers;
    if (!acknowledge) return { answer: null, done: content.then((one) => follow(waiting, chat, one)) };
    const whole = content.then((one) => (one?.kind === 'answer' ? acknowledge(one, waiting.locale, { signal }) : null));
    const first = await withinTime(whole, Math.min(patienceMs, answers.deadlineMs - marginMs - spentMs), timers);
    if (first !== late) return { answer: first, done: nothing.done };
    const soon = await acknowledge(sentence('answer.coming'), waiting.locale, { signal });
    return { answer: soon, done: content.then((one) => follow(waiting, chat, one)) };
  }

  return async (bot, ask, spentMs) => {
    const found = bots.get(bot);
    if (!found) return null;
    const stop = new AbortController();
    const cancel = timers.after(longestMs, () => stop.abort());
    const fail = (err: unknown) => log.error({ bot, err }, 'a question could not be answered');
    const locale = channelLocale(bot, ask.kind === 'command' ? ask.channelId : ask.post.channelId);
    const waiting: Waiting = { bot, ask, locale, signal: stop.signal };
    try {
      const { answer: acknowledgement, done } =
        ask.kind === 'command' ? await command(waiting, found, spentMs) : { answer: null, done: openForm(waiting, found) };
      done.catch(fail).finally(cancel);
      return acknowledgement;
    } catch (err) {
      cancel();
      fail(err);
      return null;
    }
  };
}

/** A question whose asker is still looked up: its language is the channel's until then. */
interface Waiting extends Omit<Question, 'locale' | 'asker'> {
  locale: Locale;
}

interface Acknowledged {
  readonly answer: Answer | null;
  readonly done: Promise<void>;
}

const nothing: Acknowledged = { answer: null, done: Promise.resolve() };

/** `late` when it takes longer. */
function withinTime<T>(work: Promise<T>, ms: number, timers: Timers): Promise<T | typeof late> {
  // Whoever is handed what follows hears of its failure.
  if (ms <= 0) {
    work.catch(() => undefined);
    return Promise.resolve(late);
  }
  return new Promise((resolve, reject) => {
    const cancel = timers.after(ms, () => resolve(late));
    work.finally(cancel).then(resolve, reject);
  });
}
