import { type Ask, type Form, sentence } from '../core/ask.ts';
import { excerpt } from '../core/text-plain.ts';
import type { Locale } from '../core/texts/index.ts';
import type { AnswerContent } from '../core/thread.ts';
import type { AnswerQuestion } from './answerer.ts';
import type { Asker } from './askers.ts';

/** A command with its first word taken off. */
export interface CommandQuestion extends Pick<Extract<Ask, { kind: 'command' }>, 'mentions' | 'userId' | 'channelId'> {
  readonly bot: string;
  /** What follows the verb. */
  readonly words: string;
  readonly locale: Locale;
  readonly asker: Asker;
  readonly signal: AbortSignal;
}

/** Answers one verb. Reads alone; a verb that changes something says here that it was taken, and is decided on through the inbox. */
export type Verb = (question: CommandQuestion) => Promise<AnswerContent>;

export interface FormQuestion {
  readonly bot: string;
  readonly ask: Extract<Ask, { kind: 'form' }>;
  readonly locale: Locale;
  readonly asker: Asker;
  readonly signal: AbortSignal;
}

export interface Verbs {
  readonly commands: ReadonlyMap<string, Verb>;
  /** What is changed, and so goes through the inbox: whether it was taken. `text` is all that follows `/tm`. Null: no such command. */
  readonly desk: (question: Omit<CommandQuestion, 'words'> & { readonly text: string }) => Promise<AnswerContent | null>;
  /** What is opened for a button or a shortcut; null: its answer comes through the inbox. */
  readonly form: (question: FormQuestion) => Promise<Form | AnswerContent | null>;
}

/** Everything that is answered at once: `/tm` without a verb is `help`. */
export function createAnswerQuestion({ commands, desk, form }: Verbs): AnswerQuestion {
  return async ({ ask, ...rest }) => {
    if (ask.kind === 'form') return form({ ask, ...rest });
    const { text, mentions, userId, channelId } = ask;
    const [first = '', ...others] = text.trim().split(/\s+/);
    const name = first.normalize('NFKC').toLowerCase() || 'help';
    const verb = commands.get(name);
    if (verb) return verb({ ...rest, mentions, userId, channelId, words: others.join(' ') });
    const taken = await desk({ ...rest, mentions, userId, channelId, text });
    return taken ?? sentence('answer.command-unknown', { command: excerpt(first, 40) });
  };
}
