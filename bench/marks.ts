/**
 * Every message carries its number in its words, so that it is known wherever it turns up. In letters: a long number could be an order's, and a reply with
 * one in it is looked at more closely.
 */
export const markOf = (mark: number): string => `bm${String(mark).replace(/\d/g, (digit) => letters[Number(digit)] ?? '')}z`;

export function marksIn(text: string): number[] {
  return Array.from(text.matchAll(/bm([a-j]+)z/g), ([, word = '']) =>
    Number(word.replace(/[a-j]/g, (letter) => String(letters.indexOf(letter)))),
  );
}

const letters = 'abcdefghij';
