/** Every message carries a number in its words, so that it is known wherever it turns up; letters around it survive forms, JSON and markup. */
export const markOf = (mark: number): string => `bm${mark}z`;

export function marksIn(text: string): number[] {
  return Array.from(text.matchAll(/bm(\d+)z/g), ([, digits]) => Number(digits));
}
