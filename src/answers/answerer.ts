import type { BotAnswers, ChatBot } from '../../bots/bot.ts';
import { type Ask, type Form, sentence } from '../core/ask.ts';
import type { Answer } from '../core/connector.ts';
import type { Locale } from '../core/texts/index.ts';
import type { AnswerContent } from '../core/thread.ts';
import type { Clock, Timers } from '../core/time.ts';
import { PlatformError } from '../errors.ts';
import type { Log } from '../log.ts';

/** What was asked, by whom, in which language. */
export interface Question {
  /** `slack/default` */
  readonly bot: string;
  readonly ask: Ask;
  readonly locale: Locale;
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
  /** In which language to answer; quick, since the answer waits for it. */
  readonly languageOf: (bot: string, ask: Ask) => Promise<Locale>;
  readonly clock: Pick<Clock, 'monotonicMs'>;
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

export function createAnswerer({ bots, answer, languageOf, clock, timers, log }: AnswererDeps): Answerer {
  /** What is told in place of an answer that failed. */
  async function answered(question: Question): Promise<AnswerContent | Form | null> {
    try {
      return await answer(question);
    } catch (err) {
      log.error({ bot: question.bot, err }, 'a question could not be answered');
      return sentence('answer.failed');
    }
  }

  async function follow({ bot, ask, locale, signal }: Question, answers: BotAnswers, content: AnswerContent): Promise<void> {
    if (ask.answerTo === null) return;
    try {
      await answers.follow(ask.answerTo, content, locale, { signal });
    } catch (err) {
      log.warn({ bot, err }, 'an answer could not be sent after its question was acknowledged');
    }
  }

  /** Forms are opened by a call of their own, side by side with the acknowledgement: their trigger lasts no longer than it may take. */
  async function openForm(question: Question, { openForm: open, answers }: ChatBot): Promise<void> {
    const { bot, ask, signal } = question;
    if (ask.kind !== 'form') return;
    let content = await answered(question);
    if (content?.kind === 'form' && open) {
      try {
        await open(ask.trigger, content, { signal });
        return;
      } catch (err) {
        if (!(err instanceof PlatformError)) throw err;
        log.warn({ bot, err }, 'a form could not be opened');
        content = sentence('answer.form-late');
      }
    }
    if (content?.kind === 'answer' && answers) await follow(question, answers, content);
  }

  /** `done`: when nothing more will follow. */
  async function command(question: Question, { answers }: ChatBot, leftMs: number): Promise<Answered> {
    if (!answers) return nothing;
    const { locale, signal } = question;
    const content = answered(question).then((made) => (made?.kind === 'answer' ? made : null));
    const first = await withinTime(content, Math.min(patienceMs, leftMs), timers);
    if (first === null) return nothing;
    if (first !== late) return { answer: await answers.acknowledge(first, locale, { signal }), done: nothing.done };
    const done = content.then((made) => (made ? follow(question, answers, made) : undefined));
    return { answer: await answers.acknowledge(sentence('answer.coming'), locale, { signal }), done };
  }

  return async (bot, ask, spentMs) => {
    const found = bots.get(bot);
    if (!found) return null;
    const startedMs = clock.monotonicMs();
    const stop = new AbortController();
    const cancel = timers.after(longestMs, () => stop.abort());
    const fail = (err: unknown) => log.error({ bot, err }, 'a question could not be answered');
    try {
      const question = { bot, ask, locale: await languageOf(bot, ask), signal: stop.signal };
      const leftMs = (found.answers?.deadlineMs ?? 0) - marginMs - spentMs - (clock.monotonicMs() - startedMs);
      const { answer: acknowledgement, done } =
        ask.kind === 'command' ? await command(question, found, leftMs) : { answer: null, done: openForm(question, found) };
      done.catch(fail).finally(cancel);
      return acknowledgement;
    } catch (err) {
      cancel();
      fail(err);
      return null;
    }
  };
}

interface Answered {
  readonly answer: Answer | null;
  readonly done: Promise<void>;
}

const nothing: Answered = { answer: null, done: Promise.resolve() };

/** `late` when it takes longer. */
function withinTime<T>(work: Promise<T>, ms: number, timers: Timers): Promise<T | typeof late> {
  if (ms <= 0) return Promise.resolve(late);
  return new Promise((resolve, reject) => {
    const cancel = timers.after(ms, () => resolve(late));
    work.finally(cancel).then(resolve, reject);
  });
}
