import { sentence } from '../core/ask.ts';
import { commands } from '../core/desk/commands.ts';
import type { Find } from '../find.ts';
import type { Verb } from './questions.ts';

/** `/tm find ...`, by whichever of its words. It names buyers, of all channels, so it is for those who may answer them. */
export function findVerbs(find: Find): ReadonlyMap<string, Verb> {
  const verb: Verb = async ({ words, locale, asker }) =>
    asker.mayAnswer ? { kind: 'answer', parts: await find(words, locale), actions: [] } : sentence('answer.not-allowed');
  return new Map<string, Verb>(commands.find.words.map((word) => [word, verb]));
}
