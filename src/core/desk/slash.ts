import { type CommandVerb, commandOf } from './commands.ts';

/** A command that was typed outside of a thread. */
export type SlashCommand =
  /** `inquiry` is how an id begins: see `shortIdOf`. */
  | { readonly kind: 'inquiry'; readonly verb: CommandVerb; readonly inquiry: string; readonly rest: string }
  /** It concerns the person alone. */
  | { readonly kind: 'presence'; readonly verb: 'away' | 'back'; readonly rest: string }
  /** It is not said which inquiry is meant. */
  | { readonly kind: 'which'; readonly verb: CommandVerb }
  /** It has its meaning in a thread alone. */
  | { readonly kind: 'in-thread'; readonly verb: CommandVerb };

/** `snooze 4f2a1c 2h`, as it follows `/tm`. Null: no command of the desk. Pure. */
export function slashCommand(text: string): SlashCommand | null {
  const [word, behind] = firstWord(text.trim());
  const command = commandOf(word.normalize('NFKC').toLowerCase(), behind);
  if (command.kind === 'unknown') return null;
  const { verb, rest } = command;
  switch (verb) {
    case 'help':
    case 'templates':
    case 'find':
      return null;
    case 'undo':
      return { kind: 'in-thread', verb };
    case 'away':
    case 'back':
      return { kind: 'presence', verb, rest };
    default: {
      const [named, words] = firstWord(rest);
      const inquiry = named.normalize('NFKC').replace(/^#/, '').toLowerCase();
      return /^(?:[0-9a-f]{6}|p[0-9a-f]{5})[0-9a-f]{0,19}$/.test(inquiry)
        ? { kind: 'inquiry', verb, inquiry, rest: words }
        : { kind: 'which', verb };
    }
  }
}

function firstWord(text: string): readonly [word: string, behind: string] {
  const end = text.search(/\s/);
  return end === -1 ? [text, ''] : [text.slice(0, end), text.slice(end).trim()];
}
