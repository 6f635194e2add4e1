import { commands, commandVerbs } from '../../src/core/desk/commands.ts';

/** What is asked for with a word alone, outside of threads. */
const figures = ['stats', 'queue', 'mine', 'agents', 'health', 'export'];
const known: ReadonlySet<string> = new Set([...figures, ...commandVerbs.flatMap((verb): readonly string[] => commands[verb].words)]);

/**
 * The command in what somebody said to the robot; null: it is none, and so was meant for a buyer. Here nothing tells the two apart but the first word: a sign before it
 * (`/stats`, `/tm stats`) always makes a command.
 */
export function commandIn(said: string): string | null {
  const words = said.trim();
  if (words === '') return '';
  const signed = /^[/／](?:tm(?:\s+|$))?/i.exec(words);
  if (signed) return words.slice(signed[0].length);
  const [first = ''] = words.split(/\s/, 1);
  return known.has(first.normalize('NFKC').toLowerCase()) ? words : null;
}
