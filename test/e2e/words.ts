/** What people write in the tests. Every text is unique and says what it is, so that the far ends can be counted by their logs alone. */

/** Of a conversation, in every text about it. */
export const tagOf = (conversationId: string): string => conversationId.slice(-6);

export const question = (count: number, conversationId: string): string => `question ${count} of ${tagOf(conversationId)}`;
/** `version`: 1 is what an edit makes of it. */
export const answer = (count: number, conversationId: string, version = 0): string =>
  `answer ${count}${version === 0 ? '' : `.${version}`} for ${tagOf(conversationId)}`;
export const note = (count: number, conversationId: string): string => `// note ${count} for ${tagOf(conversationId)}`;
/** An address in it: screening holds it. */
export const blocked = (count: number, conversationId: string): string =>
  `${answer(count, conversationId)}: write to lamp${count}@example.com`;
export const undo = '!undo';
/** One that nobody knows, which is told by its name. */
export const unknownCommand = (count: number, conversationId: string): string => `!shelve${count} for ${tagOf(conversationId)}`;

export type Written = 'reply' | 'note' | 'blocked' | 'undo' | 'command';

/** What becomes of an agent's text by the rules of the README. */
export function kindOf(text: string): Written {
  if (text.startsWith('//')) return 'note';
  if (text === undo) return 'undo';
  if (text.startsWith('!')) return 'command';
  return text.includes('@') ? 'blocked' : 'reply';
}

/** The questions in a post, in its order; each as its whole text. */
export const questionsIn = (text: string): string[] => text.match(/question \d+ of \d+/g) ?? [];
/** What an agent wrote, as the part of it that no edit changes. */
export const countOf = (text: string): string | undefined => /(?:answer|note|!shelve) ?(\d+)/.exec(text)?.[1];
