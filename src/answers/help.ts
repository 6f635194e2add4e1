import { commandVerbs, wordOf } from '../core/desk/commands.ts';
import { text } from '../core/texts/index.ts';
import type { AnswerContent } from '../core/thread.ts';
import type { Verb } from './questions.ts';

const inThread = ['help.reply', 'help.note'] as const;
const anywhere = [
  'help.help',
  'help.change',
  'help.presence',
  'help.templates',
  'help.find',
  'help.stats',
  'help.export',
  'help.queue',
  'help.mine',
  'help.agents',
  'help.health',
] as const;

/** What can be said, and where. */
export const help: Verb = async ({ locale }): Promise<AnswerContent> => {
  const say = (key: (typeof inThread)[number] | (typeof anywhere)[number]) => text(locale, key);
  return {
    kind: 'answer',
    parts: [
      { kind: 'title', words: text(locale, 'help.in-thread') },
      {
        kind: 'lines',
        lines: [...inThread.map(say), ...commandVerbs.map((verb) => text(locale, `command.help.${verb}`, { word: wordOf(verb) }))],
      },
      { kind: 'title', words: text(locale, 'help.anywhere') },
      { kind: 'lines', lines: anywhere.map(say) },
    ],
    actions: [],
  };
};
