import { commands } from '../core/desk/commands.ts';
import type { Find } from '../find.ts';
import type { Verb } from './questions.ts';

/** `/tm find ...`, by whichever of its words. */
export function findVerbs(find: Find): ReadonlyMap<string, Verb> {
  const verb: Verb = async ({ words, locale }) => ({ kind: 'answer', parts: await find(words, locale), actions: [] });
  return new Map<string, Verb>(commands.find.words.map((word) => [word, verb]));
}
